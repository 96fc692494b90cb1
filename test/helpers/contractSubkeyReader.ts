import { createHash, createPublicKey, verify } from "node:crypto";

import {
  SUBKEY_ALGORITHMS,
  SUBKEY_REGISTRY_ABI,
  SUBKEY_REVOCATION_TYPES,
  type Subkey,
  type SubkeyDomain,
  compressedPoint,
  parseSubkeyPublicKey,
  recoverPublicKey,
  subkeyAuthorizationHash,
  subkeyId,
  subkeyText,
  webAuthnChallenge,
} from "@syngraph/sdk/protocol";
import {
  AbiCoder,
  Interface,
  type Result,
  TypedDataEncoder,
  computeAddress,
  concat,
  dataLength,
  dataSlice,
  getBytes,
  id,
  keccak256,
  recoverAddress,
  toBeHex,
} from "ethers";

import type { RawLog } from "./contractReader.ts";

const abi = AbiCoder.defaultAbiCoder();
const contract = new Interface(SUBKEY_REGISTRY_ABI);

/** A subkey as its events tell it. */
export interface ReadSubkey {
  avatar: string;
  id: string;
  /** Undefined where the avatar only ever revoked it. */
  subkey?: Subkey;
  name: string;
  nonce: bigint;
  /** 0 where it is not authorised, the largest number where it does not expire. */
  validUntil: bigint;
  imported: boolean;
}

/**
 * Rebuilds the registry from its logs alone and verifies everything that the interface promises of its events; knows
 * nothing of the contract's state, and uses another implementation of P-256 than it.
 *
 * @throws when an event breaks an invariant of ISubkeyRegistry.sol, whose number the message gives.
 */
export function readSubkeys(domain: SubkeyDomain, logs: readonly RawLog[]): Map<string, ReadSubkey> {
  const subkeys = new Map<string, ReadSubkey>();
  let imported: Result | undefined;
  for (const log of logs) {
    const { name, args } = contract.parseLog(log)!;
    const key = `${args.avatar} ${args.subkeyId}`;
    const known = subkeys.get(key);
    const count = known?.nonce ?? 0n;
    if (name === "SubkeyImported") {
      demand(4, imported === undefined);
      imported = args;
      continue;
    }
    demand(4, imported === undefined || name === "SubkeyAuthorized");
    if (name === "SubkeyAuthorized") {
      demand(1, args.nonce === count);
      subkeys.set(key, readAuthorization(domain, args, imported));
      imported = undefined;
      continue;
    }
    const isAuthorized = known !== undefined && known.validUntil !== 0n;
    demand(1, args.nonce === count || (isAuthorized && args.nonce === count - 1n));
    if (name === "SubkeyRevoked") {
      if (args.signature !== "0x") {
        demand(5, recover(revocationDigest(domain, args), args.signature) === args.avatar);
      }
    } else {
      demand(5, known?.subkey !== undefined && known.validUntil !== 0n);
      demand(5, signed(known!.subkey!, revocationDigest(domain, args), args.proof));
    }
    const before = known ?? { avatar: args.avatar, id: args.subkeyId, name: "", imported: false };
    subkeys.set(key, { ...before, nonce: count + 1n, validUntil: 0n });
  }
  return subkeys;
}

function readAuthorization(domain: SubkeyDomain, args: Result, imported: Result | undefined): ReadSubkey {
  const { avatar, publicKey, rpId, name, expiresAt, nonce } = args;
  const subkey: Subkey = { algorithm: SUBKEY_ALGORITHMS[Number(args.algorithm)]!, publicKey, rpId };
  demand(3, subkeyId(subkey) === args.subkeyId);
  demand(
    7,
    [rpId, name].every((text) => text.isWellFormed() && !text.includes("\0") && text.length <= 255),
  );
  const digest = subkeyAuthorizationHash(domain, { avatar, subkey, name, expiresAt, nonce });
  demand(4, signed(subkey, digest, args.possession));
  if (imported === undefined) {
    demand(4, recover(digest, args.signature) === avatar);
  } else {
    const { avatarPublicKey, publicKeyText } = imported;
    demand(4, imported.avatar === avatar && imported.subkeyId === args.subkeyId);
    demand(4, name === "" && expiresAt === 0n && nonce === 0n);
    demand(6, computeAddress(concat(["0x04", avatarPublicKey])) === avatar);
    demand(6, parseSubkeyPublicKey(subkey.algorithm, publicKeyText) === publicKey);
    const key = compressedPoint(dataSlice(avatarPublicKey, 0, 32), dataSlice(avatarPublicKey, 32));
    const text = subkeyText({ ...subkey, avatar: key, publicKey: publicKeyText });
    demand(4, recoverPublicKey(text, args.signature).compressed === key);
  }
  return {
    avatar,
    id: args.subkeyId,
    subkey,
    name,
    nonce: nonce + 1n,
    validUntil: expiresAt === 0n ? 2n ** 64n - 1n : expiresAt,
    imported: imported !== undefined,
  };
}

/** The digest of a revocation, made of the subkey's name: its plaintext may never have been on chain. */
function revocationDigest(
  { chainId, verifyingContract }: SubkeyDomain,
  { avatar, subkeyId: name, nonce }: Result,
): string {
  const type = id(TypedDataEncoder.from(SUBKEY_REVOCATION_TYPES).encodeType("SubkeyRevocation"));
  const struct = abi.encode(["bytes32", "address", "bytes32", "uint64"], [type, avatar, name, nonce]);
  const domain = TypedDataEncoder.hashDomain({ name: "Syngraph", version: "1", chainId, verifyingContract });
  return keccak256(concat(["0x1901", domain, keccak256(struct)]));
}

/** Whether a subkey signed a digest, in one of the contract's forms. */
function signed({ algorithm, publicKey, rpId }: Subkey, digest: string, proof: string): boolean {
  if (algorithm === "secp256k1") {
    return recover(digest, proof) === computeAddress(concat(["0x04", publicKey]));
  }
  if (dataLength(proof) === 64) return verifies(publicKey, getBytes(digest), proof);
  const [[r, s, , , authenticatorData, clientDataJSON]] = abi.decode(
    ["tuple(bytes32,bytes32,uint256,uint256,bytes,bytes)"],
    concat([toBeHex(32, 32), proof]),
  );
  const { type, challenge } = JSON.parse(Buffer.from(getBytes(clientDataJSON)).toString());
  const data = getBytes(authenticatorData);
  return (
    type === "webauthn.get" &&
    challenge === webAuthnChallenge(digest) &&
    sha256(rpId).equals(data.subarray(0, 32)) &&
    (data[32]! & 0x01) === 1 &&
    verifies(publicKey, concat([data, sha256(getBytes(clientDataJSON))]), concat([r, s]))
  );
}

function verifies(publicKey: string, message: string | Uint8Array, signature: string): boolean {
  const point = Buffer.from(getBytes(publicKey));
  const [x, y] = [point.subarray(0, 32).toString("base64url"), point.subarray(32).toString("base64url")];
  const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  return verify("sha256", getBytes(message), { key, dsaEncoding: "ieee-p1363" }, getBytes(signature));
}

function recover(digest: string, signature: string): string | undefined {
  const v = Number(dataSlice(signature, 64));
  try {
    return recoverAddress(digest, concat([dataSlice(signature, 0, 64), toBeHex(v < 27 ? v + 27 : v, 1)]));
  } catch {
    return undefined;
  }
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}

function demand(invariant: number, holds: boolean): void {
  if (!holds) throw new Error(`Invariant ${invariant} of ISubkeyRegistry is broken`);
}
