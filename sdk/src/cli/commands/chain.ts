import type { Command } from "commander";

import type { CheckedChain } from "../../client/index.ts";
import { parsePublicKey } from "../../protocol/index.ts";
import type { VerifiedChain } from "../../syngraph.ts";
import type { Context, Runner } from "../context.ts";
import { CliError, usageError } from "../errors.ts";
import { avatarKey } from "../keys.ts";
import { addExamples } from "../options.ts";
import { table, timeOf } from "../output.ts";

export function addChain(program: Command, run: Runner): void {
  const command = program
    .command("chain")
    .summary("show an avatar's proof chain, each link verified on this machine")
    .description(
      "show an avatar's proof chain and verify each link on this machine; exit code 1 if one does not verify",
    )
    .argument("[avatar]", "public key or address; your own unless told")
    .action(run(chain));
  addExamples(command, [
    ["syngraph chain", "your own"],
    ["syngraph chain 0x02… --json", "one JSON value, with what each link's check came to"],
  ]);
}

/** `syngraph chain [avatar]`: each link verified here and not by the server. */
async function chain(context: Context, named: string | undefined): Promise<void> {
  const { syngraph, output, signal } = context;
  const name = named ?? (await avatarKey(context)).publicKey;
  // For an address the server names the key, which has to fit it.
  const avatar = /^0x[0-9a-f]{40}$/i.test(name) ? (await syngraph.avatar(name, { signal }))?.avatar : keyOf(name);
  const { items, chains } = avatar === undefined ? NONE : await syngraph.chain(avatar, { signal });
  if (items.length === 0) throw new CliError(`there is no proof chain of ${name} in this registry`);
  const checked = new Map(chains.flatMap(({ links }) => links.map((link) => [link.item, link.check] as const)));
  // As the server told them: on several chains they take turns.
  const links = items.map((item) => ({ ...item, verification: checked.get(item)! }));
  output.result(chains.map(chainText).join("\n\n"), { avatar, links });
  const unverified = links.filter(({ verification }) => !verification.ok).length;
  if (unverified > 0) throw new CliError(`${unverified} of ${items.length} items could not be verified`);
  output.note(`${items.length} of ${items.length} items verified here`);
}

const NONE: VerifiedChain = { items: [], chains: [] };

/** @throws {CliError} usage */
function keyOf(text: string): string {
  try {
    return parsePublicKey(text).compressed;
  } catch {
    throw usageError(`${JSON.stringify(text)} is no public key and no address of an avatar`);
  }
}

function chainText({ chainId, links }: CheckedChain, _index: number, all: readonly CheckedChain[]): string {
  const rows = links.map(({ item, check }) => [
    item.sequence === null ? "-" : String(item.sequence),
    timeOf(item.created_at),
    item.sequence === null ? "release" : item.action,
    item.platform,
    item.identity,
    item.status,
    check.ok ? "verified" : (check.problem ?? "not verified"),
  ]);
  const text = table([["#", "signed", "action", "platform", "identity", "status", "verification"], ...rows]);
  return all.length > 1 ? `chain ${chainId}\n${text}` : text;
}
