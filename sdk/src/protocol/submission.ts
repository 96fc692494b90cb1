import { decodeBase64, hexlify } from "ethers";

import { contractPublicKey, parsePublicKey } from "./publicKey.ts";
import { ACTIONS, type Link, isTwoSided, uuidBytes } from "./signPayload.ts";

/** A link in the shape of the contract's `Submission` (contracts/interfaces/IProofRegistry.sol); bytes are `0x` hex. */
export interface Submission {
  action: number;
  platform: string;
  identity: string;
  uuid: string;
  createdAt: number;
  previous: string;
  signature: string;
  publicKey: string;
  proof: string;
  proofLocation: string;
  accountId: string;
}

/** What a submission has besides the link itself. */
export interface SubmissionParts {
  /** The avatar's signature, 65 bytes; `0x` in a release. */
  signature: string;
  /** Whether it is the first link of the avatar's chain, or a release: those bring the public key along. */
  withKey: boolean;
  /** The wallet's signature, or packed attestations. */
  proof?: string;
  proofLocation?: string;
  accountId?: string;
}

/** A link as `ProofRegistry` takes it. */
export function toSubmission(link: Link, parts: SubmissionParts): Submission {
  const { signature, withKey, proof = "0x", proofLocation = "", accountId = "" } = parts;
  return {
    action: ACTIONS.indexOf(link.action),
    platform: link.platform,
    identity: link.identity,
    uuid: uuidBytes(link.uuid),
    createdAt: link.createdAt,
    previous: link.prev === null ? "0x" : hexlify(decodeBase64(link.prev)),
    signature,
    publicKey: withKey || isTwoSided(link.platform) ? contractPublicKey(parsePublicKey(link.avatar)) : "0x",
    proof,
    proofLocation,
    accountId,
  };
}
