import { ApiError } from "../errors.ts";
import { platformIdOf, vertexOf } from "../graph/identityOf.ts";
import type { VertexId } from "../graph/types.ts";
import { GRAPH_PLATFORMS } from "../platforms/index.ts";
import type { Asked } from "./asked.ts";
import { badInput, read } from "./errors.ts";
import { valuesOf } from "./schema.ts";

/** An account as fields pass it on. */
export interface Account extends VertexId {
  /** As of when its fields are asked for, Unix seconds; undefined for now. */
  at: number | undefined;
  /** The id under which it was asked for, where that is another. */
  asked?: string;
}

const KNOWN = valuesOf("Platform");

/** Registries in which an address may stand for the account that it holds. */
const BY_HOLDER = new Set(["ens", "basenames", "farcaster", "lens"]);

/** Longest identity of a platform of which nothing is known here. */
const MAX_LENGTH = 255;

/**
 * The account that a caller names; null where the platform can have no such one.
 *
 * @throws {GraphQLError} where there is no such platform.
 */
export async function accountOf(
  typedPlatform: string,
  typed: string,
  at: number | undefined,
  asked: Asked,
): Promise<Account | null> {
  const platform = knownPlatform(typedPlatform);
  const address = BY_HOLDER.has(platform) ? normal("ethereum", typed) : null;
  const found = address ? await heldBy(address, platform, at, asked) : normal(platform, typed);
  return found && { ...found, at, asked: `${platform},${typed.trim()}` };
}

/** The same of an id `platform,identity`; null also where that is none. */
export async function accountOfId(id: string, at: number | undefined, asked: Asked): Promise<Account | null> {
  const comma = id.indexOf(",");
  if (comma <= 0 || !isKnown(id.slice(0, comma))) return null;
  const account = await accountOf(id.slice(0, comma), id.slice(comma + 1), at, asked);
  return account && { ...account, asked: id };
}

/** A platform by any name that it has. @throws {GraphQLError} */
export function knownPlatform(typed: string): string {
  if (!isKnown(typed)) throw badInput(`platform ${JSON.stringify(typed.slice(0, 40))} is not known`);
  const name = typed.trim().toLowerCase();
  return KNOWN.has(name) && !GRAPH_PLATFORMS.includes(name) ? name : read(() => platformIdOf(name));
}

/** What a schema's enum calls a platform that may be of a newer registry. */
export function platformName({ platform }: VertexId): string {
  return KNOWN.has(platform) ? platform : "unknown";
}

function isKnown(typed: string): boolean {
  if (KNOWN.has(typed.trim().toLowerCase())) return true;
  return unlessRefused(() => platformIdOf(typed)) !== null;
}

/** The vertex of a text; null where the platform has no such identity. */
function normal(platform: string, typed: string): VertexId | null {
  if (GRAPH_PLATFORMS.includes(platform)) return unlessRefused(() => vertexOf(platform, typed));
  // Of others nothing is known, neither who is on them nor what their names look like.
  const identity = typed.trim();
  const valid = identity !== "" && identity.length <= MAX_LENGTH && !/\p{Cc}/u.test(identity);
  return valid ? { platform, identity } : null;
}

/** The account that an address has in a registry: of names its primary one, else the one held for the longest. */
async function heldBy(
  address: VertexId,
  platform: string,
  at: number | undefined,
  { loaders }: Asked,
): Promise<VertexId | null> {
  const edges = await loaders.edges(address, at);
  const held = edges.filter(
    ({ kind, to }) => (kind === "hold" || kind === "reverse_resolve") && to.platform === platform,
  );
  const best = held.toSorted(
    (a, b) =>
      Number(b.kind === "reverse_resolve" && b.evidence === "agreement") -
        Number(a.kind === "reverse_resolve" && a.evidence === "agreement") || a.firstSeen - b.firstSeen,
  )[0];
  return best?.to ?? null;
}

function unlessRefused<T>(reading: () => T): T | null {
  try {
    return reading();
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return null;
    throw error;
  }
}
