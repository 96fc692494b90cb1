import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";

import type { ChainItem, PayloadReply, ProofSubmission } from "@syngraph/sdk/client";
import { type Action, type Link, linkId, parsePublicKey, recoverPublicKey, signPayload } from "@syngraph/sdk/protocol";

import { type Received, reply, type StubServer } from "./stubServer.ts";

/** How the stub answers one `POST /v1/proof`. */
export type Verdict = (response: ServerResponse, submission: ProofSubmission) => void;

export const included: Verdict = (response) => reply(response, 201, {});

/** Accepts, and names the address to ask. */
export const accepted: Verdict = (response, { uuid }) =>
  reply(response, 202, {}, { location: `/v1/submissions/${uuid}` });

/** Refuses with a message. */
export function refused(message: string, status = 400): Verdict {
  return (response) => reply(response, status, { message });
}

/** A link that the stub was handed, and whether its signatures are good over the text that the stub proposed. */
export interface Handed {
  submission: ProofSubmission;
  signedByAvatar: boolean;
  signedByWallet: boolean;
}

/** The API as the command line sees it, with every answer open to a lie. */
export class StubApi {
  /** The avatar's last signature. */
  prev: string | null = null;
  /** Changes the reply of `POST /v1/proof/payload`. */
  lie: (payload: PayloadReply) => PayloadReply = (payload) => payload;
  /** Answers to `POST /v1/proof`, in turn; the last one stays. */
  verdicts: Verdict[] = [included];
  /** States of `GET /v1/submissions`, in turn; the last one stays. Without one it is what `POST /v1/proof` said, else 404. */
  states: {
    state: string;
    reason?: string;
    status?: string;
    attestations?: number;
    quorum?: number;
    uuid?: string;
    link_id?: string | null;
  }[] = [];
  /** Replies of GET requests, by path. */
  documents: Record<string, unknown> = {};
  readonly handed: Handed[] = [];
  readonly #proposed = new Map<string, { link: Link; text: string }>();
  /** The name of each link that was handed in, and whether it is on chain. */
  readonly #taken = new Map<string, { linkId: string; included: boolean }>();

  constructor(server: StubServer) {
    server.handler = (request, response) => this.#answer(request, response);
  }

  #answer(request: Received, response: ServerResponse): void {
    const { method, path, body } = request;
    if (method === "POST" && path === "/v1/proof/payload") reply(response, 200, this.#payload(body));
    else if (method === "POST" && path === "/v1/proof") this.#take(body as ProofSubmission, response);
    else if (path.startsWith("/v1/submissions/")) this.#submission(path, response);
    else if (Object.hasOwn(this.documents, path)) reply(response, 200, this.documents[path]);
    else reply(response, 404, { message: `${path} not found` });
  }

  #payload(body: unknown): PayloadReply {
    const { action, platform, identity, public_key } = body as Record<string, string>;
    const link: Link = {
      action: action as Action,
      platform: platform!,
      identity: identity!.toLowerCase(),
      avatar: public_key!,
      prev: this.prev,
      createdAt: Math.floor(Date.now() / 1000),
      uuid: randomUUID(),
    };
    const payload = {
      post_content: { default: postOf(link) },
      sign_payload: signPayload(link),
      uuid: link.uuid,
      created_at: String(link.createdAt),
    };
    this.#proposed.set(link.uuid, { link, text: payload.sign_payload });
    return this.lie(payload);
  }

  #take(submission: ProofSubmission, response: ServerResponse): void {
    const { link, text } = this.#proposed.get(submission.uuid)!;
    const { signature = "", wallet_signature = "" } = submission.extra ?? {};
    const key = parsePublicKey(submission.public_key).compressed;
    this.handed.push({
      submission,
      signedByAvatar: recoverPublicKey(text, signature).compressed === key,
      signedByWallet:
        wallet_signature !== "" &&
        recoverPublicKey(text, wallet_signature).address.toLowerCase() === submission.identity,
    });
    const verdict = this.verdicts.length > 1 ? this.verdicts.shift()! : this.verdicts[0]!;
    verdict(response, submission);
    this.#taken.set(submission.uuid, { linkId: linkId(link, signature), included: response.statusCode === 201 });
  }

  #submission(path: string, response: ServerResponse): void {
    const uuid = path.split("/").at(-1)!;
    const taken = this.#taken.get(uuid);
    const told = this.states.length > 1 ? this.states.shift() : this.states[0];
    const state = told ?? (taken?.included ? { state: "included" } : undefined);
    if (!state) return reply(response, 404, { message: "no such submission" });
    const where = state.state === "included" ? { tx_hash: `0x${"ab".repeat(32)}`, block: 7 } : {};
    const common = { uuid, link_id: taken?.linkId ?? null, chain_id: 1, tx_hash: null, block: null, reason: "" };
    reply(response, 200, { ...common, ...where, ...state });
  }
}

/** What the API proposes to publish, as Next.ID's templates have it. */
function postOf(link: Link): string {
  const { platform, identity, createdAt, uuid, prev, avatar } = link;
  if (platform === "dns") return `ps:true;v:1;sig:%SIG_BASE64%;ca:${createdAt};uuid:${uuid};prev:${prev ?? "null"}`;
  if (platform !== "github") return "";
  const gist = {
    version: "1",
    comment: "Here's an NextID proof of this Github account.",
    comment2: "To validate, …",
    persona: avatar,
    github_username: identity,
    sign_payload: signPayload(link),
    signature: "%SIG_BASE64%",
    created_at: String(createdAt),
    uuid,
  };
  return JSON.stringify(gist, null, "\t");
}

/** The reply of `GET /v1/proofchain` with one page. */
export function chainDocument(items: readonly ChainItem[]) {
  return { pagination: { total: items.length, per: 40, current: 1, next: 0 }, proof_chain: items };
}
