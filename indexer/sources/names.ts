import { ensNormalize } from "ethers";
import { concat, keccak256, namehash, numberToHex, stringToHex, zeroAddress } from "viem";

import { claimOf, CLAIM_KEYS } from "./claims.ts";
import { type EdgeState, type End, setEdge, setName, wallet } from "./edges.ts";
import { Memory } from "./memory.ts";
import type { Context, Hex, SourceEvent } from "./source.ts";
import { isPlain } from "./text.ts";

/** A system of names built as ENS is (EIP-137): a registry that names each node's owner and resolver, and registrars. */
export interface NameSystem {
  /** The source's id, and the platform of its names. */
  id: string;
  /** The name below which its registrar sells names. */
  sells: string;
  /** The names below which each address has one for its reverse record (EIP-181, ENSIP-19). */
  reverse: readonly string[];
}

/** What is known of a node: a name, or an address's reverse record. */
export interface Node {
  /** In its normal form; null while only its hash was seen, and for ever where it has no such form. */
  name: string | null;
  /** The registry's owner. */
  owner: Hex | null;
  /** Whether the registrar says who holds it. */
  sold: boolean;
  /** Who has the registrar's token. */
  registrant: Hex | null;
  registeredAt: number | null;
  /** When its registration expires, Unix seconds. */
  expires: number | null;
  /** The NameWrapper that wrapped it, and who has the token there. */
  wrapper: Hex | null;
  wrapped: Hex | null;
  /** Whether the owner of the name above gave up control of it, so that it expires by itself. */
  emancipated: boolean;
  wrappedUntil: number | null;
  resolver: Hex | null;
  /** Whether the old registry counts for it no more. */
  migrated: boolean;
  /** The address whose reverse record it is. */
  reverseOf: Hex | null;
}

/** What a resolver has of a node. It counts while the registry names that resolver. */
export interface Records {
  address: Hex | null;
  /** What the address of a reverse record is called. */
  name: string | null;
  texts: Record<string, string>;
}

const NO_NODE: Node = {
  ...{ name: null, owner: null, sold: false, registrant: null, registeredAt: null, expires: null },
  ...{ wrapper: null, wrapped: null, emancipated: false, wrappedUntil: null },
  ...{ resolver: null, migrated: false, reverseOf: null },
};

const NO_RECORDS: Records = { address: null, name: null, texts: {} };

/** Bounds of what is kept of strangers' texts. */
const MAX_TEXTS = 50;
const MAX_TEXT_KEY = 64;
const MAX_TEXT = 1_000;

/** Bytes of a whole name (RFC 1035, section 2.3.4): longer ones would not fit into an index either. */
const MAX_NAME = 255;

/** NameWrapper's fuse that the owner of the name above burns to give up control. */
const PARENT_CANNOT_CONTROL = 1 << 16;

/** Keeps what a system of names says, and the edges that follow from it. */
export class Names {
  readonly #system: NameSystem;
  readonly #nodes: Memory<Node>;
  readonly #records: Memory<Records>;
  readonly #sells: Hex;
  readonly #reverse: readonly Hex[];

  constructor(system: NameSystem) {
    this.#system = system;
    this.#nodes = new Memory(`${system.id}:node`, NO_NODE);
    this.#records = new Memory(`${system.id}:records`, NO_RECORDS);
    this.#sells = namehash(system.sells);
    this.#reverse = system.reverse.map((name) => namehash(name));
  }

  /** The node of a name that the registrar sells, by its token: the hash of the label. */
  sold(token: bigint): Hex {
    return child(this.#sells, numberToHex(token, { size: 32 }));
  }

  /** The registry gave a node to somebody, or made it. */
  async own(
    context: Context,
    event: SourceEvent,
    { node, owner, parent, label }: { node: Hex; owner: Hex; parent?: Hex; label?: Hex },
    registry: "new" | "old" = "new",
  ): Promise<void> {
    const before = await this.#nodes.get(context, node);
    if (registry === "old" && before.migrated) return;
    // The registry keeps what was given to nobody for its own, so that the old one is not asked again.
    const isNobodys = owner === zeroAddress || isEqual(owner, event.log.address);
    const after = { ...before, owner: isNobodys ? null : lower(owner) };
    if (parent === this.#sells) after.sold = true;
    if (registry === "new" && !before.migrated) Object.assign(after, { migrated: true, resolver: null });
    if (parent !== undefined && this.#reverse.includes(parent)) {
      // Older reverse registrars do not say of whom: mostly of who sent the transaction. The label proves it.
      const address = [event.transaction.from, owner].find((it) => reverseLabel(it) === label);
      after.reverseOf ??= address === undefined ? null : lower(address);
    }
    await this.#change(context, event, node, before, after);
  }

  /** The registry named a resolver. */
  async resolveBy(
    context: Context,
    event: SourceEvent,
    node: Hex,
    resolver: Hex,
    registry: "new" | "old" = "new",
  ): Promise<void> {
    const before = await this.#nodes.get(context, node);
    if (registry === "old" && before.migrated) return;
    const after = { ...before, resolver: resolver === zeroAddress ? null : lower(resolver) };
    await this.#change(context, event, node, before, after);
  }

  /** The registrar's token changed hands. */
  async transfer(context: Context, event: SourceEvent, token: bigint, to: Hex): Promise<void> {
    await this.update(context, event, this.sold(token), {
      sold: true,
      registrant: to === zeroAddress ? null : lower(to),
    });
  }

  /** Somebody registered a name, or renewed it. */
  async register(
    context: Context,
    event: SourceEvent,
    { token, expires, isNew }: { token: bigint; expires: bigint; isNew: boolean },
  ): Promise<void> {
    const registration = { sold: true, expires: seconds(expires) };
    const registeredAt = Number(event.block.timestamp);
    await this.update(context, event, this.sold(token), { ...registration, ...(isNew && { registeredAt }) });
  }

  /** NameWrapper wrapped a node or changed whose it is (null: nobody's, it is unwrapped), or how long. */
  async wrap(
    context: Context,
    event: SourceEvent,
    node: Hex,
    { owner, fuses, expiry }: { owner?: Hex | null; fuses?: number; expiry?: bigint },
  ): Promise<void> {
    await this.update(context, event, node, {
      wrapper: lower(event.log.address),
      ...(owner !== undefined && { wrapped: owner === null || owner === zeroAddress ? null : lower(owner) }),
      ...(fuses !== undefined && { emancipated: (fuses & PARENT_CANNOT_CONTROL) !== 0 }),
      ...(expiry !== undefined && { wrappedUntil: seconds(expiry) }),
    });
  }

  /** Somebody told whose reverse record a node is. The node proves it. */
  async claimReverse(context: Context, event: SourceEvent, node: Hex, address: Hex): Promise<void> {
    const label = reverseLabel(address);
    if (!this.#reverse.some((parent) => child(parent, label) === node)) return;
    await this.update(context, event, node, { reverseOf: lower(address) });
  }

  /** A registrar without resolvers keeps what an address is called by itself (ENSIP-19). */
  async nameAddress(context: Context, event: SourceEvent, address: Hex, name: string): Promise<void> {
    const slot = `${this.#system.id}:primary:${lower(address)}`;
    await setEdge(context, slot, this.#reverseEdge(address, name), event);
    await this.learn(context, event, name);
  }

  /** A resolver, which may be anybody's, changed what it has of a node. */
  async record(context: Context, event: SourceEvent, node: Hex, change: (records: Records) => Records): Promise<void> {
    const key = recordsKey(event.log.address, node);
    const before = await this.#records.get(context, key);
    const after = change(before);
    await this.#records.set(context, key, after);
    const state = await this.#nodes.get(context, node);
    if (state.resolver === lower(event.log.address))
      await this.#show(context, event, node, state, state, before, after);
  }

  /** Somebody spelled out a name. Its hash proves it: it is then known as what had only the hash until now. */
  async learn(context: Context, event: SourceEvent, spelled: string): Promise<void> {
    const name = normalName(spelled);
    if (name === null) return;
    const node = namehash(name);
    const before = await this.#nodes.get(context, node);
    if (before.name !== null || before === NO_NODE) return;
    await this.#change(context, event, node, before, { ...before, name });
  }

  /** Changes what is known of a node. */
  async update(context: Context, event: SourceEvent, node: Hex, change: Partial<Node>): Promise<void> {
    const before = await this.#nodes.get(context, node);
    await this.#change(context, event, node, before, { ...before, ...change });
  }

  async #change(context: Context, event: SourceEvent, node: Hex, before: Node, after: Node): Promise<void> {
    await this.#nodes.set(context, node, after);
    if (after.name === null && after.reverseOf === null) return;
    const had = await this.#recordsOf(context, node, before);
    const has = before.resolver === after.resolver ? had : await this.#recordsOf(context, node, after);
    await this.#show(context, event, node, before, after, had, has);
  }

  async #recordsOf(context: Context, node: Hex, { resolver }: Node): Promise<Records> {
    return resolver === null ? NO_RECORDS : this.#records.get(context, recordsKey(resolver, node));
  }

  /** Brings edges and the name's row to what now holds. */
  async #show(
    context: Context,
    event: SourceEvent,
    node: Hex,
    before: Node,
    after: Node,
    had: Records,
    has: Records,
  ): Promise<void> {
    // What was registered again after it had expired begins anew: in between it said nothing.
    const lapsed =
      before.expires !== null && before.expires < Number(event.block.timestamp) ? before.expires : undefined;
    const renewed = lapsed !== undefined && after.expires !== lapsed;
    const [old, now] = [this.#edgesOf(node, before, had), this.#edgesOf(node, after, has)];
    for (const slot of new Set([...old.keys(), ...now.keys()])) {
      const edge = now.get(slot) ?? null;
      if (renewed || !isSame(old.get(slot), edge)) {
        await setEdge(context, slot, edge, event, renewed || edge === null ? lapsed : undefined);
      }
    }
    const vertex = this.#vertexOf(after);
    if (vertex === null) return;
    const isNew = before.name === null;
    const expiresAt = expiryOf(after);
    const state = {
      ...((isNew || before.resolver !== after.resolver) && { resolver: after.resolver }),
      ...((isNew || had.texts !== has.texts) && { texts: has.texts }),
      ...((isNew || before.registeredAt !== after.registeredAt) && { registeredAt: after.registeredAt }),
      ...((isNew || expiryOf(before) !== expiresAt) && { expiresAt: expiresAt === null ? null : BigInt(expiresAt) }),
    };
    if (Object.keys(state).length > 0) await setName(context, vertex, { uid: node, ...state }, event);
  }

  /** All edges of a node, by their slots. */
  #edgesOf(node: Hex, state: Node, records: Records): Map<string, EdgeState> {
    const edges = new Map<string, EdgeState>();
    const { id: source } = this.#system;
    if (state.reverseOf !== null && records.name !== null) {
      const edge = this.#reverseEdge(state.reverseOf, records.name);
      if (edge) edges.set(`${source}:reverse:${node}`, edge);
    }
    const vertex = this.#vertexOf(state);
    if (vertex === null) return edges;
    const restsOn = this.#restsOn(vertex.identity);
    const holder = holderOf(state);
    if (holder !== null) {
      edges.set(`${source}:owner:${node}`, { source, kind: "hold", from: wallet(holder), to: vertex, restsOn });
    }
    if (records.address !== null) {
      const to = wallet(records.address);
      edges.set(`${source}:address:${node}`, { source, kind: "resolve", from: vertex, to, restsOn });
    }
    for (const key of CLAIM_KEYS) {
      const to = claimOf(key, records.texts[key]);
      if (to) edges.set(`${source}:text:${key}:${node}`, { source, kind: "claim", from: vertex, to, restsOn });
    }
    return edges;
  }

  #reverseEdge(address: Hex, spelled: string): EdgeState | null {
    const name = normalName(spelled);
    if (name === null) return null;
    const to = { platform: platformOf(name), identity: name };
    const edge = { source: this.#system.id, kind: "reverse_resolve", from: wallet(address), to } as const;
    return { ...edge, restsOn: this.#restsOn(name) };
  }

  /** The vertex of a node whose name is known and this system's own: what another one is in charge of, it does not decide. */
  #vertexOf({ name }: Node): End | null {
    const platform = this.#system.id;
    return name !== null && platformOf(name) === platform ? { platform, identity: name } : null;
  }

  /** A name ends by its own expiry, and by that of the sold name that it is below. */
  #restsOn(name: string): string[] {
    if (!name.endsWith(`.${this.#system.sells}`)) return [name];
    const sold = name
      .split(".")
      .slice(-1 - this.#system.sells.split(".").length)
      .join(".");
    return sold === name ? [name] : [name, sold];
  }
}

/** Changes of records, as resolvers' events tell of them. */
export const records = {
  address: (address: Hex) => (before: Records) => ({
    ...before,
    address: address === zeroAddress ? null : lower(address),
  }),
  name: (name: string) => (before: Records) => ({ ...before, name: isPlain(name, MAX_NAME) ? name : null }),
  text: (key: string, value: string) => (before: Records) => {
    if (!isPlain(key, MAX_TEXT_KEY)) return before;
    const { [key]: _, ...others } = before.texts;
    const isKept = isPlain(value, MAX_TEXT) && Object.keys(others).length < MAX_TEXTS;
    return { ...before, texts: isKept ? { ...others, [key]: value } : others };
  },
  none: () => NO_RECORDS,
};

/** A name in its normal form (ENSIP-15), of two labels at least; null for what is none or is written otherwise. */
export function normalName(name: string): string | null {
  // Who wrote it otherwise has another node, that nobody reaches by typing it.
  if (!isPlain(name, MAX_NAME) || Buffer.byteLength(name) > MAX_NAME) return null;
  try {
    return ensNormalize(name) === name && name.includes(".") ? name : null;
  } catch {
    return null;
  }
}

/** Whose a name is: ENS gave all names below base.eth away to Base. */
function platformOf(name: string): string {
  return name.endsWith(".base.eth") ? "basenames" : "ens";
}

/** A name as DNS writes it (RFC 1035, section 3.1), with dots; null for what is none. */
export function dnsName(encoded: Hex): string | null {
  const bytes = Buffer.from(encoded.slice(2), "hex");
  const labels: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]!;
    if (length === 0) return at === bytes.length - 1 ? labels.join(".") : null;
    labels.push(bytes.toString("utf8", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return null;
}

/** Whom a node belongs to: of a sold name who has the token, not whom the registry lets manage it. */
function holderOf({ owner, sold, registrant, wrapper, wrapped }: Node): Hex | null {
  const holder = sold ? registrant : owner;
  return holder !== null && holder === wrapper ? wrapped : holder;
}

/** When a node's own time is over. A wrapped name below a sold one has its own where the one above cannot take it back. */
function expiryOf({ owner, sold, expires, wrapper, emancipated, wrappedUntil }: Node): number | null {
  if (sold) return expires;
  return emancipated && owner !== null && owner === wrapper ? wrappedUntil : null;
}

function isSame(one: EdgeState | undefined, other: EdgeState | null): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other);
}

/** The node of a label's hash below another (EIP-137). */
export function child(parent: Hex, label: Hex): Hex {
  return keccak256(concat([parent, label]));
}

/** EIP-181: the label is the address in hex without 0x. */
function reverseLabel(address: Hex): Hex {
  return keccak256(stringToHex(lower(address).slice(2)));
}

function recordsKey(resolver: Hex, node: Hex): string {
  return `${lower(resolver)}:${node}`;
}

/** A time that a contract names, which need not be one that a number can hold. */
function seconds(time: bigint): number {
  return Number(time > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : time);
}

function isEqual(one: Hex, other: Hex): boolean {
  return lower(one) === lower(other);
}

function lower(address: Hex): Hex {
  return address.toLowerCase() as Hex;
}
