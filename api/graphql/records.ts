import { idOfVertex } from "../graph/identityOf.ts";
import { type Component, type Edge, type Level, MERGING_LEVEL, type Neighbourhood } from "../graph/types.ts";
import { type Account, platformName } from "./accounts.ts";
import type { Asked } from "./asked.ts";
import { type EdgeRecord, CATEGORIES, edgeRecord, edgeRecords, seconds, sourceName } from "./edges.ts";
import { badInput } from "./errors.ts";
import { MAX_DEPTH } from "./loaders.ts";
import { type Resolvers, valuesOf } from "./schema.ts";
import { uuidOf } from "./uuid.ts";

/** Platforms whose identities are names, of which an address may call one its own. */
const NAME_SYSTEMS = valuesOf("DomainNameSystem");
/** Platforms whose identities are addresses, with the network that they are on. */
const NETWORKS = new Map([
  ["ethereum", "ethereum"],
  ["solana", "solana"],
]);
/** Of these, names and accounts are held by addresses. */
const HELD = new Set([...NAME_SYSTEMS, "farcaster"]);

/** How long a look at a post counts as fresh, in seconds: after it the edge loses a level. */
const FRESH = 90 * 24 * 3600;
/** Evidence that is somebody's look at a post. */
const LOOKS = new Set(["account", "handle"]);

/** Names and accounts that an answer lists at once, at most. */
const MAX_PAGE = 200;

/** An address as clients read it. */
interface Address {
  chain: string;
  network: string;
  address: string;
  isPrimary: boolean | null;
}

export function isName({ platform }: Account): boolean {
  return NAME_SYSTEMS.has(platform) && platform !== "unknown";
}

/** A caller's level, as checked. */
export function levelOf(level: number | null | undefined): Level {
  if (level === null || level === undefined) return MERGING_LEVEL;
  if (level < 1 || level > 5) throw badInput(`level ${level} is none: 1 (insecure) to 5 (very confident)`);
  return level as Level;
}

/** Edges of an account, by what they say and which way they point, however weak: its own words about itself. */
async function edgesOf(account: Account, { loaders }: Asked, kind: Edge["kind"], end: "from" | "to"): Promise<Edge[]> {
  const edges = await loaders.edges(account, account.at);
  const id = idOfVertex(account);
  return edges.filter((edge) => edge.kind === kind && idOfVertex(edge[end]) === id);
}

const vertexOf = (account: Account, { loaders }: Asked) => loaders.vertex(account, account.at);

/** An account that edges lead to, as of the same time. */
const at = ({ at: time }: Account, { platform, identity }: Edge["from"]): Account => ({ platform, identity, at: time });

/** Those who hold a name or account. */
export async function holdersOf(account: Account, asked: Asked): Promise<Account[]> {
  if (!HELD.has(account.platform)) return [];
  return (await edgesOf(account, asked, "hold", "to")).map(({ from }) => at(account, from));
}

/** Edges to the addresses for which a name stands. */
export function resolutionsOf(account: Account, asked: Asked): Promise<Edge[]> {
  return edgesOf(account, asked, "resolve", "from");
}

/** Edges to the names that an address calls its own. */
function namesOf(account: Account, asked: Asked): Promise<Edge[]> {
  return edgesOf(account, asked, "reverse_resolve", "from");
}

/** The name that an address calls its own, where the name says the same. */
export async function primaryNameOf(account: Account, asked: Asked): Promise<Account | null> {
  if (!NETWORKS.has(account.platform)) return null;
  const agreed = (await namesOf(account, asked)).find(({ evidence }) => evidence === "agreement");
  return agreed ? at(account, agreed.to) : null;
}

function addressOf({ platform, identity }: Edge["from"]): Address[] {
  const network = NETWORKS.get(platform);
  return network ? [{ chain: network, network, address: identity, isPrimary: null }] : [];
}

async function ownerAddresses(account: Account, asked: Asked): Promise<Address[]> {
  if (NETWORKS.has(account.platform)) return addressOf(account);
  return (await holdersOf(account, asked)).flatMap(addressOf);
}

async function resolvedAddresses(account: Account, asked: Asked): Promise<Address[]> {
  if (NETWORKS.has(account.platform)) return addressOf(account);
  if (account.platform === "farcaster" || account.platform === "lens") return ownerAddresses(account, asked);
  return isName(account) ? (await resolutionsOf(account, asked)).flatMap(({ to }) => addressOf(to)) : [];
}

/** Where an account has no name of its own to show, its handle is one, as RelationService had it. */
async function displayNameOf(account: Account, asked: Asked): Promise<string | null> {
  const { displayName } = await vertexOf(account, asked);
  if (displayName !== null) return displayName;
  if (NETWORKS.has(account.platform)) return (await primaryNameOf(account, asked))?.identity ?? null;
  return account.platform === "nextid" || account.identity.startsWith("#") ? null : account.identity;
}

/** The avatars with a binding of an account, the strongest first. */
async function avatarsOf(account: Account, asked: Asked, level: Level): Promise<Account[]> {
  if (account.platform === "nextid") return [account];
  const proofs = (await edgesOf(account, asked, "proof", "to")).filter((edge) => edge.level >= level);
  return proofs.toSorted((a, b) => b.level - a.level || a.firstSeen - b.firstSeen).map(({ from }) => at(account, from));
}

async function statusOf(account: Account, asked: Asked): Promise<string[]> {
  const [behind, edges] = await Promise.all([asked.following.isBehind(), asked.loaders.edges(account, account.at)]);
  if (behind) return ["fetching"];
  const stale = (account.at ?? Date.now() / 1000) - FRESH;
  return [edges.some(({ evidence, lastSeen }) => LOOKS.has(evidence) && lastSeen < stale) ? "outdated" : "cached"];
}

/** Whether an account is told where only primary names (true) or only others (false) are asked for. */
async function passes(account: Account, reverse: boolean | null | undefined, asked: Asked): Promise<boolean> {
  if (reverse === null || reverse === undefined || !isName(account)) return true;
  return (await vertexOf(account, asked)).isPrimary === reverse;
}

async function passing<T>(
  all: readonly T[],
  accountOf: (one: T) => Account,
  reverse: boolean | null | undefined,
  asked: Asked,
): Promise<T[]> {
  const told = await Promise.all(all.map((one) => passes(accountOf(one), reverse, asked)));
  return all.filter((_one, index) => told[index]);
}

interface Graphed {
  component: Component;
  vertices: Account[];
  edges: Edge[];
  at: number | undefined;
}

interface Page {
  category?: string[] | null;
  limit?: number | null;
  offset?: number | null;
}

/** A page of what an address holds, of which somebody else may have given away more than anybody wants to see. */
async function held(account: Account, { category, limit, offset }: Page, asked: Asked): Promise<EdgeRecord[]> {
  if (!NETWORKS.has(account.platform)) return [];
  const [first, count] = [offset ?? 0, limit ?? 100];
  if (first < 0 || count < 0) throw badInput("limit and offset must not be negative");
  const edges = (await edgesOf(account, asked, "hold", "from")).filter(({ to }) => {
    const kind = CATEGORIES.get(to.platform);
    return kind !== undefined && (!category || category.length === 0 || category.includes(kind));
  });
  return edges.slice(first, first + Math.min(count, MAX_PAGE)).map((edge) => edgeRecord(edge, account.at));
}

async function avatarOf(account: Account, asked: Asked): Promise<Account | null> {
  return (await avatarsOf(account, asked, MERGING_LEVEL))[0] ?? null;
}

async function reverseOf(account: Account, asked: Asked): Promise<boolean | null> {
  return isName(account) || NETWORKS.has(account.platform) ? (await vertexOf(account, asked)).isPrimary : null;
}

async function textOf(account: Account, asked: Asked, key: string): Promise<string | null> {
  return (await vertexOf(account, asked)).texts[key] ?? null;
}

const createdAt = async (account: Account, _args: unknown, asked: Asked) =>
  seconds((await vertexOf(account, asked)).registeredAt);

const depthOf = (depth: number | null | undefined) => Math.min(Math.max(depth ?? 1, 1), MAX_DEPTH);

type Traversal = { depth?: number | null; reverse?: boolean | null; level?: number | null };

/** Accounts' fields, and those of what they lead to. */
export const recordResolvers: Resolvers = {
  IdentityRecord: {
    id: idOfVertex,
    status: (account: Account, _args, asked) => statusOf(account, asked),
    uuid: (account: Account) => uuidOf(idOfVertex(account)),
    platform: platformName,
    uid: async (account: Account, _args, asked) => (await vertexOf(account, asked)).uid,
    displayName: (account: Account, _args, asked) => displayNameOf(account, asked),
    profileUrl: () => null,
    avatarUrl: (account: Account, _args, asked) => textOf(account, asked, "avatar"),
    createdAt,
    registeredAt: createdAt,
    addedAt: async (account: Account, _args, asked) => (await vertexOf(account, asked)).addedAt ?? 0,
    updatedAt: async (account: Account, _args, asked) => (await vertexOf(account, asked)).updatedAt ?? 0,
    expiredAt: async (account: Account, _args, asked) => seconds((await vertexOf(account, asked)).expiresAt),
    reverse: (account: Account, _args, asked) => reverseOf(account, asked),
    isPrimary: async (account: Account, _args, asked) => (await vertexOf(account, asked)).isPrimary,
    ownedBy: async (account: Account, _args, asked) => (await holdersOf(account, asked))[0] ?? null,
    ownerAddress: (account: Account, _args, asked) => ownerAddresses(account, asked),
    resolveAddress: (account: Account, _args, asked) => resolvedAddresses(account, asked),
    resolvedAddress: (account: Account, _args, asked) => resolvedAddresses(account, asked),
    managerAddress: () => [],
    nft: held,
    neighbor: async (account: Account, { depth, reverse, level }: Traversal, asked) => {
      const found = await asked.loaders.neighbourhood(account, depthOf(depth), levelOf(level), account.at);
      return passing(found.neighbours, ({ vertex }) => at(account, vertex), reverse, asked).then((neighbours) =>
        neighbours.map((neighbour) => ({ ...neighbour, identity: at(account, neighbour.vertex) })),
      );
    },
    neighborWithTraversal: async (account: Account, { depth, level }: Traversal, { loaders }) => {
      const { edges } = await loaders.neighbourhood(account, depthOf(depth), levelOf(level), account.at);
      return edgeRecords(edges, account.at);
    },
    identityGraph: async (account: Account, { reverse, level }: Traversal, asked): Promise<Graphed> => {
      const component = await asked.loaders.component(account, levelOf(level), account.at);
      const all = component.vertices.map((vertex) => at(account, vertex));
      const vertices = await passing(all, (vertex) => vertex, reverse, asked);
      const ids = new Set(vertices.map(idOfVertex));
      const edges =
        vertices.length === all.length
          ? component.edges
          : component.edges.filter(({ from, to }) => ids.has(idOfVertex(from)) && ids.has(idOfVertex(to)));
      return { component, vertices, edges, at: account.at };
    },
    reverseRecords: async (account: Account, _args, asked) => (await namesOf(account, asked)).map((edge) => ({ edge })),
    aliases: async (account: Account, _args, asked) => {
      const { uid } = await vertexOf(account, asked);
      const ids = [idOfVertex(account), account.asked, uid === null ? undefined : `${account.platform},${uid}`];
      return [...new Set(ids.filter((id) => id !== undefined))];
    },
    network: ({ platform }: Account) => NETWORKS.get(platform) ?? null,
    primaryName: async (account: Account, _args, asked) => (await primaryNameOf(account, asked))?.identity ?? null,
    resolver: async (account: Account, _args, asked) => (await vertexOf(account, asked)).resolver,
    provider: () => null,
    profile: (account: Account) => account,
    credentials: () => [],
    avatar: (account: Account, _args, asked) => avatarOf(account, asked),
    avatars: (account: Account, { level }: Traversal, asked) => avatarsOf(account, asked, levelOf(level)),
  },
  Profile: {
    platform: platformName,
    uid: async (account: Account, _args, asked) => (await vertexOf(account, asked)).uid,
    network: ({ platform }: Account) => NETWORKS.get(platform) ?? null,
    address: async (account: Account, _args, asked) => {
      const resolved = (await resolvedAddresses(account, asked))[0];
      return (resolved ?? (await ownerAddresses(account, asked))[0])?.address ?? null;
    },
    displayName: (account: Account, _args, asked) => displayNameOf(account, asked),
    avatar: (account: Account, _args, asked) => textOf(account, asked, "avatar"),
    description: (account: Account, _args, asked) => textOf(account, asked, "description"),
    contenthash: (account: Account, _args, asked) => textOf(account, asked, "contenthash"),
    texts: async (account: Account, _args, asked) => (await vertexOf(account, asked)).texts,
    addresses: (account: Account, _args, asked) => resolvedAddresses(account, asked),
    social: () => null,
  },
  IdentityWithSource: {
    sources: ({ sources }: Neighbourhood["neighbours"][number]) => [...new Set(sources.map(sourceName))],
    reverse: ({ identity }: { identity: Account }, _args, asked) => reverseOf(identity, asked),
  },
  IdentityGraph: {
    graphId: ({ component }: Graphed) => component.id,
    edges: ({ edges, at: time }: Graphed) => edgeRecords(edges, time),
    truncated: ({ component }: Graphed) => component.truncated,
  },
  ResolveReverse: {
    uuid: ({ edge }: { edge: Edge }) => edge.uuid,
    source: ({ edge }: { edge: Edge }) => sourceName(edge.source),
    system: ({ edge }: { edge: Edge }) => systemName(edge.to.platform),
    name: ({ edge }: { edge: Edge }) => edge.to.identity,
    fetcher: () => "relation_service",
    updatedAt: ({ edge }: { edge: Edge }) => edge.lastSeen,
    reverse: ({ edge }: { edge: Edge }) => edge.evidence === "agreement",
  },
};

/** What the schema calls a name system. */
export function systemName(platform: string): string {
  return NAME_SYSTEMS.has(platform) ? platform : "unknown";
}
