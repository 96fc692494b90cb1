import { p256 } from "@noble/curves/p256";
import { AbiCoder, type Result, concat, dataLength, dataSlice, getBytes, sha256, toUtf8Bytes } from "ethers";

import { type Subkey, webAuthnChallenge } from "../protocol/index.ts";

/** User present, backup eligible, backed up (WebAuthn, section 6.1). */
const FLAGS = { present: 0x01, eligible: 0x08, backedUp: 0x10 } as const;

/** Where the flags stand in the authenticator data, behind the hash of the rp id. */
const FLAGS_AT = 32;

/**
 * Whether an `es256` subkey signed a digest, in one of the two forms that contracts/lib/SubkeySignature.sol takes: r ‖ s over
 * the SHA-256 of its 32 bytes, or an assertion whose challenge is the digest.
 */
export function isEs256Signature({ publicKey, rpId }: Subkey, digest: string, proof: string): boolean {
  const point = concat(["0x04", publicKey]);
  if (dataLength(proof) === 64) return isSigned(sha256(digest), proof, point);
  try {
    const [assertion] = AbiCoder.defaultAbiCoder().decode(
      ["tuple(bytes32,bytes32,uint256,uint256,bytes,bytes)"],
      // The contract reads the tuple itself, not the word that says where it begins.
      concat([`0x${"20".padStart(64, "0")}`, proof]),
    ) as unknown as [Result];
    const [r, s, challengeIndex, typeIndex, data, json] = assertion.toArray() as [
      string,
      string,
      bigint,
      bigint,
      string,
      string,
    ];
    return (
      isAnswer(json, Number(typeIndex), Number(challengeIndex), digest) &&
      dataSlice(data, 0, FLAGS_AT) === sha256(toUtf8Bytes(rpId)) &&
      hasGoodFlags(data) &&
      isSigned(sha256(concat([data, sha256(json)])), concat([r, s]), point)
    );
  } catch {
    return false;
  }
}

function isSigned(hash: string, signature: string, point: string): boolean {
  try {
    return p256.verify(getBytes(signature), getBytes(hash), getBytes(point), { lowS: true, prehash: false });
  } catch {
    return false;
  }
}

function isAnswer(json: string, typeIndex: number, challengeIndex: number, digest: string): boolean {
  // One character for each byte: the contract counts bytes.
  const text = String.fromCharCode(...getBytes(json));
  return (
    text.startsWith('"type":"webauthn.get"', typeIndex) &&
    text.startsWith(`"challenge":"${webAuthnChallenge(digest)}"`, challengeIndex)
  );
}

function hasGoodFlags(data: string): boolean {
  if (dataLength(data) <= FLAGS_AT + 4) return false;
  const flags = Number(dataSlice(data, FLAGS_AT, FLAGS_AT + 1));
  const backedUpAlone = (flags & FLAGS.backedUp) !== 0 && (flags & FLAGS.eligible) === 0;
  return (flags & FLAGS.present) !== 0 && !backedUpAlone;
}
