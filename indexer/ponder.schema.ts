import { STATUSES, SUBKEY_ALGORITHMS } from "@syngraph/sdk/protocol";
import { type ExtraConfigColumn, index, onchainEnum, onchainTable, primaryKey, sql } from "ponder";

/**
 * A column by the class of operators that finds equal texts, and those that begin alike, in whatever locale the database is.
 * Of a column that is given one by `op` Ponder forgets it; an expression it leaves as it is, but wants a name for the index.
 */
const byBytes = (column: ExtraConfigColumn) => sql`${column} text_pattern_ops`;

/** Where a binding stands; the order is that of the contract's `Status`. */
export const bindingStatus = onchainEnum("binding_status", STATUSES);
/** What a link does; a release is the other side's own delete, which is no link of the avatar's chain. */
export const linkAction = onchainEnum("link_action", ["create", "delete", "release"]);

/** One row per avatar and chain it stands on. How long its chain is there, and how old, say its links. */
export const avatar = onchainTable(
  "avatar",
  (t) => ({
    chainId: t.integer().notNull(),
    /** Address of the avatar's key, lower case. */
    address: t.hex().notNull(),
    /** Compressed public key. */
    publicKey: t.hex().notNull(),
    /** The signature its first link's `prev` quotes, where the chain was imported without its beginning. */
    importedAfter: t.hex(),
  }),
  (table) => ({
    // Reads know the avatar, and ask for its chains.
    pk: primaryKey({ columns: [table.address, table.chainId] }),
    publicKeyIndex: index("avatar_public_key_index").on(byBytes(table.publicKey)),
  }),
);

/** Every link and every release, with all that a reader needs to verify it. */
export const link = onchainTable(
  "link",
  (t) => ({
    chainId: t.integer().notNull(),
    /** linkId; of a release keccak256 of its transaction hash and log index, since nothing else names it. */
    id: t.hex().notNull(),
    avatar: t.hex().notNull(),
    /** Place in the avatar's chain, from 1; null for a release. */
    sequence: t.integer(),
    action: linkAction().notNull(),
    platform: t.text().notNull(),
    identity: t.text().notNull(),
    /** As the payload prints it. */
    uuid: t.text().notNull(),
    /** Signed time, Unix seconds. */
    createdAt: t.integer().notNull(),
    /**
     * Last byte of the signature that the text's `prev` quotes; its first 64 are those of the link with `sequence` - 1, or
     * of the avatar's `importedAfter`. Null where `prev` is null, and for a release, whose `previous` has it whole.
     */
    previousV: t.integer(),
    previous: t.hex(),
    /** The avatar's signature as 65 bytes with v in {0, 1}; null for a release. */
    signature: t.hex(),
    /** The other side's signature, or what attesters say, as submitted. */
    proof: t.hex().notNull(),
    proofLocation: t.text().notNull(),
    /** The platform's stable account id, as attesters confirmed it with this link; else empty. */
    accountId: t.text().notNull(),
    /** Where the binding stood after it. */
    status: bindingStatus().notNull(),
    blockNumber: t.bigint().notNull(),
    blockTime: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
  }),
  (table) => ({
    // Reads ask which chains have a link.
    pk: primaryKey({ columns: [table.id, table.chainId] }),
    avatarIndex: index().on(table.avatar, table.chainId, table.sequence),
    // How a binding stood at a time.
    historyIndex: index().on(table.avatar, table.identity, table.blockTime),
    positionIndex: index().on(table.chainId, table.blockNumber, table.logIndex),
    uuidIndex: index().on(table.uuid),
  }),
);

/** One row per avatar, identity and chain: the state of the contract's slot. */
export const binding = onchainTable(
  "binding",
  (t) => ({
    chainId: t.integer().notNull(),
    /** bindingKey: of avatar and identity. */
    key: t.hex().notNull(),
    avatar: t.hex().notNull(),
    identityKey: t.hex().notNull(),
    platform: t.text().notNull(),
    identity: t.text().notNull(),
    status: bindingStatus().notNull(),
    /** linkId of the create it rests on. */
    link: t.hex().notNull(),
    /** The platform's stable account id, empty for a wallet, an alias and a claim. */
    accountId: t.text().notNull(),
    proofLocation: t.text().notNull(),
    /** Of a wallet or an alias: `created_at` of its link; of an account: when an attester last saw it. Unix seconds. */
    asOf: t.integer().notNull(),
    /** Who attested that it is confirmed, or suspended; empty where nobody had to. */
    attesters: t.hex().array().notNull().default([]),
    /**
     * What they said, as submitted. Where that is an account id alone, they signed the last list of `findings_attested` in
     * the same transaction in front of `log_index`.
     */
    attestations: t.hex().notNull(),
    /** Time of the block that made or last changed it, Unix seconds; and which of its events did. */
    createdAt: t.integer().notNull(),
    updatedAt: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
  }),
  (table) => ({
    // Not its key: of what a row is named by in an event itself, Ponder fetches many rows at once (decision 13).
    pk: primaryKey({ columns: [table.chainId, table.avatar, table.identityKey] }),
    // Edges of the graph, in the order in which they are cut off: strangers' claims are passed over without a look.
    avatarIndex: index().on(table.avatar, table.status, table.platform, table.identity),
    standingIndex: index("binding_standing_index").on(
      table.status,
      table.platform,
      byBytes(table.identity),
      table.avatar,
    ),
    identityIndex: index("binding_identity_platform_index").on(byBytes(table.identity), table.platform),
    accountIndex: index().on(table.platform, table.accountId),
  }),
);

/** Every change of a binding's status that was no link: what attesters said of it later. With the links it is the history. */
export const turn = onchainTable(
  "turn",
  (t) => ({
    chainId: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    /** bindingKey and linkId. */
    binding: t.hex().notNull(),
    link: t.hex().notNull(),
    status: bindingStatus().notNull(),
    accountId: t.text().notNull(),
    /** Empty for what the link says. */
    proofLocation: t.text().notNull(),
    /** When an attester last looked, Unix seconds. */
    asOf: t.integer().notNull(),
    attesters: t.hex().array().notNull(),
    /** What they said, as submitted. */
    attestations: t.hex().notNull(),
    blockNumber: t.bigint().notNull(),
    blockTime: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.transactionHash, table.logIndex] }),
    bindingIndex: index().on(table.chainId, table.binding),
    positionIndex: index().on(table.chainId, table.blockNumber, table.logIndex),
  }),
);

/** A list of findings that attesters signed at once. */
export interface FindingList {
  logIndex: number;
  /** The EIP-712 struct hash of each. */
  findings: readonly `0x${string}`[];
  /** Latest time at which one of `attesters` looked, Unix seconds. */
  checkedAt: number;
  /** As submitted. */
  attestations: `0x${string}`;
  /** Those of the signers who were attesters, lower case. */
  attesters: `0x${string}`[];
}

/** The lists of findings in a transaction, in order: an event behind one rests on the last in front of it. */
export const findingsAttested = onchainTable(
  "findings_attested",
  (t) => ({
    chainId: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    lists: t.json().$type<FindingList[]>().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.transactionHash] }) }),
);

/** Whom a wallet named as its avatar. It holds only while a confirmed binding joins the two. */
export const reverseRecord = onchainTable(
  "reverse_record",
  (t) => ({
    chainId: t.integer().notNull(),
    wallet: t.hex().notNull(),
    avatar: t.hex().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.wallet] }), walletIndex: index().on(table.wallet) }),
);

/** The kinds of subkeys; the order is that of the contract's `SubkeyAlgorithm`. */
export const subkeyAlgorithm = onchainEnum("subkey_algorithm", SUBKEY_ALGORITHMS);

/** One row per avatar, subkey and chain: where the contract's slot stands. What was only revoked has no key. */
export const subkey = onchainTable(
  "subkey",
  (t) => ({
    chainId: t.integer().notNull(),
    /** Address of the avatar's key, lower case. */
    avatar: t.hex().notNull(),
    /** EIP-712 struct hash of algorithm, key and rp id. */
    subkeyId: t.hex().notNull(),
    /** Compressed public key of the avatar. */
    avatarKey: t.hex(),
    algorithm: subkeyAlgorithm(),
    /** X ‖ Y. */
    publicKey: t.hex(),
    /** As Next.ID's text has it, where it came by that. */
    publicKeyText: t.text(),
    rpId: t.text(),
    name: t.text().notNull(),
    /** Unix seconds; 0 for never. */
    expiresAt: t.bigint().notNull(),
    /** What the next authorisation has to name: how many events it had. */
    nonce: t.integer().notNull(),
    /** Whether its last event authorised it; it may have expired since. */
    authorized: t.boolean().notNull(),
    /** Of the last authorisation, as submitted. */
    signature: t.hex(),
    possession: t.hex(),
    /** Time of the block of the last authorisation, and of the last event; Unix seconds. */
    authorizedAt: t.integer(),
    updatedAt: t.integer().notNull(),
    blockNumber: t.bigint().notNull(),
    transactionHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.avatar, table.subkeyId] }),
    avatarIndex: index().on(table.avatar),
    keyIndex: index().on(table.publicKey),
  }),
);

/** A link of a batch, or a confirmation, that the registry refused: it changed nothing. */
export const refusal = onchainTable(
  "refusal",
  (t) => ({
    chainId: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    /** Its place in the batch, from 0. */
    place: t.integer().notNull(),
    /** linkId; of a link zero where its text or signature is such that it has none. */
    link: t.hex().notNull(),
    /** The contract's `Refusal`; null for a confirmation, of which the contract does not say. */
    reason: t.integer(),
    blockNumber: t.bigint().notNull(),
    blockTime: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.transactionHash, table.logIndex] }),
    linkIndex: index().on(table.link),
  }),
);

/** Roots of what operators keep off chain; none is ever changed. */
export const anchor = onchainTable(
  "anchor",
  (t) => ({
    chainId: t.integer().notNull(),
    /** Lower case. Whether it still is an operator says `attester`. */
    operator: t.hex().notNull(),
    /** keccak256 of the topic's name. */
    topic: t.hex().notNull(),
    epoch: t.bigint().notNull(),
    root: t.hex().notNull(),
    /** Where the data is; empty where that is not public. */
    uri: t.text().notNull(),
    blockNumber: t.bigint().notNull(),
    blockTime: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.operator, table.topic, table.epoch] }),
    topicIndex: index().on(table.topic, table.epoch),
  }),
);

/** Everything that was ever changed about who may do what: all events of the AccessManager, and of whom it manages. */
export const governance = onchainTable(
  "governance",
  (t) => ({
    chainId: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
    /** Who emitted it, lower case. */
    contract: t.hex().notNull(),
    /** The event's name in the contract's ABI, and its values by theirs; numbers as decimal text. */
    event: t.text().notNull(),
    values: t.json().$type<Record<string, string | boolean>>().notNull(),
    blockNumber: t.bigint().notNull(),
    blockTime: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.transactionHash, table.logIndex] }),
    positionIndex: index().on(table.chainId, table.blockNumber, table.logIndex),
  }),
);

/** Who has which role now. */
export const roleMember = onchainTable(
  "role_member",
  (t) => ({
    chainId: t.integer().notNull(),
    role: t.bigint().notNull(),
    /** Lower case. */
    account: t.hex().notNull(),
    /** Seconds for which what it does must be announced. */
    delay: t.bigint().notNull(),
    /** From when on, Unix seconds. */
    since: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.role, table.account] }) }),
);

/** Where an announced operation stands. */
export const operationStatus = onchainEnum("operation_status", ["scheduled", "executed", "canceled"]);

/** Operations that were announced: one row for each, as it was scheduled last. */
export const operation = onchainTable(
  "operation",
  (t) => ({
    chainId: t.integer().notNull(),
    /** The AccessManager's: of caller, target and data. */
    id: t.hex().notNull(),
    /** How often it was scheduled. */
    nonce: t.bigint().notNull(),
    status: operationStatus().notNull(),
    /** From when on it may be executed, Unix seconds. */
    executableAt: t.bigint().notNull(),
    caller: t.hex().notNull(),
    target: t.hex().notNull(),
    data: t.hex().notNull(),
    /** Time of the block of its last event, Unix seconds. */
    updatedAt: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    logIndex: t.integer().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.id] }) }),
);

/** Who is an attester, or was. */
export const attester = onchainTable(
  "attester",
  (t) => ({
    chainId: t.integer().notNull(),
    /** Lower case. */
    address: t.hex().notNull(),
    /** Whether its word counts; once false, for ever. */
    active: t.boolean().notNull(),
    /** The origin of its node's API, empty if it has none. */
    endpoint: t.text().notNull(),
    metadata: t.text().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.address] }) }),
);

/** How many attesters make a quorum on a platform; the row without a platform is for those without their own, or with 0. */
export const quorum = onchainTable(
  "quorum",
  (t) => ({
    chainId: t.integer().notNull(),
    platform: t.text().notNull(),
    quorum: t.integer().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.platform] }) }),
);

/**
 * How another registry joins two identities. `hold`: the address holds the name or account. `resolve`: the name's holder says
 * that it stands for the address. `reverse_resolve`: the address says that the name is its own. `claim`: the name's holder
 * says so of an account elsewhere. `recover`: the address may take the account back.
 */
export const edgeKind = onchainEnum("edge_kind", ["hold", "resolve", "reverse_resolve", "claim", "recover"]);

type Columns = Parameters<Extract<Parameters<typeof onchainTable>[1], (...args: never) => unknown>>[0];

const joins = (t: Columns) => ({
  chainId: t.integer().notNull(),
  /** What can hold one edge at a time, named by its source: `ens:owner:0x<node>`. */
  slot: t.text().notNull(),
  /** The registry that says so: `ens`, `basenames`, `farcaster`, `lens`. */
  source: t.text().notNull(),
  kind: edgeKind().notNull(),
  fromPlatform: t.text().notNull(),
  fromIdentity: t.text().notNull(),
  toPlatform: t.text().notNull(),
  toIdentity: t.text().notNull(),
  /**
   * The names (`name`, of this chain, with the source for their platform) with the first of which that expires the edge ends;
   * null where nothing expires.
   */
  restsOn: t.text().array(),
  /** Since which event; time in Unix seconds. */
  since: t.integer().notNull(),
  blockNumber: t.bigint().notNull(),
  transactionHash: t.hex().notNull(),
  logIndex: t.integer().notNull(),
});

/** By either end, in the order in which the graph cuts them off. */
const ends = (table: Record<`${"from" | "to"}${"Platform" | "Identity"}` | "kind", ExtraConfigColumn>) => ({
  fromIndex: index().on(table.fromIdentity, table.fromPlatform, table.kind, table.toPlatform, table.toIdentity),
  toIndex: index().on(table.toIdentity, table.toPlatform, table.kind, table.fromPlatform, table.fromIdentity),
});

/** Edges that other registries know, as they stand now. Empty unless sources are configured. */
export const edge = onchainTable("edge", joins, (table) => ({
  pk: primaryKey({ columns: [table.chainId, table.slot] }),
  ...ends(table),
}));

/** Edges that stood until another took their slot, or none. */
export const pastEdge = onchainTable(
  "past_edge",
  (t) => ({
    ...joins(t),
    /** Time of the block that ended it, Unix seconds. */
    until: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.slot, table.blockNumber, table.logIndex] }),
    ...ends(table),
  }),
);

/** Names and accounts of other registries, with what these say of them. */
export const name = onchainTable(
  "name",
  (t) => ({
    chainId: t.integer().notNull(),
    /** The vertex: `ens` and `alice.eth`, `farcaster` and `#3`. */
    platform: t.text().notNull(),
    identity: t.text().notNull(),
    /** The registry's own number of it: a namehash, a fid. */
    uid: t.text().notNull(),
    /** What it is called, where `identity` is a number. */
    displayName: t.text(),
    /** The resolver contract; null where it has none. */
    resolver: t.hex(),
    /** Text records and the like, as their holder likes to say: claims only. */
    texts: t.json().$type<Record<string, string>>().notNull(),
    /** Unix seconds; null where the registry does not say. What has expired has no edges (see `rests_on`). */
    registeredAt: t.integer(),
    expiresAt: t.bigint(),
    updatedAt: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.chainId, table.platform, table.identity] }),
    identityIndex: index("name_platform_identity_index").on(table.platform, byBytes(table.identity)),
    uidIndex: index().on(table.uid),
  }),
);

/** What a source has to remember between events, by keys of its own: no answer to anybody's question. */
export const sourceState = onchainTable(
  "source_state",
  (t) => ({
    chainId: t.integer().notNull(),
    key: t.text().notNull(),
    value: t.json().$type<object>().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.chainId, table.key] }) }),
);
