/**
 * `npm run deploy -- --network <name>`: deploys to a chain of hardhat.config.ts and writes `deployments/<chainId>.json`.
 * docs/deploying.md says what the environment may set.
 */
import { network } from "hardhat";

import { deploySyngraph, parseAttesters } from "./lib/deploy.ts";
import { isLoopback } from "./lib/networks.ts";

const { ADMIN, ATTESTERS = "", DEPLOYMENTS_DIR = "deployments" } = process.env;

const { ethers, networkConfig } = await network.create();
const [signer] = await ethers.getSigners();
if (signer === undefined) throw new Error("The network has no account that could pay: set DEPLOYER_KEY");

await deploySyngraph({
  signer,
  deploymentsDir: DEPLOYMENTS_DIR,
  attesters: parseAttesters(ATTESTERS),
  ...(ADMIN ? { admin: ADMIN } : {}),
  local: networkConfig.type === "edr-simulated" || isLoopback(await networkConfig.url.getUrl()),
  log: console.log,
});
