import { ACTIONS, type Action } from "../protocol/index.ts";
import { type Reader, flag, integer, list, nullable, object, oneOf, record, text, timeText } from "./reader.ts";

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

/** `GET /v1/submissions/{uuid}`. */
export interface SubmissionReply {
  uuid: string;
  state: "accepted" | "sent" | "included" | "refused";
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
  state: oneOf(["accepted", "sent", "included", "refused"]),
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
