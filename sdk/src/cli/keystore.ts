import { scrypt } from "node:crypto";
import { lstat } from "node:fs/promises";

import { getBytes, scrypt as ethersScrypt } from "ethers";

import { Avatar, keystorePublicKey } from "../avatar/index.ts";
import { KeystoreError } from "../errors.ts";
import type { PublicKey } from "../protocol/index.ts";
import { CliError } from "./errors.ts";
import { createOwn, readOwn } from "./files.ts";

/** OpenSSL's scrypt instead of the one in JavaScript. It refuses by itself to take more memory than this. */
const MAX_SCRYPT_MEMORY = 1 << 30;
ethersScrypt.register(
  (secret, salt, N, r, p, length) =>
    new Promise((resolve, reject) => {
      const options = { N, r, p, maxmem: MAX_SCRYPT_MEMORY };
      scrypt(secret, salt, length, options, (error, key) => (error ? reject(error) : resolve(getBytes(key))));
    }),
);

/** Writes an avatar to a new file: encrypted, and readable by its owner only. A file that is there is never touched. */
export async function writeKeystore(file: string, avatar: Avatar, password: string): Promise<void> {
  await createOwn(file, `${await avatar.toKeystore(password)}\n`);
}

/** Whether there is anything at the path of a keystore, be it a link to nowhere. */
export async function keystoreExists(file: string): Promise<boolean> {
  try {
    await lstat(file);
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

/** The key in a keystore. Errors never carry it, nor the password. */
export async function openKeystore(file: string, password: string): Promise<Avatar> {
  const json = await readKeystore(file);
  return of(file, () => Avatar.fromKeystore(json, password));
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
  const json = await readOwn(file, "own");
  if (json === null) throw new CliError(`there is no keystore at ${file}`);
  return json;
}
