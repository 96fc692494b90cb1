import { formatEther } from "ethers";
import { z } from "zod";

import { LOCAL_CHAIN_ID } from "../config.ts";
import type { Context } from "../context.ts";
import { indexedBlock } from "../db/progress.ts";
import { timeNumber } from "../identities/edges.ts";
import { PLATFORMS } from "../platforms/index.ts";
import { addressText } from "../shapes.ts";
import { VERSION } from "../version.ts";
import { MAX_LAG } from "./readiness.ts";
import { within } from "./within.ts";

/** How old the latest block may be, in seconds: L2s make one every few seconds. */
const MAX_BLOCK_AGE = 300;
/** How long a submission may wait before something seems to hold it up, in seconds. */
const MAX_WAIT = 120;

const seconds = z.int().min(0);
const count = z.int().min(0);

/**
 * How a node and what it rests on stand. Everybody may read it: no address that the operator keeps to himself is in it, no
 * credential, and no message of an error, since these quote addresses. What cannot be asked just now is null.
 */
export const statusShape = z
  .object({
    state: z.enum(["ok", "degraded", "down"]).meta({
      description:
        "`down` where chain or database cannot be asked, `degraded` where anything else is not as it should be.",
    }),
    as_of: timeNumber,
    version: z.string(),
    revision: z.string(),
    uptime: seconds,
    chain: z.object({
      state: z.enum(["ok", "stale", "down"]).meta({ description: `\`stale\` without a block for ${MAX_BLOCK_AGE} s.` }),
      chain_id: z.int(),
      proof_registry: addressText,
      attester_registry: addressText,
      block: z.int().nullable().meta({ description: "The latest." }),
      age: seconds.nullable().meta({ description: "Of that block." }),
    }),
    indexer: z.object({
      state: z.enum(["ok", "behind", "unknown"]).meta({ description: `\`behind\` by more than ${MAX_LAG} blocks.` }),
      block: z.int().nullable().meta({ description: "The last that it has taken in." }),
      lag: count.nullable().meta({ description: "Blocks that it lacks." }),
    }),
    database: z.object({ state: z.enum(["ok", "down"]) }),
    relayer: z.object({
      state: z.enum(["ok", "low", "unknown"]).meta({ description: "`low` where it may soon not be able to pay." }),
      address: addressText,
      balance: z.string().nullable().meta({ description: "In ether, as a decimal." }),
      minimum: z.string().meta({ description: "Below it the state is `low`." }),
      leading: z.boolean().nullable().meta({
        description: "Whether this process relays; another one with the same key may.",
      }),
      in_flight: count.nullable().meta({ description: "Transactions without a receipt." }),
    }),
    queue: z.object({
      state: z
        .enum(["ok", "slow", "unknown"])
        .meta({ description: `\`slow\` where one waits for over ${MAX_WAIT} s.` }),
      accepted: count.nullable().meta({ description: "Submissions that wait to be sent." }),
      sent: count.nullable().meta({ description: "Submissions that wait for their block." }),
      oldest: seconds.nullable().meta({ description: "How long the oldest of them has waited." }),
    }),
    events: z.object({ streams: count, limit: count }),
    platforms: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        status: z.enum(["live", "needs credential", "service closed"]),
        resting: seconds.nullable().meta({
          description:
            "For how long it is left alone, since it failed several times in a row or asks to be; null while it is asked.",
        }),
        quorum: count.nullable().meta({ description: "How many attesters it takes to confirm." }),
      }),
    ),
    attesters: z.object({
      self: addressText,
      active: z.boolean().nullable().meta({ description: "Whether this node's own word counts." }),
      all: z
        .array(
          z.object({
            address: addressText,
            origin: z.string().nullable().meta({ description: "Where it says that its node is." }),
          }),
        )
        .nullable(),
    }),
    peers: z.array(
      z.object({
        origin: z.string().nullable().meta({ description: "Null where it is none of the public web." }),
        state: z.enum(["ok", "failing", "unasked"]),
        last_success: timeNumber.nullable(),
        last_failure: timeNumber.nullable(),
        failures: count.meta({ description: "In a row." }),
        latency: count.nullable().meta({ description: "In milliseconds." }),
      }),
    ),
  })
  .meta({ id: "NodeStatus" });
export type NodeStatus = z.infer<typeof statusShape>;

/** Asks all parts at once. Never throws: what does not answer in time is said to be so. */
export async function statusOf(context: Context): Promise<NodeStatus> {
  const { config, db, feed, relayer } = context;
  const now = Date.now();
  const [chain, isUp, indexed, work, balance, platforms, attesters, peers] = await Promise.all([
    chainOf(context, now),
    known(db.query("SELECT 1")),
    known(indexedBlock(db, config.chain.chainId)),
    known(relayer.status()),
    known(context.watch.balance()),
    platformsOf(context, now),
    attestersOf(context),
    known(context.attest.peers()),
  ]);
  const status = {
    ...{ as_of: Math.floor(now / 1000), version: VERSION, revision: process.env.REVISION ?? "UNKNOWN" },
    uptime: Math.floor(process.uptime()),
    chain,
    indexer: indexerOf(indexed, chain.block),
    database: { state: isUp === null ? ("down" as const) : ("ok" as const) },
    relayer: {
      state:
        balance === null
          ? ("unknown" as const)
          : balance < config.relayerMinBalance
            ? ("low" as const)
            : ("ok" as const),
      address: relayer.address,
      balance: balance === null ? null : formatEther(balance),
      minimum: formatEther(config.relayerMinBalance),
      leading: work?.leading ?? null,
      in_flight: work?.inFlight ?? null,
    },
    queue: queueOf(work),
    events: { streams: feed.listeners, limit: config.events.total },
    platforms,
    attesters,
    peers: (peers ?? []).map(({ origin, lastSuccess, lastFailure, failures, latency }) => ({
      origin,
      state:
        failures > 0
          ? ("failing" as const)
          : lastSuccess === null && latency === 0
            ? ("unasked" as const)
            : ("ok" as const),
      last_success: secondsOf(lastSuccess),
      last_failure: secondsOf(lastFailure),
      failures,
      latency: latency === 0 ? null : Math.round(latency),
    })),
  };
  return { state: overall(status), ...status };
}

async function chainOf({ config, provider }: Context, now: number): Promise<NodeStatus["chain"]> {
  const { chainId, proofRegistry, attesterRegistry } = config.chain;
  const latest = await known(provider.getBlock("latest"));
  // A clock may run behind the sequencer's.
  const age = latest === null ? null : Math.max(0, Math.floor(now / 1000) - latest.timestamp);
  return {
    state: stateOfChain(chainId, age),
    ...{ chain_id: chainId, proof_registry: proofRegistry, attester_registry: attesterRegistry },
    ...{ block: latest?.number ?? null, age },
  };
}

/** A local chain makes a block for each transaction, and none without. */
export function stateOfChain(chainId: number, age: number | null): NodeStatus["chain"]["state"] {
  if (age === null) return "down";
  return age > MAX_BLOCK_AGE && chainId !== LOCAL_CHAIN_ID ? "stale" : "ok";
}

function indexerOf(indexed: number | null, head: number | null): NodeStatus["indexer"] {
  const lag = indexed === null || head === null ? null : Math.max(0, head - indexed);
  return { state: lag === null ? "unknown" : lag > MAX_LAG ? "behind" : "ok", block: indexed, lag };
}

function queueOf(work: Awaited<ReturnType<Context["relayer"]["status"]>> | null): NodeStatus["queue"] {
  if (work === null) return { state: "unknown", accepted: null, sent: null, oldest: null };
  const oldest = Math.max(0, Math.floor(work.oldestWaiting));
  return { state: oldest > MAX_WAIT ? "slow" : "ok", ...work.submissions, oldest };
}

async function platformsOf({ engine, attesters }: Context, now: number): Promise<NodeStatus["platforms"]> {
  return Promise.all(
    PLATFORMS.map(async (platform) => {
      const until = engine.restsUntil(platform);
      return {
        ...{ id: platform.id, name: platform.name, status: engine.statusOf(platform) },
        resting: until === null ? null : Math.max(0, Math.ceil((until - now) / 1000)),
        quorum: await known(attesters.quorumOf(platform.id)),
      };
    }),
  );
}

async function attestersOf({ attester, attesters }: Context): Promise<NodeStatus["attesters"]> {
  const [active, endpoints] = await Promise.all([known(attesters.active()), known(attesters.endpoints())]);
  const places = new Map(endpoints?.map(({ attester: address, endpoint }) => [address, publishedOrigin(endpoint)]));
  return {
    self: attester.address,
    active: active?.has(attester.address.toLowerCase()) ?? null,
    all: active === null ? null : [...active].map((address) => ({ address, origin: places.get(address) ?? null })),
  };
}

/** An attester writes what it likes there: what is no https address is not handed on, nor what stands behind the host. */
export function publishedOrigin(endpoint: string): string | null {
  const url = URL.parse(endpoint);
  return url?.protocol === "https:" ? url.origin : null;
}

function overall({ chain, indexer, database, relayer, queue, platforms, attesters, peers }: Omit<NodeStatus, "state">) {
  if (chain.state === "down" || database.state === "down") return "down";
  const parts = [chain, indexer, relayer, queue].every(({ state }) => state === "ok");
  const others = platforms.every(({ resting }) => resting === null) && peers.every(({ state }) => state !== "failing");
  return parts && others && attesters.active !== false ? "ok" : "degraded";
}

async function known<T>(answer: Promise<T>): Promise<T | null> {
  return within(answer).catch(() => null);
}

function secondsOf(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.floor(milliseconds / 1000);
}
