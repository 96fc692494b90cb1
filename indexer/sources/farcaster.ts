import { parseAbi, zeroAddress } from "viem";

import { type EdgeState, setEdge, setName, wallet } from "./edges.ts";
import { type Context, type Hex, type Source, type SourceEvent, contract } from "./source.ts";

const ID = "farcaster";

/**
 * Farcaster's IdRegistry on OP Mainnet: each address has at most one account (fid), and each account one address that holds
 * it (custody) and one that may take it back (recovery). Names are not on the chain.
 */
export const farcaster: Source = {
  id: ID,
  contracts: {
    registry: contract(
      // A Recover comes with the Transfer that it is.
      parseAbi([
        "event Register(address indexed to, uint256 indexed id, address recovery)",
        "event Transfer(address indexed from, address indexed to, uint256 indexed id)",
        "event ChangeRecoveryAddress(uint256 indexed id, address indexed recovery)",
        "event AdminReset(uint256 indexed fid)",
      ]),
      {
        Register: async (event, context) => {
          const { id, to, recovery } = event.args;
          const state = { uid: String(id), registeredAt: Number(event.block.timestamp) };
          await setName(context, account(id), state, event);
          await join(context, "hold", id, to, event);
          await join(context, "recover", id, recovery, event);
        },
        Transfer: async (event, context) => {
          await join(context, "hold", event.args.id, event.args.to, event);
        },
        ChangeRecoveryAddress: async (event, context) => {
          await join(context, "recover", event.args.id, event.args.recovery, event);
        },
        AdminReset: async (event, context) => {
          await join(context, "hold", event.args.fid, zeroAddress, event);
          await join(context, "recover", event.args.fid, zeroAddress, event);
        },
      },
      "required",
    ),
  },
  places: {
    10: { registry: { address: ["0x00000000fc6c5f01fc30151999387bb99a9f489b"], startBlock: 108_864_739 } },
  },
};

function account(fid: bigint) {
  return { platform: ID, identity: `#${fid}` };
}

async function join(
  context: Context,
  kind: "hold" | "recover",
  fid: bigint,
  address: Hex,
  event: SourceEvent,
): Promise<void> {
  const edge: EdgeState = { source: ID, kind, from: wallet(address), to: account(fid) };
  await setEdge(context, `${ID}:${kind}:${fid}`, address === zeroAddress ? null : edge, event);
}
