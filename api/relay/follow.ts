import { messageOf } from "../errors.ts";
import type { Head } from "./chainRpc.ts";
import type { InFlight, Lead } from "./lead.ts";
import { forgetOld, receiptOf, resync } from "./resync.ts";
import { drop, settle } from "./settle.ts";

/** How long a node may keep to itself a receipt of which it has counted the transaction, in looks. */
const MISSED_LOOKS = 20;
/** How long a transaction stays out before it is handed to the node again, where no block was made; in milliseconds. */
const RESEND_AFTER = 3_000;

/**
 * Looks at the chain once: at its head, and at what is on its way where the head is another one than before. How much that
 * asks depends on the blocks and the transactions, not on the submissions.
 */
export async function follow(lead: Lead): Promise<void> {
  const before = lead.head;
  const head = await lead.rpc.head();
  if (before === undefined || !(await continues(lead, before, head))) await resync(lead);
  lead.head = head;
  await forgetOld(lead, head);
  if (head.hash !== before?.hash || lead.inFlight.some(({ missed }) => missed > 0)) await settleIncluded(lead);
  for (const transaction of lead.inFlight) await keepGoing(lead, transaction, head);
}

/** Whether the chain goes on from the block that was seen last. */
async function continues({ rpc }: Lead, before: Head, head: Head): Promise<boolean> {
  if (head.hash === before.hash || head.parentHash === before.hash) return true;
  return head.number > before.number && (await rpc.blockHash(before.number)) === before.hash;
}

async function settleIncluded(lead: Lead): Promise<void> {
  if (lead.inFlight.length === 0) return;
  const count = await lead.rpc.count(lead.signer.address);
  lead.nextNonce = Math.max(lead.nextNonce, count);
  for (const transaction of lead.inFlight.filter(({ nonce }) => nonce < count)) {
    const receipt = await receiptOf(lead, transaction);
    if (receipt !== null) await settle(lead, transaction, receipt);
    else if (++transaction.missed > MISSED_LOOKS) await drop(lead, transaction);
  }
}

/** Hands a transaction to the node: for the first time, again, or with a higher fee. */
async function keepGoing(lead: Lead, transaction: InFlight, head: Head): Promise<void> {
  const { broadcastAt, broadcastIn, missed, refused } = transaction;
  if (missed > 0) return;
  const age = Date.now() - broadcastAt;
  if (broadcastAt === 0) await broadcast(lead, transaction);
  else if (refused || head.number === broadcastIn) {
    if (age > RESEND_AFTER) await broadcast(lead, transaction);
  } else if (head.number > broadcastIn && age > lead.raiseAfter) await raise(lead, transaction, head);
}

/** Blocks went by without it: its fee is too low. What is signed anew is recorded first, as always. */
async function raise(lead: Lead, transaction: InFlight, head: Head): Promise<void> {
  await lead.signer.refresh();
  const raised = lead.signer.raise(transaction.raw, head);
  if (raised !== null) {
    const { raw, hash } = raised;
    await lead.transactions.raised(transaction.id, raw, hash);
    transaction.raw = raw;
    transaction.hashes.push(hash);
    lead.log.info({ nonce: transaction.nonce, hash }, "not included in time: its fee is raised");
  }
  await broadcast(lead, transaction);
}

/** Hands a transaction to the node. What the node says against it the next looks at the chain see to. */
export async function broadcast(lead: Lead, transaction: InFlight): Promise<void> {
  transaction.broadcastAt = Date.now();
  transaction.broadcastIn = lead.head!.number;
  transaction.refused = false;
  try {
    await lead.rpc.broadcast(transaction.raw);
  } catch (error) {
    const message = messageOf(error);
    if (/already (?:known|imported)|nonce too low/i.test(message)) return;
    lead.log.warn({ nonce: transaction.nonce, error: message }, "transaction not taken yet");
    // The base fee has risen since it was signed, or another one with its nonce pays as much.
    if (/underpriced|fee cap|less than block base fee|max fee per gas|too ?low/i.test(message))
      transaction.broadcastIn = -1;
    // For want of money, say: no fee would help.
    else transaction.refused = true;
    lead.lastError = message;
  }
}
