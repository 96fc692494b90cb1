import { fileURLToPath } from "node:url";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatTypechain from "@nomicfoundation/hardhat-typechain";
import { configVariable, defineConfig } from "hardhat/config";

import { PUBLIC_NETWORKS } from "./scripts/lib/networks.ts";

const { DEPLOYER_KEY, RPC_PORT = "8545" } = process.env;
const { FUZZ_RUNS = "5000", FUZZ_SEED, INVARIANT_RUNS = "64", INVARIANT_DEPTH = "30" } = process.env;

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatMocha, hardhatNetworkHelpers, hardhatTypechain],
  solidity: {
    // The npm package's compiler: an install needs no download, and every machine has the same one.
    version: "0.8.37",
    path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
    settings: {
      viaIR: true,
      // More would take ProofRegistry over the 24,576 bytes of EIP-170, and save a link some 200 gas.
      optimizer: { enabled: true, runs: 3_000 },
      evmVersion: "prague",
      // Else a comment, or a package that only a test imports, would change the bytecode, and so the CREATE2 addresses.
      metadata: { bytecodeHash: "none" },
      outputSelection: { "*": { "*": ["storageLayout"] } },
    },
    // What the Solidity tests import must not change the bytecode either.
    splitTestsCompilation: true,
  },
  // The generated classes use namespaces, which `erasableSyntaxOnly` refuses; they are only ever imported as types.
  typechain: { tsNocheck: true },
  paths: { tests: { mocha: "test/contracts", solidity: "test/contracts/solidity" } },
  test: {
    solidity: {
      fuzz: { runs: Number(FUZZ_RUNS), ...(FUZZ_SEED && { seed: FUZZ_SEED }) },
      invariant: { runs: Number(INVARIANT_RUNS), depth: Number(INVARIANT_DEPTH), failOnRevert: true },
    },
  },
  networks: {
    default: { type: "edr-simulated", chainType: "op" },
    // Without a key, the accounts that anvil unlocks.
    local: {
      type: "http",
      chainType: "op",
      url: `http://127.0.0.1:${RPC_PORT}`,
      accounts: DEPLOYER_KEY ? [configVariable("DEPLOYER_KEY")] : "remote",
    },
    ...Object.fromEntries(
      Object.entries(PUBLIC_NETWORKS).map(([name, { chainId, chainType }]) => [
        name,
        {
          type: "http" as const,
          chainType,
          chainId,
          url: configVariable(`RPC_URL_${chainId}`),
          accounts: [configVariable("DEPLOYER_KEY")],
        },
      ]),
    ),
  },
});
