import { type Reader, flag, integer, list, nullable, object, oneOf, record, text } from "./reader.ts";

/** What a connection says: our own links say `proof` and `alias`, other registries the rest. */
export const EDGE_KINDS = ["proof", "alias", "hold", "resolve", "reverse_resolve", "claim", "recover"] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/**
 * What a connection rests on, from the strongest on. `signatures`: both sides signed. `holding`: a contract keeps who holds it.
 * `agreement`: name and address say it of each other. `account`: attesters saw a post, and the account's stable id. `handle`:
 * attesters saw a post or record under a name that may pass to somebody else. `statement`: one side says so. `third_party`:
 * somebody else does.
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

/** An identity by its name alone; an avatar is one of platform `nextid`, by its compressed public key. */
export interface VertexId {
  platform: string;
  identity: string;
}

const vertexId: Reader<VertexId> = object<VertexId>({ platform: text, identity: text });

/** Where a connection can be verified again. */
export interface EdgeReference {
  chain_id: number;
  tx_hash: string;
  log_index: number;
  block: number;
  /** Of our own links; null of what another registry says. */
  link_id: string | null;
  proof_location: string;
}

/** A connection with all that it takes to verify it again. Times are Unix seconds. */
export interface GraphEdge {
  id: string;
  kind: EdgeKind;
  from: VertexId;
  to: VertexId;
  /** The registry that says so; `nextid` for our own links. */
  source: string;
  evidence: EvidenceKind;
  /** Confidence, 1 to 5. */
  level: number;
  first_seen: number;
  last_seen: number;
  /** Whether others have a better claim. */
  disputed: boolean;
  references: EdgeReference[];
}

const graphEdge: Reader<GraphEdge> = object<GraphEdge>({
  id: text,
  kind: oneOf(EDGE_KINDS),
  from: vertexId,
  to: vertexId,
  source: text,
  evidence: oneOf(EVIDENCE_KINDS),
  level: integer,
  first_seen: integer,
  last_seen: integer,
  disputed: flag,
  references: list(
    object<EdgeReference>({
      chain_id: integer,
      tx_hash: text,
      log_index: integer,
      block: integer,
      link_id: nullable(text),
      proof_location: text,
    }),
  ),
});

/** An identity that is connected with the one asked for. Level, evidence and times are those of its strongest connection. */
export interface ConnectedIdentity extends VertexId {
  /** The platform's own stable id. */
  uid: string | null;
  display_name: string | null;
  /** Its profile's address, or a URI of its kind: a stranger's text. */
  uri: string | null;
  is_primary: boolean;
  level: number;
  evidence: EvidenceKind;
  first_seen: number;
  last_seen: number;
  /** Whether somebody else had it confirmed too. */
  disputed: boolean;
  registered_at: number | null;
  expires_at: number | null;
  /** What its holder says there; claims only. */
  texts: Record<string, string>;
  /** The ids of its connections here, the strongest first. */
  edges: string[];
}

/** `GET /v1/identities/{platform}/{identity}`: who is behind an identity. Of one that nothing is known of, the lists are empty. */
export interface IdentityCard extends VertexId {
  as_of: number;
  /** Weaker connections were left out. */
  level: number;
  /** The same whoever of the people's identities is asked for. */
  component: string;
  /** Whether there is more than was asked for. */
  truncated: boolean;
  avatars: { public_key: string; address: string; did: string }[];
  /** From the nearest to the farthest. */
  identities: ConnectedIdentity[];
  edges: GraphEdge[];
  /** Connections of the identity and its avatars that are too disputed to be among {@link edges}. */
  disputed: GraphEdge[];
}

export const identityCard: Reader<IdentityCard> = object<IdentityCard>({
  platform: text,
  identity: text,
  as_of: integer,
  level: integer,
  component: text,
  truncated: flag,
  avatars: list(object<IdentityCard["avatars"][number]>({ public_key: text, address: text, did: text })),
  identities: list(
    object<ConnectedIdentity>({
      platform: text,
      identity: text,
      uid: nullable(text),
      display_name: nullable(text),
      uri: nullable(text),
      is_primary: flag,
      level: integer,
      evidence: oneOf(EVIDENCE_KINDS),
      first_seen: integer,
      last_seen: integer,
      disputed: flag,
      registered_at: nullable(integer),
      expires_at: nullable(integer),
      texts: record(text),
      edges: list(text),
    }),
  ),
  edges: list(graphEdge),
  disputed: list(graphEdge),
});

/** One connection, in the direction in which it is walked. */
export interface PathStep {
  from: VertexId;
  to: VertexId;
  edge: GraphEdge;
}

/** `GET /v1/path`: whether two identities belong together, and why. */
export interface PathReply {
  from: VertexId;
  to: VertexId;
  as_of: number;
  linked: boolean;
  /** Of the weakest step; null where there is none. */
  level: number | null;
  steps: PathStep[];
}

export const pathReply: Reader<PathReply> = object<PathReply>({
  from: vertexId,
  to: vertexId,
  as_of: integer,
  linked: flag,
  level: nullable(integer),
  steps: list(object<PathStep>({ from: vertexId, to: vertexId, edge: graphEdge })),
});
