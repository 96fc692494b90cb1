import {
  type BindingStatus,
  bindingKeyOf,
  compressedPoint,
  identityKey,
  isCosigned,
  quotedSignature,
  submissionSignature,
  unpackHeader,
} from "@syngraph/sdk/protocol";
import { type Context, ponder } from "ponder:registry";
import schema from "ponder:schema";
import { concat, keccak256, numberToHex, zeroAddress } from "viem";

import type { AnnouncedEvent } from "../batches.ts";
import { type Statement, recoverAhead } from "../witnesses.ts";
import { hear, hearList } from "./attesters.ts";
import { lower } from "./hex.ts";
import { type PositionedEvent, changeOf, position } from "./position.ts";

type Hex = `0x${string}`;

/** A binding for which attesters did not have to speak. */
const NOTHING_HEARD = { accountId: "", attesters: [] as Hex[], attestations: "0x" as Hex };

ponder.on("ProofRegistry:AvatarRegistered", async ({ event, context }) => {
  const { x, y } = event.args;
  await context.db.insert(schema.avatar).values({
    chainId: context.chain.id,
    // The contract's invariant 4.
    address: `0x${keccak256(concat([x, y])).slice(-40)}`,
    publicKey: compressedPoint(x, y) as Hex,
  });
});

ponder.on("ProofRegistry:ChainImported", async ({ event, context }) => {
  await context.db
    .update(schema.avatar, { chainId: context.chain.id, address: lower(event.args.avatar) })
    .set({ importedAfter: event.args.previous });
});

ponder.on("ProofRegistry:LinkAppended", async ({ event, context }) => {
  const { linkId, identityKey: key, platform, identity, r, vs, proof, proofLocation } = event.args;
  const { uuid, createdAt, asOf, sequence, previousV, action, status } = unpackHeader(event.args.header);
  const chainId = context.chain.id;
  const avatar = lower(event.args.avatar);
  const at = position(event);
  // What came with a claim is what whoever handed it in liked to say: no attester stands for it.
  const heard =
    status === "confirmed" && !isCosigned(platform)
      ? await hear(context, { linkId, found: true, transactionHash: at.transactionHash }, proof)
      : NOTHING_HEARD;

  await context.db.insert(schema.link).values({
    ...{ chainId, id: linkId, avatar, sequence, action, platform, identity, uuid, createdAt, previousV },
    signature: submissionSignature({ r, vs }) as Hex,
    ...{ proof, proofLocation, accountId: heard.accountId, status },
    ...at,
  });

  if (status === "none") return; // A delete of what this avatar never had.
  if (status === "deleted") {
    await endBinding(context, event);
    return;
  }
  const { accountId, attesters } = heard;
  const { blockTime: updatedAt, transactionHash, logIndex } = at;
  const state = {
    ...{ status, link: linkId, accountId, proofLocation, asOf, attesters, updatedAt, transactionHash, logIndex },
    attestations: heard === NOTHING_HEARD ? NOTHING_HEARD.attestations : proof,
  };
  await context.db
    .insert(schema.binding)
    .values({
      ...{ chainId, key: bindingKeyOf(avatar, key) as Hex, avatar, identityKey: key, platform, identity },
      ...{ ...state, createdAt: updatedAt },
    })
    .onConflictDoUpdate(state);
});

ponder.on("ProofRegistry:LinkRefused", async ({ event, context }) => {
  await refuse(context, event, event.args.reason);
});

ponder.on("ProofRegistry:ConfirmationRefused", async ({ event, context }) => {
  await refuse(context, event, null);
});

ponder.on("ProofRegistry:FindingsAttested", async ({ event, context }) => {
  const { findings, attestations } = event.args;
  const list = {
    logIndex: event.log.logIndex,
    findings,
    checkedAt: Number(event.args.checkedAt),
    attestations,
    attesters: await hearList(context, findings, attestations),
  };
  await context.db
    .insert(schema.findingsAttested)
    .values({ chainId: context.chain.id, transactionHash: event.transaction.hash, lists: [list] })
    .onConflictDoUpdate(({ lists }) => ({ lists: [...lists, list] }));
});

ponder.on("ProofRegistry:BindingConfirmed", ({ event, context }) => turnBinding(context, event, "confirmed"));
ponder.on("ProofRegistry:BindingSuspended", ({ event, context }) => turnBinding(context, event, "suspended"));
ponder.on("ProofRegistry:BindingReinstated", ({ event, context }) => turnBinding(context, event, "confirmed"));

ponder.on("ProofRegistry:BindingReleased", async ({ event, context }) => {
  const { platform, identity, proof, proofLocation, ...release } = event.args.release;
  const { uuid, createdAt } = unpackHeader(release.header);
  const chainId = context.chain.id;
  const avatar = lower(event.args.avatar);
  await context.db.insert(schema.link).values({
    chainId,
    id: keccak256(concat([event.transaction.hash, numberToHex(event.log.logIndex, { size: 32 })])),
    ...{ avatar, action: "release", platform, identity, uuid, createdAt },
    previous: quotedSignature(release) as Hex | null,
    ...{ proof, proofLocation, accountId: "", status: "deleted" },
    ...position(event),
  });
  await endBinding(context, event);
});

ponder.on("ProofRegistry:AvatarSet", async ({ event, context }) => {
  const key = { chainId: context.chain.id, wallet: lower(event.args.wallet) };
  const avatar = lower(event.args.avatar);
  if (avatar === zeroAddress) await context.db.delete(schema.reverseRecord, key);
  else
    await context.db
      .insert(schema.reverseRecord)
      .values({ ...key, avatar })
      .onConflictDoUpdate({ avatar });
});

recoverAhead(statementOf);

/** What {@link hear} will recover for an event. */
function statementOf({ eventCallback, event }: AnnouncedEvent): Statement | undefined {
  const [, name] = eventCallback.name.split(":");
  switch (name) {
    case "LinkAppended": {
      const { linkId, header, platform, proof } = event.args as Record<"linkId" | "header" | "platform" | "proof", Hex>;
      if (isCosigned(platform) || unpackHeader(header).status !== "confirmed") return undefined;
      return { linkId, found: true, said: proof };
    }
    case "BindingConfirmed":
    case "BindingSuspended":
    case "BindingReinstated": {
      const { linkId, attestations } = event.args as Turn["args"];
      return { linkId, found: name !== "BindingSuspended", said: attestations };
    }
    default:
      return undefined;
  }
}

/** An event by which attesters turned a binding. */
interface Turn extends PositionedEvent {
  args: { bindingKey: Hex; linkId: Hex; proofLocation?: string; attestations: Hex };
}

async function turnBinding(context: Context, event: Turn, status: "confirmed" | "suspended"): Promise<void> {
  const { linkId, attestations, proofLocation = "" } = event.args;
  const chainId = context.chain.id;
  // It names the binding by a hash; the link that it rests on says what is hashed.
  const link = (await context.db.find(schema.link, { chainId, id: linkId }))!;
  const row = { chainId, avatar: link.avatar, identityKey: identityKey(link.platform, link.identity) as Hex };
  const before = (await context.db.find(schema.binding, row))!;
  const found = status === "confirmed";
  // The contract takes for it only what is newer than the status, unless that is a claim.
  const notBefore = before.status === "claimed" ? 0 : before.asOf + 1;
  const { hash: transactionHash } = event.transaction;
  const said = await hear(context, { linkId, found, transactionHash }, attestations, notBefore);
  const heard = { asOf: said.asOf, attesters: said.attesters, attestations };
  // Where they found nothing, they still know whose it was.
  const accountId = found ? said.accountId : before.accountId;

  await context.db.insert(schema.turn).values({
    ...{ chainId, binding: event.args.bindingKey, link: linkId, status, accountId, proofLocation },
    ...heard,
    ...position(event),
  });
  await context.db.update(schema.binding, row).set({
    ...{ status, accountId },
    ...heard,
    // Empty stands for what the link says.
    ...(proofLocation === "" ? {} : { proofLocation }),
    ...changeOf(event),
  });
}

/** An event that ends a binding. */
interface End extends PositionedEvent {
  args: { avatar: Hex; identityKey: Hex };
}

async function endBinding(context: Context, event: End): Promise<void> {
  const { attesters, attestations } = NOTHING_HEARD;
  const status: BindingStatus = "deleted";
  await context.db
    .update(schema.binding, {
      chainId: context.chain.id,
      avatar: lower(event.args.avatar),
      identityKey: event.args.identityKey,
    })
    .set({ status, attesters, attestations, ...changeOf(event) });
}

/** An event that says what was refused. */
interface Refused extends PositionedEvent {
  args: { index: bigint; linkId: Hex };
}

async function refuse(context: Context, event: Refused, reason: number | null): Promise<void> {
  const { index, linkId } = event.args;
  await context.db
    .insert(schema.refusal)
    .values({ chainId: context.chain.id, place: Number(index), link: linkId, reason, ...position(event) });
}
