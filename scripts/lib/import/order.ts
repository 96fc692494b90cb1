import { head } from "@syngraph/sdk/protocol";

import type { Candidate } from "./candidate.ts";

/**
 * The links of one avatar in the order in which they can be appended: each behind the one that its `prev` quotes, and a
 * release right behind the link it was signed upon. Where two links quote the same one, the longer branch goes first,
 * because that is the one that its owner went on with.
 */
export function orderByPrev(candidates: readonly Candidate[]): Candidate[] {
  const oldestFirst = candidates.toSorted((a, b) => a.link.createdAt - b.link.createdAt);
  const byHead = new Map<string, Candidate>();
  for (const candidate of oldestFirst) {
    if (candidate.signature) byHead.set(head(candidate.signature.raw), candidate);
  }
  const parentOf = (candidate: Candidate) => {
    const { prev } = candidate.link;
    return prev === null ? undefined : byHead.get(head(prev));
  };
  const heights = measure(oldestFirst, parentOf);
  const children = Map.groupBy(oldestFirst, parentOf);
  const rank = (candidate: Candidate) => (candidate.signature ? (heights.get(candidate) ?? 0) : Infinity);

  const ordered = new Set<Candidate>();
  // A stack instead of recursion: a chain may be longer than the call stack.
  const stack = (children.get(undefined) ?? []).toReversed();
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (ordered.has(next)) continue;
    ordered.add(next);
    stack.push(...(children.get(next) ?? []).toSorted((a, b) => rank(a) - rank(b)));
  }
  return [...ordered];
}

/** How many links stand behind each, along the longest branch. */
function measure(
  oldestFirst: readonly Candidate[],
  parentOf: (candidate: Candidate) => Candidate | undefined,
): Map<Candidate, number> {
  const heights = new Map<Candidate, number>();
  for (const candidate of oldestFirst.toReversed()) {
    let height = heights.get(candidate) ?? 0;
    for (let parent = parentOf(candidate); parent; parent = parentOf(parent)) {
      height += 1;
      if ((heights.get(parent) ?? 0) >= height) break;
      heights.set(parent, height);
    }
  }
  return heights;
}
