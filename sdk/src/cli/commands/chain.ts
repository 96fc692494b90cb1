import { type ChainItem, type ItemCheck, verifyChain } from "../../client/index.ts";
import { type PublicKey, parsePublicKey } from "../../protocol/index.ts";
import type { Context } from "../context.ts";
import { CliError, usageError } from "../errors.ts";
import { table, timeOf } from "../output.ts";

/** `syngraph chain <avatar>`: an avatar's proof chain, each link verified here and not by the server. */
export async function chain(context: Context, name: string): Promise<void> {
  const { client, output, signal } = context;
  const avatar = await resolveAvatar(context, name);
  const items: ChainItem[] = [];
  for await (const item of client.eachLink(avatar.compressed, { signal })) items.push(item);
  if (items.length === 0) throw new CliError(`there is no proof chain of ${name} in this registry`);
  const checks = verifyChain(items, avatar.compressed);
  const links = items.map((item, index) => ({ ...item, verification: checks[index]! }));
  output.result(chainText(links), { avatar: avatar.compressed, links });
  const unverified = checks.filter(({ ok }) => !ok).length;
  if (unverified > 0) throw new CliError(`${unverified} of ${items.length} items could not be verified`);
  output.note(`${items.length} of ${items.length} items verified here`);
}

/** The key of an avatar named by key or address; for an address the server knows the key, and the key must fit it. */
async function resolveAvatar({ client, signal }: Context, name: string): Promise<PublicKey> {
  if (!/^0x[0-9a-f]{40}$/i.test(name)) return readKey(name);
  const reply = await client.avatar(name, { signal });
  if (!reply) throw new CliError(`there is no avatar ${name} in this registry`);
  const key = readKey(reply.avatar);
  if (key.address.toLowerCase() !== name.toLowerCase()) {
    throw new CliError(`the server names a key of ${key.address} for ${name}`);
  }
  return key;
}

function readKey(text: string): PublicKey {
  try {
    return parsePublicKey(text);
  } catch {
    throw usageError(`${JSON.stringify(text)} is no public key and no address of an avatar`);
  }
}

function chainText(links: readonly (ChainItem & { verification: ItemCheck })[]): string {
  const rows = links.map((link) => [
    link.sequence === null ? "-" : String(link.sequence),
    timeOf(link.created_at),
    link.sequence === null ? "release" : link.action,
    link.platform,
    link.identity,
    link.status,
    link.verification.ok ? "verified" : (link.verification.problem ?? "not verified"),
  ]);
  return table([["#", "signed", "action", "platform", "identity", "status", "verification"], ...rows]);
}
