import type { Head, Receipt } from "./chainRpc.ts";
import { type Lead, atomically, inFlight } from "./lead.ts";
import { includedByOthers, markAccepted } from "./submissions.ts";
import type { SentTransaction } from "./transactions.ts";

/** Blocks that may still change, and so are looked at again. */
const REORG_DEPTH = 128;

/**
 * Sets what is recorded against what the chain has: at the start, and whenever the chain does not go on from the block that
 * was seen last. What a reorg took away is on its way again, as it was signed; what can never come is given up.
 */
export async function resync(lead: Lead): Promise<void> {
  const { rpc, transactions, signer } = lead;
  const head = await rpc.head();
  const oldest = head.number - REORG_DEPTH;
  const canonical = new Map<number, string | null>();
  for (const transaction of await transactions.includedSince(oldest)) {
    const block = transaction.block!;
    if (!canonical.has(block)) canonical.set(block, await rpc.blockHash(block));
    if (canonical.get(block) !== transaction.block_hash) await recheck(lead, transaction);
  }
  await recheckOthers(lead, oldest);

  lead.inFlight = (await transactions.sent()).map(inFlight);
  const count = await rpc.count(signer.address);
  const [first] = lead.inFlight;
  if (first !== undefined && first.nonce > count) {
    // Nonces in front of it are free, and nothing is known that had them: a chain that was begun anew.
    lead.log.warn({ count, nonce: first.nonce }, "the chain lost transactions of which nothing is left: sent anew");
    await atomically(lead, async () => {
      for (const { id } of lead.inFlight) await transactions.dropped(id);
    });
    for (const { jobs } of lead.inFlight) await lead.queue.finish(lead.client, jobs);
    lead.inFlight = [];
  }
  lead.nextNonce = Math.max(count, (lead.inFlight.at(-1)?.nonce ?? -1) + 1);
  await lead.queue.announceForgotten(lead.client, lead.chainId);
  lead.head = head;
}

/** Takes away what was signed, once no reorg reaches it: at the start, and then every so many blocks. */
export async function forgetOld(lead: Lead, { number }: Head): Promise<void> {
  const oldest = number - REORG_DEPTH;
  if (oldest - lead.keptSince < REORG_DEPTH) return;
  await lead.transactions.forgetBefore(oldest);
  lead.keptSince = oldest;
}

async function recheck(lead: Lead, transaction: SentTransaction): Promise<void> {
  const receipt = await receiptOf(lead, transaction);
  await atomically(lead, async () => {
    if (receipt !== null) {
      await lead.transactions.included(transaction.id, receipt);
      return;
    }
    lead.log.warn({ hash: transaction.hash }, "the chain lost an included transaction; it goes out again");
    // Where the chain was set back further than what was signed is kept for, it is signed anew.
    if (transaction.raw === "") await lead.transactions.dropped(transaction.id);
    else await lead.transactions.lost(transaction.id);
  });
}

/** Of whichever fee was included. */
export async function receiptOf({ rpc }: Lead, { hashes }: SentTransaction): Promise<Receipt | null> {
  for (const hash of hashes.toReversed()) {
    const receipt = await rpc.receipt(hash);
    if (receipt !== null) return receipt;
  }
  return null;
}

/** What somebody else brought may be lost as well. */
async function recheckOthers({ client, chainId, rpc, queue }: Lead, oldest: number): Promise<void> {
  for (const { id, tx_hash, avatar } of await includedByOthers(client, chainId, oldest)) {
    if ((await rpc.receipt(tx_hash!)) !== null) continue;
    await markAccepted(client, id);
    await queue.announce(client, [avatar]);
  }
}
