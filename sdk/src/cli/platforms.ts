import { runInNewContext } from "node:vm";

import type { PlatformInfo } from "../client/index.ts";
import { SyngraphError } from "../errors.ts";
import type { Context } from "./context.ts";
import { usageError } from "./errors.ts";

/**
 * What the node tells of a platform; null where it tells nothing of platforms, as Next.ID's servers do not.
 *
 * @throws {CliError} usage, where there is none of that name.
 */
export async function findPlatform({ syngraph, signal }: Context, name: string): Promise<PlatformInfo | null> {
  let all: PlatformInfo[];
  try {
    all = await syngraph.platforms({ signal });
  } catch (error) {
    if (error instanceof SyngraphError && error.code === "not_found") return null;
    throw error;
  }
  const found = all.find(({ id }) => id === name);
  if (found) return found;
  const near = nearest(
    name,
    all.map(({ id }) => id),
  );
  const hint = near === null ? `"syngraph platforms" lists them` : `did you mean ${near}?`;
  throw usageError(`${JSON.stringify(name)} is no platform of this node: ${hint}`);
}

/** Which of some words was meant by one with a slip or two; null where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate) }))
    .filter((each) => each.distance <= Math.max(1, Math.floor(each.candidate.length / 3)))
    .sort((one, other) => one.distance - other.distance);
  return best?.candidate ?? null;
}

/** How many letters are to be added, taken away or changed (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= other.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (letter === other[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}

/** Longest text that is held against a platform's patterns. */
const MAX_TYPED = 2048;
/** A pattern of the node's could take for ever, and no Ctrl-C would be heard: milliseconds. */
const MATCHING = 200;

/** Whether a location is of a shape that the platform tells of; where it tells of none, or of none that says it in time, each is. */
export function isLocation(text: string, { location }: Pick<PlatformInfo, "location">): boolean {
  const shapes = location?.shapes ?? [];
  if (text.length > MAX_TYPED) return false;
  try {
    // Only there a match can be broken off.
    const match = "shapes.length === 0 || shapes.some((shape) => new RegExp(shape).test(text))";
    return runInNewContext(match, { shapes: [...shapes], text }, { timeout: MATCHING }) as boolean;
  } catch {
    return true;
  }
}
