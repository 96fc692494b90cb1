/**
 * `npm run deploy -- --network <name>`: deploys to a chain of hardhat.config.ts and writes `deployments/<chainId>.json`.
 * With DRY_RUN=1 it says what that would do and cost. docs/deploying.md says what the environment may set.
 */
import { network } from "hardhat";

import { deploySyngraph } from "./lib/deploy.ts";
import { parseDeploySettings } from "./lib/deploySettings.ts";
import { dryRun } from "./lib/dryRun.ts";
import { isLoopback } from "./lib/networks.ts";

const { DRY_RUN, DEPLOYMENTS_DIR = "deployments" } = process.env;

const settings = parseDeploySettings(process.env);
const { ethers, networkConfig } = await network.create();
const [signer] = await ethers.getSigners();
if (signer === undefined) throw new Error("The network has no account that could pay: set DEPLOYER_KEY");
const local = networkConfig.type === "edr-simulated" || isLoopback(await networkConfig.url.getUrl());

if (DRY_RUN && DRY_RUN !== "0") {
  await dryRun({ ...settings, provider: ethers.provider, payer: await signer.getAddress(), local, log: console.log });
} else {
  await deploySyngraph({ ...settings, signer, deploymentsDir: DEPLOYMENTS_DIR, local, log: console.log });
}
