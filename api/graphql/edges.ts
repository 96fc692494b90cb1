import type { Edge, EdgeKind, VertexId } from "../graph/types.ts";
import { idOfVertex } from "../graph/identityOf.ts";
import type { Account } from "./accounts.ts";
import { type Resolvers, valuesOf } from "./schema.ts";

/** An edge as an answer has it. */
export interface EdgeRecord {
  __typename: "ProofRecord" | "HoldRecord";
  edge: Edge;
  from: VertexId;
  to: VertexId;
  at: number | undefined;
}

/** RelationService's words for kinds of edges; the last two are ours. */
const EDGE_TYPES: Record<EdgeKind, string> = {
  proof: "Proof",
  alias: "Proof",
  hold: "Hold",
  resolve: "Resolve",
  reverse_resolve: "Reverse_Resolve",
  claim: "Claim",
  recover: "Recover",
};

const SOURCES = valuesOf("DataSource");

/** What a schema's enum calls a registry that may be a newer one. */
export function sourceName(source: string): string {
  return SOURCES.has(source) ? source : "unknown";
}

/** An edge as RelationService told it: clients know two types, so all that is no holding is a proof. */
export function edgeRecord(edge: Edge, at: number | undefined): EdgeRecord {
  return { __typename: edge.kind === "hold" ? "HoldRecord" : "ProofRecord", edge, from: edge.from, to: edge.to, at };
}

/** The same with proofs in both directions, as RelationService kept them: clients look at one end only. */
export function edgeRecords(edges: readonly Edge[], at: number | undefined): EdgeRecord[] {
  return edges.flatMap((edge) => {
    const record = edgeRecord(edge, at);
    const both = edge.kind === "proof" || edge.kind === "alias";
    return both ? [record, { ...record, from: record.to, to: record.from }] : [record];
  });
}

/** EIP-155 chains that the schema has a name for. */
const CHAINS = new Map([
  [1, "ethereum"],
  [10, "optimism"],
  [56, "bsc"],
  [100, "gnosis"],
  [137, "polygon"],
  [8453, "base"],
  [42161, "arbitrum"],
  [43114, "avalanche"],
  [42220, "celo"],
  [11155111, "sepolia"],
]);

/** A chain's name; `unknown` where the schema has none. */
export function chainName(chainId: number | undefined): string {
  return CHAINS.get(chainId ?? 0) ?? "unknown";
}

/** What holdings are counted as. */
export const CATEGORIES = new Map([
  ["ens", "ens"],
  ["basenames", "basenames"],
  ["lens", "erc721"],
]);

/** What all edges have, read of the edge itself. */
const COMMON = {
  uuid: (edge: Edge) => edge.uuid,
  edgeType: (edge: Edge) => EDGE_TYPES[edge.kind],
  kind: (edge: Edge) => edge.kind,
  evidence: (edge: Edge) => edge.evidence,
  disputed: (edge: Edge) => edge.disputed,
  level: (edge: Edge) => edge.level,
  firstSeen: (edge: Edge) => edge.firstSeen,
  lastSeen: (edge: Edge) => edge.lastSeen,
  references: (edge: Edge) => edge.references,
};

const commonOfRecord = Object.fromEntries(
  Object.entries(COMMON).map(([name, read]) => [name, ({ edge }: EdgeRecord) => read(edge)]),
);

const RECORD: Resolvers[string] = {
  ...commonOfRecord,
  source: ({ edge }: EdgeRecord) => sourceName(edge.source),
  createdAt: ({ edge }: EdgeRecord) => edge.firstSeen,
  updatedAt: ({ edge }: EdgeRecord) => edge.lastSeen,
  fetcher: () => "relation_service",
  from: ({ from, at }: EdgeRecord): Account => ({ ...from, at }),
  to: ({ to, at }: EdgeRecord): Account => ({ ...to, at }),
};

/** Edges' own fields. */
export const edgeResolvers: Resolvers = {
  ProofRecord: {
    ...RECORD,
    recordId: ({ edge: { references } }: EdgeRecord) => references[0]?.linkId ?? references[0]?.transactionHash ?? null,
  },
  HoldRecord: {
    ...RECORD,
    transaction: ({ edge }: EdgeRecord) => edge.references[0]?.transactionHash ?? null,
    id: ({ edge }: EdgeRecord) => edge.to.identity,
    category: ({ edge }: EdgeRecord) => CATEGORIES.get(edge.to.platform) ?? "unknown",
    chain: ({ edge }: EdgeRecord) => chainName(edge.references[0]?.chainId),
    address: () => "",
    symbol: () => null,
    owner: ({ edge, at }: EdgeRecord): Account => ({ ...edge.from, at }),
    expiredAt: async ({ edge, at }: EdgeRecord, _args, { loaders }) =>
      seconds((await loaders.vertex(edge.to, at)).expiresAt),
  },
  IdentityConnection: {
    ...commonOfRecord,
    dataSource: ({ edge }: EdgeRecord) => sourceName(edge.source),
    source: ({ from }: EdgeRecord) => idOfVertex(from),
    target: ({ to }: EdgeRecord) => idOfVertex(to),
  },
};

/** GraphQL's Int ends at 2^31: a name may be held for longer. */
export function seconds(time: number | null): number | null {
  return time === null ? null : Math.min(time, 2 ** 31 - 1);
}
