import { Wallet } from "ethers";

import { Avatar } from "../avatar/index.ts";
import { type PublicKey, parsePublicKey } from "../protocol/index.ts";
import type { Context } from "./context.ts";
import { CliError, usageError } from "./errors.ts";
import { keystoreExists, openKeystore, readKeystorePublicKey } from "./keystore.ts";
import { readPassword } from "./prompt.ts";

/**
 * The avatar's key: SYNGRAPH_KEY, or the keystore, with SYNGRAPH_PASSWORD or a password that is typed. A keystore named
 * on the command line goes before SYNGRAPH_KEY.
 */
export async function openAvatar(context: Context): Promise<Avatar> {
  const fromEnvironment = context.keystoreGiven ? null : keyFromEnvironment("SYNGRAPH_KEY");
  if (fromEnvironment !== null) return Avatar.fromKey(fromEnvironment);
  if (!(await keystoreExists(context.keystore))) {
    throw new CliError(
      `there is no keystore at ${context.keystore}: make one with "syngraph avatar new", or set SYNGRAPH_KEY`,
    );
  }
  return Avatar.fromKey(
    await unlock(context.keystore, "Password of the avatar's keystore:", "SYNGRAPH_PASSWORD", context.signal),
  );
}

/** The avatar's public key, without a password where that can be. */
export async function avatarPublicKey(context: Context): Promise<PublicKey> {
  if (context.keystoreGiven || !process.env.SYNGRAPH_KEY) {
    const named = (await keystoreExists(context.keystore)) && (await readKeystorePublicKey(context.keystore));
    if (named) return named;
  }
  return parsePublicKey((await openAvatar(context)).publicKey);
}

/** A wallet: the given keystore with SYNGRAPH_WALLET_PASSWORD or a typed password, else SYNGRAPH_WALLET_KEY. */
export async function openWallet(keystore: string | undefined, signal: AbortSignal): Promise<Wallet> {
  if (keystore !== undefined) {
    return new Wallet(await unlock(keystore, "Password of the wallet's keystore:", "SYNGRAPH_WALLET_PASSWORD", signal));
  }
  const key = keyFromEnvironment("SYNGRAPH_WALLET_KEY");
  if (!key) throw usageError("no wallet: give --wallet-keystore FILE, or set SYNGRAPH_WALLET_KEY");
  return new Wallet(key);
}

async function unlock(file: string, question: string, variable: string, signal: AbortSignal): Promise<string> {
  return openKeystore(file, await readPassword(question, variable, signal));
}

function keyFromEnvironment(variable: string): string | null {
  const value = process.env[variable]?.trim();
  if (!value) return null;
  try {
    return Avatar.fromKey(value).exportKey();
  } catch {
    // Neither the value nor an error that may quote it.
    throw usageError(`${variable} is no private key of 32 bytes in hex`);
  }
}
