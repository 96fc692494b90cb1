import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

import type { Command } from "commander";

import { Avatar } from "../../avatar/index.ts";
import type { Context, Runner } from "../context.ts";
import { CliError, usageError } from "../errors.ts";
import { avatarKey, openAvatar, openWallet, readKey } from "../keys.ts";
import { createOwn } from "../files.ts";
import { keystoreExists, openKeystore, writeKeystore } from "../keystore.ts";
import { addExamples, readInteger } from "../options.ts";
import { oneLine } from "../output.ts";
import { readLine, readNewPassword, readPassword, readSecret } from "../prompt.ts";

export function addAvatar(program: Command, run: Runner): void {
  const avatar = program.command("avatar").description("make, show, import and export an avatar's key");

  const make = avatar
    .command("new")
    .description("make a key and keep it in a new encrypted file")
    .action(run(newAvatar));
  addExamples(make, [
    ["syngraph avatar new --keystore ~/.syngraph/work.json", "a second avatar, in a file of its own"],
  ]);

  const show = avatar.command("show").description("show public key and address").action(run(showAvatar));
  addExamples(show, [["syngraph avatar show --json", `{"avatar":"0x02…","address":"0x…","keystore":"…"}`]]);

  const read = avatar
    .command("import")
    .description("take over a key into a new keystore: from a keystore, or a private key that is typed or piped in")
    .argument("[file]", "a keystore of version 3, for example geth's; without it a private key is asked for")
    .action(run(importAvatar));
  addExamples(read, [
    ["syngraph avatar import ./UTC--2026-01-01--0x….json", "its password in SYNGRAPH_IMPORT_PASSWORD, for scripts"],
    ["syngraph avatar import < key.txt", "32 bytes in hex"],
  ]);

  const write = avatar
    .command("export")
    .description("write a copy of the keystore, with a password of its own, to a new file")
    .argument("<file>", "the new file; only you may read it")
    .option("--plain", "the private key itself, in hex and not encrypted")
    .action(run(exportAvatar));
  addExamples(write, [
    ["syngraph avatar export backup.json", "the new password in SYNGRAPH_EXPORT_PASSWORD, for scripts"],
  ]);

  const sign = avatar
    .command("sign")
    .description("sign a text (EIP-191), as the alias of an avatar that is kept elsewhere needs it")
    .argument("[file]", "the text, less a line break at its end; without it standard input")
    .action(run(signText));
  addExamples(sign, [["syngraph avatar sign < text.json", "what syngraph alias printed, for its --signature"]]);

  const derive = avatar
    .command("from-wallet")
    .description("make the avatar that a wallet's signature makes, always the same, and keep it in a new keystore")
    .option("--wallet-keystore <file>", "the wallet's keystore; else SYNGRAPH_WALLET_KEY is used")
    .addOption(readInteger("--index <number>", "which avatar of the wallet", [1, 1_000_000]).default(1))
    .action(run(avatarFromWallet));
  addExamples(derive, [
    ["syngraph avatar from-wallet --wallet-keystore wallet.json", "the one that the web page makes, too"],
  ]);
}

async function newAvatar(context: Context): Promise<void> {
  await keepNew(context, () => Avatar.create());
  context.output.note("Keep the file and its password: without both nobody can add to this avatar's chain.");
}

async function showAvatar(context: Context): Promise<void> {
  report(context, await avatarKey(context));
}

async function importAvatar(context: Context, file: string | undefined): Promise<void> {
  const { signal } = context;
  await keepNew(context, async () => {
    if (file === undefined) {
      const key = await readSecret("Private key of the avatar:", signal);
      return readKey(key ?? "", "what was given");
    }
    return openKeystore(file, await readPassword(`Password of ${file}:`, "SYNGRAPH_IMPORT_PASSWORD", signal));
  });
}

async function exportAvatar(context: Context, file: string, { plain = false }: { plain?: boolean }): Promise<void> {
  const { output, signal } = context;
  if (await keystoreExists(file)) throw new CliError(`${file} exists already, and is left as it is`);
  const avatar = await openAvatar(context);
  if (plain) await createOwn(file, `${avatar.exportKey()}\n`);
  else {
    const password = await readNewPassword("SYNGRAPH_EXPORT_PASSWORD", signal);
    output.status("encrypting the key");
    await writeKeystore(file, avatar, password);
  }
  const { publicKey, address } = avatar;
  output.result(`avatar ${publicKey}\nis in  ${file}`, { avatar: publicKey, address, file, encrypted: !plain });
  if (plain) output.note("Whoever reads this file has the avatar.");
}

async function signText(context: Context, file: string | undefined): Promise<void> {
  const { output } = context;
  const avatar = await openAvatar(context);
  const given = (await readText(file, context)).replace(/\r?\n$/, "");
  if (given === "") throw usageError("there is no text to sign");
  const { publicKey, address } = avatar;
  output.note(`avatar ${publicKey} signs: ${oneLine(given)}`);
  const signature = avatar.sign(given);
  output.result(signature, { avatar: publicKey, address, text: given, signature });
}

async function readText(file: string | undefined, { signal }: Context): Promise<string> {
  if (file === undefined) return process.stdin.isTTY ? ((await readLine("Text:", signal)) ?? "") : text(process.stdin);
  return readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${file} cannot be read: ${cause.code ?? cause.message}`);
  });
}

async function avatarFromWallet(
  context: Context,
  { walletKeystore, index }: { walletKeystore?: string; index: number },
): Promise<void> {
  const { signal } = context;
  if (walletKeystore === undefined && !process.env.SYNGRAPH_WALLET_KEY) {
    throw usageError("no wallet: give --wallet-keystore FILE, or set SYNGRAPH_WALLET_KEY");
  }
  await keepNew(context, async () => Avatar.fromWallet(await openWallet(walletKeystore, signal), { index }));
}

/** Keeps an avatar in a new keystore. What is there already is said before anything is asked. */
async function keepNew(context: Context, make: () => Avatar | Promise<Avatar>): Promise<void> {
  const { keystore, output, signal } = context;
  if (await keystoreExists(keystore)) throw new CliError(`${keystore} exists already, and is left as it is`);
  const avatar = await make();
  const password = await readNewPassword("SYNGRAPH_PASSWORD", signal);
  output.status("encrypting the key");
  await writeKeystore(keystore, avatar, password);
  report(context, avatar);
}

function report({ output, keystore }: Context, { publicKey, address }: { publicKey: string; address: string }): void {
  const machine = { avatar: publicKey, address, keystore };
  output.result(`avatar   ${publicKey}\naddress  ${address}\nkeystore ${keystore}`, machine);
}
