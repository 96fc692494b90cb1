import {
  AbiCoder,
  Signature as EthersSignature,
  SigningKey,
  TypedDataEncoder,
  computeAddress,
  concat,
  dataLength,
  dataSlice,
  encodeBase64,
  getAddress,
  getBytes,
  hashMessage,
  hexlify,
  toBeHex,
  toBigInt,
} from "ethers";

import { ATTESTATION_DOMAIN } from "./attestation.ts";
import { ProtocolError } from "./errors.ts";
import { type PublicKey, contractPublicKey, fromUncompressed, parsePublicKey } from "./publicKey.ts";
import { recoverPoint } from "./recover.ts";
import { parseSignature } from "./signature.ts";
import { assertIdentity, goString } from "./signPayload.ts";

/** The kinds of keys that an avatar may authorise, by Next.ID's names. The order is that of the contract's `SubkeyAlgorithm`. */
export const SUBKEY_ALGORITHMS = ["es256", "secp256k1"] as const;
export type SubkeyAlgorithm = (typeof SUBKEY_ALGORITHMS)[number];

/** Longest rp id, in characters, and longest proof of a subkey, in bytes, that the contract takes. */
export const MAX_RP_ID_LENGTH = 253;
export const MAX_SUBKEY_PROOF_BYTES = 4096;

/** P-256: the size of its field, its order, and its `b` (FIPS 186-5 and SP 800-186, section 3.2.1.3). */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** A key and what it is for. */
export interface Subkey {
  algorithm: SubkeyAlgorithm;
  /** X ‖ Y, 64 bytes of `0x` hex: {@link parseSubkeyPublicKey} makes it. */
  publicKey: string;
  /** The relying party (WebAuthn, section 5.1.2), a domain name in lower case. */
  rpId: string;
}

/** What an avatar says of a subkey, and both sign. */
export interface SubkeyAuthorization {
  /** The address of the avatar's key. */
  avatar: string;
  subkey: Subkey;
  /** What the avatar calls the key; may be empty. */
  name: string;
  /** Unix seconds from which on the subkey is not valid any more; 0 for never. */
  expiresAt: number;
  /** What the contract's `authorizationOf(avatar, subkeyId)` says. One whose turn has not come is never to be signed. */
  nonce: number;
}

/** What an avatar or a subkey says to end an authorisation, and all earlier ones. */
export type SubkeyRevocation = Pick<SubkeyAuthorization, "avatar" | "subkey" | "nonce">;

/** Which contract a signature is for. */
export interface SubkeyDomain {
  chainId: number | bigint;
  /** The address of the SubkeyRegistry. */
  verifyingContract: string;
}

const SUBKEY_TYPE = [
  { name: "algorithm", type: "string" },
  { name: "publicKey", type: "bytes" },
  { name: "rpId", type: "string" },
];

/** The EIP-712 types of an authorisation. */
export const SUBKEY_AUTHORIZATION_TYPES = {
  SubkeyAuthorization: [
    { name: "avatar", type: "address" },
    { name: "subkey", type: "Subkey" },
    { name: "name", type: "string" },
    { name: "expiresAt", type: "uint64" },
    { name: "nonce", type: "uint64" },
  ],
  Subkey: SUBKEY_TYPE,
};

/** The EIP-712 types of a revocation. */
export const SUBKEY_REVOCATION_TYPES = {
  SubkeyRevocation: [
    { name: "avatar", type: "address" },
    { name: "subkey", type: "Subkey" },
    { name: "nonce", type: "uint64" },
  ],
  Subkey: SUBKEY_TYPE,
};

/** The EIP-712 domain of what is signed about subkeys: a right holds on one chain, in one contract. */
export function subkeyDomain({ chainId, verifyingContract }: SubkeyDomain) {
  return { ...ATTESTATION_DOMAIN, chainId, verifyingContract };
}

/** The name of a subkey on chain: its EIP-712 struct hash. */
export function subkeyId(subkey: Subkey): string {
  return TypedDataEncoder.hashStruct("Subkey", { Subkey: SUBKEY_TYPE }, subkey);
}

/** The EIP-712 digest of an authorisation, which the avatar signs, and the subkey too: so it proves that it is held. */
export function subkeyAuthorizationHash(domain: SubkeyDomain, authorization: SubkeyAuthorization): string {
  return TypedDataEncoder.hash(subkeyDomain(domain), SUBKEY_AUTHORIZATION_TYPES, authorization);
}

/** The EIP-712 digest of a revocation, which the avatar or the subkey signs. */
export function subkeyRevocationHash(domain: SubkeyDomain, revocation: SubkeyRevocation): string {
  return TypedDataEncoder.hash(subkeyDomain(domain), SUBKEY_REVOCATION_TYPES, revocation);
}

/** Signs a digest of those with a secp256k1 private key, an avatar's or a subkey's; 65 bytes, `0x` hex, v in {27, 28}. */
export function signSubkeyDigest(privateKey: string, digest: string): string {
  return EthersSignature.from(new SigningKey(privateKey).sign(digest)).serialized;
}

/**
 * The public key that signed a digest of those with secp256k1.
 *
 * @throws {ProtocolError} when the signature is malformed or recovers to nothing.
 */
export function recoverSubkeySigner(digest: string, signature: string): PublicKey {
  const { raw } = parseSignature(signature);
  try {
    return fromUncompressed(recoverPoint(digest, raw));
  } catch {
    throw new ProtocolError("signature", "recovers to no public key");
  }
}

/** A subkey in the shape of the contract's `Subkey` (contracts/interfaces/ISubkeyRegistry.sol). */
export interface ContractSubkey extends Omit<Subkey, "algorithm"> {
  algorithm: number;
}

/** A subkey as `SubkeyRegistry` takes it. */
export function toContractSubkey(subkey: Subkey): ContractSubkey {
  return { ...subkey, algorithm: SUBKEY_ALGORITHMS.indexOf(subkey.algorithm) };
}

/** A subkey's fields as Next.ID's API has them. */
export interface SubkeyTextFields {
  /** The avatar's public key in any form {@link parsePublicKey} reads. */
  avatar: string;
  algorithm: string;
  /** In hex, signed as it stands here. */
  publicKey: string;
  rpId: string;
}

/**
 * The text by which Next.ID's clients authorise a subkey, equal byte for byte to what ProofService makes. The contract
 * takes the avatar's EIP-191 signature over it once, and only for a subkey to which nothing has happened: the text has no
 * time, chain, name or expiry.
 *
 * Builds the text for anything a Next.ID server would take: {@link parseSubkey} tells what the contract takes.
 */
export function subkeyText({ avatar, algorithm, publicKey, rpId }: SubkeyTextFields): string {
  const fields = {
    avatar: parsePublicKey(avatar).compressed.slice(2),
    algorithm,
    public_key: publicKey,
    rp_id: rpId,
  };
  const entries = Object.entries(fields).map(([key, value]) => `"${key}":${goString(value)}`);
  return `{${entries.join(",")}}`;
}

/** The EIP-191 digest (version 0x45, personal_sign) of a {@link subkeyText}. */
export function subkeyTextHash(fields: SubkeyTextFields): string {
  return hashMessage(subkeyText(fields));
}

/**
 * Reads a subkey as Next.ID's API has it.
 *
 * @throws {ProtocolError} naming the field that the contract would refuse.
 */
export function parseSubkey(fields: Omit<SubkeyTextFields, "avatar">): Subkey {
  const algorithm = SUBKEY_ALGORITHMS.find((name) => name === fields.algorithm);
  if (algorithm === undefined) {
    throw new ProtocolError("algorithm", `must be ${SUBKEY_ALGORITHMS.join(" or ")}`);
  }
  const subkey = { algorithm, publicKey: parseSubkeyPublicKey(algorithm, fields.publicKey), rpId: fields.rpId };
  assertSubkey(subkey);
  return subkey;
}

/**
 * Reads a subkey's public key as Next.ID's clients write it, hex in any case with or without `0x`: of es256 X ‖ Y, of
 * secp256k1 33 or 65 bytes.
 *
 * @returns X ‖ Y, 64 bytes of `0x` hex.
 * @throws {ProtocolError} `public_key` when the text is no point on the curve.
 */
export function parseSubkeyPublicKey(algorithm: SubkeyAlgorithm, text: string): string {
  const hex = text.replace(/^0x/, "").toLowerCase();
  if (algorithm === "secp256k1") {
    if (!/^(?:0[23][0-9a-f]{64}|04[0-9a-f]{128})$/.test(hex)) {
      throw new ProtocolError("public_key", "not a secp256k1 public key of 33 or 65 bytes in hex");
    }
    return contractPublicKey(parsePublicKey(hex));
  }
  if (!/^[0-9a-f]{128}$/.test(hex)) {
    throw new ProtocolError("public_key", "not a P-256 public key of 64 bytes in hex");
  }
  if (!isOnP256(hex)) {
    throw new ProtocolError("public_key", "not a point on the P-256 curve");
  }
  return `0x${hex}`;
}

/**
 * Checks that the contract takes a subkey.
 *
 * @throws {ProtocolError} naming the field.
 */
export function assertSubkey({ algorithm, publicKey, rpId }: Subkey): void {
  if (!SUBKEY_ALGORITHMS.includes(algorithm)) {
    throw new ProtocolError("algorithm", `must be ${SUBKEY_ALGORITHMS.join(" or ")}`);
  }
  if (!/^0x[0-9a-f]{128}$/.test(publicKey)) {
    throw new ProtocolError("public_key", "must be 64 bytes in 0x hex");
  }
  parseSubkeyPublicKey(algorithm, publicKey.replace("0x", algorithm === "secp256k1" ? "04" : ""));
  if (!/^[a-z0-9.-]+$/.test(rpId) || rpId.length > MAX_RP_ID_LENGTH) {
    throw new ProtocolError("rp_id", `must be 1 to ${MAX_RP_ID_LENGTH} of a-z, 0-9, - and .`);
  }
}

/**
 * Checks that the contract takes an authorisation, as far as that does not depend on the chain.
 *
 * @throws {ProtocolError} naming the field.
 */
export function assertSubkeyAuthorization({ avatar, subkey, name, expiresAt, nonce }: SubkeyAuthorization): void {
  assertSubkey(subkey);
  if (subkey.algorithm === "secp256k1" && computeAddress(`0x04${subkey.publicKey.slice(2)}`) === getAddress(avatar)) {
    throw new ProtocolError("public_key", "must not be the avatar's own");
  }
  if (name !== "") assertIdentity(name, "name");
  // Eleven digits are milliseconds: seconds have ten until the year 2286.
  if (!Number.isSafeInteger(expiresAt) || expiresAt < 0 || expiresAt >= 1e10) {
    throw new ProtocolError("expires_at", "must be Unix seconds of at most ten digits, or 0 for never");
  }
  if (!Number.isSafeInteger(nonce) || nonce < 0) {
    throw new ProtocolError("nonce", "must be a whole number");
  }
}

/**
 * An es256 signature of 64 bytes r ‖ s (`0x` hex), as WebCrypto makes it over a digest's 32 bytes, in the form that the
 * contract takes: of the two valid `s` the lower one.
 */
export function es256Proof(signature: string): string {
  if (dataLength(signature) !== 64) {
    throw new ProtocolError("signature", `Signature length invalid: ${dataLength(signature)} instead of 64`);
  }
  return concat([dataSlice(signature, 0, 32), lowS(BigInt(dataSlice(signature, 32)))]);
}

/** What a browser answers to `navigator.credentials.get`; bytes are `0x` hex. */
export interface WebAuthnAssertion {
  authenticatorData: string;
  clientDataJSON: string;
  /** In DER (WebAuthn, section 6.5.5). */
  signature: string;
}

/**
 * A passkey's assertion in the form that the contract takes: abi.encode of OpenZeppelin's `WebAuthn.WebAuthnAuth`. The
 * assertion's challenge has to be the digest.
 *
 * @throws {ProtocolError} `signature` when it is no assertion.
 */
export function webAuthnProof({ authenticatorData, clientDataJSON, signature }: WebAuthnAssertion): string {
  // One character for each byte: the contract counts bytes.
  const clientData = String.fromCharCode(...getBytes(clientDataJSON));
  const [typeIndex, challengeIndex] = ['"type":"', '"challenge":"'].map((member) => clientData.indexOf(member));
  if (typeIndex === -1 || challengeIndex === -1) {
    throw new ProtocolError("signature", "the client data have no type or no challenge");
  }
  const [r, s] = readDer(getBytes(signature));
  const proof = AbiCoder.defaultAbiCoder().encode(
    ["tuple(bytes32,bytes32,uint256,uint256,bytes,bytes)"],
    [[toBeHex(r, 32), lowS(s), challengeIndex, typeIndex, authenticatorData, clientDataJSON]],
  );
  if (dataLength(proof) - 32 > MAX_SUBKEY_PROOF_BYTES) {
    throw new ProtocolError("signature", `the assertion is longer than ${MAX_SUBKEY_PROOF_BYTES} bytes`);
  }
  // The contract reads the tuple itself, not the word that says where it begins.
  return dataSlice(proof, 32);
}

/** A digest as the challenge of an assertion, in unpadded Base64url: how the client data quote it. */
export function webAuthnChallenge(digest: string): string {
  return encodeBase64(digest).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What stands before the point X ‖ Y of an uncompressed P-256 key in its SubjectPublicKeyInfo (RFC 5480). */
const SPKI_PREFIX = "0x3059301306072a8648ce3d020106082a8648ce3d03010703420004";

/** The 64 bytes X ‖ Y (`0x` hex) of a P-256 key as `AuthenticatorAttestationResponse.getPublicKey()` gives it. */
export function es256PublicKey(spki: string): string {
  if (!spki.startsWith(SPKI_PREFIX)) {
    throw new ProtocolError("public_key", "not the SubjectPublicKeyInfo of an uncompressed P-256 key");
  }
  return parseSubkeyPublicKey("es256", spki.slice(SPKI_PREFIX.length));
}

function isOnP256(hex: string): boolean {
  const [x, y] = [BigInt(`0x${hex.slice(0, 64)}`), BigInt(`0x${hex.slice(64)}`)];
  return x < P && y < P && (y * y - (x * x * x - 3n * x + B)) % P === 0n;
}

function lowS(s: bigint): string {
  return toBeHex(s > N / 2n ? N - s : s, 32);
}

/** Reads an ECDSA-Sig-Value (RFC 3279, section 2.2.3): a sequence of two integers, each of at most 33 bytes. */
function readDer(der: Uint8Array): [r: bigint, s: bigint] {
  const end = 4 + (der[3] ?? 0);
  const [first, second] = [der.slice(4, end), der.slice(end + 2)];
  const again = [0x30, der.length - 2, 0x02, first.length, ...first, 0x02, second.length, ...second];
  const [r, s] = [toBigInt(first), toBigInt(second)];
  if (hexlify(der) !== hexlify(Uint8Array.from(again)) || [r, s].some((integer) => integer === 0n || integer >= N)) {
    throw new ProtocolError("signature", "not a P-256 signature in DER");
  }
  return [r, s];
}
