import type { Edge, Vertex } from "../graph/types.ts";
import { type Account, accountOf, platformName } from "./accounts.ts";
import type { Asked } from "./asked.ts";
import { seconds, sourceName } from "./edges.ts";
import { holdersOf, primaryNameOf, resolutionsOf, systemName } from "./records.ts";
import type { Resolvers } from "./schema.ts";
import { uuidOf } from "./uuid.ts";
import { idOfVertex } from "../graph/identityOf.ts";

/** Name systems in which a name without its ending can be looked for, by what is added to it. */
const ENDINGS = new Map([
  ["ens", ".eth"],
  ["basenames", ".base.eth"],
]);

/** Endings that RelationService took off a name before it looked for it everywhere; the longest first. */
const KNOWN_ENDINGS =
  /\.(?:base\.eth|eth|sol|bit|lens|csb|main|x|crypto|wallet|blockchain|bnb|arb|zeta|mode|taiko|mint)$/;

/** How long an expired name is kept for its holder, in seconds (ENS, and Basenames after it). */
const GRACE = 90 * 24 * 3600;

/** A name, with what is known of it. */
interface Domain {
  account: Account;
  vertex: Vertex;
  resolution: Edge | null;
}

/** A name of a name system; null where nothing is known of it. */
export async function findDomain(
  system: string,
  name: string,
  time: number | undefined,
  asked: Asked,
): Promise<Domain | null> {
  const account = await accountOf(system, name, time, asked).catch(() => null);
  if (!account) return null;
  const [vertex, edges] = await Promise.all([asked.loaders.vertex(account, time), asked.loaders.edges(account, time)]);
  if (vertex.updatedAt === null && edges.length === 0) return null;
  const [resolution] = await resolutionsOf(account, asked);
  return { account, vertex, resolution: resolution ?? null };
}

/** A name in each name system that is indexed here. */
export async function nameAvailability(name: string, asked: Asked) {
  const label = name.trim().toLowerCase().replace(KNOWN_ENDINGS, "");
  const registries = await asked.following.registries();
  const found = await Promise.all(
    [...ENDINGS]
      .filter(([platform]) => registries.has(platform))
      .map(async ([platform, ending]) => {
        const account = await accountOf(platform, label + ending, undefined, asked);
        if (!account) return [];
        const { updatedAt, expiresAt } = await asked.loaders.vertex(account, undefined);
        return [{ platform, name: account.identity, tld: ending.slice(1), ...standing(updatedAt !== null, expiresAt) }];
      }),
  );
  return found.flat();
}

function standing(isKnown: boolean, expiresAt: number | null) {
  const now = Date.now() / 1000;
  const status =
    !isKnown || (expiresAt !== null && expiresAt + GRACE < now)
      ? "available"
      : expiresAt !== null && expiresAt < now
        ? "protected"
        : "taken";
  return { availability: status === "available", status, expiredAt: seconds(expiresAt) };
}

const resolvedOf = ({ account, resolution }: Domain): Account | null =>
  resolution && { ...resolution.to, at: account.at };

/** Names' fields. */
export const nameResolvers: Resolvers = {
  ResolveEdge: {
    uuid: ({ resolution, account }: Domain) => resolution?.uuid ?? uuidOf(idOfVertex(account)),
    source: ({ resolution, account }: Domain) => sourceName(resolution?.source ?? account.platform),
    system: ({ account }: Domain) => systemName(account.platform),
    name: ({ account }: Domain) => account.identity,
    fetcher: () => "relation_service",
    updatedAt: ({ vertex }: Domain) => vertex.updatedAt ?? 0,
    resolved: resolvedOf,
    owner: async ({ account }: Domain, _args, asked) => (await holdersOf(account, asked))[0] ?? null,
    reverse: ({ vertex }: Domain) => vertex.isPrimary,
    reverseRecord: async (domain: Domain, _args, asked) => {
      const resolved = resolvedOf(domain);
      return resolved && primaryNameOf(resolved, asked);
    },
    expiredAt: ({ vertex }: Domain) => seconds(vertex.expiresAt),
  },
  AvailableDomain: {
    platform: ({ platform }: { platform: string }) => platformName({ platform, identity: "" }),
  },
};
