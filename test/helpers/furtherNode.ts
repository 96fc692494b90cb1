import { join } from "node:path";

import { freePort } from "../../scripts/lib/stack/ports.ts";
import { Part } from "../../scripts/lib/stack/part.ts";
import { ROOT } from "../../scripts/lib/stack/sources.ts";
import { NO_LIMITS } from "./noLimits.ts";
import type { TestStack } from "./stack.ts";

/** One more API process on a stack's database and chain. */
export interface FurtherNode {
  apiUrl: string;
  part: Part;
  /** Where its output goes. */
  logFile: string;
}

/** Starts one with an environment of its own; on a free port, unless that says which. */
export async function startFurtherNode(test: TestStack, name: string, env: NodeJS.ProcessEnv): Promise<FurtherNode> {
  const port = env.PORT ?? String(await freePort());
  const { databaseUrl, deploymentsDir, rpcUrl } = test.stack;
  const logFile = join(deploymentsDir, `../logs/${name}.log`);
  const part = await Part.start({
    name: "api",
    command: process.execPath,
    args: [join(ROOT, "api/main.ts")],
    env: {
      ...{ DATABASE_URL: databaseUrl, DEPLOYMENTS_DIR: deploymentsDir, RPC_URL_31337: rpcUrl },
      ...{ UPSTREAM_GITHUB: test.github.origin, UPSTREAM_DNS: test.dns.upstream, ...NO_LIMITS, ...env, PORT: port },
    },
    logFile,
  });
  const apiUrl = `http://127.0.0.1:${port}`;
  await part.waitUntil(async () => (await fetch(`${apiUrl}/healthz`)).ok);
  return { apiUrl, part, logFile };
}
