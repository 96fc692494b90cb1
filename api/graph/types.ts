/** An identity as a vertex of the graph. An avatar is one on `nextid`, by its compressed public key. */
export interface VertexId {
  platform: string;
  /** In the platform's normal form. */
  identity: string;
}

/** What an edge says: our own links say `proof` and `alias`, other registries the rest. */
export const EDGE_KINDS = ["proof", "alias", "hold", "resolve", "reverse_resolve", "claim", "recover"] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/**
 * What an edge rests on, from the strongest on. `signatures`: both sides signed. `holding`: a contract keeps who holds it.
 * `agreement`: name and address say it of each other. `account`: attesters saw a post, and the account's stable id.
 * `handle`: attesters saw a post or record under a name that may pass to somebody else. `statement`: one side says so.
 * `third_party`: somebody else does, or may take it.
 */
export const EVIDENCE_KINDS = [
  "signatures",
  "holding",
  "agreement",
  "account",
  "handle",
  "statement",
  "third_party",
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** RelationService's levels of confidence, 1 to 5. */
export const LEVELS = ["insecure", "cautious", "neutral", "confident", "very_confident"] as const;
export type Level = 1 | 2 | 3 | 4 | 5;

/** Edges below it join no two people unless a caller asks for that. */
export const MERGING_LEVEL: Level = 3;

/** Where an edge can be re-verified. */
export interface Reference {
  chainId: number;
  transactionHash: string;
  logIndex: number;
  block: number;
  /** linkId; null of another registry's edge. */
  linkId: string | null;
  proofLocation: string;
}

/** An edge that stands, or stood at the time asked for. Times are Unix seconds. */
export interface Edge {
  /** UUID version 8: of our own, the linkId's first digits, by which it is found again; else of slot and beginning. */
  uuid: string;
  kind: EdgeKind;
  from: VertexId;
  to: VertexId;
  /** The registry that says so: `nextid` for our own links. */
  source: string;
  evidence: EvidenceKind;
  /**
   * Whether others have a better claim to it: of an account, an avatar with a later proof; of a name that is held, who goes by
   * it. Then its level is 2 at most.
   */
  disputed: boolean;
  /** Of kind and freshness, when it was asked for. */
  level: Level;
  firstSeen: number;
  /** When it was last seen to be so: of what a contract keeps, now. */
  lastSeen: number;
  /** Of the chain on which it stands best, then of the others. */
  references: Reference[];
}

/** What is known of an identity beside its edges. Times are Unix seconds. */
export interface Vertex extends VertexId {
  /** The platform's own stable id; null where none is known. */
  uid: string | null;
  displayName: string | null;
  /** When it first and last changed here; null where nothing is known of it. */
  addedAt: number | null;
  updatedAt: number | null;
  registeredAt: number | null;
  expiresAt: number | null;
  resolver: string | null;
  texts: Record<string, string>;
  /** Of a name: whether an address calls it its own, and it resolves there. Of an address: whether it has such a name. */
  isPrimary: boolean;
}

/** What is asked of the graph beside where to begin. */
export interface Scope {
  /** Only edges at or above it; {@link MERGING_LEVEL} by default. */
  level?: Level;
  /** As it stood then, Unix seconds; by default now. */
  at?: number;
}

/** What is connected with an identity. */
export interface Component {
  /** The least of its vertices' ids: the same whichever of them was asked for, as long as it is whole. */
  id: string;
  /**
   * By distance from the one asked for, which is the first; then by platform and identity. Where there are too many, of those
   * equally far first whom our own links join: nobody can be given one of these without asking. Behind all of them, at levels
   * that join people, what somebody holds and nothing else joins: anybody could have given it to them.
   */
  vertices: VertexId[];
  /** All edges among the vertices, in a defined order. */
  edges: Edge[];
  /** Edges at the one asked for and at the avatars that are too disputed to be among `edges`; none unless asked for. */
  disputed: Edge[];
  /** Whether there was more than the cap allows. */
  truncated: boolean;
}

/** A walk outwards from an identity. */
export interface Neighbourhood {
  /** By distance, which begins with 1; then by platform and identity. */
  neighbours: { vertex: VertexId; distance: number; sources: string[] }[];
  edges: Edge[];
  truncated: boolean;
}

/** The questions that the graph answers. Those of several roots answer in their order. */
export interface Graph {
  components(roots: readonly VertexId[], scope?: Scope & { cap?: number; disputes?: number }): Promise<Component[]>;
  neighbourhoods(roots: readonly VertexId[], depth: number, scope?: Scope & { cap?: number }): Promise<Neighbourhood[]>;
  /** The edges at each of some vertices; of one vertex at most `cap` of each kind are looked at. */
  incident(ids: readonly VertexId[], scope?: Scope & { cap?: number }): Promise<Edge[][]>;
  /**
   * The shortest way from one to the other, of those the one with the strongest weakest edge; null where there is none, or
   * none that bounded work finds.
   */
  path(from: VertexId, to: VertexId, scope?: Scope & { depth?: number }): Promise<Edge[] | null>;
  vertices(ids: readonly VertexId[], at?: number): Promise<Vertex[]>;
  /** One of our own links' edges, by its uuid or by the link's own. */
  edge(uuid: string): Promise<Edge | null>;
  /** Identities that begin so, in order of their names; never looks at more than it answers with. */
  beginningWith(prefix: string, options?: { platforms?: readonly string[]; limit?: number }): Promise<VertexId[]>;
}
