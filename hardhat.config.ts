import { fileURLToPath } from "node:url";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatTypechain from "@nomicfoundation/hardhat-typechain";
import { defineConfig } from "hardhat/config";

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatMocha, hardhatNetworkHelpers, hardhatTypechain],
  solidity: {
    // The npm package's compiler: an install needs no download, and every machine has the same one.
    version: "0.8.37",
    path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
    settings: { viaIR: true, optimizer: { enabled: true, runs: 1_000_000 }, evmVersion: "prague" },
  },
  // The generated classes use namespaces, which `erasableSyntaxOnly` refuses; they are only ever imported as types.
  typechain: { tsNocheck: true },
  paths: { tests: { mocha: "test/contracts" } },
  networks: {
    default: { type: "edr-simulated", chainType: "op" },
  },
});
