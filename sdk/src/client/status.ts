import { type Reader, flag, integer, list, nullable, object, oneOf, text } from "./reader.ts";

/** `GET /v1/status`: how a node and all it rests on stand. What it could not ask just now is null. */
export interface NodeStatus {
  /** `down` where chain or database cannot be asked, `degraded` where anything else is not as it should be. */
  state: "ok" | "degraded" | "down";
  /** Unix seconds. */
  as_of: number;
  version: string;
  revision: string;
  /** Seconds, as all durations here. */
  uptime: number;
  chain: {
    state: "ok" | "stale" | "down";
    chain_id: number;
    proof_registry: string;
    attester_registry: string;
    block: number | null;
    /** Of that block. */
    age: number | null;
  };
  indexer: { state: "ok" | "behind" | "unknown"; block: number | null; lag: number | null };
  database: { state: "ok" | "down" };
  relayer: {
    state: "ok" | "low" | "unknown";
    address: string;
    /** In ether, as a decimal. */
    balance: string | null;
    minimum: string;
    /** Whether this process relays; another one with the same key may. */
    leading: boolean | null;
    in_flight: number | null;
  };
  queue: {
    state: "ok" | "slow" | "unknown";
    accepted: number | null;
    sent: number | null;
    /** How long the oldest has waited. */
    oldest: number | null;
  };
  events: { streams: number; limit: number };
  platforms: {
    id: string;
    name: string;
    status: "live" | "needs credential" | "service closed";
    /** For how long it is left alone; null while it is asked. */
    resting: number | null;
    quorum: number | null;
  }[];
  attesters: {
    /** This node's own. */
    self: string;
    active: boolean | null;
    all: { address: string; origin: string | null }[] | null;
  };
  peers: {
    /** Null where the node keeps it to itself. */
    origin: string | null;
    state: "ok" | "failing" | "unasked";
    last_success: number | null;
    last_failure: number | null;
    failures: number;
    /** In milliseconds. */
    latency: number | null;
  }[];
}

export const nodeStatus: Reader<NodeStatus> = object<NodeStatus>({
  state: oneOf(["ok", "degraded", "down"]),
  as_of: integer,
  version: text,
  revision: text,
  uptime: integer,
  chain: object<NodeStatus["chain"]>({
    state: oneOf(["ok", "stale", "down"]),
    chain_id: integer,
    proof_registry: text,
    attester_registry: text,
    block: nullable(integer),
    age: nullable(integer),
  }),
  indexer: object<NodeStatus["indexer"]>({
    state: oneOf(["ok", "behind", "unknown"]),
    block: nullable(integer),
    lag: nullable(integer),
  }),
  database: object<NodeStatus["database"]>({ state: oneOf(["ok", "down"]) }),
  relayer: object<NodeStatus["relayer"]>({
    state: oneOf(["ok", "low", "unknown"]),
    address: text,
    balance: nullable(text),
    minimum: text,
    leading: nullable(flag),
    in_flight: nullable(integer),
  }),
  queue: object<NodeStatus["queue"]>({
    state: oneOf(["ok", "slow", "unknown"]),
    accepted: nullable(integer),
    sent: nullable(integer),
    oldest: nullable(integer),
  }),
  events: object<NodeStatus["events"]>({ streams: integer, limit: integer }),
  platforms: list(
    object<NodeStatus["platforms"][number]>({
      id: text,
      name: text,
      status: oneOf(["live", "needs credential", "service closed"]),
      resting: nullable(integer),
      quorum: nullable(integer),
    }),
  ),
  attesters: object<NodeStatus["attesters"]>({
    self: text,
    active: nullable(flag),
    all: nullable(list(object<{ address: string; origin: string | null }>({ address: text, origin: nullable(text) }))),
  }),
  peers: list(
    object<NodeStatus["peers"][number]>({
      origin: nullable(text),
      state: oneOf(["ok", "failing", "unasked"]),
      last_success: nullable(integer),
      last_failure: nullable(integer),
      failures: integer,
      latency: nullable(integer),
    }),
  ),
});
