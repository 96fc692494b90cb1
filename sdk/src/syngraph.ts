import type { Signer as EthersWallet } from "ethers";

import type { Avatar } from "./avatar/index.ts";
import { Binding, type BindingOptions, type BindingSnapshot } from "./binding/index.ts";
import { needsPost } from "./binding/cosigner.ts";
import { draftFromChain, requestDraft } from "./binding/draft.ts";
import { checkPost } from "./binding/post.ts";
import { readSnapshot } from "./binding/snapshot.ts";
import {
  type AvatarProofs,
  type AvatarReply,
  type CallOptions,
  type ChainItem,
  type CheckedChain,
  type EventsOptions,
  type EventsQuery,
  type GraphEdge,
  type IdTokenReply,
  type IdentityCard,
  type NodeStatus,
  type PathReply,
  type PlatformInfo,
  type ProofQuery,
  type RegistryEvent,
  type ScopeQuery,
  type SubkeyRecord,
  SyngraphClient,
  type Vertex,
  checkChains,
} from "./client/index.ts";
import { DirectRegistry, type ReaderOptions, RegistryReader, type WalletOptions } from "./chain/index.ts";
import type { Eip1193Provider } from "./eip1193.ts";
import { InputError, SyngraphError, TrustError } from "./errors.ts";
import { asInput, asTold } from "./input.ts";
import { type Action, type PublicKey, parsePublicKey } from "./protocol/index.ts";
import {
  type IdTokenOptions,
  type Session,
  type SignInOptions,
  type Signer,
  requestIdToken,
  signIn,
} from "./session.ts";
import {
  type AuthorizeOptions,
  type SubkeyChange,
  type SubkeySigner,
  authorizeSubkey,
  revokeSubkey,
} from "./subkeys.ts";

/** Where the registry is. */
export interface SyngraphOptions {
  /** The API's address; in a browser the page's own unless told. With `rpc` alone, no API is asked for anything. */
  api?: string;
  /** Instead of the global fetch. */
  fetch?: typeof globalThis.fetch;
  /** How long to wait for each reply, in milliseconds; 60,000 unless told. */
  timeoutMs?: number;
  /** An RPC of the registry's chain, or several that have to agree: {@link Syngraph.reader} asks nobody else. */
  rpc?: ReaderOptions["rpc"];
  /** The ProofRegistry's address; else the API is believed on that. */
  registry?: string;
  /** The SubkeyRegistry's, for which subkeys are signed; else the API is believed on that. */
  subkeyRegistry?: string;
  /** The registry's chain; else the API is believed on that. */
  chainId?: number;
}

/** Names an identity. */
export interface IdentityOf {
  platform: string;
  /** As users write it. */
  identity: string;
}

/** An avatar's proof chain, verified here. */
export interface VerifiedChain {
  /** As the server told it. */
  items: ChainItem[];
  /** One for each chain that the avatar stands on, each link with what its check came to. */
  chains: CheckedChain[];
}

/** What {@link Syngraph.graph} answers. */
export interface IdentityGraph {
  root: Vertex;
  /** From the nearest to the farthest; the root comes first. */
  vertices: GraphVertex[];
  edges: GraphEdge[];
  /** Whether there is more. */
  truncated: boolean;
}

/** One identity or avatar (platform `nextid`) of a graph. */
export interface GraphVertex extends Vertex {
  /** `platform,identity`. */
  id: string;
  /** Steps from the root. */
  distance: number;
  displayName: string | null;
  uri: string | null;
  /** Of its strongest connection. */
  level: number;
  disputed: boolean;
}

/** Which part of a graph. */
export interface GraphOptions extends CallOptions {
  /** Steps from the root; all unless told. */
  depth?: number;
  /** The weakest connections that count, 1 to 5; 3 unless told. */
  level?: number;
  /** What was so then: Unix seconds, or `<chain id>:<block>`. */
  asOf?: number | string;
}

/**
 * The registry: binds accounts, domains and wallets to avatars, and looks them up.
 *
 * @example
 * const syngraph = new Syngraph({ api: "https://syngraph.example" });
 * for await (const { avatar } of syngraph.proofs({ platform: "github", identity: "alice", exact: true })) console.log(avatar);
 */
export class Syngraph {
  readonly #client: SyngraphClient | null;
  readonly #api: string | null;
  readonly #options: SyngraphOptions;
  #platforms: Promise<PlatformInfo[]> | undefined;

  /** @throws {InputError} where the API's address is none. */
  constructor(options: SyngraphOptions = {}) {
    const { fetch, timeoutMs } = options;
    this.#options = options;
    this.#api = apiOf(options);
    const settings = { ...(fetch && { fetch }), ...(timeoutMs !== undefined && { timeoutMs }) };
    this.#client = this.#api === null ? null : new SyngraphClient({ baseUrl: this.#api, ...settings });
  }

  /** The API's calls, one by one. @throws {InputError} where there is none. */
  get client(): SyngraphClient {
    if (this.#client) return this.#client;
    throw new InputError("this asks an API: give its address as `api`", "api");
  }

  /** What can be bound here, and what users have to do for it. Asked for once. */
  async platforms(options: CallOptions = {}): Promise<PlatformInfo[]> {
    this.#platforms ??= this.client.platforms(options).catch((error: unknown) => {
      this.#platforms = undefined;
      throw error;
    });
    try {
      return await this.#platforms;
    } catch (error) {
      // Somebody else asked first, and gave it up.
      const isOurs = options.signal?.aborted ?? false;
      if (isOurs || !(error instanceof SyngraphError) || error.code !== "aborted") throw error;
      return this.platforms(options);
    }
  }

  /**
   * Begins to bind an identity: asks the API what to sign, rebuilds and compares it, and signs with the avatar. What else there
   * is to do, {@link Binding.step} says. Without an API (`rpc` alone) the text is made from the chain, of what both sides sign
   * themselves: wallets and avatars.
   *
   * @throws {TrustError} where the API's text or post is not what was asked for; {@link InputError} where the identity is none.
   */
  bind(avatar: Avatar, wanted: IdentityOf, options: BindingOptions = {}): Promise<Binding> {
    return this.#begin("create", avatar, wanted, options);
  }

  /** Takes a binding back: the avatar's signature is enough. Submit the answer. */
  revoke(avatar: Avatar, wanted: IdentityOf, options: BindingOptions = {}): Promise<Binding> {
    return this.#begin("delete", avatar, wanted, options);
  }

  /**
   * Goes on with what was saved (`binding.toJSON()`). Nothing is signed again: what the snapshot says has to be what the avatar
   * signed.
   *
   * @param avatar or just its public key.
   * @throws {TrustError} where it was tampered with.
   */
  async resume(
    avatar: Pick<Avatar, "publicKey">,
    snapshot: BindingSnapshot,
    options: BindingOptions = {},
  ): Promise<Binding> {
    const { draft, signature, snapshot: saved } = readSnapshot(snapshot, avatar.publicKey);
    return new Binding(this.#client, { draft, signature, location: saved.location, saved }, options);
  }

  /** Avatars that have an identity, with all that they have. */
  proofs(query: ProofQuery, options: CallOptions = {}): AsyncGenerator<AvatarProofs, void> {
    return this.client.eachAvatar(query, options);
  }

  /** An avatar with its bindings, by public key or address; null where there is none. */
  async avatar(key: string, options: CallOptions = {}): Promise<AvatarReply | null> {
    const found = await this.client.avatar(key, options);
    if (found) requireKey(found, key);
    return found;
  }

  /**
   * An avatar's proof chain, each link verified here: text, both signatures and order.
   *
   * @param key public key or address.
   * @throws {TrustError} where the server names another key for an address.
   */
  async chain(key: string, options: CallOptions = {}): Promise<VerifiedChain> {
    const publicKey = await this.#publicKey(key, options);
    const items: ChainItem[] = [];
    if (publicKey) for await (const item of this.client.eachLink(publicKey.compressed, options)) items.push(item);
    return { items, chains: publicKey ? await checkChains(items, publicKey.compressed, options) : [] };
  }

  /** Who is behind an identity. Where nothing is known, the lists are empty. */
  async identity(platform: string, identity: string, options: ScopeQuery & CallOptions = {}): Promise<IdentityCard> {
    const { signal, ...scope } = options;
    return this.client.identity(platform, identity, scope, signal ? { signal } : {});
  }

  /** An identity's surroundings: what is connected with it, and by what. */
  async graph(of: IdentityOf, { depth = Infinity, level, asOf, signal }: GraphOptions = {}): Promise<IdentityGraph> {
    const scope = { ...(level !== undefined && { level }), ...(asOf !== undefined && { asOf }) };
    const card = await this.identity(of.platform, of.identity, { ...scope, ...(signal && { signal }) });
    return graphOf(card, depth);
  }

  /** Whether two identities are one person's, and by which connections. */
  async path(
    from: IdentityOf,
    to: IdentityOf,
    options: Omit<ScopeQuery, "cap"> & CallOptions = {},
  ): Promise<PathReply> {
    const { signal, ...scope } = options;
    return this.client.path(idOf(from), idOf(to), scope, signal ? { signal } : {});
  }

  /**
   * The registry by the user's own wallet, for `binding.submitDirect`: it pays, and no API has to send anything.
   *
   * @param wallet a browser's (EIP-1193), or a signer of ethers.
   * @throws {WalletError} where it is on another chain and stays there.
   */
  async direct(
    wallet: Eip1193Provider | EthersWallet,
    options: WalletOptions & CallOptions = {},
  ): Promise<DirectRegistry> {
    const { signal, ...ofWallet } = options;
    const { registry, chainId } = await this.#registry(signal ? { signal } : {});
    return DirectRegistry.connect(wallet, { registry, ...(chainId !== undefined && { chainId }), ...ofWallet });
  }

  /**
   * The registry as the chain has it, read from `rpc` and verified here; where `registry` was not given, the API says which
   * contract it is.
   */
  async reader(options: CallOptions = {}): Promise<RegistryReader> {
    const { rpc, timeoutMs } = this.#options;
    if (rpc === undefined) throw new InputError("to read the chain takes an RPC: give its address as `rpc`", "rpc");
    const { registry, chainId } = await this.#registry(options);
    const settings = { ...(chainId !== undefined && { chainId }), ...(timeoutMs !== undefined && { timeoutMs }) };
    return new RegistryReader({ rpc, registry, ...settings });
  }

  /** Links, changes of bindings and reorgs as they come, without end. */
  events(query: EventsQuery = {}, options: EventsOptions = {}): AsyncGenerator<RegistryEvent, void> {
    return this.client.events(query, options);
  }

  /** How the node and all it rests on stand. */
  async status(options: CallOptions = {}): Promise<NodeStatus> {
    return this.client.status(options);
  }

  /** Signs in, with an avatar or a wallet that is bound to one (EIP-4361). */
  async signIn(signer: Signer, options: SignInOptions = {}): Promise<Session> {
    return signIn(this.client, this.#api!, signer, options);
  }

  /** An ID token for an application, which tells the avatar and those bindings that are asked for. */
  async idToken(signer: Signer, options: IdTokenOptions = {}): Promise<IdTokenReply> {
    return requestIdToken(this.client, this.#api!, signer, options);
  }

  /** Keys that act for an avatar; with `ended` also those that do not any more. */
  async subkeys(avatarKey: string, options: CallOptions & { ended?: boolean } = {}): Promise<SubkeyRecord[]> {
    const { ended = false, ...call } = options;
    return this.client.subkeys({ avatar: avatarKey, ...(ended && { status: "any" as const }) }, call);
  }

  /** Lets another key act for an avatar towards one relying party. Both sign; the typed data are built here. */
  async authorizeSubkey(avatar: Avatar, subkey: SubkeySigner, options: AuthorizeOptions = {}): Promise<SubkeyChange> {
    return authorizeSubkey(this.client, this.#subkeyDomain(), avatar, subkey, options);
  }

  /**
   * Ends that, with all that was signed for it before.
   *
   * @param by the avatar, or the subkey itself.
   */
  async revokeSubkey(
    by: Avatar | { avatar: string; signer: SubkeySigner },
    subkey: Pick<SubkeySigner, "algorithm" | "publicKey" | "rpId">,
    options: CallOptions = {},
  ): Promise<SubkeyChange> {
    return revokeSubkey(this.client, this.#subkeyDomain(), by, subkey, options);
  }

  /** Where the contract is: as the caller said, or else as the API does. */
  async #registry(options: CallOptions): Promise<{ registry: string; chainId: number | undefined }> {
    const { registry, chainId } = this.#options;
    if (registry !== undefined && (chainId !== undefined || !this.#client)) return { registry, chainId };
    const { chain } = await this.client.health(options);
    if (!chain)
      throw new SyngraphError("bad_reply", 200, "this server has no registry on a chain, as Next.ID's has none");
    return { registry: registry ?? chain.proof_registry, chainId: chainId ?? chain.chain_id };
  }

  #subkeyDomain() {
    const { chainId, subkeyRegistry } = this.#options;
    return {
      ...(chainId !== undefined && { chainId }),
      ...(subkeyRegistry !== undefined && { verifyingContract: subkeyRegistry }),
    };
  }

  async #begin(action: Action, avatar: Avatar, wanted: IdentityOf, options: BindingOptions): Promise<Binding> {
    const { signal } = options;
    const call = signal ? { signal } : {};
    const wish = { action, ...wanted, avatar: parsePublicKey(avatar.publicKey) };
    if (!this.#client) {
      const draft = await draftFromChain(await this.reader(call), wish, call);
      return new Binding(null, { draft, signature: avatar.sign(draft.text), location: NOWHERE }, options);
    }
    const draft = await requestDraft(this.#client, wish, call);
    if (needsPost(draft.link)) checkPost(draft);
    const location = action === "create" ? await this.#locationOf(wanted.platform, call) : NOWHERE;
    return new Binding(this.#client, { draft, signature: avatar.sign(draft.text), location }, options);
  }

  /** What is to be told of where a post is. A server that does not say so, as Next.ID's, says it when it is missing. */
  async #locationOf(platform: string, options: CallOptions): Promise<{ needed: boolean; rule: string }> {
    try {
      const known = (await this.platforms(options)).find(({ id }) => id === platform);
      return known?.location ? { needed: true, rule: known.location.rule } : NOWHERE;
    } catch (error) {
      if (error instanceof SyngraphError && error.code === "not_found") return NOWHERE;
      throw error;
    }
  }

  /** For an address the server knows the key, and the key must fit it. */
  async #publicKey(key: string, options: CallOptions): Promise<PublicKey | null> {
    if (!/^0x[0-9a-f]{40}$/i.test(key)) return readKey(key);
    const found = await this.avatar(key, options);
    return found && readKey(found.avatar);
  }
}

const NOWHERE = { needed: false, rule: "" };

function apiOf({ api, rpc }: SyngraphOptions): string | null {
  if (api === undefined && rpc !== undefined) return null;
  const { location } = globalThis as { location?: { origin?: string } };
  const text = api ?? location?.origin ?? "";
  const url = URL.parse(text);
  if (url && ["http:", "https:"].includes(url.protocol)) return text;
  throw new InputError(`the API's address ${JSON.stringify(text)} is no http or https address`, "api");
}

function readKey(text: string): PublicKey {
  return asInput(() => parsePublicKey(text));
}

/** @throws {TrustError} where an avatar is not the one that was asked for, or its address not that of its key. */
function requireKey({ avatar, address: named }: AvatarReply, asked: string): void {
  const { address, compressed } = asTold(() => parsePublicKey(avatar));
  if (named.toLowerCase() !== address.toLowerCase()) {
    throw new TrustError(`the server names the address ${named} for the key ${avatar}, whose address is ${address}`);
  }
  const same = /^0x[0-9a-f]{40}$/i.test(asked)
    ? address.toLowerCase() === asked.toLowerCase()
    : compressed === readKey(asked).compressed;
  if (!same) throw new TrustError(`the server names the key ${avatar} for ${asked}, which is another avatar`);
}

/** `platform,identity`. */
function idOf({ platform, identity }: Vertex): string {
  return `${platform},${identity}`;
}

/** A card as a graph, as far as some steps from its root. */
function graphOf({ platform, identity, identities, edges, truncated }: IdentityCard, depth: number): IdentityGraph {
  const root = { platform, identity };
  const neighbours = Map.groupBy(
    edges.flatMap((edge) => [
      { from: idOf(edge.from), to: edge.to, edge },
      { from: idOf(edge.to), to: edge.from, edge },
    ]),
    ({ from }) => from,
  );
  const details = new Map(identities.map((each) => [idOf(each), each]));
  const found = new Map<string, GraphVertex>();
  let ring: Vertex[] = [root];
  for (let distance = 0; ring.length > 0 && distance <= depth; distance++) {
    const fresh = ring.filter((each) => !found.has(idOf(each)));
    for (const each of fresh) found.set(idOf(each), vertexOf(each, distance));
    ring = fresh.flatMap((each) => neighbours.get(idOf(each))?.map(({ to }) => to) ?? []);
  }
  return {
    root,
    vertices: [...found.values()],
    edges: edges.filter(({ from, to }) => found.has(idOf(from)) && found.has(idOf(to))),
    truncated,
  };

  function vertexOf(each: Vertex, distance: number): GraphVertex {
    const id = idOf(each);
    const known = details.get(id);
    const strongest = Math.max(0, ...(neighbours.get(id) ?? []).map(({ edge }) => edge.level));
    return {
      ...{ platform: each.platform, identity: each.identity, id, distance },
      ...{ displayName: known?.display_name ?? null, uri: known?.uri ?? null },
      ...{ level: known?.level ?? strongest, disputed: known?.disputed ?? false },
    };
  }
}
