import { type Link, ProtocolError, parsePublicKey, recoverPublicKey, signPayload } from "@syngraph/sdk/protocol";
import { concat, dataLength, dataSlice } from "ethers";

/**
 * Whether the other side of a link signed it: `none` where attesters say so instead; `wallet` where a contract might have
 * (ERC-1271), which only the chain knows.
 */
export type Judgement = "none" | "good" | "bad" | "wallet";

/** Judges the other side's signature of a create or a release, as ProofRegistry does. */
export function judgeCosigner(link: Link, proof: string): Judgement {
  try {
    if (link.platform === "ethereum") return judgeWallet(link, proof);
    if (link.platform === "nextid") return judgeAlias(link, proof) ? "good" : "bad";
    return "none";
  } catch (error) {
    if (error instanceof ProtocolError) return "bad";
    throw error;
  }
}

function judgeWallet(link: Link, proof: string): Judgement {
  if (!/^0x[0-9a-f]{40}$/.test(link.identity)) return "bad";
  try {
    const { address } = recoverPublicKey(signPayload(link), proof);
    return address.toLowerCase() === link.identity ? "good" : "wallet";
  } catch (error) {
    // A contract signs as it likes.
    if (error instanceof ProtocolError) return "wallet";
    throw error;
  }
}

/** The alias signs with 65 bytes, and Y of its key stands behind them. */
function judgeAlias(link: Link, proof: string): boolean {
  if (!/^0x0[23][0-9a-f]{64}$/.test(link.identity) || dataLength(proof) !== 97) return false;
  const { compressed, uncompressed } = parsePublicKey(link.identity);
  const signer = recoverPublicKey(signPayload(link), dataSlice(proof, 0, 65));
  return (
    signer.compressed === compressed &&
    compressed !== parsePublicKey(link.avatar).compressed &&
    uncompressed === concat(["0x04", dataSlice(compressed, 1), dataSlice(proof, 65)])
  );
}
