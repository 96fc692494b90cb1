import { ACTIONS, type Action, SUBKEY_ALGORITHMS, type SubkeyAlgorithm } from "../protocol/index.ts";
import { type Reader, flag, hex, integer, list, nullable, object, oneOf, record, text, timeText } from "./reader.ts";

/**
 * The API's replies as they come over the wire: Next.ID's names and forms (times are Unix seconds as decimal strings),
 * with Syngraph's additions. Beside each shape stands the reader that checks it.
 */

/** Where a binding stands, as `GET /v1/proof` shows it. */
export type BindingStatus = (typeof BINDING_STATUSES)[number];
export const BINDING_STATUSES = ["claimed", "confirmed", "deleted", "suspended"] as const;

/** `GET /healthz`. */
export interface Health {
  hello: string;
  platforms: string[];
  /** Which registry it serves; null of a server of Next.ID's. */
  chain: { chain_id: number; proof_registry: string } | null;
}

export const health: Reader<Health> = object<Health>({
  hello: text,
  platforms: list(text),
  chain: nullable(object({ chain_id: integer, proof_registry: text })),
});

/** Reply of `POST /v1/proof/payload`: what to sign, and what to publish. */
export interface PayloadReply {
  /** By language; `default` is always there. `%SIG_BASE64%` is for the client to fill in. */
  post_content: Record<string, string>;
  sign_payload: string;
  uuid: string;
  created_at: string;
}

export const payloadReply: Reader<PayloadReply> = object<PayloadReply>({
  post_content: record(text),
  sign_payload: text,
  uuid: text,
  created_at: timeText,
});

/** Body of `POST /v1/proof`. */
export interface ProofSubmission {
  action: Action;
  platform: string;
  identity: string;
  public_key: string;
  uuid: string;
  created_at: string;
  proof_location?: string;
  /** Standard Base64. */
  extra?: { signature?: string; wallet_signature?: string; target_signature?: string };
}

const SUBMISSION_STATES = ["accepted", "sent", "included", "refused"] as const;

/** `GET /v1/submissions/{uuid}`. */
export interface SubmissionReply {
  uuid: string;
  state: (typeof SUBMISSION_STATES)[number];
  link_id: string | null;
  chain_id: number | null;
  tx_hash: string | null;
  block: number | null;
  /** Why it was refused, else empty. */
  reason: string;
  /** Where it is on chain, but too few attesters have seen its other side yet: how many, and how many it takes. */
  status: "claimed" | null;
  attestations: number | null;
  quorum: number | null;
}

export const submissionReply: Reader<SubmissionReply> = object<SubmissionReply>({
  uuid: text,
  state: oneOf(SUBMISSION_STATES),
  link_id: nullable(text),
  chain_id: nullable(integer),
  tx_hash: nullable(text),
  block: nullable(integer),
  reason: text,
  status: nullable(oneOf(["claimed"])),
  attestations: nullable(integer),
  quorum: nullable(integer),
});

/** Place in a list of pages; `next` is 0 on the last. */
export interface Pagination {
  total: number;
  per: number;
  current: number;
  next: number;
}

const pagination: Reader<Pagination> = object<Pagination>({
  total: integer,
  per: integer,
  current: integer,
  next: integer,
});

/** One identity of an avatar in `GET /v1/proof`. */
export interface ProofReply {
  platform: string;
  identity: string;
  alt_id: string;
  created_at: string;
  last_checked_at: string;
  is_valid: boolean;
  invalid_reason: string;
  status: BindingStatus;
  proof_location: string;
  /** Addresses of those who attested that; empty for what the other side signed itself. */
  attesters: string[];
  link_id: string;
  chain_id: number;
}

/** One avatar in `GET /v1/proof`, with all its identities. */
export interface AvatarProofs {
  /** Compressed public key. */
  avatar: string;
  activated_at: string;
  proofs: ProofReply[];
}

/** `GET /v1/proof`. */
export interface ProofPage {
  pagination: Pagination;
  ids: AvatarProofs[];
}

const proofReply: Reader<ProofReply> = object<ProofReply>({
  platform: text,
  identity: text,
  alt_id: text,
  created_at: timeText,
  last_checked_at: timeText,
  is_valid: flag,
  invalid_reason: text,
  status: oneOf(BINDING_STATUSES),
  proof_location: text,
  attesters: list(text),
  link_id: text,
  chain_id: integer,
});

export const proofPage: Reader<ProofPage> = object<ProofPage>({
  pagination,
  ids: list(object<AvatarProofs>({ avatar: text, activated_at: timeText, proofs: list(proofReply) })),
});

/** `GET /v1/proof/exists`. */
export interface ProofExistsReply {
  created_at: string;
  last_checked_at: string;
  is_valid: boolean;
  invalid_reason: string;
}

export const proofExistsReply: Reader<ProofExistsReply> = object<ProofExistsReply>({
  created_at: timeText,
  last_checked_at: timeText,
  is_valid: flag,
  invalid_reason: text,
});

/**
 * One item of `GET /v1/proofchain`: a link, or a release, which is the bound wallet's or alias's own delete and no link (its
 * `signature` is empty and its `sequence` null).
 */
export interface ChainItem {
  action: Action;
  platform: string;
  identity: string;
  alt_id: string;
  proof_location: string;
  /** The signed time. */
  created_at: string;
  /** The avatar's signature, standard Base64. */
  signature: string;
  signature_payload: string;
  uuid: string;
  /**
   * The other side's own signature: an Ethereum wallet's in standard Base64, a Solana wallet's in Base58, an alias's
   * (platform `nextid`) as `0x` hex.
   */
  extra: { wallet_signature: string | null; target_signature: string | null };
  /** Base64 of the signature that the text quotes, or null. */
  prev: string | null;
  link_id: string;
  /** Place in the avatar's chain, from 1. */
  sequence: number | null;
  status: BindingStatus | "none";
  chain_id: number;
  block: number;
  tx_hash: string;
}

const chainFields = {
  action: oneOf(ACTIONS),
  platform: text,
  identity: text,
  alt_id: text,
  proof_location: text,
  created_at: timeText,
  signature: text,
  signature_payload: text,
  uuid: text,
  extra: object<ChainItem["extra"]>({ wallet_signature: nullable(text), target_signature: nullable(text) }),
  prev: nullable(text),
  link_id: text,
  sequence: nullable(integer),
  status: oneOf(["none", ...BINDING_STATUSES]),
  chain_id: integer,
  block: integer,
  tx_hash: text,
};

/** `GET /v1/proofchain`. */
export interface ChainPage {
  pagination: Pagination;
  proof_chain: ChainItem[];
}

export const chainPage: Reader<ChainPage> = object<ChainPage>({
  pagination,
  proof_chain: list(object<ChainItem>(chainFields)),
});

/** One item of `GET /v1/proofchain/changes`. */
export interface ChangeItem extends ChainItem {
  avatar: string;
  /** Strictly increasing, with gaps: the cursor of the next request. */
  id: number;
}

/** `GET /v1/proofchain/changes`. */
export interface ChangesReply {
  links: ChangeItem[];
}

export const changesReply: Reader<ChangesReply> = object<ChangesReply>({
  links: list(object<ChangeItem>({ ...chainFields, avatar: text, id: integer })),
});

/** One binding of an avatar in `GET /v1/avatars/{key}`. */
export interface AvatarBinding {
  platform: string;
  identity: string;
  alt_id: string;
  status: BindingStatus;
  proof_location: string;
  /** Since when it stands so. */
  as_of: string;
  /** As in {@link ProofReply}. */
  attesters: string[];
  link_id: string;
  chain_id: number;
  last_checked_at: string;
  is_valid: boolean;
  invalid_reason: string;
  /** The account's profile, or a URI of its kind; null where it has none. */
  uri: string | null;
  /** Where people see the post; null where there is none. */
  proof_uri: string | null;
}

/** `GET /v1/avatars/{public key or address}`. */
export interface AvatarReply {
  /** Compressed public key. */
  avatar: string;
  address: string;
  /** How many links its chain has. */
  length: number;
  bindings: AvatarBinding[];
}

export const avatarReply: Reader<AvatarReply> = object<AvatarReply>({
  avatar: text,
  address: text,
  length: integer,
  bindings: list(
    object<AvatarBinding>({
      platform: text,
      identity: text,
      alt_id: text,
      status: oneOf(BINDING_STATUSES),
      proof_location: text,
      as_of: timeText,
      attesters: list(text),
      link_id: text,
      chain_id: integer,
      last_checked_at: timeText,
      is_valid: flag,
      invalid_reason: text,
      uri: nullable(text),
      proof_uri: nullable(text),
    }),
  ),
});

/** What every event of `GET /v1/events` has. */
interface EventBase {
  /** The cursor behind it: grows only. A link's is its id in `GET /v1/proofchain/changes`. */
  id: number;
  chain_id: number;
  /** Compressed public key. */
  avatar: string;
  platform: string;
  identity: string;
}

/** A link came on chain. */
export interface LinkEvent extends EventBase {
  type: "link";
  link_id: string;
  /** A release is the other side's own delete, which is no link of the avatar's chain. */
  action: "create" | "delete" | "release";
  sequence: number | null;
  status: BindingStatus | "none";
  uuid: string;
  /** Unix seconds. */
  created_at: string;
  block: number;
  block_time: string;
  tx_hash: string;
}

/** A binding stands otherwise than before. */
export interface BindingEvent extends EventBase {
  type: "binding";
  link_id: string;
  status: BindingStatus;
  is_valid: boolean;
  /** What made it so: a link, attesters later, or what the node saw since. */
  cause: "link" | "attesters" | "node";
  /** Who attested it. */
  attesters: string[];
  /** Why the node holds it for invalid. */
  reason: string;
  /** Null where it is not from the chain. */
  block: number | null;
  block_time: string | null;
  tx_hash: string | null;
}

/** What was told of a binding and its links is gone, or in other blocks. */
export interface ReorgEvent extends EventBase {
  type: "reorg";
  /** Ids of events that are taken back. */
  removed: number[];
  moved: { id: number; block: number; tx_hash: string }[];
  /** Where the binding stands now. */
  status: BindingStatus | "none";
  is_valid: boolean;
}

/** What `GET /v1/events` tells. */
export type RegistryEvent = LinkEvent | BindingEvent | ReorgEvent;

const eventBase = { id: integer, chain_id: integer, avatar: text, platform: text, identity: text };

const readers: { [T in RegistryEvent["type"]]: Reader<Extract<RegistryEvent, { type: T }>> } = {
  link: object<LinkEvent>({
    ...eventBase,
    type: oneOf(["link"]),
    link_id: text,
    action: oneOf(["create", "delete", "release"]),
    sequence: nullable(integer),
    status: oneOf([...BINDING_STATUSES, "none"]),
    uuid: text,
    created_at: timeText,
    block: integer,
    block_time: timeText,
    tx_hash: text,
  }),
  binding: object<BindingEvent>({
    ...eventBase,
    type: oneOf(["binding"]),
    link_id: text,
    status: oneOf(BINDING_STATUSES),
    is_valid: flag,
    cause: oneOf(["link", "attesters", "node"]),
    attesters: list(text),
    reason: text,
    block: nullable(integer),
    block_time: nullable(timeText),
    tx_hash: nullable(text),
  }),
  reorg: object<ReorgEvent>({
    ...eventBase,
    type: oneOf(["reorg"]),
    removed: list(integer),
    moved: list(object({ id: integer, block: integer, tx_hash: text })),
    status: oneOf([...BINDING_STATUSES, "none"]),
    is_valid: flag,
  }),
};

export const registryEvent: Reader<RegistryEvent> = (value, path) => {
  const { type } = object({ type: oneOf(["link", "binding", "reorg"]) })(value, path);
  return readers[type](value, path);
};

/** How far bindings of a platform can be made. */
export const PLATFORM_STATUSES = ["live", "needs credential", "service closed"] as const;

/** One platform of `GET /v1/platforms`. */
export interface PlatformInfo {
  id: string;
  name: string;
  status: (typeof PLATFORM_STATUSES)[number];
  /** Who stands for the other side: a wallet or another avatar that signs, or a post. */
  side: "wallet" | "avatar" | "post";
  /** What is expected for an identity, to finish the sentence "… is not …". */
  identity_rule: string;
  /** Regular expressions, one of which matches what may be typed: to find slips while somebody types. Empty where none are told. */
  identity_shapes: string[];
  /** What is to be told of where the post is; null where nothing is. */
  location: { rule: string; shapes: string[] } | null;
  /**
   * Where to write the post, with `{post}`, `{identity}` and `{host}` (of user@host) to fill in; null where there is no such
   * page. Without `{post}` the text has to be pasted there.
   */
  compose: string | null;
  /** A profile's address, with `{identity}` to fill in. */
  profile: string | null;
}

export const platformsReply: Reader<{ platforms: PlatformInfo[] }> = object({
  platforms: list(
    object<PlatformInfo>({
      id: text,
      name: text,
      status: oneOf(PLATFORM_STATUSES),
      side: oneOf(["wallet", "avatar", "post"]),
      identity_rule: text,
      identity_shapes: list(text),
      location: nullable(object({ rule: text, shapes: list(text) })),
      compose: nullable(text),
      profile: nullable(text),
    }),
  ),
});

/** Reply of `POST /v1/attestations`: what brings a link on chain from a wallet of one's own. */
export interface AttestationsReply {
  link_id: string;
  account_id: string;
  proof_location: string;
  /** How many attesters must stand for it; null where the chain did not say. */
  quorum: number | null;
  attestations: { attester: string; checked_at: string; signature: string }[];
  /** These packed, or the other side's own signature. */
  proof: string;
  method: "append" | "release" | "confirm" | "reinstate";
  binding_key: string;
  submission: Record<string, string>;
  /** Init code to send first (ERC-6492); else empty. */
  preparation: string;
}

export const attestationsReply: Reader<AttestationsReply> = object<AttestationsReply>({
  link_id: text,
  account_id: text,
  proof_location: text,
  quorum: nullable(integer),
  attestations: list(object({ attester: text, checked_at: timeText, signature: hex })),
  proof: hex,
  method: oneOf(["append", "release", "confirm", "reinstate"]),
  binding_key: hex,
  submission: record(text),
  preparation: (value, path) => (value === "" ? "" : hex(value, path)),
});

/** An identity by its name. */
export interface Vertex {
  platform: string;
  identity: string;
}

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

/** A connection of two identities. */
export interface GraphEdge {
  id: string;
  kind: string;
  from: Vertex;
  to: Vertex;
  /** The registry that says so; `nextid` for our own links. */
  source: string;
  /** What it rests on: `signatures`, `holding`, `agreement`, `account`, `handle`, `statement` or `third_party`. */
  evidence: string;
  /** From 1 (insecure) to 5 (very confident). */
  level: number;
  first_seen: number;
  last_seen: number;
  disputed: boolean;
  references: EdgeReference[];
}

/** One identity of an {@link IdentityCard}. */
export interface ConnectedIdentity extends Vertex {
  uid: string | null;
  display_name: string | null;
  uri: string | null;
  is_primary: boolean;
  level: number;
  evidence: string;
  first_seen: number;
  last_seen: number;
  disputed: boolean;
  registered_at: number | null;
  expires_at: number | null;
  texts: Record<string, string>;
  /** The `id` of each of its connections, the strongest first. */
  edges: string[];
}

/** `GET /v1/identities/{platform}/{identity}`: who is behind an identity. */
export interface IdentityCard extends Vertex {
  as_of: number;
  level: number;
  component: string;
  truncated: boolean;
  avatars: { public_key: string; address: string; did: string }[];
  identities: ConnectedIdentity[];
  edges: GraphEdge[];
  disputed: GraphEdge[];
}

const vertexFields = { platform: text, identity: text };
const vertex: Reader<Vertex> = object<Vertex>(vertexFields);

const graphEdge: Reader<GraphEdge> = object<GraphEdge>({
  id: text,
  kind: text,
  from: vertex,
  to: vertex,
  source: text,
  evidence: text,
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

export const identityCard: Reader<IdentityCard> = object<IdentityCard>({
  ...vertexFields,
  as_of: integer,
  level: integer,
  component: text,
  truncated: flag,
  avatars: list(object({ public_key: text, address: text, did: text })),
  identities: list(
    object<ConnectedIdentity>({
      ...vertexFields,
      uid: nullable(text),
      display_name: nullable(text),
      uri: nullable(text),
      is_primary: flag,
      level: integer,
      evidence: text,
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

/** `GET /v1/path`: whether two identities are one person's, and why. */
export interface PathReply {
  from: Vertex;
  to: Vertex;
  as_of: number;
  linked: boolean;
  /** Of the weakest step; null where there is none. */
  level: number | null;
  steps: { from: Vertex; to: Vertex; edge: GraphEdge }[];
}

export const pathReply: Reader<PathReply> = object<PathReply>({
  from: vertex,
  to: vertex,
  as_of: integer,
  linked: flag,
  level: nullable(integer),
  steps: list(object({ from: vertex, to: vertex, edge: graphEdge })),
});

export const searchReply: Reader<{ identities: Vertex[] }> = object({ identities: list(vertex) });

/** Reply of `POST /v1/sessions/nonce`. */
export interface NonceReply {
  nonce: string;
  expires_at: string;
  chain_id: number;
}

export const nonceReply: Reader<NonceReply> = object<NonceReply>({
  nonce: text,
  expires_at: timeText,
  chain_id: integer,
});

/** Who is signed in. */
export interface SessionInfo {
  /** Compressed public key. */
  avatar: string;
  address: string;
  /** Who signed: that address, or a wallet that is bound to the avatar. */
  signer: string;
  created_at: string;
  expires_at: string;
}

const sessionFields = { avatar: text, address: text, signer: text, created_at: timeText, expires_at: timeText };
export const sessionInfo: Reader<SessionInfo> = object<SessionInfo>(sessionFields);
export const sessionReply: Reader<SessionInfo & { token: string }> = object({ ...sessionFields, token: text });

/** One submission of an avatar that is signed in. */
export interface SubmissionItem {
  uuid: string;
  /** `ProofRegistry`'s function; `call` for what is about a subkey. */
  method: string;
  platform: string | null;
  identity: string | null;
  state: SubmissionReply["state"];
  reason: string;
  link_id: string;
  chain_id: number;
  tx_hash: string | null;
  block: number | null;
  created_at: string;
}

/** `GET /v1/sessions/current/submissions`. */
export interface SubmissionPage {
  pagination: Pagination;
  submissions: SubmissionItem[];
}

export const submissionPage: Reader<SubmissionPage> = object<SubmissionPage>({
  pagination,
  submissions: list(
    object<SubmissionItem>({
      uuid: text,
      method: text,
      platform: nullable(text),
      identity: nullable(text),
      state: oneOf(SUBMISSION_STATES),
      reason: text,
      link_id: text,
      chain_id: integer,
      tx_hash: nullable(text),
      block: nullable(integer),
      created_at: timeText,
    }),
  ),
});

/** Reply of `POST /v1/sign-in`. */
export interface IdTokenReply {
  /** A JWT; its key is in `/.well-known/jwks.json`. */
  id_token: string;
  /** Seconds. */
  expires_in: number;
}

export const idTokenReply: Reader<IdTokenReply> = object<IdTokenReply>({ id_token: text, expires_in: integer });

/** A subkey as `GET /v1/subkey` lists it. */
export interface SubkeyRecord {
  /** As it was handed in, as is `public_key`. */
  avatar: string;
  algorithm: SubkeyAlgorithm;
  public_key: string;
  name: string;
  rp_id: string;
  created_at: number;
  subkey_id: string;
  /** Unix seconds; 0 for never. */
  expires_at: number;
  nonce: number;
  is_valid: boolean;
  invalid_reason: string;
  /** Else the node alone says so. */
  on_chain: boolean;
  chain_id: number;
}

export const subkeysReply: Reader<{ subkeys: SubkeyRecord[] }> = object({
  subkeys: list(
    object<SubkeyRecord>({
      avatar: text,
      algorithm: oneOf(SUBKEY_ALGORITHMS),
      public_key: text,
      name: text,
      rp_id: text,
      created_at: integer,
      subkey_id: text,
      expires_at: integer,
      nonce: integer,
      is_valid: flag,
      invalid_reason: text,
      on_chain: flag,
      chain_id: integer,
    }),
  ),
});

/** Names a subkey of an avatar, as the API has it. */
export interface SubkeyFields {
  avatar: string;
  algorithm: SubkeyAlgorithm;
  public_key: string;
  rp_id: string;
}

/** A passkey's assertion, bytes as `0x` hex or Base64url. */
export interface AssertionFields {
  authenticator_data: string;
  client_data_json: string;
  signature: string;
}

/** Reply of `POST /v1/subkey/payload`. */
export interface SubkeyPayloadReply {
  sign_payload: string;
  typed_data: { domain: { chainId: number; verifyingContract: string } };
  digest: string;
  subkey_id: string;
  nonce: number;
}

/** A number, which ethers writes as text in typed data. */
const numeral: Reader<number> = (value, path) => integer(typeof value === "string" ? Number(value) : value, path);

export const subkeyPayloadReply: Reader<SubkeyPayloadReply> = object<SubkeyPayloadReply>({
  sign_payload: text,
  typed_data: object({ domain: object({ chainId: numeral, verifyingContract: text }) }),
  digest: hex,
  subkey_id: hex,
  nonce: integer,
});
