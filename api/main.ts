import { once } from "node:events";
import { createServer } from "node:http";

import { FetchRequest, JsonRpcProvider } from "ethers";
import { pino } from "pino";

import { createApp } from "./app.ts";
import { answerBrokenRequests } from "./brokenRequests.ts";
import { Attester, isAttester } from "./attest/attester.ts";
import { readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { migrate } from "./db/migrations.ts";
import { createPool } from "./db/pool.ts";
import { createEngine } from "./platforms/engine.ts";
import { Outbox } from "./relay/outbox.ts";
import { Registry } from "./relay/registry.ts";
import { Relayer } from "./relay/relayer.ts";

const config = readConfig(process.env);
const log = pino({ level: config.logLevel });
const { chain } = config;

const db = createPool(config.databaseUrl);
db.on("error", (error) => log.warn({ error: error.message }, "idle database connection lost"));
await migrate(db);

const rpc = new FetchRequest(chain.rpcUrl);
rpc.timeout = 10_000;
const provider = new JsonRpcProvider(rpc, chain.chainId, { staticNetwork: true, cacheTimeout: -1 });
const registry = new Registry(chain.proofRegistry, provider, chain.startBlock);
const outbox = new Outbox(db, chain.chainId);
const context: Context = {
  config,
  log,
  db,
  provider,
  registry,
  outbox,
  engine: createEngine({ upstreams: config.upstreams, tokens: config.tokens, lifetimes: config.checkLifetimes }),
  attester: new Attester(config.attesterKey),
};
const relayer = new Relayer({
  databaseUrl: config.databaseUrl,
  chainId: chain.chainId,
  provider,
  privateKey: config.relayerKey,
  registry,
  outbox,
  log,
});

const server = createServer(createApp(context));
answerBrokenRequests(server);
server.listen(config.port, config.host);
await once(server, "listening");
relayer.start();
await warnUnlessAttester();
log.info({ port: config.port, chainId: chain.chainId, relayer: relayer.address }, "listening");

/** A node whose word does not count can make claims only; its operator should hear of it. */
async function warnUnlessAttester(): Promise<void> {
  const { address } = context.attester;
  const counts = await isAttester(provider, chain.attesterRegistry, address).catch(() => true);
  if (!counts) log.warn({ attester: address }, "no attester on this chain: what this node attests stays a claim");
}

/** Ends what is under way: what is accepted stays in the database, and is sent at the next start. */
async function stop(): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await relayer.stop();
  await Promise.race([once(server, "close"), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  server.closeAllConnections();
  await db.end();
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
