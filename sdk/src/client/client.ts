import type { Action } from "../protocol/index.ts";
import { SyngraphError } from "./error.ts";
import { type EventsOptions, type EventsQuery, eventsOf } from "./events.ts";
import { type IdentityCard, type PathReply, type VertexId, identityCard, pathReply } from "./graph.ts";
import { type CallOptions, Http, type Reply, type Request } from "./http.ts";
import { type Reader, object } from "./reader.ts";
import { type NodeStatus, nodeStatus } from "./status.ts";
import {
  type AvatarProofs,
  type AvatarReply,
  type ChainItem,
  type ChainPage,
  type ChangesReply,
  type Health,
  type Pagination,
  type PayloadReply,
  type ProofExistsReply,
  type ProofPage,
  type ProofSubmission,
  type RegistryEvent,
  type SubmissionReply,
  avatarReply,
  chainPage,
  changesReply,
  health,
  payloadReply,
  proofExistsReply,
  proofPage,
  submissionReply,
} from "./wire.ts";

export interface ClientOptions {
  /** Where the API is, for example `http://127.0.0.1:3000`; a path is kept. */
  baseUrl: string;
  /** Instead of the global fetch. */
  fetch?: typeof globalThis.fetch;
  /** How long to wait for each reply, in milliseconds; 60,000 unless told. */
  timeoutMs?: number;
}

/** Names one link that an avatar is about to make. */
export interface PayloadRequest {
  action: Action;
  platform: string;
  identity: string;
  /** The avatar's public key in any form that Next.ID's clients use. */
  publicKey: string;
}

/** What `GET /v1/proof` is asked for. */
export interface ProofQuery {
  /** Several are separated by commas. On platform `nextid` a public key. */
  identity: string;
  platform?: string;
  /** Whole identities only, instead of parts of them. */
  exact?: boolean;
  /**
   * Without it what is confirmed, and what is suspended, which is not valid; `any` lists claimed and deleted bindings,
   * too.
   */
  status?: "confirmed" | "suspended" | "any";
}

/** What became of a submission at once. */
export interface SubmitResult {
  /** Whether it is on chain and readable. Else ask {@link SyngraphClient.submission}. */
  included: boolean;
  /** Where its state can be asked for, if the server said so. */
  location: string | null;
}

/**
 * A client of one Syngraph API, for browsers and Node. Every method throws {@link SyngraphError} and nothing else.
 *
 * @example
 * const client = new SyngraphClient({ baseUrl: "http://127.0.0.1:3000" });
 * for await (const { avatar, proofs } of client.eachAvatar({ identity: "alice", platform: "github" })) { … }
 */
export class SyngraphClient {
  readonly #http: Http;

  constructor({ baseUrl, fetch = globalThis.fetch, timeoutMs = 60_000 }: ClientOptions) {
    this.#http = new Http(baseUrl, fetch, timeoutMs);
  }

  /** `GET /healthz`. */
  health(options: CallOptions = {}): Promise<Health> {
    return this.#get({ path: "healthz", ...options }, health);
  }

  /** `POST /v1/proof/payload`: the text to sign for a link. Rebuild it before you sign: a server may lie. */
  async payload(request: PayloadRequest, options: CallOptions = {}): Promise<PayloadReply> {
    const { action, platform, identity, publicKey } = request;
    const body = { action, platform, identity, public_key: publicKey };
    return (await this.#http.send({ path: "v1/proof/payload", body, ...options }, payloadReply)).body;
  }

  /** `POST /v1/proof`: hands a signed link in. */
  async submitProof(submission: ProofSubmission, options: CallOptions = {}): Promise<SubmitResult> {
    const { status, location }: Reply<unknown> = await this.#http.send(
      { path: "v1/proof", body: submission, ...options },
      object({}),
    );
    return { included: status === 201, location };
  }

  /**
   * `GET /v1/submissions/{uuid}`: how far a submission is.
   *
   * @param submission its uuid, or the {@link SubmitResult.location}.
   */
  submission(submission: string, options: CallOptions = {}): Promise<SubmissionReply> {
    const path = /^[0-9a-f-]{36}$/i.test(submission) ? `v1/submissions/${submission}` : submission;
    // A server that sends its clients elsewhere would have them trust whoever is there.
    if (URL.parse(path, this.#http.baseUrl.href)?.origin !== this.#http.baseUrl.origin) {
      return Promise.reject(new SyngraphError("bad_reply", null, "the submission's address is at another origin"));
    }
    return this.#get({ path, ...options }, submissionReply);
  }

  /** `GET /v1/proof`, one page: avatars that have an identity. */
  findProofs(query: ProofQuery & { page?: number }, options: CallOptions = {}): Promise<ProofPage> {
    return this.#get({ path: "v1/proof", query: { ...query }, ...options }, proofPage);
  }

  /** `GET /v1/proof`, all pages. */
  eachAvatar(query: ProofQuery, options: CallOptions = {}): AsyncGenerator<AvatarProofs, void> {
    return eachItem(
      (page) => this.findProofs({ ...query, page }, options),
      ({ ids }) => ids,
    );
  }

  /** `GET /v1/proof/exists`: one binding; null where there is none. */
  async proofExists(
    { platform, identity, publicKey }: Omit<PayloadRequest, "action">,
    options: CallOptions = {},
  ): Promise<ProofExistsReply | null> {
    const query = { platform, identity, public_key: publicKey };
    return this.#find({ path: "v1/proof/exists", query, ...options }, proofExistsReply);
  }

  /** `GET /v1/proofchain`, one page of an avatar's links, from the oldest. */
  proofChain({ avatar, page }: { avatar: string; page?: number }, options: CallOptions = {}): Promise<ChainPage> {
    return this.#get({ path: "v1/proofchain", query: { avatar, page }, ...options }, chainPage);
  }

  /** `GET /v1/proofchain`, all pages. {@link verifyChain} takes the items. */
  eachLink(avatar: string, options: CallOptions = {}): AsyncGenerator<ChainItem, void> {
    return eachItem(
      (page) => this.proofChain({ avatar, page }, options),
      (page) => page.proof_chain,
    );
  }

  /** `GET /v1/proofchain/changes`: links of all avatars with an id above `lastId`. */
  changes(query: { lastId?: number; count?: number } = {}, options: CallOptions = {}): Promise<ChangesReply> {
    const { lastId, count } = query;
    return this.#get({ path: "v1/proofchain/changes", query: { last_id: lastId, count }, ...options }, changesReply);
  }

  /**
   * `GET /v1/events`: links, changes of bindings and reorgs as they come, without end; asks again by itself, with its cursor,
   * where the stream breaks off. Keep the `id` of the last event to go on later.
   *
   * @example
   * for await (const event of client.events({ avatar })) if (event.type === "binding") console.log(event.status);
   */
  events(query: EventsQuery = {}, options: EventsOptions = {}): AsyncGenerator<RegistryEvent, void> {
    return eventsOf(this.#http, query, options);
  }

  /** `GET /v1/avatars/{key}`: an avatar by public key or address; null where it has no links. */
  avatar(key: string, options: CallOptions = {}): Promise<AvatarReply | null> {
    return this.#find({ path: `v1/avatars/${encodeURIComponent(key)}`, ...options }, avatarReply);
  }

  /**
   * `GET /v1/identities/{platform}/{identity}`: all that is connected with an identity.
   *
   * @param scope.level only connections at or above it, 1 to 5; 3 unless told.
   * @param scope.cap how many identities to stop at; 500 unless told.
   */
  identity(
    { platform, identity }: VertexId,
    scope: { level?: number | undefined; cap?: number | undefined } = {},
    options: CallOptions = {},
  ): Promise<IdentityCard> {
    const path = `v1/identities/${encodeURIComponent(platform)}/${encodeURIComponent(identity)}`;
    return this.#get({ path, query: { ...scope }, ...options }, identityCard);
  }

  /** `GET /v1/path`: whether two identities belong together, and why. */
  path(
    from: VertexId,
    to: VertexId,
    scope: { level?: number | undefined } = {},
    options: CallOptions = {},
  ): Promise<PathReply> {
    const [start, end] = [from, to].map(({ platform, identity }) => `${platform},${identity}`);
    return this.#get({ path: "v1/path", query: { from: start, to: end, ...scope }, ...options }, pathReply);
  }

  /** `GET /v1/status`: how the node and all it rests on stand. */
  status(options: CallOptions = {}): Promise<NodeStatus> {
    return this.#get({ path: "v1/status", ...options }, nodeStatus);
  }

  async #get<T>(request: Request, reader: Reader<T>): Promise<T> {
    return (await this.#http.send(request, reader)).body;
  }

  async #find<T>(request: Request, reader: Reader<T>): Promise<T | null> {
    try {
      return await this.#get(request, reader);
    } catch (error) {
      if (error instanceof SyngraphError && error.code === "not_found") return null;
      throw error;
    }
  }
}

/** The items of all pages. A server whose `next` does not move on would be asked for ever, so that is an error. */
async function* eachItem<P extends { pagination: Pagination }, T>(
  fetchPage: (page: number) => Promise<P>,
  itemsOf: (page: P) => T[],
): AsyncGenerator<T, void> {
  let number = 1;
  while (number !== 0) {
    const page = await fetchPage(number);
    yield* itemsOf(page);
    const { next } = page.pagination;
    if (next !== 0 && next <= number) {
      throw new SyngraphError("bad_reply", 200, `page ${number} names page ${next} as the next`);
    }
    number = next;
  }
}
