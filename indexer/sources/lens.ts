import { parseAbi, zeroAddress } from "viem";

import { setEdge, setName, wallet } from "./edges.ts";
import { Memory } from "./memory.ts";
import { isPlain } from "./text.ts";
import { type Context, type Source, type SourceEvent, contract } from "./source.ts";

const ID = "lens";

/** What a handle is called, and the profile that it is linked to. */
const handles = new Memory<{ name: string | null; profile: string | null }>("lens:handle", {
  name: null,
  profile: null,
});

/** The handle of a profile. */
const profiles = new Memory<{ handle: string | null }>("lens:profile", { handle: null });

const LINKAGE =
  "((address collection, uint256 id) handle, (address collection, uint256 id) token, address executor, uint256 timestamp)";

/**
 * Lens Protocol v2 on Polygon. Its contracts are final: who holds which profile are the ERC-721 transfers of LensHub, from
 * v1 on, and what it is called is the handle that is linked to it. (v3 on Lens Chain has accounts behind proxies that their
 * makers replace, with other events since its launch.)
 */
export const lens: Source = {
  id: ID,
  contracts: {
    hub: contract(
      parseAbi(["event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)"]),
      {
        Transfer: async (event, context) => {
          const { from, to, tokenId } = event.args;
          const profile = { platform: ID, identity: `#${tokenId}` };
          if (from === zeroAddress) {
            const state = { uid: String(tokenId), registeredAt: Number(event.block.timestamp) };
            await setName(context, profile, state, event);
          }
          const hold = { source: ID, kind: "hold", from: wallet(to), to: profile } as const;
          await setEdge(context, `${ID}:hold:${tokenId}`, to === zeroAddress ? null : hold, event);
        },
      },
      "required",
    ),
    handles: contract(
      parseAbi([
        "event HandleMinted(string handle, string namespace, uint256 handleId, address to, uint256 timestamp)",
        "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
      ]),
      {
        HandleMinted: async (event, context) => {
          const { handle, namespace, handleId } = event.args;
          const full = `${handle}.${namespace}`;
          const key = String(handleId);
          const name = isPlain(full, 64) ? full : null;
          await handles.set(context, key, { ...(await handles.get(context, key)), name });
        },
        Transfer: async (event, context) => {
          // A link ends in silence with the handle that is burnt.
          if (event.args.to === zeroAddress) await unlink(context, String(event.args.tokenId), event);
        },
      },
    ),
    links: contract(parseAbi([`event HandleLinked${LINKAGE}`, `event HandleUnlinked${LINKAGE}`]), {
      HandleLinked: async (event, context) => {
        const [handle, profile] = [String(event.args.handle.id), String(event.args.token.id)];
        await unlink(context, handle, event);
        const { handle: former } = await profiles.get(context, profile);
        if (former !== null) await unlink(context, former, event);
        const { name } = await handles.get(context, handle);
        await handles.set(context, handle, { name, profile });
        await profiles.set(context, profile, { handle });
        await call(context, profile, name, event);
      },
      HandleUnlinked: async (event, context) => {
        await unlink(context, String(event.args.handle.id), event);
      },
    }),
  },
  places: {
    137: {
      hub: { address: ["0xdb46d1dc155634fbc732f92e853b10b288ad5a1d"], startBlock: 28_384_641 },
      handles: { address: ["0xe7e7ead361f3aacd73a61a9bd6c10ca17f38e945"], startBlock: 47_000_000 },
      links: { address: ["0xd4f2f33680fccb36748fa9831851643781608844"], startBlock: 47_000_000 },
    },
  },
};

async function unlink(context: Context, handle: string, event: SourceEvent): Promise<void> {
  const { name, profile } = await handles.get(context, handle);
  if (profile === null) return;
  await handles.set(context, handle, { name, profile: null });
  await profiles.set(context, profile, { handle: null });
  await call(context, profile, null, event);
}

async function call(context: Context, profile: string, displayName: string | null, event: SourceEvent): Promise<void> {
  await setName(context, { platform: ID, identity: `#${profile}` }, { uid: profile, displayName }, event);
}
