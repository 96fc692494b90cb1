import { Wallet } from "ethers";

import type { PublicKey } from "../../protocol/index.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { avatarPublicKey } from "../keys.ts";
import { keystoreExists, writeKeystore } from "../keystore.ts";
import { readNewPassword } from "../prompt.ts";

/** `syngraph avatar new`: a new key, kept in a new keystore. */
export async function newAvatar(context: Context): Promise<void> {
  const { keystore, output, signal } = context;
  if (await keystoreExists(keystore)) throw new CliError(`${keystore} exists already, and is left as it is`);
  const password = await readNewPassword("SYNGRAPH_PASSWORD", signal);
  output.status("encrypting the key");
  const key = await writeKeystore(keystore, Wallet.createRandom().privateKey, password);
  show(context, key);
  output.note("Keep the file and its password: without both nobody can add to this avatar's chain.");
}

/** `syngraph avatar show`: whose key the keystore holds. */
export async function showAvatar(context: Context): Promise<void> {
  show(context, await avatarPublicKey(context));
}

function show({ output, keystore }: Context, { compressed, address }: PublicKey): void {
  output.result(`avatar   ${compressed}\naddress  ${address}\nkeystore ${keystore}`, {
    avatar: compressed,
    address,
    keystore,
  });
}
