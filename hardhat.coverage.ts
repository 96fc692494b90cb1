import { defineConfig } from "hardhat/config";
import { definePlugin } from "hardhat/plugins";

import base from "./hardhat.config.ts";

/** `npm run coverage`: the same contracts with a report at each statement and branch, and in folders of their own. */
export default defineConfig({
  ...base,
  plugins: [
    ...(base.plugins ?? []),
    definePlugin({ id: "branches", hookHandlers: { solidity: () => import("./scripts/coverage/solidityHooks.ts") } }),
  ],
  coverage: { skipFiles: ["contracts/test/**"] },
  paths: { ...base.paths, artifacts: "cache/coverage/artifacts", cache: "cache/coverage/cache" },
  // Reports take room and gas.
  networks: { default: { type: "edr-simulated", chainType: "op", allowUnlimitedContractSize: true } },
});
