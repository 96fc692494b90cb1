import type { Context } from "../context.ts";
import { openAvatar } from "../keys.ts";
import { reportLink, submit } from "../submit.ts";

/** `syngraph revoke <platform> <identity>`: takes a binding back. The avatar's signature is enough. */
export async function revoke(context: Context, platform: string, identity: string): Promise<void> {
  const { syngraph, signal } = context;
  const binding = await syngraph.revoke(await openAvatar(context), { platform, identity }, { signal });
  await submit(context, binding);
  reportLink(context, "revoked", binding);
}
