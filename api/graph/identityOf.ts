import { badRequest } from "../errors.ts";
import { GRAPH_PLATFORMS, normaliseIdentity } from "../platforms/index.ts";
import { PlatformInputError } from "../platforms/types.ts";
import type { VertexId } from "./types.ts";

/** Other names that RelationService's clients, or everybody, call a platform by. */
const OTHER_NAMES: Readonly<Record<string, string>> = { eth: "ethereum", x: "twitter" };

/** A platform's id, in any case and by its other names. @throws {ApiError} 400 */
export function platformIdOf(typed: string): string {
  const name = typed.trim().toLowerCase();
  const id = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name]! : name;
  if (GRAPH_PLATFORMS.includes(id)) return id;
  throw badRequest(
    `platform ${JSON.stringify(typed.slice(0, 40))} is not known; known are ${GRAPH_PLATFORMS.join(", ")}`,
  );
}

/** The vertex of an identity as users write it: `@Alice`, a pasted address. Asks nobody. @throws {ApiError} 400 */
export function vertexOf(typedPlatform: string, typedIdentity: string): VertexId {
  const platform = platformIdOf(typedPlatform);
  try {
    return { platform, identity: normaliseIdentity(platform, typedIdentity) };
  } catch (error) {
    if (!(error instanceof PlatformInputError)) throw error;
    throw badRequest(`identity ${error.message}`, error);
  }
}

/** The same of RelationService's ids, `platform,identity`. @throws {ApiError} 400 */
export function vertexOfId(id: string): VertexId {
  const comma = id.indexOf(",");
  if (comma > 0) return vertexOf(id.slice(0, comma), id.slice(comma + 1));
  throw badRequest(`${JSON.stringify(id.slice(0, 100))} is not an identity as platform,identity`);
}

/** A vertex's id: `platform,identity`. */
export function idOfVertex({ platform, identity }: VertexId): string {
  return `${platform},${identity}`;
}

/** How the beginning of an identity may be stored: normal forms are in lower case, but for keys in Base58 and Slack's ids. */
export function storedBeginnings(typed: string): string[] {
  const text = typed.trim().replace(/^@/, "");
  return [...new Set([text.toLowerCase(), text, text.toUpperCase()])].filter((form) => form !== "");
}
