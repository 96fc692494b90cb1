import { parseAbi } from "viem";

import { controller, primaryNames, registrar, registry, resolvers, reverseRegistrar } from "./nameContracts.ts";
import { Names } from "./names.ts";
import type { Source } from "./source.ts";

const names = new Names({ id: "basenames", sells: "base.eth", reverse: ["addr.reverse", "80002105.reverse"] });

/** Basenames: the names below base.eth, which Base keeps with contracts that ENS's were the model of. */
export const basenames: Source = {
  id: "basenames",
  contracts: {
    registry: registry(names),
    registrar: registrar(names),
    controller: controller(
      names,
      "base.eth",
      parseAbi([
        "event NameRegistered(string name, bytes32 indexed label, address indexed owner, uint256 expires)",
        "event NameRenewed(string name, bytes32 indexed label, uint256 expires)",
      ]),
    ),
    reverseRegistrar: reverseRegistrar(names),
    primaryNames: primaryNames(names),
    resolvers: resolvers(names),
  },
  // github.com/base/basenames, README; the blocks are those of ENSNode's data sources.
  places: {
    8453: {
      registry: { address: ["0xb94704422c2a1e396835a571837aa5ae53285a95"], startBlock: 17_571_480 },
      registrar: { address: ["0x03c4738ee98ae44591e1a4a4f3cab6641d95dd9a"], startBlock: 17_571_486 },
      controller: {
        address: [
          "0xd3e6775ed9b7dc12b205c8e608dc3767b9e5efda",
          "0x4ccb0bb02fcaba27e82a56646e81d8c5bc4119a5",
          "0xa7d2607c6bd39ae9521e514026cbb078405ab322",
        ],
        startBlock: 17_575_699,
      },
      reverseRegistrar: { address: ["0x79ea96012eea67a83431f1701b3dff7e37f9e282"], startBlock: 17_571_480 },
      primaryNames: { address: ["0x0000000000d8e504002cc26e3ec46d81971c1664"], startBlock: 31_808_582 },
    },
  },
};
