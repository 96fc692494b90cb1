import type { Context } from "../context.ts";
import { openAvatar, openWallet } from "../keys.ts";
import { reportLink, submit } from "../submit.ts";

/** `syngraph bind ethereum`: avatar and wallet sign the same text; nothing is published. */
export async function bindEthereum(context: Context, options: { walletKeystore?: string }): Promise<void> {
  const { syngraph, signal } = context;
  const avatar = await openAvatar(context);
  const wallet = await openWallet(options.walletKeystore, signal);
  const binding = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address }, { signal });
  binding.cosign(await wallet.signMessage(binding.text));
  await submit(context, binding);
  reportLink(context, "bound", binding);
}
