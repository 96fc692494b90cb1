import { messageOf } from "../errors.ts";
import type { Receipt } from "./chainRpc.ts";
import { type Verdict, judge } from "./judge.ts";
import { type InFlight, type Lead, atomically, isDatabaseError } from "./lead.ts";
import type { OutboxItem } from "./outbox.ts";
import { readReceipt } from "./receipts.ts";
import { markIncluded, markPrepared, record, stillSentBy } from "./submissions.ts";

/** Records what an included transaction has done to each of its submissions, and lets their avatars go on. */
export async function settle(lead: Lead, transaction: InFlight, receipt: Receipt): Promise<void> {
  const { client, registry, transactions, log } = lead;
  const { kind } = transaction;
  const findingOf = readReceipt(receipt, kind === "appendBatch", registry.address);
  const included: number[] = [];
  const judged: [OutboxItem, Verdict][] = [];
  // What asks the chain comes first: no row stays locked meanwhile.
  for (const [index, item] of (await stillSentBy(client, transaction.id, transaction.items)).entries()) {
    if (item === undefined) continue; // Another transaction saw to it.
    const finding = findingOf(item, index);
    if (kind === "prepare") judged.push([item, await judgePreparation(lead, item, receipt)]);
    else if (finding.included) included.push(item.id);
    else judged.push([item, await judgeOrPutOff(lead, item, finding.refusal)]);
  }
  await atomically(lead, async () => {
    await transactions.included(transaction.id, receipt);
    await markIncluded(client, included, { txHash: receipt.transactionHash, block: receipt.blockNumber });
    for (const [item, verdict] of judged) {
      log.info({ uuid: item.uuid, verdict }, "the contract did not take a submission at once");
      if (kind === "prepare" && verdict.state === "accepted") await markPrepared(client, item.id);
      else await record(client, item, verdict);
    }
    const later = judged.some(([, verdict]) => verdict.state === "accepted" && verdict.later);
    await release(lead, transaction, later);
  });
  remove(lead, transaction);
}

/** What the chain cannot be asked about just now must not keep the others from their end: it is tried again by itself. */
async function judgeOrPutOff(lead: Lead, item: OutboxItem, refusal: number | null): Promise<Verdict> {
  try {
    return await judge(lead.client, lead.registry, item, refusal);
  } catch (error) {
    if (isDatabaseError(error)) throw error;
    lead.lastError = messageOf(error);
    return { state: "accepted", later: true, alone: true };
  }
}

/** Gives up a transaction that can never be included any more: its nonce went to another one. */
export async function drop(lead: Lead, transaction: InFlight): Promise<void> {
  lead.log.warn({ nonce: transaction.nonce, hashes: transaction.hashes }, "a transaction lost its nonce");
  await atomically(lead, async () => {
    await lead.transactions.dropped(transaction.id);
    await release(lead, transaction, false);
  });
  remove(lead, transaction);
}

/** Ends the jobs of a transaction, and announces those of its avatars that have more to send. */
async function release({ client, queue, chainId }: Lead, { jobs, items }: InFlight, later: boolean): Promise<void> {
  await queue.finish(client, jobs);
  const { rows } = await client.query<{ avatar: string }>(
    `SELECT DISTINCT avatar FROM api.submission WHERE chain_id = $2 AND state = 'accepted'
       AND avatar IN (SELECT avatar FROM api.submission WHERE id = ANY($1))`,
    [items, chainId],
  );
  await queue.announce(
    client,
    rows.map(({ avatar }) => avatar),
    later,
  );
}

function remove(lead: Lead, { id }: InFlight): void {
  lead.inFlight = lead.inFlight.filter((other) => other.id !== id);
}

/** Whether there is a wallet now. */
async function judgePreparation({ rpc }: Lead, { submission }: OutboxItem, { succeeded }: Receipt): Promise<Verdict> {
  if (await rpc.hasCode(submission.identity)) return { state: "accepted" };
  const how = succeeded ? "made another one, or none" : "reverted, or used more gas than it may";
  return { state: "refused", reason: `the wallet could not be created: its creation ${how}` };
}
