import {
  SUBKEY_ALGORITHMS,
  compressedPoint,
  recoverSubkeySigner,
  subkeyAuthorizationHash,
} from "@syngraph/sdk/protocol";
import { type Context, ponder } from "ponder:registry";
import schema from "ponder:schema";

import { lower } from "./hex.ts";

type Hex = `0x${string}`;

/** Bytes of a point's first coordinate, in hex. */
const HALF = 2 + 64;

ponder.on("SubkeyRegistry:SubkeyImported", async ({ event, context }) => {
  const { avatarPublicKey, publicKeyText } = event.args;
  // The SubkeyAuthorized that follows tells the rest, and counts.
  const known = {
    avatarKey: compressedPoint(avatarPublicKey.slice(0, HALF), `0x${avatarPublicKey.slice(HALF)}`) as Hex,
    publicKeyText,
    ...changeOf(event),
  };
  await context.db
    .insert(schema.subkey)
    .values({ ...keyOf(context, event), name: "", expiresAt: 0n, nonce: 0, authorized: false, ...known })
    .onConflictDoUpdate(known);
});

ponder.on("SubkeyRegistry:SubkeyAuthorized", async ({ event, context }) => {
  const { publicKey, rpId, name, expiresAt, nonce, signature, possession } = event.args;
  const row = keyOf(context, event);
  const algorithm = SUBKEY_ALGORITHMS[event.args.algorithm]!;
  const before = await context.db.find(schema.subkey, row);
  const at = changeOf(event);
  const imported = before?.transactionHash === at.transactionHash && before.logIndex === at.logIndex - 1;
  const digest = () =>
    subkeyAuthorizationHash(
      { chainId: context.chain.id, verifyingContract: event.log.address },
      {
        avatar: event.args.avatar,
        subkey: { algorithm, publicKey, rpId },
        ...{ name, expiresAt: Number(expiresAt), nonce: Number(nonce) },
      },
    );
  const state = {
    // The event has the avatar's address only; of what it signed its key can be recovered.
    avatarKey: imported ? before.avatarKey : (recoverSubkeySigner(digest(), signature).compressed as Hex),
    ...{ algorithm, publicKey, rpId, name, expiresAt, signature, possession },
    nonce: Number(nonce) + 1,
    authorized: true,
    authorizedAt: at.updatedAt,
    ...at,
  };
  await context.db
    .insert(schema.subkey)
    .values({ ...row, ...state })
    .onConflictDoUpdate(state);
});

ponder.on("SubkeyRegistry:SubkeyRevoked", ({ event, context }) => end(context, event));
ponder.on("SubkeyRegistry:SubkeyRenounced", ({ event, context }) => end(context, event));

/** An event about a subkey. */
interface SubkeyEvent {
  args: { avatar: Hex; subkeyId: Hex };
  block: { number: bigint; timestamp: bigint };
  transaction: { hash: Hex };
  log: { logIndex: number };
}

/** A revocation uses up one nonce, whichever of the two it could name it was signed for (invariant 1). */
async function end(context: Context, event: SubkeyEvent): Promise<void> {
  const change = changeOf(event);
  await context.db
    .insert(schema.subkey)
    .values({ ...keyOf(context, event), name: "", expiresAt: 0n, nonce: 1, authorized: false, ...change })
    .onConflictDoUpdate(({ nonce }) => ({ nonce: nonce + 1, authorized: false, ...change }));
}

function keyOf(context: Context, { args }: SubkeyEvent) {
  return { chainId: context.chain.id, avatar: lower(args.avatar), subkeyId: args.subkeyId };
}

function changeOf({ block, transaction, log }: SubkeyEvent) {
  return {
    updatedAt: Number(block.timestamp),
    blockNumber: block.number,
    transactionHash: transaction.hash,
    logIndex: log.logIndex,
  };
}
