import { mkdir, open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { scrypt } from "node:crypto";

import { decryptKeystoreJson, encryptKeystoreJson, getBytes, isKeystoreJson, scrypt as ethersScrypt } from "ethers";

import { type PublicKey, ProtocolError, parsePublicKey, publicKeyOf } from "../protocol/index.ts";
import { CliError } from "./errors.ts";

/** The public key beside the encrypted one, so that it can be shown without the password. */
const EXTENSION = "x-syngraph";

/** OpenSSL's scrypt instead of the one in JavaScript. It refuses by itself to take more memory than this. */
const MAX_SCRYPT_MEMORY = 1 << 30;
ethersScrypt.register(
  (secret, salt, N, r, p, length) =>
    new Promise((resolve, reject) => {
      const options = { N, r, p, maxmem: MAX_SCRYPT_MEMORY };
      scrypt(secret, salt, length, options, (error, key) => (error ? reject(error) : resolve(getBytes(key))));
    }),
);

/**
 * Writes a private key to a new file: encrypted JSON keystore version 3 (Web3 Secret Storage), readable by its owner only.
 * A file that is there is never touched.
 */
export async function writeKeystore(file: string, privateKey: string, password: string): Promise<PublicKey> {
  const key = publicKeyOf(privateKey);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Taken before the slow part, so that of two at once one fails before it has shown a key.
  const handle = await open(file, "wx", 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EEXIST") throw new CliError(`${file} exists already, and is left as it is`);
    throw new CliError(`${file} cannot be written: ${cause.code ?? cause.message}`);
  });
  try {
    const json = await encryptKeystoreJson({ address: key.address, privateKey }, password);
    const keystore = { ...(JSON.parse(json) as object), [EXTENSION]: { publicKey: key.compressed } };
    await handle.writeFile(`${JSON.stringify(keystore)}\n`);
    await handle.sync();
  } catch (cause) {
    await unlink(file);
    throw cause;
  } finally {
    await handle.close();
  }
  return key;
}

/** Whether there is something at the path of a keystore. */
export async function keystoreExists(file: string): Promise<boolean> {
  try {
    await readFile(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

/** The public key that a keystore names, without its password; null where it names none, as other programs' do not. */
export async function readKeystorePublicKey(file: string): Promise<PublicKey | null> {
  const { [EXTENSION]: extension } = await readKeystore(file);
  const text = (extension as { publicKey?: unknown } | undefined)?.publicKey;
  if (typeof text !== "string") return null;
  try {
    return parsePublicKey(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw new CliError(`${file} names a public key that is none`);
    throw error;
  }
}

/** The private key of a keystore. Errors never carry it, nor the password. */
export async function openKeystore(file: string, password: string): Promise<string> {
  const keystore = await readKeystore(file);
  let privateKey: string;
  try {
    ({ privateKey } = await decryptKeystoreJson(JSON.stringify(keystore), password));
  } catch (error) {
    const wrong = error instanceof Error && error.message.startsWith("incorrect password");
    throw new CliError(wrong ? `wrong password for ${file}` : `${file} cannot be decrypted`);
  }
  const named = await readKeystorePublicKey(file);
  if (named && named.compressed !== publicKeyOf(privateKey).compressed) {
    throw new CliError(`${file} was altered: its key is not the public key it names`);
  }
  return privateKey;
}

async function readKeystore(file: string): Promise<Record<string, unknown>> {
  const json = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw new CliError(`there is no keystore at ${file}`);
    throw new CliError(`${file} cannot be read: ${cause.code ?? cause.message}`);
  });
  if (!isKeystoreJson(json)) throw new CliError(`${file} is no JSON keystore of version 3`);
  return JSON.parse(json) as Record<string, unknown>;
}
