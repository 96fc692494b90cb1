import { createHash } from "node:crypto";

import { getAddress } from "ethers";
import type { Pool } from "pg";

import { idOfVertex } from "../graph/identityOf.ts";
import { type Edge, type Graph, MERGING_LEVEL, type Vertex, type VertexId } from "../graph/types.ts";
import { platformOf } from "../platforms/index.ts";
import { linksOfAccounts } from "../proofs/read/accounts.ts";
import type { KnownDid } from "./did.ts";
import { type DidDocument, type Representation, type Service, documentOf } from "./document.ts";

/** As DID Resolution has it; times are of ISO 8601, in whole seconds. */
export type DocumentMetadata = {
  created?: string;
  updated?: string;
  versionId: string;
  canonicalId?: string;
  equivalentId?: readonly string[];
};

/** What a DID resolves to. */
export interface Resolution {
  document: DidDocument;
  metadata: DocumentMetadata;
}

/** More names of one avatar than a document can be expected to have. */
const MAX_NAMES = 500;

/**
 * Makes DID documents. The key is in the DID; what else its subject is called comes of bindings that are valid, which both
 * sides confirmed.
 */
export class DidResolver {
  readonly #graph: Graph;
  readonly #db: Pool;
  readonly #publicUrl: string;

  constructor({ graph, db, publicUrl }: { graph: Graph; db: Pool; publicUrl: string }) {
    this.#graph = graph;
    this.#db = db;
    this.#publicUrl = publicUrl;
  }

  /** @param at as it stood then, Unix seconds; undefined for now. */
  async resolve(known: KnownDid, at: number | undefined, representation: Representation): Promise<Resolution> {
    const edges = await this.#bindingsOf(known.vertex, at);
    const others = edges.map(({ from, to }) => (idOfVertex(from) === idOfVertex(known.vertex) ? to : from));
    const [accounts, [subject, ...vertices]] = await Promise.all([
      this.#accountsAmong(edges),
      this.#graph.vertices([known.vertex, ...others], at),
    ]);
    const uids = new Map(vertices.map((vertex) => [idOfVertex(vertex), vertex.uid]));
    const names = edges.flatMap((edge, index) => namesOf(known, edge, others[index]!, accounts, uids));
    const service = known.method === "key" && edges.length > 0 ? [this.#serviceOf(known)] : [];
    const document = documentOf(known, { alsoKnownAs: [...new Set(names)].toSorted(), service }, representation);
    return { document, metadata: metadataOf(known, subject, document) };
  }

  /** Our own links alone: what other registries say, an avatar never agreed to. */
  async #bindingsOf(vertex: VertexId, at: number | undefined): Promise<Edge[]> {
    const scope = { level: MERGING_LEVEL, cap: MAX_NAMES, ...(at !== undefined && { at }) };
    const [found] = await this.#graph.neighbourhoods([vertex], 1, scope);
    const id = idOfVertex(vertex);
    return found!.edges.filter(
      ({ kind, from, to }) =>
        (kind === "proof" || kind === "alias") && (idOfVertex(from) === id || idOfVertex(to) === id),
    );
  }

  /** Links whose wallets are accounts, and so the same on every chain. */
  async #accountsAmong(edges: readonly Edge[]): Promise<Set<string>> {
    const links = edges
      .filter(({ to }) => to.platform === "ethereum")
      .flatMap(({ references }) => references.flatMap(({ linkId }) => linkId ?? []));
    return links.length === 0 ? new Set() : linksOfAccounts(this.#db, links);
  }

  #serviceOf({ did, vertex }: KnownDid): Service {
    const serviceEndpoint = new URL(`/v1/identities/nextid/${vertex.identity}`, this.#publicUrl).href;
    return { id: `${did}#syngraph`, type: "urn:syngraph:identity", serviceEndpoint };
  }
}

/**
 * What stands at the other end of a binding, as URIs. A wallet that is an account is one on any chain; where a contract spoke
 * for it, it is known on that chain alone, since on another one its address may be somebody else's.
 */
function namesOf(
  known: KnownDid,
  edge: Edge,
  { platform, identity }: VertexId,
  accounts: ReadonlySet<string>,
  uids: ReadonlyMap<string, string | null>,
): string[] {
  const chains = edge.references.map(({ chainId }) => String(chainId));
  const isAnywhere = edge.to.platform !== "ethereum" || isAccount(edge, accounts);
  if (known.method === "pkh" && !isAnywhere && !chains.includes(known.chain.reference)) return [];
  if (platform === "ethereum" && !isAnywhere)
    return chains.map((chain) => `did:pkh:eip155:${chain}:${getAddress(identity)}`);
  const uri = platformOf(platform)?.uriOf(identity, uids.get(idOfVertex({ platform, identity })) ?? "");
  return uri ? [uri] : [];
}

function isAccount({ references }: Edge, accounts: ReadonlySet<string>): boolean {
  return references.some(({ linkId }) => linkId !== null && accounts.has(linkId));
}

function metadataOf(known: KnownDid, subject: Vertex | undefined, document: DidDocument): DocumentMetadata {
  const { addedAt, updatedAt } = subject ?? {};
  return {
    ...(addedAt && { created: timeText(addedAt) }),
    ...(updatedAt && { updated: timeText(updatedAt) }),
    versionId: versionOf(document),
    ...(known.method === "pkh" &&
      known.canonical !== known.did && { canonicalId: known.canonical, equivalentId: [known.canonical] }),
  };
}

/** Of the document's bytes: it changes with them. */
function versionOf(document: DidDocument): string {
  return createHash("sha256").update(JSON.stringify(document)).digest("base64url").slice(0, 22);
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
