import type { Context } from "../context.ts";
import { requestDraft } from "../draft.ts";
import { avatarKey, walletKey } from "../keys.ts";
import { reportLink, submissionOf, submit } from "../submit.ts";

/** `syngraph bind ethereum`: avatar and wallet sign the same text; nothing is published. */
export async function bindEthereum(context: Context, options: { walletKeystore?: string }): Promise<void> {
  const avatar = await avatarKey(context);
  const wallet = await walletKey(options.walletKeystore, context.signal);
  const identity = wallet.publicKey.address.toLowerCase();
  const wish = { action: "create", platform: "ethereum", identity, avatar: avatar.publicKey } as const;
  const draft = await requestDraft(context, wish);
  await submit(context, submissionOf(draft, { avatar, wallet }));
  reportLink(context, "bound", draft.link);
}
