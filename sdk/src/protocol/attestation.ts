import {
  Signature as EthersSignature,
  SigningKey,
  TypedDataEncoder,
  concat,
  dataLength,
  dataSlice,
  recoverAddress,
  toBeHex,
} from "ethers";

import { ProtocolError } from "./errors.ts";

/** What an attester states of one link. */
export interface Attestation {
  linkId: string;
  /** Whether the confirmation of the other side was there. */
  found: boolean;
  /** The platform's stable account number or id, which outlives a renamed or reused handle; at most 255 ASCII characters. */
  accountId: string;
  /** Unix seconds at which it was looked at. */
  checkedAt: number;
}

/**
 * The EIP-712 domain of an attestation. No chain id and no contract, on purpose: it states what was seen in the world,
 * so it holds on every chain and anyone may mirror it from one to another.
 */
export const ATTESTATION_DOMAIN = { name: "Syngraph", version: "1" } as const;

/** The EIP-712 type: `Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)`. */
export const ATTESTATION_TYPES = {
  Attestation: [
    { name: "linkId", type: "bytes32" },
    { name: "found", type: "bool" },
    { name: "accountId", type: "string" },
    { name: "checkedAt", type: "uint64" },
  ],
};

/** The EIP-712 digest that an attester signs. */
export function attestationHash(attestation: Attestation): string {
  return TypedDataEncoder.hash(ATTESTATION_DOMAIN, ATTESTATION_TYPES, attestation);
}

/** Signs an attestation with an attester's private key; 65 bytes, `0x` hex, v in {27, 28}. */
export function signAttestation(privateKey: string, attestation: Attestation): string {
  return EthersSignature.from(new SigningKey(privateKey).sign(attestationHash(attestation))).serialized;
}

/** The EIP-55 address of the attester who signed. Throws when the signature recovers to nothing. */
export function recoverAttester(attestation: Attestation, signature: string): string {
  return recoverAddress(attestationHash(attestation), signature);
}

/** An attester's signature and the time it signed for; link, `found` and account id stand beside it. */
export interface SignedAttestation {
  /** Unix seconds. */
  checkedAt: number;
  /** 65 bytes, `0x` hex. */
  signature: string;
}

/** Bytes of one attestation as the contracts take it: checkedAt as uint64, then the signature. */
const PACKED_SIZE = 8 + 65;

/**
 * Attestations of one statement as the contracts take them: 73 bytes each, one behind the other. They must come in
 * ascending order of the attesters' addresses.
 */
export function packAttestations(attestations: readonly SignedAttestation[]): string {
  return concat(attestations.map(({ checkedAt, signature }) => concat([toBeHex(checkedAt, 8), signature])));
}

/** The attestations in a contract's `proof` or `attestations` bytes. Throws when these are no multiple of 73 bytes. */
export function unpackAttestations(packed: string): SignedAttestation[] {
  const length = dataLength(packed);
  if (length % PACKED_SIZE !== 0) {
    throw new ProtocolError("signature", `${length} bytes of attestations are no multiple of ${PACKED_SIZE}`);
  }
  return Array.from({ length: length / PACKED_SIZE }, (_, index) => {
    const start = index * PACKED_SIZE;
    return {
      checkedAt: Number(dataSlice(packed, start, start + 8)),
      signature: dataSlice(packed, start + 8, start + PACKED_SIZE),
    };
  });
}
