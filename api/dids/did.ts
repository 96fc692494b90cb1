import { type PublicKey, didKey, parsePublicKey } from "@syngraph/sdk/protocol";
import { decodeBase58, getAddress, hexlify, toBeArray } from "ethers";

import { ApiError } from "../errors.ts";
import { vertexOf } from "../graph/identityOf.ts";
import type { VertexId } from "../graph/types.ts";
import { DidError } from "./errors.ts";

/** A DID URL, taken apart (DID Core, section 3.2). */
export interface DidUrl {
  did: string;
  path: string;
  query: URLSearchParams;
  /** Without `#`; null where there is none. */
  fragment: string | null;
}

/** A DID that this resolver can make a document of. */
export type KnownDid =
  | { method: "key"; did: string; key: PublicKey; vertex: VertexId }
  | { method: "pkh"; did: string; chain: Caip2; vertex: VertexId; canonical: string };

/** A chain as CAIP-2 names it. */
export interface Caip2 {
  namespace: "eip155" | "solana";
  reference: string;
}

/** Longer than any DID URL of use; nothing is searched in more. */
const MAX_LENGTH = 2048;

const DID = /^did:[a-z0-9]+:(?:[A-Za-z0-9._:-]|%[0-9A-Fa-f]{2})+$/;

/** @throws {DidError} */
export function parseDidUrl(text: string): DidUrl {
  if (text.length > MAX_LENGTH) {
    throw new DidError("INVALID_DID", `a DID of ${text.length} characters: at most ${MAX_LENGTH} are read`);
  }
  const [, did, path, query, fragment] = /^([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text)!;
  if (!DID.test(did!) || did!.endsWith(":")) {
    throw new DidError("INVALID_DID", `${JSON.stringify(did!.slice(0, 100))} is no DID (did:method:identifier)`);
  }
  // RFC 3986, section 3: what else may stand in a path, query and fragment.
  if (!/^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/.test(`${path}${query ?? ""}${fragment ?? ""}`)) {
    throw new DidError("INVALID_DID_URL", `what follows ${did!.slice(0, 100)} is no path, query or fragment of a URL`);
  }
  return { did: did!, path: path!, query: new URLSearchParams(query), fragment: fragment ?? null };
}

/** @throws {DidError} for a wrong one, and for methods and keys of others than us. */
export function parseDid(did: string): KnownDid {
  const [, method, identifier] = /^did:([a-z0-9]+):(.*)$/s.exec(did)!;
  if (method === "key") return parseKey(did, identifier!);
  if (method === "pkh") return parsePkh(did, identifier!);
  throw new DidError(
    "METHOD_NOT_SUPPORTED",
    `did:${method!.slice(0, 40)} is not resolved here, only did:key and did:pkh`,
  );
}

/** secp256k1-pub, 0xe7, as an unsigned varint, and other keys that the did:key method knows. */
const SECP256K1_PUB = "0xe701";
const OTHER_KEYS: Readonly<Record<string, string>> = {
  "0xed01": "Ed25519",
  "0xec01": "X25519",
  "0xeb01": "BLS12-381 G2",
  "0x8024": "P-256",
  "0x8124": "P-384",
  "0x8224": "P-521",
  "0x8524": "RSA",
};

function parseKey(did: string, identifier: string): KnownDid {
  const bytes = /^z[1-9A-HJ-NP-Za-km-z]+$/.test(identifier) ? fromBase58(identifier.slice(1)) : "";
  const [codec, raw] = [bytes.slice(0, 6), bytes.slice(6)];
  if (codec !== SECP256K1_PUB) {
    const other = OTHER_KEYS[codec];
    if (other === undefined) throw new DidError("INVALID_DID", `${did.slice(0, 100)} is no public key in Base58`);
    const message = `did:key of ${other} keys is not resolved here: avatars are keys of secp256k1`;
    throw new DidError("METHOD_NOT_SUPPORTED", message, "unsupportedPublicKeyType");
  }
  if (raw.length !== 66) {
    const message = `a compressed key of secp256k1 has 33 bytes, this has ${raw.length / 2}`;
    throw new DidError("INVALID_DID", message, "invalidPublicKeyLength");
  }
  const key = readPoint(raw);
  if (didKey(key) !== did) throw new DidError("INVALID_DID", `${did} is written as ${didKey(key)}`);
  return { method: "key", did, key, vertex: { platform: "nextid", identity: key.compressed } };
}

/** In hex. Each leading 1 is a byte of zeros, which a number does not tell of. */
function fromBase58(text: string): string {
  const zeros = /^1*/.exec(text)![0].length;
  const value = zeros === text.length ? "" : hexlify(toBeArray(decodeBase58(text))).slice(2);
  return `0x${"00".repeat(zeros)}${value}`;
}

function readPoint(hex: string): PublicKey {
  try {
    return parsePublicKey(hex);
  } catch {
    throw new DidError("INVALID_DID", `0x${hex} is no point on the curve secp256k1`, "invalidPublicKey");
  }
}

/** CAIP-10, of the chains of CAIP-2 on which a wallet can be bound. */
function parsePkh(did: string, identifier: string): KnownDid {
  const [, namespace, reference, address] =
    /^([-a-z0-9]{3,8}):([-_a-zA-Z0-9]{1,32}):([-.%a-zA-Z0-9]{1,128})$/.exec(identifier) ?? [];
  if (namespace === undefined) throw new DidError("INVALID_DID", `${did.slice(0, 100)} is no account by CAIP-10`);
  if (namespace === "eip155") {
    if (!/^[1-9]\d*$/.test(reference!)) throw new DidError("INVALID_DID", `${reference} is no chain of eip155`);
    return pkh(did, { namespace, reference: reference! }, readWallet("ethereum", address!));
  }
  if (namespace === "solana") return pkh(did, { namespace, reference: reference! }, readWallet("solana", address!));
  throw new DidError("METHOD_NOT_SUPPORTED", `did:pkh of ${namespace} is not resolved here, only of eip155 and solana`);
}

function pkh(did: string, chain: Caip2, vertex: VertexId): KnownDid {
  return { method: "pkh", did, chain, vertex, canonical: `did:pkh:${accountId(chain, vertex)}` };
}

function readWallet(platform: string, address: string): VertexId {
  try {
    return vertexOf(platform, address);
  } catch (error) {
    if (error instanceof ApiError) throw new DidError("INVALID_DID", error.message);
    throw error;
  }
}

/** A wallet by CAIP-10, with the checksum of EIP-55 where there is one. */
export function accountId({ namespace, reference }: Caip2, { identity }: VertexId): string {
  return `${namespace}:${reference}:${namespace === "eip155" ? getAddress(identity) : identity}`;
}
