import {
  Signature as EthersSignature,
  SigningKey,
  TypedDataEncoder,
  Utf8ErrorFuncs,
  concat,
  id,
  keccak256,
  toBeHex,
  toUtf8Bytes,
  toUtf8String,
} from "ethers";

import { ProtocolError } from "./errors.ts";
import { hashHex } from "./hash.ts";
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
  return digestOf("AttestationBatch", [keccak256(concat(findingHashes)), word(checkedAt)]);
}

/** The EIP-712 struct hash of a finding, as it stands in `FindingsAttested`. */
export function findingHash(finding: Finding): string {
  return TypedDataEncoder.hashStruct("Finding", { Finding: ATTESTATION_BATCH_TYPES.Finding }, finding);
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
  return recoverSigner(findingsDigest(findings, checkedAt), signature);
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
  const { accountId, attestations } = readAttestations(said);
  // The contracts take any bytes, and Postgres no U+0000.
  return { accountId: toUtf8String(accountId, Utf8ErrorFuncs.replace).replaceAll("\0", "\ufffd"), attestations };
}

/** The same with the account id as bytes, `0x` hex. */
function readAttestations(said: string): Attested {
  const size = sizeOf(said);
  const end = size === 0 ? 0 : 1 + Number(slice(said, 0, 1));
  if (end === 0 || end > size) {
    throw new ProtocolError("signature", `${size} bytes of attestations do not begin with an account id`);
  }
  return { accountId: slice(said, 1, end), attestations: listFrom(said, end, size) };
}

/** Bytes in `0x` hex. @throws {ProtocolError} where it is none. */
function sizeOf(hex: string): number {
  if (!/^0x(?:[0-9a-f]{2})*$/i.test(hex))
    throw new ProtocolError("signature", `the attestations ${hex} are no bytes in hex`);
  return (hex.length - 2) / 2;
}

/** What ethers's `dataSlice` does, without reading all of it: an indexer does this for every link there ever was. */
function slice(hex: string, start: number, end?: number): string {
  return `0x${hex.slice(2 + 2 * start, end === undefined ? undefined : 2 + 2 * end)}`;
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
  const { accountId, attestations } = readAttestations(said);
  const accountIdHash = hashHex(accountId);
  return attestations.map(({ checkedAt, signature }) => {
    const digest = digestOf("Attestation", [linkId, word(Number(found)), accountIdHash, word(checkedAt)]);
    return { attester: recoverSigner(digest, signature), checkedAt };
  });
}

/** The struct types by their hashes, and the domain by its: they never change. */
const TYPE_HASHES = {
  Attestation: id(TypedDataEncoder.from(ATTESTATION_TYPES).encodeType("Attestation")),
  AttestationBatch: id(TypedDataEncoder.from(ATTESTATION_BATCH_TYPES).encodeType("AttestationBatch")),
};
const DOMAIN_SEPARATOR = TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN);

/**
 * The EIP-712 digest of a struct whose members of dynamic size are given by their hashes: `TypedDataEncoder` takes them whole
 * only.
 *
 * @param words 32 bytes each.
 */
function digestOf(type: keyof typeof TYPE_HASHES, words: readonly string[]): string {
  return hashHex(join(["0x1901", DOMAIN_SEPARATOR, hashHex(join([TYPE_HASHES[type], ...words]))]));
}

/** What ethers's `concat` does of `0x` hex, without reading it. */
function join(parts: readonly string[]): string {
  return `0x${parts.map((part) => part.slice(2)).join("")}`;
}

/** A number as 32 bytes. */
function word(value: number): string {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

/**
 * The attestations of a list of findings.
 *
 * @throws {ProtocolError} when they are no multiple of 73 bytes.
 */
export function unpackList(packed: string): SignedAttestation[] {
  return listFrom(packed, 0, sizeOf(packed));
}

/** Of what stands between two bytes of `0x` hex. */
function listFrom(hex: string, from: number, to: number): SignedAttestation[] {
  if ((to - from) % ATTESTATION_SIZE !== 0) {
    throw new ProtocolError("signature", `${to - from} bytes of attestations are no multiple of ${ATTESTATION_SIZE}`);
  }
  const list: SignedAttestation[] = [];
  for (let start = from; start < to; start += ATTESTATION_SIZE) {
    list.push({
      checkedAt: Number(slice(hex, start, start + 8)),
      signature: slice(hex, start + 8, start + ATTESTATION_SIZE),
    });
  }
  return list;
}

/** Who signed lately, by their points: attesters are few, and to write an address as EIP-55 takes two hashes. */
const signers = new Map<string, string>();
const MOST_SIGNERS = 1_000;

function recoverSigner(digest: string, signature: string): string {
  const point = recoverPoint(digest, signature);
  let address = signers.get(point);
  if (address === undefined) {
    address = fromUncompressed(point).address;
    if (signers.size === MOST_SIGNERS) signers.clear();
    signers.set(point, address);
  }
  return address;
}
