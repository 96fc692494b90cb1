import type { Action, SubkeyAlgorithm } from "../protocol/index.ts";
import { SyngraphError } from "../errors.ts";
import { type EventsOptions, type EventsQuery, eventsOf } from "./events.ts";
import { type CallOptions, Http, type Reply, type Request } from "./http.ts";
import { type Reader, object } from "./reader.ts";
import { type NodeStatus, nodeStatus } from "./status.ts";
import {
  type AssertionFields,
  type AttestationsReply,
  type AvatarProofs,
  type AvatarReply,
  type ChainItem,
  type ChainPage,
  type ChangesReply,
  type Health,
  type IdTokenReply,
  type IdentityCard,
  type NonceReply,
  type Pagination,
  type PathReply,
  type PayloadReply,
  type PlatformInfo,
  type ProofExistsReply,
  type ProofPage,
  type ProofSubmission,
  type RegistryEvent,
  type SessionInfo,
  type SubkeyFields,
  type SubkeyPayloadReply,
  type SubkeyRecord,
  type SubmissionPage,
  type SubmissionReply,
  type Vertex,
  attestationsReply,
  avatarReply,
  chainPage,
  changesReply,
  health,
  idTokenReply,
  identityCard,
  nonceReply,
  pathReply,
  payloadReply,
  platformsReply,
  proofExistsReply,
  proofPage,
  searchReply,
  sessionInfo,
  sessionReply,
  subkeyPayloadReply,
  subkeysReply,
  submissionPage,
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

/** Which connections count. */
export interface ScopeQuery {
  /** The weakest that do, 1 to 5; 3 unless told. */
  level?: number;
  /** What was so then: Unix seconds, or `<chain id>:<block>`. */
  asOf?: number | string;
  /** How many identities to stop at. */
  cap?: number;
}

function scopeOf({ level, asOf, cap }: ScopeQuery) {
  return { level, as_of: asOf, cap };
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
 * for await (const { avatar } of client.eachAvatar({ identity: "alice", platform: "github" })) console.log(avatar);
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
  submitProof(submission: ProofSubmission, options: CallOptions = {}): Promise<SubmitResult> {
    return this.#submit("v1/proof", submission, 201, options);
  }

  /**
   * `GET /v1/submissions/{uuid}`: how far a submission is.
   *
   * @param submission its uuid, or the {@link SubmitResult.location}.
   * @param options `avatar` is the public key of whose it is: another's may have the same uuid.
   */
  submission(submission: string, options: CallOptions & { avatar?: string } = {}): Promise<SubmissionReply> {
    const { avatar, ...call } = options;
    const path = /^[0-9a-f-]{36}$/i.test(submission) ? `v1/submissions/${submission}` : submission;
    // A server that sends its clients elsewhere would have them trust whoever is there.
    if (URL.parse(path, this.#http.baseUrl.href)?.origin !== this.#http.baseUrl.origin) {
      return Promise.reject(new SyngraphError("bad_reply", null, "the submission's address is at another origin"));
    }
    return this.#get({ path, ...(avatar !== undefined && { query: { avatar } }), ...call }, submissionReply);
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
   * for await (const event of client.events({ from: "start" })) {
   *   console.log(event.type, event.identity);
   *   break;
   * }
   */
  events(query: EventsQuery = {}, options: EventsOptions = {}): AsyncGenerator<RegistryEvent, void> {
    return eventsOf(this.#http, query, options);
  }

  /** `GET /v1/avatars/{key}`: an avatar by public key or address; null where it has no links. */
  avatar(key: string, options: CallOptions = {}): Promise<AvatarReply | null> {
    return this.#find({ path: `v1/avatars/${encodeURIComponent(key)}`, ...options }, avatarReply);
  }

  /** `GET /v1/platforms`: what can be bound, and what users have to do and to tell for it. */
  async platforms(options: CallOptions = {}): Promise<PlatformInfo[]> {
    return (await this.#get({ path: "v1/platforms", ...options }, platformsReply)).platforms;
  }

  /** `POST /v1/attestations`: has attesters look at a link now. Nothing is handed in; `prev` is what the text quotes. */
  attestations(submission: ProofSubmission & { prev?: string }, options: CallOptions = {}): Promise<AttestationsReply> {
    return this.#get({ path: "v1/attestations", body: submission, ...options }, attestationsReply);
  }

  /** `GET /v1/identities/{platform}/{identity}`: who is behind an identity. Where nothing is known, its lists are empty. */
  identity(
    platform: string,
    identity: string,
    query: ScopeQuery = {},
    options: CallOptions = {},
  ): Promise<IdentityCard> {
    const path = `v1/identities/${encodeURIComponent(platform)}/${encodeURIComponent(identity)}`;
    return this.#get({ path, query: scopeOf(query), ...options }, identityCard);
  }

  /** `GET /v1/path`: whether two identities, `platform,identity` each, are one person's, and why. */
  path(from: string, to: string, query: Omit<ScopeQuery, "cap"> = {}, options: CallOptions = {}): Promise<PathReply> {
    return this.#get({ path: "v1/path", query: { from, to, ...scopeOf(query) }, ...options }, pathReply);
  }

  /** `GET /v1/status`: how the node and all it rests on stand. */
  status(options: CallOptions = {}): Promise<NodeStatus> {
    return this.#get({ path: "v1/status", ...options }, nodeStatus);
  }

  /** `GET /v1/search`: identities that begin with a text. */
  async search(
    query: { prefix: string; platform?: string; limit?: number },
    options: CallOptions = {},
  ): Promise<Vertex[]> {
    return (await this.#get({ path: "v1/search", query: { ...query }, ...options }, searchReply)).identities;
  }

  /** `POST /v1/sessions/nonce`. */
  nonce(options: CallOptions = {}): Promise<NonceReply> {
    return this.#get({ path: "v1/sessions/nonce", body: {}, ...options }, nonceReply);
  }

  /** `POST /v1/sessions`: signs in with a message of EIP-4361. */
  beginSession(
    signed: { message: string; signature: string; avatar?: string },
    options: CallOptions = {},
  ): Promise<SessionInfo & { token: string }> {
    return this.#get({ path: "v1/sessions", body: signed, ...options }, sessionReply);
  }

  /** `GET /v1/sessions/current`. */
  session(token: string, options: CallOptions = {}): Promise<SessionInfo> {
    return this.#get({ path: "v1/sessions/current", token, ...options }, sessionInfo);
  }

  /** `DELETE /v1/sessions/current`: signs out. */
  async endSession(token: string, options: CallOptions = {}): Promise<void> {
    await this.#get({ path: "v1/sessions/current", method: "DELETE", token, ...options }, object({}));
  }

  /** `GET /v1/sessions/current/submissions`: what the avatar that is signed in handed in, the latest first. */
  sessionSubmissions(token: string, page = 1, options: CallOptions = {}): Promise<SubmissionPage> {
    return this.#get({ path: "v1/sessions/current/submissions", query: { page }, token, ...options }, submissionPage);
  }

  /** `POST /v1/sign-in`: an ID token for an application. */
  idToken(
    signed: { message: string; signature: string; audience?: string },
    options: CallOptions = {},
  ): Promise<IdTokenReply> {
    return this.#get({ path: "v1/sign-in", body: signed, ...options }, idTokenReply);
  }

  /** `GET /v1/subkey`: those of an avatar, or the avatars of one; with `status: "any"` also those that ended. */
  async subkeys(
    query: ({ avatar: string } | { algorithm: SubkeyAlgorithm; public_key: string }) & { status?: "any" },
    options: CallOptions = {},
  ): Promise<SubkeyRecord[]> {
    return (await this.#get({ path: "v1/subkey", query: { ...query }, ...options }, subkeysReply)).subkeys;
  }

  /** `POST /v1/subkey/payload`: what is to be signed. Rebuild it before you sign. */
  subkeyPayload(
    request: SubkeyFields & { action?: "authorize" | "revoke"; name?: string; expires_at?: number },
    options: CallOptions = {},
  ): Promise<SubkeyPayloadReply> {
    return this.#get({ path: "v1/subkey/payload", body: request, ...options }, subkeyPayloadReply);
  }

  /** `POST /v1/subkey`: authorises one. */
  submitSubkey(
    request: SubkeyFields & {
      name?: string;
      expires_at?: number;
      signature: string;
      possession?: string;
      assertion?: AssertionFields;
    },
    options: CallOptions = {},
  ): Promise<SubmitResult> {
    return this.#submit("v1/subkey", request, 200, options);
  }

  /** `POST /v1/subkey/revoke`. */
  revokeSubkey(
    request: SubkeyFields & { signature?: string; possession?: string; assertion?: AssertionFields },
    options: CallOptions = {},
  ): Promise<SubmitResult> {
    return this.#submit("v1/subkey/revoke", request, 200, options);
  }

  /** Sends something to the chain; `done` is the status that says it is there. */
  async #submit(path: string, body: unknown, done: number, options: CallOptions): Promise<SubmitResult> {
    const { status, location }: Reply<unknown> = await this.#http.send({ path, body, ...options }, object({}));
    return { included: status === done, location };
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

/** The items of all pages. A server would be asked for ever whose `next` does not move on, or goes on behind an empty page. */
async function* eachItem<P extends { pagination: Pagination }, T>(
  fetchPage: (page: number) => Promise<P>,
  itemsOf: (page: P) => T[],
): AsyncGenerator<T, void> {
  let number = 1;
  while (number !== 0) {
    const page = await fetchPage(number);
    const items = itemsOf(page);
    yield* items;
    const { next } = page.pagination;
    if (next !== 0 && next <= number) {
      throw new SyngraphError("bad_reply", 200, `page ${number} names page ${next} as the next`);
    }
    if (next !== 0 && items.length === 0) {
      throw new SyngraphError("bad_reply", 200, `page ${number} is empty, and names page ${next} as the next`);
    }
    number = next;
  }
}
