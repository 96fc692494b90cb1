import { type Command, InvalidArgumentError, Option } from "commander";

import { SyngraphError } from "../../errors.ts";
import { type SubkeyChange, accountSubkey } from "../../subkeys.ts";
import { pause } from "../../client/pause.ts";
import type { Context, Runner } from "../context.ts";
import { CliError } from "../errors.ts";
import { avatarKey, openAvatar, openSubkey } from "../keys.ts";
import { addExamples } from "../options.ts";
import { table, timeOf } from "../output.ts";

export function addSubkey(program: Command, run: Runner): void {
  const subkey = program.command("subkey").description("keys that act for the avatar towards one relying party");

  const list = subkey
    .command("list")
    .description("list an avatar's subkeys")
    .argument("[avatar]", "public key; your own unless told")
    .option("--all", "also those that do not count any more")
    .action(run(listSubkeys));
  addExamples(list, [["syngraph subkey list --all --json", "one JSON value for each"]]);

  const authorize = subkey
    .command("authorize")
    .description("let another key (secp256k1) act for the avatar: both sign")
    .requiredOption("--rp <domain>", "domain name of whom it is for")
    .option("--subkey-keystore <file>", "the subkey's keystore; else SYNGRAPH_SUBKEY_KEY is used")
    .option("--name <name>", "what you call it")
    .addOption(
      new Option("--expires <date>", "when it ends, for example 2027-01-31; never unless told").argParser(readDate),
    )
    .action(run(authorizeSubkey));
  addExamples(authorize, [
    [
      "SYNGRAPH_SUBKEY_KEY=0x… syngraph subkey authorize --rp app.example --name phone --expires 2027-01-31",
      "on chain",
    ],
  ]);

  const revoke = subkey
    .command("revoke")
    .description("end that, with all that was signed for it before")
    .argument("<public key>", "the subkey's, in hex")
    .requiredOption("--rp <domain>", "for whom it is")
    .option("--by-subkey", "signed by the subkey itself (secp256k1), where the avatar's key is not here")
    .option("--subkey-keystore <file>", "the subkey's keystore, with --by-subkey; else SYNGRAPH_SUBKEY_KEY is used")
    .option("--avatar <key>", "whose subkey it is, with --by-subkey; your own avatar's unless told")
    .addOption(
      new Option("--algorithm <name>", "of the key; a passkey's is es256")
        .choices(["secp256k1", "es256"])
        .default("secp256k1"),
    )
    .action(run(revokeSubkey));
  addExamples(revoke, [
    ["syngraph subkey revoke 0x03… --rp app.example", "signed by the avatar"],
    ["syngraph subkey revoke 0x03… --rp app.example --by-subkey --avatar 0x02…", "signed by the subkey itself"],
  ]);
}

async function listSubkeys(
  context: Context,
  avatar: string | undefined,
  { all = false }: { all?: boolean },
): Promise<void> {
  const { syngraph, output, signal } = context;
  const key = avatar ?? (await avatarKey(context)).publicKey;
  const subkeys = await syngraph.subkeys(key, { ended: all, signal });
  if (output.json) for (const each of subkeys) output.result("", each);
  else {
    const rows = subkeys.map((each) => [
      each.name,
      each.rp_id,
      each.algorithm,
      each.is_valid ? "valid" : each.invalid_reason || "not valid",
      each.expires_at === 0 ? "never" : timeOf(each.expires_at),
      each.on_chain ? "chain" : "this node alone",
      each.public_key,
    ]);
    output.result(table([["name", "for", "algorithm", "state", "expires", "said by", "public key"], ...rows]), subkeys);
  }
}

async function authorizeSubkey(
  context: Context,
  options: { rp: string; subkeyKeystore?: string; name?: string; expires?: Date },
): Promise<void> {
  const { syngraph, signal } = context;
  const { rp, subkeyKeystore, name, expires } = options;
  const key = await openSubkey(subkeyKeystore, signal);
  const avatar = await openAvatar(context);
  const change = await syngraph.authorizeSubkey(avatar, accountSubkey(key, rp), {
    ...{ signal, ...(name !== undefined && { name }), ...(expires && { expiresAt: expires }) },
  });
  await report(context, "authorized", change, { avatar: avatar.publicKey, public_key: key.publicKey, rp_id: rp });
}

async function revokeSubkey(
  context: Context,
  publicKey: string,
  { rp, algorithm, bySubkey = false, subkeyKeystore, avatar: named }: RevokeOptions,
): Promise<void> {
  const { syngraph, signal } = context;
  const by = bySubkey
    ? {
        avatar: named ?? (await avatarKey(context)).publicKey,
        signer: accountSubkey(await openSubkey(subkeyKeystore, signal), rp),
      }
    : await openAvatar(context);
  const change = await syngraph.revokeSubkey(by, { algorithm, publicKey, rpId: rp }, { signal });
  const avatar = "signer" in by ? by.avatar : by.publicKey;
  await report(context, "revoked", change, { avatar, public_key: publicKey, rp_id: rp });
}

interface RevokeOptions {
  rp: string;
  algorithm: "secp256k1" | "es256";
  bySubkey?: boolean;
  subkeyKeystore?: string;
  avatar?: string;
}

/** How long a change may take to be on chain, in seconds, and how often it is looked for. */
const WAIT = 300;
const EVERY = 1;

async function report(
  context: Context,
  verb: string,
  { subkeyId, included, location }: SubkeyChange,
  fields: { avatar: string; public_key: string; rp_id: string },
): Promise<void> {
  const where = included || location === null ? null : await awaitChain(context, location);
  context.output.result(`${verb}: subkey ${fields.public_key}\nfor ${fields.rp_id}, by avatar ${fields.avatar}`, {
    ...{ action: verb === "authorized" ? "authorize" : "revoke", ...fields, subkey_id: subkeyId },
    ...{ chain_id: where?.chain_id ?? null, tx_hash: where?.tx_hash ?? null, block: where?.block ?? null },
  });
}

async function awaitChain({ syngraph, output, signal }: Context, location: string) {
  for (let seconds = 0; ; seconds += EVERY) {
    const found = await syngraph.client.submission(location, { signal }).catch((error: unknown) => {
      if (error instanceof SyngraphError && error.retryable) return null;
      throw error;
    });
    if (found?.state === "included") return found;
    if (found?.state === "refused") throw new CliError(`it was refused: ${found.reason || "without a reason"}`);
    if (seconds >= WAIT) throw new CliError(`it is accepted, but not on chain after ${seconds} s: look again later`);
    const sent = found?.state === "sent";
    output.status(sent ? "sent to the chain, waiting for a block" : "accepted, waiting to be sent", `(${seconds} s)`);
    await pause(1000 * EVERY, signal);
  }
}

function readDate(text: string): Date {
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError("It must be a date, for example 2027-01-31.");
  }
  if (date.getTime() <= Date.now()) throw new InvalidArgumentError("It is past.");
  return date;
}
