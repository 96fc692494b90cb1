import {
  AbiCoder,
  Signature as EthersSignature,
  SigningKey,
  TypedDataEncoder,
  Utf8ErrorFuncs,
  concat,
  dataLength,
  dataSlice,
  id,
  keccak256,
  toBeHex,
  toUtf8Bytes,
  toUtf8String,
} from "ethers";

import { ProtocolError } from "./errors.ts";
import { fromUncompressed } from "./publicKey.ts";
import { recoverPoint } from "./recover.ts";

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
  return recoverSigner(attestationHash(attestation), signature);
}

/** One entry of a list that attesters sign at once. */
export type Finding = Pick<Attestation, "linkId" | "found" | "accountId">;

/** The EIP-712 types of a list of findings. */
export const ATTESTATION_BATCH_TYPES = {
  AttestationBatch: [
    { name: "findings", type: "Finding[]" },
    { name: "checkedAt", type: "uint64" },
  ],
  Finding: ATTESTATION_TYPES.Attestation.slice(0, 3),
};

const BATCH_TYPE = TypedDataEncoder.from(ATTESTATION_BATCH_TYPES).encodeType("AttestationBatch");

/** What an attester states of many links in one signature. */
export interface AttestationBatch {
  findings: readonly Finding[];
  /** Unix seconds: the earliest time at which one of the findings was made. */
  checkedAt: number;
}

/** The EIP-712 digest of a list of findings. */
export function attestationBatchHash({ findings, checkedAt }: AttestationBatch): string {
  return findingsDigest(findings.map(findingHash), checkedAt);
}

/**
 * The same of a list of which only the hashes of the findings are known, as `FindingsAttested` has them: by EIP-712, a list
 * is hashed as the hashes of its members.
 */
export function findingsDigest(findingHashes: readonly string[], checkedAt: number): string {
  const structHash = AbiCoder.defaultAbiCoder().encode(
    ["bytes32", "bytes32", "uint64"],
    [id(BATCH_TYPE), keccak256(concat(findingHashes)), checkedAt],
  );
  return keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN), keccak256(structHash)]));
}

/** The EIP-712 struct hash of a finding, as it stands in `FindingsAttested`. */
export function findingHash(finding: Finding): string {
  return TypedDataEncoder.hashStruct("Finding", { Finding: ATTESTATION_BATCH_TYPES.Finding }, finding);
}

/**
 * {@link attestationBatchHash} of a list of which only the hashes of its findings are known, as `FindingsAttested` has them.
 *
 * @param findings the {@link findingHash} of each.
 */
export function attestationListHash(findings: readonly string[], checkedAt: number): string {
  // EIP-712: an array is encoded as the hash of its members' hashes.
  return digestOf("AttestationBatch", ["bytes32", "uint64"], [keccak256(concat(findings)), checkedAt]);
}

/** Signs a list of findings with an attester's private key; 65 bytes, `0x` hex, v in {27, 28}. */
export function signAttestationBatch(privateKey: string, batch: AttestationBatch): string {
  return EthersSignature.from(new SigningKey(privateKey).sign(attestationBatchHash(batch))).serialized;
}

/** The EIP-55 address of the attester who signed a list. Throws when the signature recovers to nothing. */
export function recoverBatchAttester(batch: AttestationBatch, signature: string): string {
  return recoverSigner(attestationBatchHash(batch), signature);
}

/** {@link recoverBatchAttester} of a list of which only the hashes of its findings are known. */
export function recoverListAttester(findings: readonly string[], { checkedAt, signature }: SignedAttestation): string {
  return recoverSigner(attestationListHash(findings, checkedAt), signature);
}

/** An attester's signature and the time it signed for; link, `found` and account id stand beside it. */
export interface SignedAttestation {
  /** Unix seconds. */
  checkedAt: number;
  /** 65 bytes, `0x` hex. */
  signature: string;
}

/** What attesters say of one link. */
export interface Attested {
  accountId: string;
  attestations: SignedAttestation[];
}

/** Bytes of one attestation as the contracts take it: checkedAt as uint64, then the signature. */
export const ATTESTATION_SIZE = 8 + 65;

/**
 * What attesters say of one link, as the contracts take it (contracts/lib/Attestations.sol): the account id with its length
 * in front, then 73 bytes for each attestation. These must come in ascending order of the attesters' addresses. Without any,
 * it stands for those of a list: {@link packList}.
 *
 * @throws {ProtocolError} when the account id is not at most 255 printable ASCII characters.
 */
export function packAttestations(accountId: string, attestations: readonly SignedAttestation[]): string {
  if (!/^[\x21-\x7e]{0,255}$/.test(accountId)) {
    throw new ProtocolError("signature", "an account id is at most 255 printable ASCII characters");
  }
  return concat([Uint8Array.of(accountId.length), toUtf8Bytes(accountId), packList(attestations)]);
}

/** The attestations of a list of findings, as the contracts take them. */
export function packList(attestations: readonly SignedAttestation[]): string {
  return concat(attestations.map(({ checkedAt, signature }) => concat([toBeHex(checkedAt, 8), signature])));
}

/**
 * What attesters say in a contract's `proof` or `attestations` bytes.
 *
 * @throws {ProtocolError} when it is no account id and whole attestations.
 */
export function unpackAttestations(said: string): Attested {
  const start = dataLength(said) === 0 ? 0 : 1 + Number(dataSlice(said, 0, 1));
  if (start === 0 || start > dataLength(said)) {
    throw new ProtocolError("signature", `${dataLength(said)} bytes of attestations do not begin with an account id`);
  }
  // The contracts take any bytes, and Postgres no U+0000.
  const accountId = toUtf8String(dataSlice(said, 1, start), Utf8ErrorFuncs.replace).replaceAll("\0", "\ufffd");
  return { accountId, attestations: unpackList(dataSlice(said, start)) };
}

/** Who signed an attestation, and for which time. */
export interface Witness {
  /** EIP-55. */
  attester: string;
  /** Unix seconds. */
  checkedAt: number;
}

/**
 * Who signed what attesters say of one link, in their order. Unlike {@link recoverAttester} it also reads an account id that
 * is no text, which the contracts take.
 *
 * @throws when a signature recovers to nothing, and {@link ProtocolError} as {@link unpackAttestations} does.
 */
export function recoverWitnesses({ linkId, found }: Pick<Attestation, "linkId" | "found">, said: string): Witness[] {
  const accountIdHash = keccak256(dataSlice(said, 1, 1 + Number(dataSlice(said, 0, 1))));
  return unpackAttestations(said).attestations.map(({ checkedAt, signature }) => {
    const digest = digestOf(
      "Attestation",
      ["bytes32", "bool", "bytes32", "uint64"],
      [linkId, found, accountIdHash, checkedAt],
    );
    return { attester: recoverSigner(digest, signature), checkedAt };
  });
}

/**
 * The EIP-712 digest of a struct whose members of dynamic size are given by their hashes: `TypedDataEncoder` takes them whole
 * only.
 */
function digestOf(
  type: "Attestation" | "AttestationBatch",
  words: readonly string[],
  values: readonly unknown[],
): string {
  const types = type === "Attestation" ? ATTESTATION_TYPES : ATTESTATION_BATCH_TYPES;
  const typeHash = id(TypedDataEncoder.from(types).encodeType(type));
  const struct = AbiCoder.defaultAbiCoder().encode(["bytes32", ...words], [typeHash, ...values]);
  return keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN), keccak256(struct)]));
}

/**
 * The attestations of a list of findings.
 *
 * @throws {ProtocolError} when they are no multiple of 73 bytes.
 */
export function unpackList(packed: string): SignedAttestation[] {
  const length = dataLength(packed);
  if (length % ATTESTATION_SIZE !== 0) {
    throw new ProtocolError("signature", `${length} bytes of attestations are no multiple of ${ATTESTATION_SIZE}`);
  }
  return Array.from({ length: length / ATTESTATION_SIZE }, (_, index) => {
    const start = index * ATTESTATION_SIZE;
    return {
      checkedAt: Number(dataSlice(packed, start, start + 8)),
      signature: dataSlice(packed, start + 8, start + ATTESTATION_SIZE),
    };
  });
}

function recoverSigner(digest: string, signature: string): string {
  return fromUncompressed(recoverPoint(digest, signature)).address;
}
