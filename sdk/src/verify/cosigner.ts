import {
  type Link,
  aliasSignature,
  isCosigned,
  parsePublicKey,
  payloadHash,
  recoverPublicKey,
  signPayload,
  walletCheckCode,
  WALLET_VERDICTS,
} from "../protocol/index.ts";
import { concat, dataLength, dataSlice } from "ethers";

import type { Chain } from "./chain.ts";
import type { Findings } from "./findings.ts";

/** What came of the other side's signature: of a contract wallet's only the chain knows. */
export type Judgement = "good" | "bad" | "wallet";

/** A contract wallet's signature (ERC-1271), to be put to the chain. */
export interface WalletQuestion {
  subject: string;
  wallet: string;
  digest: string;
  signature: string;
  block: number;
}

/** Judges the signature of the wallet or alias that `link.identity` names. */
export function judgeCosigner(link: Link, proof: string): Judgement {
  if (!isCosigned(link.platform)) return "good";
  return link.platform === "nextid" ? judgeAlias(link, proof) : judgeWallet(link, proof);
}

function judgeWallet(link: Link, proof: string): Judgement {
  if (!/^0x[0-9a-f]{40}$/.test(link.identity)) return "bad";
  return signerOf(link, proof)?.address.toLowerCase() === link.identity ? "good" : "wallet";
}

function judgeAlias(link: Link, proof: string): Judgement {
  if (!/^0x0[23][0-9a-f]{64}$/.test(link.identity) || dataLength(proof) !== 97) return "bad";
  const signer = signerOf(link, aliasSignature(proof));
  const isOther = signer?.compressed !== parsePublicKey(link.avatar).compressed;
  // Y stands behind the signature; X is the identity's.
  const named = concat(["0x04", dataSlice(link.identity, 1), dataSlice(proof, 65)]);
  return isOther && signer?.compressed === link.identity && signer.uncompressed === named ? "good" : "bad";
}

function signerOf(link: Link, signature: string) {
  try {
    return recoverPublicKey(signPayload(link), signature);
  } catch {
    return null;
  }
}

/** What a wallet is asked about a link. */
export function questionOf(link: Link, signature: string, subject: string, block: number): WalletQuestion {
  return { subject, wallet: link.identity, digest: payloadHash(link), signature, block };
}

/**
 * Asks wallets whether they take signatures (ERC-1271), by the state before the block that has the link, and by the state
 * behind it: the wallet may have come, or changed, in that very block. Where the server keeps no such old state, it cannot
 * be said.
 */
export async function askWallets(
  chain: Chain,
  questions: readonly WalletQuestion[],
  findings: Findings,
): Promise<void> {
  const calls = questions.flatMap(({ wallet, digest, signature, block }) =>
    [block, Math.max(0, block - 1)].map((at) => ({
      data: walletCheckCode(wallet, digest, { signature, factory: null }),
      block: at,
    })),
  );
  const answers = await chain.call(calls);
  for (const [index, { subject }] of questions.entries()) {
    const verdicts = new Set(answers.slice(2 * index, 2 * index + 2).map(verdictOf));
    if (verdicts.has("valid")) findings.count("contract wallets' signatures");
    else if (verdicts.has(null)) findings.leave("contract wallets' signatures: this RPC keeps no state of then");
    // A wallet may take a signature within one transaction only: nobody is to make a registry look wrong by that. That the
    // ProofRegistry took the link, its head or its status says.
    else if (verdicts.has("refused")) {
      findings.leave("contract wallets' signatures: the wallet takes them neither before their block nor after it");
    } else
      findings.add(
        "log",
        subject,
        "the wallet did not sign it, and there is no contract that could take it (ERC-1271)",
      );
  }
}

function verdictOf(answer: string | Error): string | null {
  if (answer instanceof Error || answer === "0x") return null;
  return WALLET_VERDICTS[Number(answer)] ?? null;
}
