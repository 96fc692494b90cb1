import type { ConnectedIdentity, GraphEdge, IdentityCard, PathReply, Vertex } from "@syngraph/sdk/client";
import { Router } from "express";

/** When all of it was asked, Unix seconds. */
const NOW = 1_780_000_000;

/** A connection as the API tells it; `proof` by an account's post unless told. */
export function edgeOf(from: Vertex, to: Vertex, rest: Partial<GraphEdge> = {}): GraphEdge {
  const id = rest.id ?? `${from.platform},${from.identity}>${to.platform},${to.identity}`;
  const txHash = `0x${Buffer.from(id).toString("hex").padEnd(64, "0").slice(0, 64)}`;
  const reference = { chain_id: 31337, tx_hash: txHash, log_index: 0, block: 42, link_id: null, proof_location: "" };
  return {
    ...{ id, kind: "proof", from, to, source: "nextid", evidence: "account", level: 4 },
    ...{ first_seen: NOW - 9_000_000, last_seen: NOW - 86_400, disputed: false, references: [reference] },
    ...rest,
  };
}

/** An identity's graph, as the API would tell it of these connections at a level. */
export function cardOf(
  root: Vertex,
  edges: readonly GraphEdge[],
  { level, truncated = false, about = {} }: CardOptions,
): IdentityCard {
  const shown = edges.filter((edge) => edge.level >= level);
  const joined = shown.filter(({ disputed }) => !disputed);
  const ends = new Map(joined.flatMap(({ from, to }) => [from, to]).map((vertex) => [nameOf(vertex), vertex]));
  const vertices = [...ends.values()];
  return {
    ...root,
    ...{ as_of: NOW, level, component: nameOf(root), truncated },
    avatars: vertices
      .filter(({ platform }) => platform === "nextid")
      .map(({ identity }) => ({ public_key: identity, address: `0x${"0".repeat(40)}`, did: `did:key:${identity}` })),
    identities: vertices
      .filter(({ platform }) => platform !== "nextid")
      .map((vertex) => ({ ...identityOf(vertex, joined), ...about[nameOf(vertex)] })),
    edges: joined,
    disputed: shown.filter(({ disputed }) => disputed),
  };
}

interface CardOptions {
  level: number;
  truncated?: boolean;
  /** What else is known of an identity, by `platform,identity`. */
  about?: Readonly<Record<string, Partial<ConnectedIdentity>>>;
}

function identityOf({ platform, identity }: Vertex, edges: readonly GraphEdge[]): ConnectedIdentity {
  const own = edges.filter(({ from, to }) => [from, to].some((end) => nameOf(end) === `${platform},${identity}`));
  const { level, evidence, first_seen, last_seen } = own[0]!;
  return {
    ...{ platform, identity, uid: null, display_name: null, uri: null, is_primary: false },
    ...{ level, evidence, first_seen, last_seen, disputed: false, registered_at: null, expires_at: null, texts: {} },
    edges: own.map(({ id }) => id),
  };
}

export function nameOf({ platform, identity }: Vertex): string {
  return `${platform},${identity}`;
}

/** The routes of the API that tell of a graph, over connections that a test gives. */
export function webGraph(edges: readonly GraphEdge[], options: Omit<CardOptions, "level"> = {}): Router {
  const router = Router();
  router.get("/identities/:platform/:identity", (request, response) => {
    const level = Number(request.query["level"] ?? 3);
    response.json(cardOf(request.params, edges, { ...options, level }));
  });
  router.get("/path", (request, response) => {
    const { from, to, level = "3" } = request.query as Record<string, string>;
    response.json(pathOf(from!, to!, edges, Number(level)));
  });
  return router;
}

/** The shortest way, found breadth first. */
function pathOf(from: string, to: string, edges: readonly GraphEdge[], least: number): PathReply {
  const steps = new Map<string, PathReply["steps"]>([[from, []]]);
  for (const at of steps.keys()) {
    for (const edge of edges) {
      if (edge.level < least || edge.disputed) continue;
      const forward = nameOf(edge.from) === at;
      if (!forward && nameOf(edge.to) !== at) continue;
      const step = forward ? { from: edge.from, to: edge.to, edge } : { from: edge.to, to: edge.from, edge };
      // A Map visits what is added while it is walked.
      if (!steps.has(nameOf(step.to))) steps.set(nameOf(step.to), [...steps.get(at)!, step]);
    }
  }
  const way = steps.get(to);
  return {
    ...{ from: vertexOf(from), to: vertexOf(to), as_of: NOW, linked: way !== undefined, steps: way ?? [] },
    level: way && way.length > 0 ? Math.min(...way.map(({ edge }) => edge.level)) : null,
  };
}

function vertexOf(name: string): Vertex {
  const comma = name.indexOf(",");
  return { platform: name.slice(0, comma), identity: name.slice(comma + 1) };
}

const key = (digit: string) => `0x02${digit.repeat(64)}`;

/** Two avatars of one person, with accounts, wallets and names of all kinds of evidence, one of them disputed. */
export function person(): { root: Vertex; avatar: Vertex; edges: GraphEdge[] } {
  const avatar = { platform: "nextid", identity: key("a") };
  const other = { platform: "nextid", identity: key("b") };
  const root = { platform: "github", identity: "alice" };
  const wallet = { platform: "ethereum", identity: "0x1111111111111111111111111111111111111111" };
  const cold = { platform: "ethereum", identity: "0x2222222222222222222222222222222222222222" };
  const name = { platform: "ens", identity: "alice.eth" };
  const stranger = { platform: "nextid", identity: key("f") };
  return {
    root,
    avatar,
    edges: [
      edgeOf(avatar, root, {
        references: [
          {
            ...{ chain_id: 31337, tx_hash: `0x${"1".repeat(64)}`, log_index: 3, block: 128 },
            ...{ link_id: `0x${"2".repeat(64)}`, proof_location: "https://gist.github.com/alice/5b3acc09" },
          },
        ],
      }),
      edgeOf(avatar, wallet, { evidence: "signatures", level: 5 }),
      edgeOf(avatar, other, { kind: "alias", evidence: "signatures", level: 5 }),
      edgeOf(avatar, { platform: "twitter", identity: "alice_writes" }, { evidence: "handle", level: 3 }),
      edgeOf(avatar, { platform: "dns", identity: "alice.example.org" }, { evidence: "handle", level: 3 }),
      edgeOf(wallet, name, { kind: "hold", evidence: "holding", level: 5, source: "ens" }),
      edgeOf(name, wallet, { kind: "resolve", evidence: "agreement", level: 4, source: "ens", id: "resolve" }),
      edgeOf(other, cold, { evidence: "signatures", level: 5 }),
      edgeOf(other, { platform: "activitypub", identity: "alice@social.example" }),
      edgeOf(other, { platform: "telegram", identity: "alice_t" }, { evidence: "statement", level: 2 }),
      edgeOf(cold, { platform: "farcaster", identity: "9152" }, { kind: "recover", evidence: "third_party", level: 2 }),
      edgeOf(stranger, root, { disputed: true, level: 3, evidence: "account" }),
    ],
  };
}

/** A graph of so many vertices: avatars in a row, each with accounts of its own. */
export function crowd(count: number): { root: Vertex; edges: GraphEdge[] } {
  const avatars = Array.from({ length: Math.ceil(count / 10) }, (_, index) => ({
    platform: "nextid",
    identity: `0x02${String(index).padStart(64, "0")}`,
  }));
  const edges: GraphEdge[] = [];
  for (const [index, avatar] of avatars.entries()) {
    if (index > 0)
      edges.push(edgeOf(avatars[Math.floor((index - 1) / 3)]!, avatar, { kind: "alias", evidence: "signatures" }));
    for (let own = 0; own < 9 && edges.length < count - 1; own += 1) {
      edges.push(edgeOf(avatar, { platform: own % 2 === 0 ? "github" : "dns", identity: `account-${index}-${own}` }));
    }
  }
  return { root: avatars[0]!, edges };
}
