import { Wallet } from "ethers";

import { Avatar } from "../avatar/index.ts";
import { InputError } from "../errors.ts";
import type { Context } from "./context.ts";
import { CliError, usageError } from "./errors.ts";
import { keystoreExists, openKeystore, readKeystorePublicKey } from "./keystore.ts";
import { readPassword } from "./prompt.ts";

/** Where a key beside the avatar's own comes from. */
interface KeySource {
  /** In words: "the wallet". */
  whose: string;
  /** The option that names a keystore. */
  option: string;
  /** Environment variables, of the key and of the keystore's password. */
  key: string;
  password: string;
}

const WALLET: KeySource = {
  whose: "the wallet",
  option: "--wallet-keystore",
  key: "SYNGRAPH_WALLET_KEY",
  password: "SYNGRAPH_WALLET_PASSWORD",
};
const OTHER: KeySource = {
  whose: "the other avatar",
  option: "--other-keystore",
  key: "SYNGRAPH_OTHER_KEY",
  password: "SYNGRAPH_OTHER_PASSWORD",
};
const SUBKEY: KeySource = {
  whose: "the subkey",
  option: "--subkey-keystore",
  key: "SYNGRAPH_SUBKEY_KEY",
  password: "SYNGRAPH_SUBKEY_PASSWORD",
};

/**
 * The avatar: SYNGRAPH_KEY, or the keystore, with SYNGRAPH_PASSWORD or a password that is typed. A keystore named on the
 * command line goes before SYNGRAPH_KEY.
 */
export async function openAvatar(context: Context): Promise<Avatar> {
  const { keystore, keystoreGiven, signal } = context;
  const fromEnvironment = keystoreGiven ? null : keyFromEnvironment("SYNGRAPH_KEY");
  if (fromEnvironment) return fromEnvironment;
  if (!(await keystoreExists(keystore))) {
    throw new CliError(`there is no keystore at ${keystore}: make one with "syngraph avatar new", or set SYNGRAPH_KEY`);
  }
  const password = await readPassword("Password of the avatar's keystore:", "SYNGRAPH_PASSWORD", signal);
  return openKeystore(keystore, password);
}

/** Who the avatar is, without a password where that can be. */
export async function avatarKey(context: Context): Promise<{ publicKey: string; address: string }> {
  if (context.keystoreGiven || !process.env.SYNGRAPH_KEY) {
    const named = (await keystoreExists(context.keystore)) && (await readKeystorePublicKey(context.keystore));
    if (named) return { publicKey: named.compressed, address: named.address };
  }
  return openAvatar(context);
}

/** A wallet; null where none is named, by option or by environment. */
export async function findWallet(keystore: string | undefined, signal: AbortSignal): Promise<Wallet | null> {
  const key = await findKey(WALLET, keystore, signal);
  return key && new Wallet(key.exportKey());
}

/** The same, where there must be one. */
export async function openWallet(keystore: string | undefined, signal: AbortSignal): Promise<Wallet> {
  return (await findWallet(keystore, signal)) ?? missing(WALLET);
}

/** Another avatar. */
export async function openOther(keystore: string | undefined, signal: AbortSignal): Promise<Avatar> {
  return (await findKey(OTHER, keystore, signal)) ?? missing(OTHER);
}

/** A key that is to act for the avatar. */
export async function openSubkey(keystore: string | undefined, signal: AbortSignal): Promise<Avatar> {
  return (await findKey(SUBKEY, keystore, signal)) ?? missing(SUBKEY);
}

async function findKey(source: KeySource, keystore: string | undefined, signal: AbortSignal): Promise<Avatar | null> {
  if (keystore === undefined) return keyFromEnvironment(source.key);
  return openKeystore(keystore, await readPassword(`Password of ${source.whose}'s keystore:`, source.password, signal));
}

function missing({ whose, option, key }: KeySource): never {
  throw usageError(`no key of ${whose}: give ${option} FILE, or set ${key}`);
}

function keyFromEnvironment(variable: string): Avatar | null {
  const value = process.env[variable]?.trim();
  return value ? readKey(value, variable) : null;
}

/** @throws {CliError} with neither the value nor an error that may quote it. */
export function readKey(value: string, name: string): Avatar {
  try {
    return Avatar.fromKey(value);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw usageError(`${name} is no private key of 32 bytes in hex`);
  }
}
