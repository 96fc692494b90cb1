import { toSubmission } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { sponsor } from "../limits/sponsored.ts";
import type { NewItem, OutboxItem } from "../relay/outbox.ts";
import { type ProofRequest, readDraft } from "./draft.ts";
import { latestSignature } from "./latest.ts";
import { proveLink } from "./prove.ts";

/**
 * Checks a proof and stores it for the relayer. When this returns, the submission is in the database.
 *
 * @param client whom the request is counted for.
 * @throws {ApiError} 400 when something is wrong with it, 502 when a platform cannot be asked.
 */
export async function submitProof(context: Context, request: ProofRequest, client: string): Promise<OutboxItem> {
  const { chainId } = context.config.chain;
  const draft = await readDraft(context, request);
  const proven = await proveLink(context, draft);
  const item: NewItem = {
    uuid: draft.link.uuid,
    link_id: proven.linkId,
    avatar: draft.avatar.address.toLowerCase(),
    method: proven.method,
    submission: toSubmission(proven.link, {
      signature: proven.signature?.canonical ?? "0x",
      withKey: draft.previous === null,
      proof: proven.proof,
      proofLocation: proven.proofLocation,
    }),
    previous: draft.previous,
    preparation: proven.preparation,
    contractWallet: proven.contractWallet ?? false,
  };
  // A wallet that is still to be deployed takes nothing yet; that it will was tried together with its deployment.
  if (item.contractWallet && item.preparation === undefined) await requireValid(context, item);
  // A claim and its post are there for all to see: whoever hands them in again does so at their own expense.
  const sponsored = { avatar: draft.claim ? null : item.avatar, client };
  return sponsor(context.limits, sponsored, () =>
    context.outbox.accept(item, (connection) =>
      // A confirmation does not move the head.
      draft.claim ? Promise.resolve(draft.previous) : latestSignature(connection, chainId, draft.avatar.address),
    ),
  );
}

/**
 * What a wallet's contract says of a signature only the chain knows; without asking it first, anybody could have the relayer
 * pay for what is refused. All else was checked here, or is the contract's to judge.
 *
 * @throws {ApiError} 400 where the wallet refuses.
 */
async function requireValid({ registry }: Context, item: NewItem): Promise<void> {
  // Where the chain cannot be asked just now, the relayer will ask it.
  const reason = await registry.proofRefusal(item).catch(() => null);
  if (reason !== null) throw badRequest(reason);
}
