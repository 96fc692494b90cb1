import {
  ACTIONS,
  type Link,
  PROOF_REGISTRY_ABI,
  bindingKey,
  compressedPoint,
  head,
  identityKey,
  linkId,
  parsePublicKey,
  recoverPublicKey,
  signPayload,
  uuidFromBytes,
} from "@syngraph/sdk/protocol";
import { Interface, type Log, type Result, computeAddress, concat, dataSlice, encodeBase64, toBeHex } from "ethers";

const contract = new Interface(PROOF_REGISTRY_ABI);
const NO_PREVIOUS = 255n;

/** A chain as its events tell it. */
export interface ReadChain {
  /** Compressed public key. */
  publicKey: string;
  /** The signature before the first link's, `0x` hex, where the chain was imported without its beginning. */
  importedAfter: string | null;
  links: { link: Link; text: string; id: string; head: string; signature: string; status: bigint }[];
}

/** What a log says, wherever it stood. */
export type RawLog = Pick<Log, "topics" | "data">;

/** The registry as its events tell it. */
export interface ReadRegistry {
  chains: Map<string, ReadChain>;
  /** Status and link by binding key. */
  bindings: Map<string, { status: bigint; linkId: string }>;
}

/**
 * Rebuilds the registry from its logs alone and verifies everything that the interface promises of its events; knows
 * nothing of the contract's state.
 *
 * @throws when an event breaks an invariant of IProofRegistry.sol, whose number the message gives.
 */
export function readRegistry(logs: readonly RawLog[]): ReadRegistry {
  const registry: ReadRegistry = { chains: new Map(), bindings: new Map() };
  for (const log of logs) {
    const { name, args } = contract.parseLog(log)!;
    const avatar: string = args.avatar;
    if (name === "AvatarRegistered") {
      const point = concat(["0x04", args.x, args.y]);
      demand(4, computeAddress(point) === avatar && !registry.chains.has(avatar));
      const publicKey = compressedPoint(args.x, args.y);
      demand(4, parsePublicKey(publicKey).uncompressed === point);
      registry.chains.set(avatar, { publicKey, importedAfter: null, links: [] });
    } else if (name === "ChainImported") {
      demand(1, chainOf(registry, avatar).links.length === 0);
      chainOf(registry, avatar).importedAfter = args.previous;
    } else if (name === "LinkAppended") {
      readLink(registry, avatar, args);
    } else if (name === "BindingConfirmed") {
      const binding = [...registry.bindings.values()].find(({ linkId: id }) => id === args.linkId);
      demand(6, binding?.status === 1n);
      binding!.status = 2n;
    } else {
      const { platform, identity } = args.release;
      demand(6, args.identityKey === identityKey(platform, identity));
      const binding = registry.bindings.get(bindingKey(avatar, platform, identity));
      demand(6, binding?.status === 2n);
      binding!.status = 3n;
    }
  }
  return registry;
}

function readLink(registry: ReadRegistry, avatar: string, args: Result): void {
  const chain = chainOf(registry, avatar);
  const before = chain.links.at(-1);
  demand(1, args.sequence === BigInt(chain.links.length + 1));
  const quoted = before?.signature ?? chain.importedAfter;
  demand(2, (args.previousV === NO_PREVIOUS) === (quoted === null));
  const link: Link = {
    action: ACTIONS[Number(args.action)]!,
    platform: args.platform,
    identity: args.identity,
    avatar: chain.publicKey,
    prev: quoted === null ? null : encodeBase64(concat([dataSlice(quoted, 0, 64), toBeHex(args.previousV, 1)])),
    createdAt: Number(args.createdAt),
    uuid: uuidFromBytes(args.uuid),
  };
  const vs = BigInt(args.vs);
  const signature = concat([args.r, toBeHex(vs & ((1n << 255n) - 1n), 32), toBeHex(vs >> 255n, 1)]);
  const text = signPayload(link);
  demand(2, recoverPublicKey(text, signature).compressed === chain.publicKey);
  demand(3, args.linkId === linkId(link, signature));
  demand(5, link.createdAt >= (before?.link.createdAt ?? 0));
  demand(6, args.identityKey === identityKey(link.platform, link.identity));
  demand(7, [args.platform, args.identity, args.proofLocation, args.accountId].every(isStorable));
  chain.links.push({ link, text, id: args.linkId, head: head(signature), signature, status: args.status });
  const key = bindingKey(avatar, link.platform, link.identity);
  if (link.action === "create") registry.bindings.set(key, { status: args.status, linkId: args.linkId });
  else if (registry.bindings.has(key)) registry.bindings.get(key)!.status = args.status;
  else demand(6, args.status === 0n);
}

function chainOf(registry: ReadRegistry, avatar: string): ReadChain {
  const chain = registry.chains.get(avatar);
  if (chain === undefined) throw new Error(`Invariant 1 is broken: ${avatar} was not registered`);
  return chain;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0") && text.length <= 1024;
}

function demand(invariant: number, holds: boolean): void {
  if (!holds) throw new Error(`Invariant ${invariant} of IProofRegistry is broken`);
}
