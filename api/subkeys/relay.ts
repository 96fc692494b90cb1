import { randomUUID } from "node:crypto";

import { keccak256 } from "ethers";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { type Sponsored, sponsor } from "../limits/sponsored.ts";
import { rawSubmission } from "../relay/registry.ts";
import { refusalOf } from "./registry.ts";

/** Where a call stands when its caller is answered. */
export interface Relayed {
  uuid: string;
  /** On chain, and read by the index. */
  readable: boolean;
}

/**
 * Hands a call of the SubkeyRegistry to the relayer and waits for it, as long as a submission is waited for.
 *
 * @param sponsored who signed for it, and who asked.
 * @throws {ApiError} 400 with the contract's reason, where it refuses.
 */
export async function relayCall(
  context: Context,
  sponsored: Sponsored & { avatar: string },
  data: string,
): Promise<Relayed> {
  // Nothing is paid for what the contract would not take now.
  const reason = await refusalOf(context, data);
  if (reason !== null) throw badRequest(reason);
  const item = await sponsor(context.limits, sponsored, () =>
    context.outbox.accept(
      {
        uuid: randomUUID(),
        link_id: keccak256(data),
        avatar: sponsored.avatar,
        method: "call",
        submission: rawSubmission({ to: context.config.chain.subkeyRegistry, data }),
        previous: null,
      },
      () => Promise.resolve(null),
    ),
  );
  const outcome = await context.settlements.of(item.id, context.config.submitTimeout);
  if (outcome.state === "refused") throw badRequest(outcome.reason);
  return { uuid: item.uuid, readable: outcome.readable };
}
