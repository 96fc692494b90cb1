import { mkdir, open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { scrypt } from "node:crypto";

import { getBytes, scrypt as ethersScrypt } from "ethers";

import { decryptKey, encryptKey, keystorePublicKey } from "../avatar/keystore.ts";
import { KeystoreError } from "../errors.ts";
import { type PublicKey, publicKeyOf } from "../protocol/index.ts";
import { CliError } from "./errors.ts";

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
    await handle.writeFile(`${await encryptKey(privateKey, password)}\n`);
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
  const json = await readKeystore(file);
  return of(file, () => keystorePublicKey(json));
}

/** The private key of a keystore. Errors never carry it, nor the password. */
export async function openKeystore(file: string, password: string): Promise<string> {
  const json = await readKeystore(file);
  return of(file, () => decryptKey(json, password));
}

/** Names the file in what goes wrong. */
async function of<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    throw new CliError(`${file}: ${error.message}`);
  }
}

async function readKeystore(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw new CliError(`there is no keystore at ${file}`);
    throw new CliError(`${file} cannot be read: ${cause.code ?? cause.message}`);
  });
}
