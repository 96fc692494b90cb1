import { computeAddress, hashMessage, id as hashOf, SigningKey } from "ethers";
import type { Pool } from "pg";

import { STATUSES, bindingKey, identityKey, signPayload } from "@syngraph/sdk/protocol";

export type Status = (typeof STATUSES)[number];

/** What happened to a binding on one chain, as the contract's events tell it. */
export interface BindingEvent {
  time: number;
  block: number;
  logIndex: number;
  chainId: number;
  avatar: Avatar;
  platform: string;
  identity: string;
  status: Status;
  /** A link, or what attesters said of the latest one later. */
  how: "link" | "release" | "turn";
  linkId: string;
  uuid: string;
  createdAt: number;
  accountId: string;
  location: string;
  asOf: number;
  transactionHash: string;
}

export interface Avatar {
  address: string;
  publicKey: string;
}

/** Another registry's edge, and when it stood. */
export interface Join {
  chainId: number;
  slot: string;
  source: string;
  kind: "hold" | "resolve" | "reverse_resolve" | "claim" | "recover";
  from: [platform: string, identity: string];
  to: [platform: string, identity: string];
  since: number;
  until: number | null;
  block: number;
  logIndex: number;
  transactionHash: string;
}

/** What this node saw of a link since. */
export interface Check {
  chainId: number;
  linkId: string;
  strikes: number;
  firstFailedAt: number | null;
  lastCheckedAt: number;
  lastConfirmedAt: number | null;
}

export interface Name {
  chainId: number;
  platform: string;
  identity: string;
  expiresAt: number | null;
}

/** All that a graph is made of, as it happened. */
export interface World {
  bindings: BindingEvent[];
  joins: Join[];
  checks: Check[];
  names: Name[];
}

let counter = 0;

/** A 32 byte hash that no other call answers. */
export function newHash(): string {
  return hashOf(`world ${counter++}`);
}

export function makeAvatar(seed: string): Avatar {
  const key = new SigningKey(hashOf(`avatar ${seed}`));
  return { address: computeAddress(key).toLowerCase(), publicKey: key.compressedPublicKey };
}

const walletKeys = new Map<string, SigningKey>();

/** The address of a wallet that has a key, and signs with it what binds it. Of all others, contracts speak. */
export function makeWallet(seed: string): string {
  const key = new SigningKey(hashOf(`wallet ${seed}`));
  const address = computeAddress(key).toLowerCase();
  walletKeys.set(address, key);
  return address;
}

function proofOf({ platform, identity, avatar, createdAt, uuid }: BindingEvent): string {
  const key = platform === "ethereum" ? walletKeys.get(identity) : undefined;
  const link = { action: "create" as const, platform, identity, avatar: avatar.publicKey, prev: null, createdAt, uuid };
  return key?.sign(hashMessage(signPayload(link))).serialized ?? "0x";
}

/** What is left out of an event: a confirmed link of a github account. */
export function binding(
  event: Partial<BindingEvent> & Pick<BindingEvent, "avatar" | "identity" | "time">,
): BindingEvent {
  const hash = newHash();
  return {
    ...{ block: event.time, logIndex: 0, chainId: 1, platform: "github", status: "confirmed", how: "link" },
    ...{ linkId: hash, uuid: `${hash.slice(2, 10)}-0000-4000-8000-${hash.slice(10, 22)}`, createdAt: event.time },
    ...{ accountId: "", location: "", asOf: event.time, transactionHash: newHash() },
    ...event,
  };
}

export function join(edge: Partial<Join> & Pick<Join, "kind" | "from" | "to" | "since">): Join {
  return {
    ...{ chainId: 1, source: "ens", until: null, block: edge.since, logIndex: 0, transactionHash: newHash() },
    slot: `ens:${edge.kind}:${newHash()}`,
    ...edge,
  };
}

/** Fills the tables with what the indexer makes of it, and with what the API keeps. */
export async function store(db: Pool, { bindings, joins, checks, names }: World): Promise<void> {
  const avatars = new Map(bindings.map(({ chainId, avatar }) => [`${chainId} ${avatar.address}`, { chainId, avatar }]));
  await insert(
    db,
    "avatar",
    [...avatars.values()].map(({ chainId, avatar }) => ({
      ...{ chain_id: chainId, address: avatar.address, public_key: avatar.publicKey },
    })),
  );
  const links = bindings.filter(({ how }) => how !== "turn");
  await insert(
    db,
    "link",
    links.map((event, index) => ({
      ...{ chain_id: event.chainId, id: event.linkId, avatar: event.avatar.address },
      ...{ sequence: event.how === "link" ? index + 1 : null, platform: event.platform, identity: event.identity },
      action: event.how === "release" ? "release" : ["deleted", "none"].includes(event.status) ? "delete" : "create",
      ...{ uuid: event.uuid, created_at: event.createdAt, proof: proofOf(event), proof_location: event.location },
      ...{ account_id: event.accountId, status: event.status, block_number: event.block, block_time: event.time },
      ...{ transaction_hash: event.transactionHash, log_index: event.logIndex },
    })),
  );
  const turns = bindings.filter(({ how }) => how === "turn");
  await insert(
    db,
    "turn",
    turns.map((event) => ({
      ...{ chain_id: event.chainId, transaction_hash: event.transactionHash, log_index: event.logIndex },
      ...{ binding: keyOf(event), link: event.linkId, status: event.status, account_id: event.accountId },
      ...{ proof_location: event.location, as_of: event.asOf, attesters: [], attestations: "0x" },
      ...{ block_number: event.block, block_time: event.time },
    })),
  );
  const slots = new Map<string, Record<string, unknown>>();
  for (const event of bindings.filter(({ status }) => status !== "none")) {
    const key = keyOf(event);
    const before = slots.get(`${event.chainId} ${key}`);
    slots.set(`${event.chainId} ${key}`, {
      ...{ chain_id: event.chainId, key, avatar: event.avatar.address },
      ...{
        identity_key: identityKey(event.platform, event.identity),
        platform: event.platform,
        identity: event.identity,
      },
      ...{ link: event.linkId, account_id: event.accountId, proof_location: event.location, as_of: event.asOf },
      // A delete takes away what stood, and leaves what it was.
      ...(event.status === "deleted" ? before : {}),
      // Empty stands for what the link says.
      ...(event.how === "turn" && event.location === "" ? { proof_location: before!.proof_location } : {}),
      ...{ status: event.status, attesters: [], attestations: "0x" },
      ...{ created_at: before?.created_at ?? event.time, updated_at: event.time },
      ...{ transaction_hash: event.transactionHash, log_index: event.logIndex },
    });
  }
  await insert(db, "binding", [...slots.values()]);
  for (const table of ["edge", "past_edge"]) {
    const rows = joins.filter(({ until }) => (until === null) === (table === "edge"));
    await insert(
      db,
      table,
      rows.map((edge) => ({
        ...{ chain_id: edge.chainId, slot: edge.slot, source: edge.source, kind: edge.kind },
        ...{ from_platform: edge.from[0], from_identity: edge.from[1] },
        ...{ to_platform: edge.to[0], to_identity: edge.to[1], since: edge.since, rests_on: restsOn(edge) },
        ...(edge.until === null ? {} : { until: edge.until }),
        ...{ block_number: edge.block, transaction_hash: edge.transactionHash, log_index: edge.logIndex },
      })),
    );
  }
  await insert(
    db,
    "name",
    names.map((name) => ({
      ...{ chain_id: name.chainId, platform: name.platform, identity: name.identity, uid: newHash(), resolver: null },
      ...{ texts: {}, registered_at: null, expires_at: name.expiresAt, updated_at: 1 },
    })),
  );
  await insert(
    db,
    "checks",
    checks.map((check) => ({
      ...{
        chain_id: check.chainId,
        link_id: check.linkId,
        strikes: check.strikes,
        reason: check.strikes ? "gone" : "",
      },
      ...{ first_failed_at: check.firstFailedAt, last_checked_at: check.lastCheckedAt },
      ...{ last_confirmed_at: check.lastConfirmedAt, soft_failures: 0, trouble: "", next_due: 0 },
    })),
    "api",
  );
}

async function insert(db: Pool, table: string, rows: object[], schema = "indexer_test"): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).join(", ");
  const into = `${schema}."${table}"`;
  await db.query(
    `INSERT INTO ${into} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${into}, $1)`,
    [JSON.stringify(rows)],
  );
}

function keyOf({ avatar, platform, identity }: BindingEvent): string {
  return bindingKey(avatar.address, platform, identity);
}

/** The names with which it expires. */
function restsOn({ kind, from, to }: Join): string[] | null {
  const [platform, identity] = kind === "hold" ? to : from;
  return platform === "ens" && kind !== "reverse_resolve" && kind !== "recover" ? [identity] : null;
}
