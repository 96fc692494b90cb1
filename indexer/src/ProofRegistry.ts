import { compressedPoint, unpackAttestations, uuidFromBytes } from "@syngraph/sdk/protocol";
import { ponder } from "ponder:registry";
import schema from "ponder:schema";
import { concat, keccak256, numberToHex } from "viem";

const STATUS = schema.bindingStatus.enumValues;
/** The contract's NO_PREVIOUS: the text's `prev` is null. */
const NO_PREVIOUS = 255;

ponder.on("ProofRegistry:AvatarRegistered", async ({ event, context }) => {
  const { avatar, x, y } = event.args;
  await context.db.insert(schema.avatar).values({
    chainId: context.chain.id,
    address: lower(avatar),
    publicKey: compressedPoint(x, y) as `0x${string}`,
    length: 0,
    activatedAt: 0,
  });
});

ponder.on("ProofRegistry:ChainImported", async ({ event, context }) => {
  await context.db
    .update(schema.avatar, { chainId: context.chain.id, address: lower(event.args.avatar) })
    .set({ importedAfter: event.args.previous });
});

ponder.on("ProofRegistry:LinkAppended", async ({ event, context }) => {
  const { linkId, identityKey, platform, identity, proof, proofLocation, accountId } = event.args;
  const chainId = context.chain.id;
  const avatar = lower(event.args.avatar);
  const createdAt = Number(event.args.createdAt);
  const blockTime = Number(event.block.timestamp);
  const status = STATUS[event.args.status]!;
  const sequence = Number(event.args.sequence);

  await context.db.insert(schema.link).values({
    chainId,
    id: linkId,
    avatar,
    sequence,
    action: event.args.action === 0 ? "create" : "delete",
    platform,
    identity,
    uuid: uuidFromBytes(event.args.uuid),
    createdAt,
    previousV: event.args.previousV === NO_PREVIOUS ? null : event.args.previousV,
    signature: signatureBytes(event.args.r, event.args.vs),
    proof,
    proofLocation,
    accountId,
    status,
    ...position(event),
  });
  await context.db
    .update(schema.avatar, { chainId, address: avatar })
    .set({ length: sequence, activatedAt: createdAt });

  if (status === "none") return; // A delete of what this avatar never had.
  if (status === "deleted") {
    await context.db.update(schema.binding, { chainId, avatar, identityKey }).set({ status, updatedAt: blockTime });
    return;
  }
  const state = {
    status,
    link: linkId,
    // Of a claim that nobody attested it is what whoever handed it in liked to say.
    accountId: status === "confirmed" ? accountId : "",
    proofLocation,
    asOf: status === "confirmed" && platform !== "ethereum" ? lastSeen(proof) : createdAt,
    updatedAt: blockTime,
  };
  await context.db
    .insert(schema.binding)
    .values({ chainId, avatar, identityKey, platform, identity, ...state, createdAt: blockTime })
    .onConflictDoUpdate(state);
});

ponder.on("ProofRegistry:BindingConfirmed", async ({ event, context }) => {
  const { avatar, identityKey, proofLocation, accountId, attestations } = event.args;
  await context.db.update(schema.binding, { chainId: context.chain.id, avatar: lower(avatar), identityKey }).set({
    status: "confirmed",
    proofLocation,
    accountId,
    asOf: lastSeen(attestations),
    updatedAt: Number(event.block.timestamp),
  });
});

ponder.on("ProofRegistry:BindingReleased", async ({ event, context }) => {
  const { identityKey, release } = event.args;
  const chainId = context.chain.id;
  const avatar = lower(event.args.avatar);
  await context.db.insert(schema.link).values({
    chainId,
    id: keccak256(concat([event.transaction.hash, numberToHex(event.log.logIndex, { size: 32 })])),
    avatar,
    action: "release",
    platform: release.platform,
    identity: release.identity,
    uuid: uuidFromBytes(release.uuid),
    createdAt: Number(release.createdAt),
    previous: release.previous,
    proof: release.proof,
    proofLocation: release.proofLocation,
    accountId: "",
    status: "deleted",
    ...position(event),
  });
  await context.db
    .update(schema.binding, { chainId, avatar, identityKey })
    .set({ status: "deleted", updatedAt: Number(event.block.timestamp) });
});

interface PositionedEvent {
  block: { number: bigint; timestamp: bigint };
  transaction: { hash: `0x${string}` };
  log: { logIndex: number };
}

function position({ block, transaction, log }: PositionedEvent) {
  return {
    blockNumber: block.number,
    blockTime: Number(block.timestamp),
    transactionHash: transaction.hash,
    logIndex: log.logIndex,
  };
}

/** 65 bytes with v in {0, 1} from the two words of ERC-2098. */
function signatureBytes(r: `0x${string}`, vs: `0x${string}`): `0x${string}` {
  const word = BigInt(vs);
  const s = numberToHex(word & ((1n << 255n) - 1n), { size: 32 });
  return concat([r, s, numberToHex(word >> 255n, { size: 1 })]);
}

/** When an attester last looked, Unix seconds. */
function lastSeen(attestations: string): number {
  return Math.max(...unpackAttestations(attestations).map(({ checkedAt }) => checkedAt));
}

function lower(address: `0x${string}`): `0x${string}` {
  return address.toLowerCase() as `0x${string}`;
}
