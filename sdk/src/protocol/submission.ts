import { Signature as EthersSignature, ZeroHash, concat, dataSlice, decodeBase64, hexlify } from "ethers";

import { packHeader, unpackHeader } from "./header.ts";
import { contractPublicKey, parsePublicKey } from "./publicKey.ts";
import { parseSignature } from "./signature.ts";
import { type Link, isTwoSided } from "./signPayload.ts";

/** A link in the shape of the contract's `Submission` (contracts/interfaces/IProofRegistry.sol); bytes are `0x` hex. */
export interface Submission {
  header: string;
  platform: string;
  identity: string;
  previousR: string;
  previousS: string;
  r: string;
  vs: string;
  publicKeyX: string;
  publicKeyY: string;
  proof: string;
  proofLocation: string;
}

/** What a submission has besides the link itself. */
export interface SubmissionParts {
  /** The avatar's signature, 65 bytes; `0x` in a release. */
  signature: string;
  /** Whether it is the first link of the avatar's chain, or a release: those bring the public key along. */
  withKey: boolean;
  /** The wallet's signature, or what attesters say: {@link packAttestations}. */
  proof?: string;
  proofLocation?: string;
}

/**
 * A link as `ProofRegistry` takes it.
 *
 * @throws {ProtocolError} when the signature is malformed.
 */
export function toSubmission(link: Link, parts: SubmissionParts): Submission {
  const { signature, withKey, proof = "0x", proofLocation = "" } = parts;
  const quoted = link.prev === null ? null : decodeBase64(link.prev);
  return {
    header: packHeader({ ...link, previousV: quoted === null ? null : quoted[64]! }),
    platform: link.platform,
    identity: link.identity,
    previousR: quoted === null ? ZeroHash : hexlify(quoted.slice(0, 32)),
    previousS: quoted === null ? ZeroHash : hexlify(quoted.slice(32, 64)),
    ...compactParts(signature),
    ...(withKey || isTwoSided(link.platform) ? keyParts(link.avatar) : { publicKeyX: ZeroHash, publicKeyY: ZeroHash }),
    proof,
    proofLocation,
  };
}

/**
 * The avatar's signature in a submission, or in an event of its link: r ‖ s ‖ v with v in {0, 1}, 65 bytes, `0x` hex; `0x`
 * in a release.
 */
export function submissionSignature({ r, vs }: Pick<Submission, "r" | "vs">): string {
  if (r === ZeroHash && vs === ZeroHash) return "0x";
  const top = Number.parseInt(vs.charAt(2), 16);
  // ERC-2098: the highest bit of s, which is low, is the parity of v.
  return `${r}${(top & 7).toString(16)}${vs.slice(3)}0${top >> 3}`;
}

/** What `prev` of a submission quotes, 65 bytes as they were published, `0x` hex; null where it is null. */
export function quotedSignature({
  header,
  previousR,
  previousS,
}: Pick<Submission, "header" | "previousR" | "previousS">): string | null {
  const { previousV } = unpackHeader(header);
  return previousV === null ? null : concat([previousR, previousS, Uint8Array.of(previousV)]);
}

/** Bytes of an avatar's signature. */
const SIGNATURE_SIZE = 65;

/**
 * The `proof` of a link or release on platform `nextid`: the other avatar's signature over the same text, and Y of its
 * public key, of which the identity has only X.
 *
 * @param identity the other avatar's public key.
 * @param signature 65 bytes.
 * @throws {ProtocolError} when one of them is malformed.
 */
export function aliasProof(identity: string, signature: string): string {
  const { uncompressed } = parsePublicKey(identity);
  return concat([parseSignature(signature).raw, dataSlice(uncompressed, 1 + 32)]);
}

/** The other avatar's signature in an {@link aliasProof}, 65 bytes, `0x` hex. */
export function aliasSignature(proof: string): string {
  return dataSlice(proof, 0, SIGNATURE_SIZE);
}

/** The compact form of a signature (ERC-2098). */
function compactParts(signature: string): Pick<Submission, "r" | "vs"> {
  if (signature === "0x") return { r: ZeroHash, vs: ZeroHash };
  const { canonical } = parseSignature(signature);
  const [r, s, v] = [dataSlice(canonical, 0, 32), dataSlice(canonical, 32, 64), Number(dataSlice(canonical, 64))];
  return { r, vs: EthersSignature.from({ r, s, v }).yParityAndS };
}

function keyParts(avatar: string): Pick<Submission, "publicKeyX" | "publicKeyY"> {
  const key = contractPublicKey(parsePublicKey(avatar));
  return { publicKeyX: dataSlice(key, 0, 32), publicKeyY: dataSlice(key, 32, 64) };
}
