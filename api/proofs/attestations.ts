import { type Submission, bindingKey, toSubmission } from "@syngraph/sdk/protocol";

import type { Word } from "../attest/attester.ts";
import { ownWord, type OwnWord } from "../attest/ownWord.ts";
import { subjectOf } from "../checks/subject.ts";
import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import type { Method } from "../relay/registry.ts";
import { toApiError } from "./checkErrors.ts";
import { type ProofRequest, readDraft } from "./draft.ts";
import {
  readAction,
  readCreatedAt,
  readPayload,
  readPlatform,
  readPublicKey,
  readSignature,
  readUuid,
} from "./input.ts";
import { proveLink } from "./prove.ts";

/** Everything that brings a link on chain from a wallet of one's own. */
export interface Kit {
  linkId: string;
  /** Empty where nobody attests. */
  accountId: string;
  proofLocation: string;
  /** How many attesters must stand for it; 0 where none has to, null where the chain could not be asked. */
  quorum: number | null;
  words: readonly Word[];
  /** The contract's function. */
  method: Exclude<Method, "suspend" | "call">;
  /** First argument of confirm and reinstate; the other functions take the submission. */
  bindingKey: string;
  submission: Submission;
  /** Init code that has the wallet's contract deployed first, where it is not there yet (ERC-6492); else empty. */
  preparation: string;
}

/**
 * Looks at the other side of a link and collects what proves it. Nothing is stored and nothing sent.
 *
 * @throws {ApiError} 400 when nothing proves it, 502 when a platform cannot be asked.
 */
export async function makeKit(context: Context, request: ProofRequest): Promise<Kit> {
  const draft = await readDraft(context, request);
  const proven = await proveLink(context, draft);
  const { link, linkId, signature, method, proof, proofLocation, attested, preparation = "" } = proven;
  return {
    ...{ linkId, method, proofLocation, preparation },
    accountId: attested?.accountId ?? "",
    quorum: attested ? attested.quorum : 0,
    words: attested?.words ?? [],
    bindingKey: bindingKey(draft.avatar.address, link.platform, link.identity),
    submission: toSubmission(link, {
      signature: signature?.canonical ?? "0x",
      // Which link of its chain it is where it goes, the asker knows: the key is good with any.
      withKey: true,
      ...{ proof, proofLocation },
    }),
  };
}

/** A link given whole: what a node that collects a quorum asks its peers about. */
export interface WholeLink extends Omit<ProofRequest, "walletSignature" | "targetSignature"> {
  /** The account that was seen; empty where the asker does not know. */
  accountId: string;
}

/**
 * This node's own word on a link, from a look that it takes now.
 *
 * @throws {ApiError} 400 when it cannot say so, 409 when it will only say so later, 502 when a platform cannot be asked.
 */
export async function makeOwnWord(context: Context, request: WholeLink): Promise<OwnWord> {
  const { attester, checks, look, db, config } = context;
  const avatar = readPublicKey(request.publicKey);
  const { id: platform } = readPlatform(request.platform, `platform not supported: ${request.platform}`);
  const link = {
    action: readAction(request.action),
    platform,
    identity: request.identity,
    avatar: avatar.compressed,
    prev: request.prev === undefined ? null : readSignature(request.prev, "error when decoding prev").base64,
    createdAt: readCreatedAt(request.createdAt),
    uuid: readUuid(request.uuid),
  };
  readPayload(link, request.proofLocation);
  if (request.accountId.length > 255) throw badRequest("account_id is longer than 255 characters");
  const signature =
    request.signature === "" ? null : readSignature(request.signature, "error when decoding persona signature");
  const { proofLocation: location, accountId } = request;
  try {
    const bound = (id: string) => subjectOf(db, config.chain.chainId, id);
    return await ownWord({ attester, checks, look, bound }, { link, avatar, signature, location, accountId });
  } catch (error) {
    throw toApiError(error);
  }
}
