import { isHexString } from "ethers";

import { messageOf } from "../errors.ts";
import { BATCH_ITEMS, type Batch, batches } from "./batch.ts";
import { type Verdict, judge } from "./judge.ts";
import { type InFlight, type Lead, atomically, inFlight, isDatabaseError } from "./lead.ts";
import type { OutboxItem } from "./outbox.ts";
import type { Request } from "./signer.ts";
import { markPrepared, openOf, record } from "./submissions.ts";
import type { Kind } from "./transactions.ts";

/** What the creation of a wallet may use: more than the factories of known wallets do. */
const PREPARATION_GAS = 2_000_000n;
/** Above what the node estimates: a wallet's contract may use more in another block, and EIP-150 keeps a part back. */
const SPARE_GAS = 150_000n;

const MALFORMED: Verdict = { state: "refused", reason: "it does not have the form that the contract takes" };

/** A transaction to be signed. */
interface Plan {
  kind: Kind;
  items: OutboxItem[];
  request: Request;
}

/** What is next of one avatar: links that may share a batch, or one thing that goes by itself. */
type Turn = { links: OutboxItem[] } | { alone: OutboxItem; kind: Kind };

/**
 * Takes what waits, signs it and records it, all in one database transaction: a process that dies in the midst of it has
 * taken nothing. What it returns is to be sent.
 *
 * @returns whether there may be more, and the transactions.
 */
export async function dispatch(lead: Lead): Promise<{ more: boolean; signed: InFlight[] }> {
  const { queue, client, chainId, signer, head } = lead;
  await signer.refresh();
  const { nextNonce } = lead;
  try {
    return await atomically(lead, async () => {
      const taken = await queue.take(client, BATCH_ITEMS);
      if (taken.jobs.length === 0) return { more: false, signed: [] };
      const open = Map.groupBy(await openOf(client, chainId, taken.avatars), ({ avatar }) => avatar);
      const jobs = new Map(taken.avatars.map((avatar, index) => [avatar, taken.jobs[index]!]));

      const { links, plans } = await plan(lead, await keepOwn(lead, open, jobs));
      for (const { items, request } of await pack(lead, links, head!.gasLimit)) {
        plans.push({ kind: "appendBatch", items, request });
      }
      const signed: InFlight[] = [];
      for (const each of plans) signed.push(await signAndRecord(lead, each, jobs));
      // Whoever has nothing to send: nothing was open, or the contract refused it beforehand.
      await queue.finish(client, [...jobs.values()]);
      return { more: taken.jobs.length === BATCH_ITEMS, signed };
    });
  } catch (error) {
    lead.nextNonce = nextNonce;
    throw error;
  }
}

/** Leaves out avatars that this key is busy with: their job was given away while this process was silent. */
async function keepOwn(
  lead: Lead,
  open: Map<string, OutboxItem[]>,
  jobs: Map<string, string>,
): Promise<OutboxItem[][]> {
  const others: OutboxItem[][] = [];
  for (const [avatar, items] of open) {
    const own = lead.inFlight.find(({ id }) => items.some(({ transaction }) => transaction === id));
    if (own === undefined) {
      others.push(items);
      continue;
    }
    const job = jobs.get(avatar)!;
    await lead.transactions.addJobs(own.id, [job]);
    own.jobs.push(job);
    jobs.delete(avatar);
  }
  return others;
}

async function plan(lead: Lead, avatars: readonly OutboxItem[][]): Promise<{ links: OutboxItem[]; plans: Plan[] }> {
  const links: OutboxItem[] = [];
  const plans: Plan[] = [];
  for (const items of avatars) {
    const turn = await turnOf(lead, items);
    if ("links" in turn) links.push(...turn.links);
    else {
      const request = await requestFor(lead, turn.alone, turn.kind);
      if (request !== null) plans.push({ kind: turn.kind, items: [turn.alone], request });
    }
  }
  return { links, plans };
}

/** An avatar's links go in a row; anything else waits for what is in front of it, since that may decide over it. */
async function turnOf(lead: Lead, items: readonly OutboxItem[]): Promise<Turn> {
  const [first] = items as [OutboxItem];
  if (first.method !== "append") return { alone: first, kind: first.method };
  if (first.preparation !== null) {
    if (!(await lead.rpc.hasCode(first.submission.identity))) return { alone: first, kind: "prepare" };
    first.preparation = null;
    await markPrepared(lead.client, first.id);
  }
  // Whatever brought its batch to revert is tried by itself.
  if (first.reverts > 0) return { alone: first, kind: "append" };
  const end = items.findIndex(
    ({ method, preparation, reverts }) => method !== "append" || preparation !== null || reverts > 0,
  );
  return { links: end < 0 ? [...items] : items.slice(0, end) };
}

/** Packs links into batches. What is malformed is refused then: it must not stop the others. */
async function pack({ registry, client }: Lead, links: OutboxItem[], blockGasLimit: bigint): Promise<Batch[]> {
  try {
    return batches(registry, links, blockGasLimit);
  } catch (error) {
    const sound = links.filter((link) => registry.canEncode(link));
    if (sound.length === links.length) throw error;
    for (const item of links) if (!sound.includes(item)) await record(client, item, MALFORMED);
    return batches(registry, sound, blockGasLimit);
  }
}

/** The request for what goes by itself, or null: it was refused, or is put off where the chain cannot judge it now. */
async function requestFor(lead: Lead, item: OutboxItem, kind: Kind): Promise<Request | null> {
  let later = false;
  try {
    const request = await tried(lead, item, kind);
    if ("to" in request) return request;
    await record(lead.client, item, request);
    later = request.state === "accepted" && (request.later ?? false);
  } catch (error) {
    if (isDatabaseError(error)) throw error;
    lead.lastError = messageOf(error);
    lead.log.warn({ uuid: item.uuid, error: lead.lastError }, "a submission is put off");
    later = true;
  }
  // What the avatar has waiting.
  await lead.queue.announce(lead.client, [item.avatar], later);
  return null;
}

/** What goes by itself is tried first, so that nothing is paid for what the contract refuses. */
async function tried({ registry, signer, client }: Lead, item: OutboxItem, kind: Kind): Promise<Request | Verdict> {
  if (!registry.canEncode(item)) return MALFORMED;
  if (kind !== "prepare") {
    const gas = await registry.gasOf(item, signer.address);
    if (gas === null) return judge(client, registry, item, null);
    return { to: registry.targetOf(item), data: registry.encode(item), gas: gas + SPARE_GAS };
  }
  const data = item.preparation!;
  const reason = isHexString(data) ? await registry.creationRefusal(data, signer.address, PREPARATION_GAS) : "no code";
  if (reason === null) return { to: null, data, gas: PREPARATION_GAS };
  return { state: "refused", reason: `the wallet could not be created: ${reason}` };
}

async function signAndRecord(lead: Lead, { kind, items, request }: Plan, jobs: Map<string, string>): Promise<InFlight> {
  const nonce = lead.nextNonce++;
  const { raw, hash } = lead.signer.sign(request, nonce, lead.head!);
  const held: string[] = [];
  for (const { avatar } of items) {
    const job = jobs.get(avatar);
    if (job !== undefined) held.push(job);
    jobs.delete(avatar);
  }
  const ids = items.map(({ id }) => id);
  return inFlight(await lead.transactions.add({ nonce, kind, raw, hashes: [hash], items: ids, jobs: held }));
}
