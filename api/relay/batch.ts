import { dataLength } from "ethers";

import type { OutboxItem } from "./outbox.ts";
import type { Registry } from "./registry.ts";
import type { Request } from "./signer.ts";

/** Links in one transaction at most. */
export const BATCH_ITEMS = 100;
/** Gas of a transaction at most: Ethereum's own cap (EIP-7825), which L2s have as well. */
const BATCH_GAS = 2n ** 24n;
/** What a block should have left for others. */
const BLOCK_SHARE = 2n;

/** Gas of a transaction that does nothing, and of an empty batch. */
const BASE_GAS = 60_000n;
/** What has to be left when the contract looks at a link with a proof: `CALL_RESERVE` of ProofRegistry.sol. */
const CALL_RESERVE = 520_000n;
/** What a wallet's contract may use, with the part that EIP-150 keeps back: `WALLET_GAS` of ProofRegistry.sol. */
const WALLET_GAS = 410_000n;
/**
 * Gas of a link above what was measured (bench/RESULTS.md: 79,000 in a transaction of its own), and of each byte of its
 * proof and texts: calldata, the log, and for every 73 bytes of attestations a signature to recover and an attester to ask
 * for. What is not used is not paid.
 */
const LINK_GAS = 90_000n;
const BYTE_GAS = 130n;

/** Links that go out in one transaction, in their order. */
export interface Batch {
  items: OutboxItem[];
  request: Request;
}

/** Packs links into as few transactions as the limits allow. They keep their order. */
export function batches(registry: Registry, links: readonly OutboxItem[], blockGasLimit: bigint): Batch[] {
  const most = blockGasLimit / BLOCK_SHARE < BATCH_GAS ? blockGasLimit / BLOCK_SHARE : BATCH_GAS;
  const parts: { items: OutboxItem[]; gas: bigint }[] = [];
  for (const link of links) {
    const gas = gasOf(link);
    let last = parts.at(-1);
    if (last === undefined || last.items.length === BATCH_ITEMS || last.gas + gas > most) {
      last = { items: [], gas: BASE_GAS + CALL_RESERVE };
      parts.push(last);
    }
    last.items.push(link);
    last.gas += gas;
  }
  return parts.map(({ items, gas }) => {
    const data = registry.encodeBatch(items.map(({ submission }) => submission));
    return { items, request: { to: registry.address, data, gas } };
  });
}

function gasOf({ submission, contract_wallet }: OutboxItem): bigint {
  const { proof, proofLocation, identity } = submission;
  const bytes = BigInt(dataLength(proof) + proofLocation.length + Buffer.byteLength(identity));
  return LINK_GAS + bytes * BYTE_GAS + (contract_wallet ? WALLET_GAS : 0n);
}
