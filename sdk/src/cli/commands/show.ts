import type { AvatarReply } from "../../client/index.ts";
import { parsePublicKey } from "../../protocol/index.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { table, timeOf } from "../output.ts";

/** `syngraph show <identity|avatar key>`: an avatar, or all avatars that have an identity. */
export async function show(context: Context, name: string, options: { platform?: string }): Promise<void> {
  if (isPublicKey(name)) return showAvatar(context, name);
  const found = await showIdentity(context, name, options.platform);
  if (found) return;
  // An address may be a wallet that is bound, or an avatar.
  if (/^0x[0-9a-f]{40}$/i.test(name) && options.platform === undefined) return showAvatar(context, name);
  throw new CliError(`nobody has ${options.platform ? `${options.platform} ` : ""}${name}`);
}

async function showAvatar({ client, output, signal }: Context, key: string): Promise<void> {
  const avatar = await client.avatar(key, { signal });
  if (!avatar) throw new CliError(`there is no avatar ${key} in this registry`);
  output.result(avatarText(avatar), avatar);
}

async function showIdentity(context: Context, identity: string, platform: string | undefined): Promise<boolean> {
  const { client, output, signal } = context;
  const query = { identity, exact: true, status: "any", ...(platform === undefined ? {} : { platform }) } as const;
  let found = false;
  for await (const { avatar, activated_at, proofs } of client.eachAvatar(query, { signal })) {
    const rows = proofs.map((proof) => [
      proof.platform,
      proof.identity,
      proof.status,
      proof.is_valid ? `checked ${timeOf(proof.last_checked_at)}` : proof.invalid_reason || "not valid",
      proof.proof_location,
    ]);
    const text = `avatar ${avatar}\n${table([["platform", "identity", "status", "last check", "proof"], ...rows])}`;
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

function isPublicKey(text: string): boolean {
  try {
    return parsePublicKey(text) !== null;
  } catch {
    return false;
  }
}
