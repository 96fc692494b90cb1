import { parseAbi } from "viem";

import {
  controller,
  primaryNames,
  registrar,
  registry,
  resolvers,
  reverseRegistrar,
  wrapper,
} from "./nameContracts.ts";
import { Names } from "./names.ts";
import type { Source } from "./source.ts";

const names = new Names({ id: "ens", sells: "eth", reverse: ["addr.reverse"] });

/**
 * ENS on Ethereum. What is at gateways, and below a resolver that answers for names which the registry does not have
 * (ENSIP-10, EIP-3668), is not on the chain; nor is what the first public and reverse resolvers did not log.
 */
export const ens: Source = {
  id: "ens",
  contracts: {
    registry: registry(names),
    oldRegistry: registry(names, "old"),
    registrar: registrar(names),
    controller2019: controller(
      names,
      "eth",
      parseAbi([
        "event NameRegistered(string name, bytes32 indexed label, address indexed owner, uint256 cost, uint256 expires)",
        "event NameRenewed(string name, bytes32 indexed label, uint256 cost, uint256 expires)",
      ]),
    ),
    controller2023: controller(
      names,
      "eth",
      parseAbi([
        "event NameRegistered(string name, bytes32 indexed label, address indexed owner, uint256 baseCost, uint256 premium, uint256 expires)",
        "event NameRenewed(string name, bytes32 indexed label, uint256 cost, uint256 expires)",
      ]),
    ),
    controller2025: controller(
      names,
      "eth",
      parseAbi([
        "event NameRegistered(string name, bytes32 indexed label, address indexed owner, uint256 baseCost, uint256 premium, uint256 expires, bytes32 referrer)",
        "event NameRenewed(string name, bytes32 indexed label, uint256 cost, uint256 expires, bytes32 referrer)",
      ]),
    ),
    wrapper: wrapper(names),
    reverseRegistrar: reverseRegistrar(names),
    primaryNames: primaryNames(names),
    resolvers: resolvers(names),
  },
  // docs.ens.domains/learn/deployments, and for the blocks the ENS subgraph's manifest.
  places: {
    1: {
      oldRegistry: { address: ["0x314159265dd8dbb310642f98f50c066173c1259b"], startBlock: 3_327_417 },
      registry: { address: ["0x00000000000c2e074ec69a0dfb2997ba6c7d2e1e"], startBlock: 9_380_380 },
      registrar: { address: ["0x57f1887a8bf19b14fc0df6fd9b2acc9af147ea85"], startBlock: 9_380_410 },
      controller2019: { address: ["0x283af0b28c62c092c9727f1ee09c02ca627eb7f5"], startBlock: 9_380_471 },
      controller2023: { address: ["0x253553366da8546fc250f225fe3d25d0c782303b"], startBlock: 16_925_618 },
      controller2025: { address: ["0x59e16fccd424cc24e280be16e11bcd56fb0ce547"], startBlock: 22_764_821 },
      wrapper: { address: ["0xd4416b13d2b3a9abae7acd5d6c2bbdbe25686401"], startBlock: 16_925_608 },
      reverseRegistrar: { address: ["0xa58e81fe9b61b5c3fe2afd33cf304c454abfc7cb"], startBlock: 16_925_606 },
      primaryNames: { address: ["0x283f227c4bd38ece252c4ae7ece650b0e913f1f9"], startBlock: 22_764_819 },
    },
  },
};
