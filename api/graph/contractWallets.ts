import { LRUCache } from "lru-cache";
import type { Pool } from "pg";

import { linksOfAccounts } from "../proofs/read/accounts.ts";
import { type Edge, MERGING_LEVEL, type VertexId } from "./types.ts";
import { byCodePoints, byPlatform, keyOf } from "./vertexId.ts";

/** Links whose signatures are looked at for one question at most: what is behind them counts as signed by contracts. */
const MOST = 100;

/** Edges, and what it takes to judge those of wallets among them. */
export interface Met {
  edges: Edge[];
  /** What else is said of the wallets. */
  beside: readonly Edge[];
  /** The wallets of which not all bindings were read; with null any may be one. */
  crowded: readonly (string | null)[];
}

/** Tells of what was met which edges to doubt, by uuid: see decision 15, on contract wallets. */
export type Doubts = (met: readonly Met[]) => Promise<ReadonlySet<string>[]>;

/** What is said of an address. */
interface Said {
  bindings: Edge[];
  /** By other registries, at levels that join people. */
  others: Edge[];
  /** Whether there are more bindings than these. */
  crowded: boolean;
}

/** Asks for links' signatures only where what stands on different chains meets, and for each of them once. */
export function createDoubts(db: Pick<Pool, "query">): Doubts {
  // A link's signature never changes.
  const known = new LRUCache<string, boolean>({ max: 100_000 });

  async function areAccounts(linkIds: readonly string[]): Promise<(edge: Edge) => boolean> {
    const fresh = [...new Set(linkIds)].filter((id) => !known.has(id)).slice(0, MOST);
    if (fresh.length > 0) {
      const found = await linksOfAccounts(db, fresh);
      for (const id of fresh) known.set(id, found.has(id));
    }
    return ({ references }) => references.some(({ linkId }) => known.get(linkId!) === true);
  }

  return async (met) => {
    const meeting = met.map((it) =>
      [...saidOf(it).values()].filter((said) => said.crowded || areOfSeveralChains(said)),
    );
    const bindings = meeting.flat().flatMap((said) => said.bindings);
    if (bindings.length === 0) return met.map(() => new Set());
    const isAccount = await areAccounts(bindings.flatMap(({ references }) => references.map(({ linkId }) => linkId!)));
    return meeting.map((wallets) => new Set(wallets.flatMap((said) => doubted(said, isAccount))));
  };
}

/** What is said of each address that has bindings. */
function saidOf({ edges: met, beside, crowded }: Met): Map<string, Said> {
  const wallets = new Map<string, Said>();
  const edges = [...met, ...beside];
  for (const edge of edges) {
    if (!isWalletBinding(edge)) continue;
    const isCrowded = crowded.includes(edge.to.identity) || crowded.includes(null);
    const said = wallets.get(edge.to.identity) ?? { bindings: [], others: [], crowded: isCrowded };
    said.bindings.push(edge);
    wallets.set(edge.to.identity, said);
  }
  if (wallets.size === 0) return wallets;
  for (const edge of edges) {
    if (edge.source === "nextid" || edge.level < MERGING_LEVEL) continue;
    for (const { platform, identity } of [edge.from, edge.to]) {
      if (platform === "ethereum") wallets.get(identity)?.others.push(edge);
    }
  }
  return wallets;
}

export function isWalletBinding({ source, to }: Edge): boolean {
  return source === "nextid" && to.platform === "ethereum";
}

function areOfSeveralChains({ bindings, others }: Said): boolean {
  return (
    !others.every((other) => isThere(bindings[0]!, other)) || !bindings.every((it) => haveSameChains(bindings[0]!, it))
  );
}

/** Whether a binding stands on another registry's chain. */
function isThere({ references }: Edge, { references: [other] }: Edge): boolean {
  return references.some(({ chainId }) => chainId === other!.chainId);
}

function haveSameChains(a: Edge, b: Edge): boolean {
  return chainsOf(a) === chainsOf(b);
}

function chainsOf({ references }: Edge): string {
  return [...new Set(references.map(({ chainId }) => chainId))].sort((a, b) => a - b).join();
}

/** Which of what is said of one address to doubt: whoever has its key has it on every chain, a contract on its own alone. */
function doubted({ bindings, others, crowded }: Said, isAccount: (edge: Edge) => boolean): string[] {
  const names = others.filter(({ evidence }) => evidence === "agreement");
  const [accounts, contracts] = [bindings.filter(isAccount), bindings.filter((edge) => !isAccount(edge))];
  const doubts: Edge[] = [];
  const kept: Edge[] = [];
  contracts.sort((a, b) => a.firstSeen - b.firstSeen || byCodePoints(a.uuid, b.uuid));
  for (const edge of contracts) {
    const stands =
      !crowded &&
      names.every((name) => isThere(edge, name)) &&
      [...accounts, ...kept].every((it) => haveSameChains(it, edge));
    (stands ? kept : doubts).push(edge);
  }
  if (accounts.length === 0 && kept.length > 0) {
    doubts.push(...others.filter((other) => other.evidence === "holding" && !isThere(kept[0]!, other)));
  }
  return doubts.map(({ uuid }) => uuid);
}

/** A doubted edge is disputed. */
export function withDoubts(edges: readonly Edge[], doubts: ReadonlySet<string>): Edge[] {
  if (doubts.size === 0) return [...edges];
  return edges.map((edge) =>
    doubts.has(edge.uuid) ? { ...edge, disputed: true, level: edge.level > 2 ? 2 : edge.level } : edge,
  );
}

/**
 * How far everything still is from a vertex, in order, as the walk has it: what somebody only holds is told, but where nothing
 * weak is asked for, nothing hangs on it.
 */
export function reached(
  root: VertexId,
  edges: readonly Edge[],
  { level, depth }: { level: number; depth: number },
): { vertex: VertexId; distance: number }[] {
  const found = new Map([[keyOf(root), { vertex: root, distance: 0 }]]);
  const held = new Map<string, { vertex: VertexId; distance: number }>();
  let front = new Set(found.keys());
  for (let distance = 1; distance <= depth && front.size > 0; distance++) {
    const next = new Set<string>();
    for (const { kind, from, to } of edges) {
      for (const [near, far, holds] of [
        [from, to, kind === "hold" && level > 2],
        [to, from, false],
      ] as const) {
        const key = keyOf(far);
        if (!front.has(keyOf(near)) || found.has(key)) continue;
        if (holds) {
          if (!held.has(key)) held.set(key, { vertex: far, distance });
        } else {
          found.set(key, { vertex: far, distance });
          next.add(key);
        }
      }
    }
    front = next;
  }
  const all = [...found, ...[...held].filter(([key]) => !found.has(key))].map(([, it]) => it);
  return all.sort((a, b) => a.distance - b.distance || byPlatform(a.vertex, b.vertex));
}
