import { idOfVertex, storedBeginnings } from "../graph/identityOf.ts";
import type { Edge, VertexId } from "../graph/types.ts";
import { PLATFORMS } from "../platforms/index.ts";
import { type Account, accountOf, accountOfId, knownPlatform, platformName } from "./accounts.ts";
import type { Asked } from "./asked.ts";
import { CATEGORIES, chainName, edgeRecord, sourceName } from "./edges.ts";
import { badInput } from "./errors.ts";
import { findDomain, nameAvailability } from "./names.ts";
import { levelOf } from "./records.ts";
import { type Resolvers, valuesOf } from "./schema.ts";

/** Accounts of one batch, at most. */
const MAX_BATCH = 100;
/** Suggestions and beginnings, at most. */
const MAX_FOUND = 100;
/** What finding a way between two may read of the graph, for the budget. */
const PATH_COST = 500;

const SYSTEMS = valuesOf("DomainNameSystem");

type Texts<K extends string> = Partial<Record<K, string | null>>;
interface When {
  asOf?: number | null;
}

/** The arguments of these names, which the schema lets be absent and no answer can do without. */
function required<K extends string>(field: string, args: Texts<K>, ...names: K[]): Record<K, string> {
  const missing = names.filter((name) => typeof args[name] !== "string");
  if (missing.length > 0)
    throw badInput(`${field}: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing`);
  return args as Record<K, string>;
}

function timeOf({ asOf }: When): number | undefined {
  if (asOf === null || asOf === undefined) return undefined;
  if (asOf < 0) throw badInput(`asOf ${asOf} is no time, in Unix seconds`);
  return asOf;
}

async function identity(args: Texts<"platform" | "identity"> & When, asked: Asked): Promise<Account | null> {
  const { platform, identity: typed } = required("identity", args, "platform", "identity");
  return accountOf(platform, typed, timeOf(args), asked);
}

interface Batch extends When, Texts<"identity"> {
  ids?: string[] | null;
  platforms?: string[] | null;
}

async function identities(args: Batch, asked: Asked): Promise<Account[]> {
  const { ids, platforms } = args;
  const time = timeOf(args);
  let finding: Promise<Account | null>[];
  if (ids) {
    limited("ids", ids);
    finding = ids.map((id) => accountOfId(id, time, asked));
  } else if (platforms) {
    limited("platforms", platforms);
    const { identity: typed } = required("identities", args, "identity");
    finding = platforms.map((platform) => accountOf(platform, typed, time, asked));
  } else throw badInput("identities: ids are missing, or platforms and identity");
  const found = (await Promise.all(finding)).filter((account) => account !== null);
  return [...new Map(found.map((account) => [account.asked ?? idOfVertex(account), account])).values()];
}

function limited(what: string, list: readonly unknown[]): void {
  if (list.length > MAX_BATCH) throw badInput(`${list.length} ${what} are too many: at most ${MAX_BATCH} at once`);
}

/** Platforms of which identities may be known here. */
async function known({ following }: Asked): Promise<string[]> {
  return [...new Set([...PLATFORMS.map(({ id }) => id), ...(await following.registries())])];
}

async function beginningWith(
  prefix: string,
  platforms: readonly string[] | undefined,
  limit: number,
  { graph, budget }: Asked,
): Promise<VertexId[]> {
  if (limit < 1 || limit > MAX_FOUND) throw badInput(`limit ${limit} is none from 1 to ${MAX_FOUND}`);
  if (prefix.length > 255) throw badInput("the prefix is longer than any name");
  const beginnings = storedBeginnings(prefix);
  budget.takeRead(limit * beginnings.length);
  const found = await Promise.all(
    beginnings.map((beginning) => graph.beginningWith(beginning, { limit, ...(platforms && { platforms }) })),
  );
  return [...new Map(found.flat().map((vertex) => [idOfVertex(vertex), vertex])).values()].slice(0, limit);
}

/** The vertices along a path: each edge shares one with the next. */
function along(from: VertexId, edges: readonly Edge[]): VertexId[] {
  const vertices = [from];
  for (const edge of edges) {
    const here = idOfVertex(vertices.at(-1)!);
    vertices.push(idOfVertex(edge.from) === here ? edge.to : edge.from);
  }
  return vertices;
}

async function path(args: Texts<"from" | "to"> & When & { level?: number | null }, asked: Asked) {
  const ends = required("path", args, "from", "to");
  const [time, level] = [timeOf(args), levelOf(args.level)];
  const [from, to] = await Promise.all([accountOfId(ends.from, time, asked), accountOfId(ends.to, time, asked)]);
  for (const [name, end] of [
    ["from", from],
    ["to", to],
  ] as const)
    if (!end)
      throw badInput(`path: ${name} ${JSON.stringify(ends[name].slice(0, 100))} is no identity as platform,identity`);
  asked.budget.takeRead(PATH_COST);
  const scope = time === undefined ? { level } : { level, at: time };
  const edges = await asked.graph.path(from!, to!, scope);
  if (!edges) return null;
  return {
    edges: edges.map((edge) => edgeRecord(edge, time)),
    vertices: along(from!, edges).map((vertex): Account => ({ ...vertex, at: time })),
    level: edges.length === 0 ? null : Math.min(...edges.map((edge) => edge.level)),
  };
}

async function proof({ uuid }: Texts<"uuid">, { graph, budget }: Asked) {
  if (!uuid || !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) return null;
  budget.takeRead(1);
  const edge = await graph.edge(uuid.toLowerCase());
  return edge && { ...edgeRecord(edge, undefined), __typename: "ProofRecord" };
}

/** Who holds a name, as a token. */
async function nft(args: Texts<"chain" | "category" | "id" | "address">, asked: Asked) {
  const { category, id } = required("nft", args, "category", "id");
  if (CATEGORIES.get(category) !== category) return null;
  const name = await accountOf(category, id, undefined, asked);
  if (!name) return null;
  const edges = await asked.loaders.edges(name, undefined);
  const hold = edges.find(({ kind, to }) => kind === "hold" && idOfVertex(to) === idOfVertex(name));
  return hold ? edgeRecord(hold, undefined) : null;
}

/** What can be asked. */
export const queryResolvers: Resolvers = {
  Query: {
    ping: () => "Pong!",
    apiVersion: () => "0.1",
    availablePlatforms: async (_source, _args, asked) => [
      ...new Set((await known(asked)).map((platform) => platformName({ platform, identity: "" }))),
    ],
    availableUpstreams: async (_source, _args, { following }) => [
      "nextid",
      ...[...(await following.registries())].map(sourceName),
    ],
    availableNameSystem: async (_source, _args, { following }) =>
      [...(await following.registries())].filter((platform) => SYSTEMS.has(platform)),
    availableChains: (_source, _args, { following }) => [chainName(following.chainId)],
    availableNftCategoris: async (_source, _args, { following }) =>
      [...(await following.registries())].flatMap((platform) => CATEGORIES.get(platform) ?? []),
    identity: (_source, args, asked) => identity(args, asked),
    identities: (_source, args, asked) => identities(args, asked),
    identitiesWithGraph: (_source, args, asked) => identities(args, asked),
    domainRefresh: (_source, args, asked) => identity(args, asked),
    domainAvailableSearch: (_source, args, asked) =>
      nameAvailability(required("domainAvailableSearch", args as Texts<"name">, "name").name, asked),
    nameSuggest: async (_source, args, asked) => {
      const { name } = required("nameSuggest", args as Texts<"name">, "name");
      const systems = [...(await asked.following.registries()), "ens"].filter((platform) => SYSTEMS.has(platform));
      const found = await beginningWith(name, [...new Set(systems)], 10, asked);
      return found.map((vertex) => ({ platform: platformName(vertex), name: vertex.identity }));
    },
    identitiesBeginningWith: async (_source, args, asked) => {
      const { prefix } = required("identitiesBeginningWith", args as Texts<"prefix">, "prefix");
      const platforms = (args.platforms as string[] | null | undefined)?.map(knownPlatform);
      const found = await beginningWith(prefix, platforms, (args.limit as number | null | undefined) ?? 20, asked);
      return found.map((vertex): Account => ({ ...vertex, at: undefined }));
    },
    path: (_source, args, asked) => path(args, asked),
    nft: (_source, args, asked) => nft(args, asked),
    proof: (_source, args, asked) => proof(args, asked),
    prefetchProof: () => "Fetching",
    domain: async (_source, args: Texts<"domainSystem" | "name"> & When, asked) => {
      const { domainSystem, name } = required("domain", args, "domainSystem", "name");
      if (!SYSTEMS.has(domainSystem)) throw badInput(`domain: there is no name system ${domainSystem.slice(0, 40)}`);
      return findDomain(domainSystem, name, timeOf(args), asked);
    },
  },
};
