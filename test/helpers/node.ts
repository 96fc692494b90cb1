import { join } from "node:path";

import { freePort } from "../../scripts/lib/stack/ports.ts";
import { Part } from "../../scripts/lib/stack/part.ts";
import { ROOT } from "../../scripts/lib/stack/sources.ts";
import { NO_LIMITS } from "./noLimits.ts";
import type { ApiOrigin } from "./openApi.ts";
import type { TestStack } from "./stack.ts";

/** One more API process on a stack's chain, index and database. */
export interface Node extends ApiOrigin {
  /** Where its output goes. */
  logFile: string;
  stop(): Promise<void>;
  /** How it ended, once it has. */
  ended: Promise<string>;
}

export interface NodeOptions {
  name: string;
  /** Its environment, beside what every node of the stack has. */
  env: NodeJS.ProcessEnv;
  /** One that is free by default. */
  port?: number;
}

/** Starts one, and waits until it answers. */
export async function startNode({ stack, github, dns }: TestStack, options: NodeOptions): Promise<Node> {
  const { name, env, port = await freePort() } = options;
  const apiUrl = `http://127.0.0.1:${port}`;
  const { databaseUrl, deploymentsDir, rpcUrl } = stack;
  const logFile = join(deploymentsDir, `../logs/${name}.log`);
  const part = await Part.start({
    name,
    command: process.execPath,
    args: [join(ROOT, "api/main.ts")],
    env: {
      ...{ DATABASE_URL: databaseUrl, DEPLOYMENTS_DIR: deploymentsDir, RPC_URL_31337: rpcUrl, PORT: String(port) },
      ...{ UPSTREAM_GITHUB: github.origin, UPSTREAM_DNS: dns.upstream, ...NO_LIMITS },
      ...env,
    },
    logFile,
  });
  await part.waitUntil(async () => (await fetch(`${apiUrl}/healthz`)).ok);
  return { apiUrl, logFile, stop: () => part.stop(), ended: part.ended };
}
