import { isCosigned, unpackAttestations } from "@syngraph/sdk/protocol";
import { z } from "zod";

import type { Context } from "../context.ts";
import { bindingStatus } from "../proofs/read/bindings.ts";
import type { OutboxItem } from "../relay/outbox.ts";

/** A link that is on chain, but as a claim: fewer attesters said that they saw its other side than must. */
export const standingShape = z.object({
  status: z.literal("claimed").meta({ description: "It is on chain, but too few attesters have seen its proof yet." }),
  attestations: z.int().meta({ description: "How many came with it." }),
  quorum: z.int().nullable().meta({ description: "How many it takes." }),
});
type Standing = z.output<typeof standingShape>;

/** What a submission that is on chain still lacks; null where it lacks nothing, or is not indexed yet. */
export async function shortOfQuorum(
  { db, config, attesters }: Pick<Context, "db" | "config" | "attesters">,
  { method, avatar, submission }: Pick<OutboxItem, "method" | "avatar" | "submission">,
): Promise<Standing | null> {
  if (method !== "append" || isCosigned(submission.platform) || submission.proof === "0x") return null;
  const status = await bindingStatus(db, config.chain.chainId, avatar, submission);
  if (status !== "claimed") return null;
  const { attestations } = unpackAttestations(submission.proof);
  return {
    status,
    attestations: attestations.length,
    quorum: await attesters.quorumOf(submission.platform).catch(() => null),
  };
}
