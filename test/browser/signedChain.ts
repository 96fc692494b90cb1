import { randomUUID } from "node:crypto";

import type { BindingStatus, ChainItem } from "@syngraph/sdk/client";
import { type Action, type Link, head, linkId, publicKeyOf, signPayload, signText } from "@syngraph/sdk/protocol";
import { Wallet, encodeBase58, keccak256 } from "ethers";

/** What an avatar does in one link of a chain under test. */
export interface Step {
  action?: Action;
  platform: string;
  identity: string;
  /** The private key of the wallet that countersigns. */
  wallet?: string;
  /** The Solana wallet that countersigns. */
  solana?: { address: string; sign(text: string): Uint8Array };
  /** The private key of the other avatar that countersigns. */
  alias?: string;
  location?: string;
  status?: BindingStatus;
}

/** The chain id that all chains under test stand on: anvil's default. */
export const CHAIN_ID = 31337;

/** A wallet's step: its identity is its address. */
export function walletStep(wallet: string): Step {
  return { platform: "ethereum", identity: new Wallet(wallet).address.toLowerCase(), wallet, status: "confirmed" };
}

/** An alias's step: its identity is the other avatar's key. */
export function aliasStep(alias: string): Step {
  return { platform: "nextid", identity: publicKeyOf(alias).compressed, alias, status: "confirmed" };
}

/** Signs a proof chain as the API would serve it; every signature and every `prev` in it is real. */
export function signChain(privateKey: string, steps: readonly Step[]): ChainItem[] {
  const items: ChainItem[] = [];
  for (const step of steps) {
    items.push(signLink(privateKey, step, items));
  }
  return items;
}

function signLink(privateKey: string, step: Step, before: readonly ChainItem[]): ChainItem {
  const link = linkOf(privateKey, step, before);
  const text = signPayload(link);
  const signature = signText(privateKey, text);
  return {
    ...wireOf(link, step, before.length + 1),
    signature: signature.base64,
    signature_payload: text,
    extra: {
      wallet_signature: walletSignature(step, text),
      target_signature: step.alias === undefined ? null : signText(step.alias, text).raw,
    },
    link_id: linkId(link, signature.raw),
  };
}

function walletSignature({ wallet, solana }: Step, text: string): string | null {
  if (solana) return encodeBase58(solana.sign(text));
  return wallet === undefined ? null : signText(wallet, text).base64;
}

/** The other side's own delete of a binding that this step made, which is no link of the avatar's chain. */
export function signReleaseOf(privateKey: string, bound: Step, before: readonly ChainItem[]): ChainItem {
  const step: Step = { ...bound, action: "delete", status: "deleted" };
  const link = linkOf(privateKey, step, before);
  const text = signPayload(link);
  const { base64, raw } = signText((step.wallet ?? step.alias)!, text);
  return {
    ...wireOf(link, step, before.length + 1),
    signature: "",
    signature_payload: text,
    extra: { wallet_signature: step.wallet ? base64 : null, target_signature: step.alias ? raw : null },
    link_id: keccak256(head(raw)),
    sequence: null,
  };
}

/** A wallet's. */
export function signRelease(privateKey: string, wallet: string, before: readonly ChainItem[]): ChainItem {
  return signReleaseOf(privateKey, walletStep(wallet), before);
}

function linkOf(privateKey: string, step: Step, before: readonly ChainItem[]): Link {
  return {
    action: step.action ?? "create",
    platform: step.platform,
    identity: step.identity,
    avatar: publicKeyOf(privateKey).compressed,
    prev: before.findLast((item) => item.signature !== "")?.signature ?? null,
    createdAt: 1_770_000_000 + before.length,
    uuid: randomUUID(),
  };
}

function wireOf(
  link: Link,
  step: Step,
  sequence: number,
): Omit<ChainItem, "signature" | "signature_payload" | "extra" | "link_id"> {
  return {
    action: link.action,
    platform: link.platform,
    identity: link.identity,
    alt_id: "",
    proof_location: step.location ?? "",
    created_at: String(link.createdAt),
    uuid: link.uuid,
    prev: link.prev,
    sequence,
    status: step.status ?? "claimed",
    chain_id: CHAIN_ID,
    block: 100 + sequence,
    tx_hash: keccak256(`0x${link.uuid.replaceAll("-", "")}`),
  };
}
