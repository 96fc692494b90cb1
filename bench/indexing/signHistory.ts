/** A worker of history.ts: makes and signs the links of some avatars. */
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

import {
  type CompleteHeader,
  type Link,
  PROOF_REGISTRY_ABI,
  STATUSES,
  attestationHash,
  compressedPoint,
  identityKey,
  linkId,
  packAttestations,
  payloadHash,
  toSubmission,
  uuidFromBytes,
} from "@syngraph/sdk/protocol";
import {
  AbiCoder,
  Interface,
  computeAddress,
  concat,
  dataSlice,
  encodeBase64,
  getBytes,
  hexlify,
  id,
  toBeHex,
} from "ethers";
import type secp256k1 from "secp256k1";

import { ATTESTER_KEY, START } from "./chain.ts";
import { LINKS_EACH, POSTS_EACH, type PreparedLink } from "./history.ts";

const { ecdsaSign, publicKeyCreate } = createRequire(import.meta.url)("secp256k1") as typeof secp256k1;

const REGISTRY = new Interface(PROOF_REGISTRY_ABI);
const SUBMISSION = REGISTRY.getFunction("append")!.inputs[0]!;
const UNINDEXED = REGISTRY.getEvent("LinkAppended")!.inputs.filter(({ indexed }) => !indexed);
const ABI = AbiCoder.defaultAbiCoder();
/** What stands in front of the one value where ABI encodes a value of dynamic size: its offset. */
const OFFSET = 2 + 64;

const { from, to } = workerData as { from: number; to: number };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a worker of Node's, not a window
parentPort!.postMessage(Array.from({ length: to - from }, (_, index) => chainOf(from + index)));

/** The links of one avatar. */
function chainOf(avatar: number): PreparedLink[] {
  const key = id(`avatar ${avatar}`);
  const point = hexlify(publicKeyCreate(getBytes(key), false));
  const [x, y] = [dataSlice(point, 1, 33), dataSlice(point, 33)];
  const address = computeAddress(point);
  const links: PreparedLink[] = [];
  let prev: string | null = null;
  for (let place = 0; place < LINKS_EACH; place++) {
    const deleted = place === LINKS_EACH - 1;
    const post = deleted || place < POSTS_EACH;
    const wallet = id(`wallet ${avatar} ${place}`);
    const link: Link = {
      action: deleted ? "delete" : "create",
      platform: post ? "github" : "ethereum",
      identity: post ? `handle-${avatar}-${deleted ? 0 : place}` : walletOf(wallet),
      avatar: compressedPoint(x, y),
      prev,
      createdAt: START + place,
      uuid: uuidFromBytes(dataSlice(id(`uuid ${avatar} ${place}`), 0, 16)),
    };
    const digest = payloadHash(link);
    const signature = sign(key, digest);
    const name = linkId(link, signature);
    let proof = "0x";
    if (!post) proof = sign(wallet, digest);
    else if (!deleted) {
      const accountId = String(10_000_000 + avatar);
      const said = { linkId: name, found: true, accountId, checkedAt: link.createdAt };
      proof = packAttestations(accountId, [
        { checkedAt: said.checkedAt, signature: sign(ATTESTER_KEY, attestationHash(said)) },
      ]);
    }
    const proofLocation = post && !deleted ? `https://gist.example/${avatar}/${place}` : "";
    const submission = toSubmission(link, { signature, withKey: place === 0, proof, proofLocation });
    const header = completeHeader(submission.header, {
      ...{ asOf: link.createdAt, sequence: place + 1, status: deleted ? "deleted" : "confirmed" },
    });
    links.push({
      kind: deleted ? "delete" : post ? "post" : "wallet",
      ...(place === 0 ? { key: [x, y] } : {}),
      topics: [toBeHex(address, 32), name, identityKey(link.platform, link.identity)],
      data: ABI.encode(
        UNINDEXED,
        UNINDEXED.map(({ name: field }) => ({ ...submission, header })[field as "header"]),
      ),
      submission: ABI.encode([SUBMISSION], [submission]).slice(OFFSET),
    });
    prev = encodeBase64(signature);
  }
  return links;
}

/** What the contract makes of a submission's header. */
function completeHeader(
  header: string,
  { asOf, sequence, status }: Pick<CompleteHeader, "asOf" | "sequence" | "status">,
): string {
  return concat([
    dataSlice(header, 0, 21),
    toBeHex(asOf, 5),
    toBeHex(sequence, 3),
    dataSlice(header, 29, 31),
    Uint8Array.of(STATUSES.indexOf(status)),
  ]);
}

function sign(key: string, digest: string): string {
  const { signature, recid } = ecdsaSign(getBytes(digest), getBytes(key));
  return concat([signature, Uint8Array.of(27 + recid)]);
}

function walletOf(key: string): string {
  return computeAddress(hexlify(publicKeyCreate(getBytes(key), false))).toLowerCase();
}
