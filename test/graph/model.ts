import type { Edge, EvidenceKind, VertexId } from "../../api/graph/types.ts";
import type { BindingEvent, Check, Join, World } from "./world.ts";

const DAY = 86_400;
const TWO_SIDED = new Set(["ethereum", "solana", "nextid"]);
const BASE: Record<EvidenceKind, number> = {
  ...{ signatures: 5, holding: 5, agreement: 5, account: 4, handle: 3, statement: 2, third_party: 1 },
};

/** An edge as the model knows it: all but what only names it. */
export type ModelEdge = Omit<Edge, "uuid">;

/** The graph by the plainest means: all that happened until then, one thing after the other. */
export class Model {
  readonly world: World;
  readonly now: number;

  constructor(world: World, now: number) {
    this.world = world;
    this.now = now;
  }

  edges(level: number, at?: number): ModelEdge[] {
    const time = at ?? this.now;
    return [...this.#own(time, at !== undefined), ...this.#others(time)].filter((edge) => edge.level >= level);
  }

  #own(time: number, past: boolean): ModelEdge[] {
    const slots = new Map<string, { last: BindingEvent; first: number; location: string }>();
    for (const event of this.world.bindings) {
      if (event.time > time || event.status === "none") continue;
      const key = JSON.stringify([event.chainId, event.avatar.address, event.platform, event.identity]);
      const slot = slots.get(key);
      const location = event.how === "turn" && event.location === "" ? slot!.location : event.location;
      slots.set(key, { last: event, first: slot?.first ?? event.time, location });
    }
    const pairs = Map.groupBy(
      [...slots.values()].filter(({ last }) => last.status === "confirmed" || last.status === "claimed"),
      ({ last }) => JSON.stringify([last.avatar.address, last.platform, last.identity]),
    );
    const standing = [...pairs.values()].flatMap((chains) => {
      chains.sort(
        (a, b) =>
          Number(a.last.status === "claimed") - Number(b.last.status === "claimed") || a.last.chainId - b.last.chainId,
      );
      const [best] = chains;
      return best!.last.status === "confirmed" && this.#fails(best!.last, time, past) ? [] : [chains];
    });
    return standing.map((chains): ModelEdge => {
      const { last, first } = chains[0]!;
      const evidence = evidenceOf(last);
      const seen = this.#checkOf(last)?.lastConfirmedAt ?? 0;
      const lastSeen = Math.max(last.asOf, seen <= time || !past ? seen : 0);
      const disputed =
        ["account", "handle"].includes(evidence) && this.#newest(slots, last, time, past) !== last.avatar.address;
      return {
        kind: last.platform === "nextid" ? "alias" : "proof",
        from: { platform: "nextid", identity: last.avatar.publicKey },
        to: { platform: last.platform, identity: last.identity },
        source: "nextid",
        ...{ evidence, disputed, level: levelOf(evidence, disputed, time - lastSeen), firstSeen: first, lastSeen },
        references: chains.map(({ last: { chainId, linkId }, location }) => {
          const link = this.world.bindings.find((it) => it.linkId === linkId && it.chainId === chainId)!;
          return {
            ...{ chainId, transactionHash: link.transactionHash, logIndex: link.logIndex, block: link.block, linkId },
            proofLocation: location,
          };
        }),
      };
    });
  }

  #checkOf({ chainId, linkId }: BindingEvent): Check | undefined {
    return this.world.checks.find((check) => check.chainId === chainId && check.linkId === linkId);
  }

  #fails(event: BindingEvent, time: number, past: boolean): boolean {
    const check = this.#checkOf(event);
    if (!check || check.strikes < 2 || check.lastCheckedAt < event.asOf) return false;
    return !past || check.firstFailedAt! <= time;
  }

  /** Who of those that have an account confirmed published the latest proof. */
  #newest(slots: Map<string, { last: BindingEvent }>, of: BindingEvent, time: number, past: boolean): string {
    const rivals = [...slots.values()]
      .map(({ last }) => last)
      .filter((it) => it.platform === of.platform && it.identity === of.identity && it.status === "confirmed")
      .filter((it) => !this.#fails(it, time, past))
      .map(({ avatar, chainId, linkId }) => {
        const link = this.world.bindings.find((it) => it.linkId === linkId && it.chainId === chainId)!;
        return { address: avatar.address, proved: Math.min(link.createdAt, link.time) };
      });
    rivals.sort((a, b) => b.proved - a.proved || (a.address < b.address ? -1 : 1));
    return rivals[0]!.address;
  }

  #others(time: number): ModelEdge[] {
    const standing = this.world.joins.filter(
      (it) => it.since <= time && (it.until === null || it.until > time) && !this.#expired(it, time),
    );
    const back = (it: Join) =>
      standing.filter(
        (other) =>
          same(other.from, it.to) &&
          same(other.to, it.from) &&
          [it.kind, other.kind].sort().join() === "resolve,reverse_resolve",
      );
    /** Whether nobody but the address has taken the name over since it called it its own. */
    const stillMeant = ({ from: address, to: name, since }: Join) => {
      const holds = standing.filter((it) => it.kind === "hold" && same(it.to, name));
      const isIts = holds.some((it) => same(it.from, address));
      return isIts || !holds.some((it) => it.since > since);
    };
    const agreed = (it: Join) => back(it).some((other) => stillMeant(it.kind === "resolve" ? other : it));
    const goesBy = (name: Join["to"]) =>
      standing.filter((it) => it.kind === "resolve" && same(it.from, name) && back(it).length > 0).map(({ to }) => to);
    const proven = (name: Join["to"]) =>
      [...this.#confirmed(time)].some(({ platform, identity }) => platform === name[0] && identity === name[1]);
    return standing.map((it): ModelEdge => {
      const evidence: EvidenceKind =
        it.kind === "hold" ? "holding" : it.kind === "recover" ? "third_party" : agreed(it) ? "agreement" : "statement";
      const addresses = goesBy(it.to);
      const disputed =
        it.kind === "hold" &&
        !addresses.some((address) => same(address, it.from)) &&
        (addresses.length > 0 ||
          proven(it.to) ||
          standing.some((other) => other.kind === "hold" && same(other.to, it.to) && !same(other.from, it.from)));
      return {
        ...{ kind: it.kind, source: it.source, evidence, disputed, level: levelOf(evidence, disputed, 0) },
        from: { platform: it.from[0], identity: it.from[1] },
        to: { platform: it.to[0], identity: it.to[1] },
        ...{ firstSeen: it.since, lastSeen: time },
        references: [
          {
            ...{ chainId: it.chainId, transactionHash: it.transactionHash, logIndex: it.logIndex, block: it.block },
            ...{ linkId: null, proofLocation: "" },
          },
        ],
      };
    });
  }

  /** Bindings that are confirmed, whatever this node saw since. */
  #confirmed(time: number): BindingEvent[] {
    const slots = new Map<string, BindingEvent>();
    for (const event of this.world.bindings) {
      if (event.time > time || event.status === "none") continue;
      slots.set(JSON.stringify([event.chainId, event.avatar.address, event.platform, event.identity]), event);
    }
    return [...slots.values()].filter(({ status }) => status === "confirmed");
  }

  #expired({ kind, chainId, from, to }: Join, time: number): boolean {
    if (kind !== "hold" && kind !== "resolve" && kind !== "claim") return false;
    const [platform, identity] = kind === "hold" ? to : from;
    return this.world.names.some(
      (name) =>
        name.chainId === chainId &&
        name.platform === platform &&
        name.identity === identity &&
        name.expiresAt !== null &&
        name.expiresAt <= time,
    );
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function evidenceOf({ status, platform, accountId }: BindingEvent): EvidenceKind {
  if (status === "claimed") return "statement";
  if (TWO_SIDED.has(platform)) return "signatures";
  return accountId === "" ? "handle" : "account";
}

function levelOf(evidence: EvidenceKind, disputed: boolean, age: number): Edge["level"] {
  let level = BASE[evidence];
  if (evidence === "account" || evidence === "handle") level -= age > 365 * DAY ? 2 : age > 90 * DAY ? 1 : 0;
  if (disputed) level = Math.min(level, 2);
  return Math.max(level, 1) as Edge["level"];
}

export const textOf = ({ platform, identity }: VertexId) => `${platform},${identity}`;

/** Distances from a vertex, no further than so far; some edges lead only from their end to their beginning. */
export function distances<E extends Pick<Edge, "from" | "to">>(
  edges: readonly E[],
  root: string,
  depth = Infinity,
  isOneWay: (edge: E) => boolean = () => false,
): Map<string, number> {
  const found = new Map([[root, 0]]);
  for (let distance = 1; distance <= depth; distance++) {
    const next = edges.flatMap((edge) => {
      const [a, b] = [textOf(edge.from), textOf(edge.to)];
      const leads = found.get(a) === distance - 1 && !isOneWay(edge);
      return [...(leads ? [b] : []), ...(found.get(b) === distance - 1 ? [a] : [])];
    });
    const fresh = next.filter((it) => !found.has(it));
    if (fresh.length === 0) return found;
    for (const it of fresh) found.set(it, distance);
  }
  return found;
}
