import type { Context } from "../context.ts";
import { requestDraft } from "../draft.ts";
import { avatarKey } from "../keys.ts";
import { reportLink, submissionOf, submit } from "../submit.ts";

/** `syngraph revoke <platform> <identity>`: takes a binding back. The avatar's signature is enough. */
export async function revoke(context: Context, platform: string, identity: string): Promise<void> {
  const avatar = await avatarKey(context);
  const draft = await requestDraft(context, { action: "delete", platform, identity, avatar: avatar.publicKey });
  await submit(context, submissionOf(draft, { avatar }));
  reportLink(context, "revoked", draft.link);
}
