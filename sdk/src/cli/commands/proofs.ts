import type { Command } from "commander";

import type { AvatarReply } from "../../client/index.ts";
import { isPublicKey } from "../../protocol/index.ts";
import type { Context, Runner } from "../context.ts";
import { CliError } from "../errors.ts";
import { type ScopeOptions, addScope, scopeOf } from "../scope.ts";
import { addExamples } from "../options.ts";
import { oneLine, table, timeOf } from "../output.ts";

export function addProofs(program: Command, run: Runner): void {
  const show = program
    .command("show")
    .alias("proofs")
    .description("show who has an identity, or what an avatar has, and where each binding stands")
    .argument("<identity|avatar>", "an identity, or an avatar's public key or address")
    .option("--platform <platform>", "look on this platform only")
    .action(run(showProofs));
  addExamples(show, [
    ["syngraph show alice --platform github", "who has the GitHub account, with all else that is theirs"],
    ["syngraph show 0x02… --json", "one JSON value for each avatar"],
  ]);

  const card = program
    .command("identity")
    .description("tell who is behind an identity: avatars, and all that is known to be the same person's")
    .argument("<platform>", "for example ethereum; nextid for an avatar")
    .argument("<identity>", "an address, login, public key, …");
  addScope(card);
  addExamples(card, [["syngraph identity github alice --json", "one JSON value, as GET /v1/identities has it"]]);
  card.action(run(showCard));

  const search = program
    .command("search")
    .description("list identities that begin with a text")
    .argument("<text>", "how they begin")
    .option("--platform <platform>", "on this platform only")
    .action(run(searchIdentities));
  addExamples(search, [["syngraph search ali --platform github", "alice, alistair, …"]]);
}

async function showProofs(context: Context, name: string, options: { platform?: string }): Promise<void> {
  if (isPublicKey(name)) return showAvatar(context, name);
  const found = await showIdentity(context, name, options.platform);
  if (found) return;
  // An address may be a wallet that is bound, or an avatar.
  if (/^0x[0-9a-f]{40}$/i.test(name) && options.platform === undefined) return showAvatar(context, name);
  throw new CliError(`nobody has ${options.platform ? `${options.platform} ` : ""}${name}`);
}

async function showAvatar({ syngraph, output, signal }: Context, key: string): Promise<void> {
  const avatar = await syngraph.avatar(key, { signal });
  if (!avatar) throw new CliError(`there is no avatar ${key} in this registry`);
  output.result(avatarText(avatar), avatar);
}

async function showIdentity(context: Context, identity: string, platform: string | undefined): Promise<boolean> {
  const { syngraph, output, signal } = context;
  const query = { identity, exact: true, status: "any", ...(platform === undefined ? {} : { platform }) } as const;
  let found = false;
  for await (const { avatar, activated_at, proofs } of syngraph.proofs(query, { signal })) {
    const rows = proofs.map((proof) => [
      proof.platform,
      proof.identity,
      proof.status,
      proof.is_valid ? `checked ${timeOf(proof.last_checked_at)}` : proof.invalid_reason || "not valid",
      proof.proof_location,
    ]);
    const text = `avatar ${oneLine(avatar)}\n${table([["platform", "identity", "status", "last check", "proof"], ...rows])}`;
    output.result(found ? `\n${text}` : text, { avatar, activated_at, proofs });
    found = true;
  }
  return found;
}

function avatarText({ avatar, address, length, bindings }: AvatarReply): string {
  const rows = bindings.map((binding) => [
    binding.platform,
    binding.identity,
    binding.status,
    timeOf(binding.as_of),
    binding.proof_location,
  ]);
  return [
    `avatar ${avatar}`,
    `address ${address}, ${length} links`,
    table([["platform", "identity", "status", "since", "proof"], ...rows]),
  ].join("\n");
}

async function showCard(
  { syngraph, output, signal }: Context,
  platform: string,
  identity: string,
  options: ScopeOptions,
): Promise<void> {
  const card = await syngraph.identity(platform, identity, { ...scopeOf(options), signal });
  const avatars = card.avatars.map(({ public_key: key, did }) => [key, did]);
  const rows = card.identities.map((each) => [
    each.platform,
    each.identity,
    each.display_name ?? "",
    `level ${each.level}${each.disputed ? ", disputed" : ""}`,
    each.evidence,
    each.uri ?? "",
  ]);
  const tables = [
    table([["avatar", "DID"], ...avatars]),
    table([["platform", "identity", "name", "confidence", "rests on", "where"], ...rows]),
  ];
  output.result(tables.join("\n\n"), card);
  if (card.identities.length === 0) output.note("nothing is known of it");
  if (card.truncated) output.note("there is more than this: it is cut off");
}

async function searchIdentities(
  { syngraph, output, signal }: Context,
  prefix: string,
  { platform }: { platform?: string },
): Promise<void> {
  const query = { prefix, ...(platform !== undefined && { platform }) };
  const found = await syngraph.client.search(query, { signal });
  if (found.length === 0) throw new CliError(`no identity begins with ${prefix}`);
  if (output.json) for (const { platform: on, identity } of found) output.result("", { platform: on, identity });
  else output.result(table([["platform", "identity"], ...found.map((each) => [each.platform, each.identity])]), found);
}
