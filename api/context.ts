import type { JsonRpcProvider } from "ethers";
import type { Pool } from "pg";
import type { Logger } from "pino";

import type { Attester } from "./attest/attester.ts";
import type { Attesters } from "./attest/attesters.ts";
import type { OwnLook } from "./attest/look.ts";
import type { Quorum } from "./attest/quorum.ts";
import type { Checks } from "./checks/checks.ts";
import type { Config } from "./config.ts";
import type { Connections } from "./limits/connections.ts";
import type { Limits } from "./limits/limits.ts";
import type { Feed } from "./live/feed.ts";
import type { Journal } from "./live/journal.ts";
import type { Graph } from "./graph/types.ts";
import type { Watch } from "./observe/readiness.ts";
import type { Metrics } from "./observe/metrics.ts";
import type { Engine } from "./platforms/engine.ts";
import type { Outbox } from "./relay/outbox.ts";
import type { Registry } from "./relay/registry.ts";
import type { Relayer } from "./relay/relayer.ts";
import type { Settlements } from "./relay/settled.ts";
import type { Nonces } from "./sessions/nonces.ts";
import type { Sessions } from "./sessions/sessions.ts";
import type { SigningKeys } from "./sessions/signingKeys.ts";

/** Everything that a route or service may use; made once at the start. */
export interface Context {
  config: Config;
  log: Logger;
  db: Pool;
  /** For statements that only read, by index: see createReadPool. */
  reads: Pool;
  graph: Graph;
  provider: JsonRpcProvider;
  registry: Registry;
  outbox: Outbox;
  settlements: Settlements;
  relayer: Relayer;
  engine: Engine;
  attester: Attester;
  limits: Limits;
  /** Streams of events. */
  connections: Connections;
  journal: Journal;
  feed: Feed;
  metrics: Metrics;
  watch: Watch;
  attesters: Attesters;
  /** Collects what attesters say; `status()` tells of its peers. */
  attest: Quorum;
  look: OwnLook;
  checks: Checks;
  nonces: Nonces;
  sessions: Sessions;
  signingKeys: SigningKeys;
}
