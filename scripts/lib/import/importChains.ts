import type { BindingStatus } from "@syngraph/sdk/protocol";

import { type Candidate, type LinkName, RefusedLink, nameOf, readCandidate } from "./candidate.ts";
import type { ChainDocument } from "./document.ts";
import { orderByPrev } from "./order.ts";
import { type ChainState, type Registry, RegistryRefusal, shortHead } from "./registry.ts";

/** What became of one link. */
export type LinkReport = LinkName &
  (
    | { outcome: "appended"; status: BindingStatus; transactionHash: string; note: string }
    | { outcome: "already there" }
    | { outcome: "refused"; reason: string }
  );

/**
 * Checks all links and appends those that can go in, avatar by avatar and in the order of the chain. What the chain has
 * already is left alone, so an import can be repeated, and goes on where it was interrupted.
 */
export async function* importChains(
  documents: readonly ChainDocument[],
  registry: Registry,
): AsyncGenerator<LinkReport, void> {
  for (const ofOneAvatar of Map.groupBy(documents, ({ avatar }) => avatar).values()) {
    const candidates: Candidate[] = [];
    for (const [index, document] of ofOneAvatar.entries()) {
      const previous = ofOneAvatar[index - 1]?.signature ?? null;
      const read = tryRead(document, previous);
      if ("reason" in read) yield read;
      else candidates.push(read);
    }
    yield* importAvatar(candidates, registry);
  }
}

function tryRead(document: ChainDocument, previous: string | null): Candidate | (LinkReport & { outcome: "refused" }) {
  try {
    return readCandidate(document, previous);
  } catch (error) {
    if (!(error instanceof RefusedLink)) throw error;
    return { ...nameOf(document), outcome: "refused", reason: error.message };
  }
}

async function* importAvatar(candidates: readonly Candidate[], registry: Registry): AsyncGenerator<LinkReport, void> {
  const avatar = candidates[0]?.avatar;
  if (!avatar) return;
  const known = await registry.idsOf(avatar);
  for (const candidate of orderByPrev(candidates)) {
    const { name, note } = candidate;
    if (known.has(candidate.id)) {
      yield { ...name, outcome: "already there" };
      continue;
    }
    const state = await registry.stateOf(avatar);
    try {
      const reason = candidate.signature ? cutReason(candidate, state) : null;
      if (reason) throw new RegistryRefusal(reason);
      const written = await registry.write(candidate, state);
      known.add(candidate.id);
      yield { ...name, outcome: "appended", ...written, note };
    } catch (error) {
      if (!(error instanceof RegistryRefusal)) throw error;
      yield { ...name, outcome: "refused", reason: error.message };
    }
  }
}

/** Why a link cannot stand at the end of the chain as it is; null if it can. */
function cutReason({ link }: Candidate, { length, head }: ChainState): string | null {
  if (length === 0) return null;
  if (link.prev === null)
    return "its prev is null, though the avatar's chain has links: the chain was cut in front of it";
  if (shortHead(link.prev) === head) return null;
  return "its prev quotes another signature than that of the chain's last link: the one between is missing, or went elsewhere";
}
