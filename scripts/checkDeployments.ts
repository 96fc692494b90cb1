/**
 * `npm run deployments:check`: compares the chains of the deployments folder with the last build. Exit code 1 when
 * anything differs or could not be compared, 2 when the command was not understood.
 */
import { parseArgs } from "node:util";

import { JsonRpcProvider, Network } from "ethers";

import { checkDeployment } from "./lib/check.ts";
import { type Deployment, readDeployments } from "./lib/deployments.ts";
import { chainIdOf, networkName } from "./lib/networks.ts";
import { askChainId } from "./lib/rpc.ts";

const USAGE = `Usage: npm run deployments:check [-- --network NAME]

--network  only this chain: a name as for npm run deploy, or a chain id (default: all in the folder)

The RPC of each chain is RPC_URL_<chainId>; chains without one are skipped. The folder is $DEPLOYMENTS_DIR, or deployments.`;

process.exitCode = await run(process.argv.slice(2));

async function run(argv: string[]): Promise<number> {
  let network: string | undefined;
  try {
    ({ network } = parseArgs({ args: argv, options: { network: { type: "string" } } }).values);
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
  const wanted = network === undefined ? undefined : chainIdOf(network);
  if (network !== undefined && wanted === undefined) return fail(`There is no network ${network}\n${USAGE}`);
  const folder = process.env.DEPLOYMENTS_DIR || "deployments";
  const deployments = (await readDeployments(folder)).filter(
    ({ chainId }) => wanted === undefined || chainId === wanted,
  );
  if (deployments.length === 0) return fail(`${folder} has no ${wanted ?? "<chainId>"}.json`);
  let code = 0;
  for (const deployment of deployments) if (!(await check(deployment))) code = 1;
  return code;
}

async function check(deployment: Deployment): Promise<boolean> {
  const { chainId } = deployment;
  const title = `${networkName(chainId)} (${chainId})`;
  const rpc = process.env[`RPC_URL_${chainId}`];
  if (!rpc) {
    console.log(`${title}: skipped, because RPC_URL_${chainId} is not set`);
    return true;
  }
  let provider: JsonRpcProvider | undefined;
  try {
    provider = new JsonRpcProvider(rpc, Network.from(await askChainId(rpc)), { staticNetwork: true });
    const { differences, governance } = await checkDeployment(provider, deployment);
    console.log(
      `${title}: ${differences.length === 0 ? "as the repository has it" : `${differences.length} differences`}`,
    );
    for (const line of differences) console.log(`  difference: ${line}`);
    for (const line of governance) console.log(`  ${line}`);
    return differences.length === 0;
  } catch (error) {
    // The URL often holds a key.
    const message = (error as Error).message.replaceAll(rpc, `RPC_URL_${chainId}`);
    console.log(`${title}: could not be compared: ${message}`);
    return false;
  } finally {
    provider?.destroy();
  }
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}
