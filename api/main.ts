import "@syngraph/sdk/protocol/native";
import { once } from "node:events";
import { createServer } from "node:http";

import { FetchRequest, JsonRpcProvider, computeAddress } from "ethers";

import { createApp } from "./app.ts";
import { answerBrokenRequests } from "./brokenRequests.ts";
import { Attester } from "./attest/attester.ts";
import { Attesters } from "./attest/attesters.ts";
import { createLook } from "./attest/look.ts";
import { Peers } from "./attest/peers.ts";
import { Quorum } from "./attest/quorum.ts";
import { Watcher } from "./attest/watcher.ts";
import { Checks } from "./checks/checks.ts";
import { Revalidator } from "./checks/revalidator.ts";
import { readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { Connections } from "./limits/connections.ts";
import { createGraph, planQuestions } from "./graph/graph.ts";
import { Limits } from "./limits/limits.ts";
import { Feed } from "./live/feed.ts";
import { Journal } from "./live/journal.ts";
import { Watch } from "./observe/readiness.ts";
import { registerGauges } from "./observe/gauges.ts";
import { createLog } from "./observe/log.ts";
import { Metrics } from "./observe/metrics.ts";
import { migrate } from "./db/migrations.ts";
import { createGraphPool, createPool, createReadPool } from "./db/pool.ts";
import { createEngine } from "./platforms/engine.ts";
import { Outbox } from "./relay/outbox.ts";
import { RelayQueue } from "./relay/queue.ts";
import { Registry } from "./relay/registry.ts";
import { Relayer } from "./relay/relayer.ts";
import { Settlements } from "./relay/settled.ts";
import { Nonces } from "./sessions/nonces.ts";
import { Sessions } from "./sessions/sessions.ts";
import { SigningKeys } from "./sessions/signingKeys.ts";

const config = readConfig(process.env);
const log = createLog(config.logLevel, config.chain.rpcUrl);
const { chain } = config;

const db = createPool(config.databaseUrl);
const reads = createReadPool(config.databaseUrl);
const graphReads = createGraphPool(config.databaseUrl);
for (const pool of [db, reads, graphReads]) {
  pool.on("error", (error) => log.warn({ error: error.message }, "idle database connection lost"));
}
await migrate(db);
// Before the indexer first made its views there is nothing to plan over.
void planQuestions(graphReads).catch((error: Error) => log.info({ error: error.message }, "graph not planned ahead"));

const rpc = new FetchRequest(chain.rpcUrl);
rpc.timeout = 10_000;
const provider = new JsonRpcProvider(rpc, chain.chainId, {
  ...{ staticNetwork: true, cacheTimeout: -1 },
  // To gather calls into batches ethers would hold each back for some milliseconds.
  batchMaxCount: 1,
});
const registry = new Registry(chain.proofRegistry, provider, chain.startBlock);
const queue = new RelayQueue(config.databaseUrl, chain.chainId, log);
await queue.start();
const outbox = new Outbox(db, chain.chainId, queue);
const relayer = new Relayer({
  ...{ databaseUrl: config.databaseUrl, db, chainId: chain.chainId, provider, registry, queue, log },
  privateKey: config.relayerKey,
});
const engine = createEngine({
  ...{ upstreams: config.upstreams, tokens: config.tokens, signer: config.instanceActor },
  lifetimes: config.checkLifetimes,
});
const look = createLook(engine);
const attester = new Attester(config.attesterKey);
const { address: self } = attester;
const attesters = new Attesters(provider, chain.attesterRegistry);
const checks = new Checks({ db, chainId: chain.chainId });
const { peers: configured, timeout } = config.attest;
const peers = new Peers({ configured, attesters, attester, timeout, log });
const attest = new Quorum({ attester, attesters, peers, log });
const journal = new Journal({ db, keep: config.events.keep });
const feed = new Feed({ databaseUrl: config.databaseUrl, db, journal, log });
checks.onOutcome = () => feed.look();
const context: Context = {
  ...{ config, log, db, reads, provider, registry, outbox, relayer, engine },
  graph: createGraph(graphReads),
  settlements: new Settlements(db),
  ...{ attester, attesters, attest, look, checks },
  limits: new Limits(db, config.limits, log),
  connections: new Connections(config.events),
  ...{ journal, feed },
  metrics: new Metrics(),
  watch: new Watch({
    db,
    provider,
    chainId: chain.chainId,
    relayer: computeAddress(config.relayerKey),
    minBalance: config.relayerMinBalance,
  }),
  nonces: new Nonces(db),
  sessions: new Sessions(db, chain.chainId),
  signingKeys: new SigningKeys(db, config.idTokenKey),
};
const revalidator = new Revalidator({ ...context, chainId: chain.chainId, quorum: attest });
const watcher = new Watcher({
  ...{ db, chainId: chain.chainId, self, attesters, look, checks, quorum: attest, registry, outbox, log },
  interval: config.attest.watchInterval,
});
registerGauges(context);
const server = createServer(createApp(context));
answerBrokenRequests(server);
// Longer than the idle time of proxies in front, so that none of them sends into a connection that is being closed.
server.keepAliveTimeout = 75_000;
server.listen(config.port, config.host);
await once(server, "listening");
relayer.start();
watcher.start();
revalidator.start();
feed.start();
await warnUnlessAttester();
log.info({ port: config.port, chainId: chain.chainId, relayer: relayer.address }, "listening");

/** A node whose word does not count can make claims only; its operator should hear of it. */
async function warnUnlessAttester(): Promise<void> {
  const active = await attesters.active().catch(() => null);
  if (active?.has(self.toLowerCase()) === false)
    log.warn({ attester: self }, "no attester on this chain: what this node attests stays a claim");
}

/** Ends what is under way: what is accepted stays in the database, and is sent at the next start. */
async function stop(): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await Promise.all([relayer.stop(), watcher.stop(), revalidator.stop(), feed.stop()]);
  // Streams have ended by now.
  server.closeIdleConnections();
  await Promise.race([once(server, "close"), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  server.closeAllConnections();
  await queue.stop();
  const ended = Promise.all([db.end(), reads.end(), graphReads.end()]);
  // What somebody else holds up, as the lock of the journal, ends with the connection and is as if it had not begun.
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  provider.destroy();
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, "could not end in order");
        process.exit(1);
      },
    );
  });
}
