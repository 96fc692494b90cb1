import { getAddress, getBytes, hexlify } from "ethers";

import type { Avatar, PasskeyOptions } from "./avatar/index.ts";
import { askPasskey, base64url, createPasskey } from "./avatar/webAuthn.ts";
import type {
  AssertionFields,
  CallOptions,
  SubkeyFields,
  SubkeyPayloadReply,
  SubmitResult,
  SyngraphClient,
} from "./client/index.ts";
import { InputError, KeystoreError, TrustError } from "./errors.ts";
import { asInput, asTold } from "./input.ts";
import {
  type Subkey,
  type SubkeyAlgorithm,
  type SubkeyDomain,
  assertSubkeyAuthorization,
  es256PublicKey,
  parsePublicKey,
  parseSubkey,
  subkeyAuthorizationHash,
  subkeyId,
  subkeyRevocationHash,
} from "./protocol/index.ts";

/** A key that is to act for an avatar, able to sign. */
export interface SubkeySigner {
  algorithm: SubkeyAlgorithm;
  /** In hex: of secp256k1 33 or 65 bytes, of es256 X and Y, 64 bytes. */
  publicKey: string;
  /** The domain name of whom it is for. */
  rpId: string;
  /** Signs 32 bytes: `0x` hex of 65 bytes (secp256k1) or 64 bytes r and s (es256); or a passkey's assertion of them. */
  prove(digest: string): Promise<string | AssertionFields>;
}

/** How a subkey is authorised. */
export interface AuthorizeOptions extends CallOptions {
  /** What the user calls it. */
  name?: string;
  /** When it ends; never, unless told. */
  expiresAt?: Date;
}

/** A subkey that acts for an avatar from now on, or as soon as the chain has it. */
export interface SubkeyChange extends SubmitResult {
  /** Its name on chain. */
  subkeyId: string;
}

/** An account's key, or another avatar, as a subkey. */
export function accountSubkey(key: Avatar, rpId: string): SubkeySigner {
  return {
    ...{ algorithm: "secp256k1", publicKey: key.publicKey, rpId },
    prove: (digest) => Promise.resolve(key.signDigest(digest)),
  };
}

/** A key pair of WebCrypto (ECDSA, P-256) as a subkey; it may well be one that cannot be exported. */
export async function webCryptoSubkey(
  keys: { publicKey: WebCryptoKey; privateKey: WebCryptoKey },
  rpId: string,
): Promise<SubkeySigner> {
  // X9.62 uncompressed: 04, X, Y.
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  if (point.length !== 65) throw new InputError("the key is none of P-256", "publicKey");
  return {
    ...{ algorithm: "es256", publicKey: hexlify(point.slice(1)), rpId },
    prove: async (digest) => {
      const data = Uint8Array.from(getBytes(digest));
      return hexlify(
        new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, data)),
      );
    },
  };
}

/** A passkey as a subkey: what to keep of it to use it again. */
export interface PasskeySubkey {
  /** Base64url. */
  credentialId: string;
  /** X and Y, `0x` hex. */
  publicKey: string;
  rpId: string;
}

/** Makes a passkey for {@link passkeySubkey}. Browsers only. @throws {KeystoreError} */
export async function createPasskeySubkey(options: PasskeyOptions): Promise<PasskeySubkey> {
  const { rawId, response } = await createPasskey<{ getPublicKey(): ArrayBuffer | null }>(options);
  const spki = response.getPublicKey();
  try {
    const publicKey = es256PublicKey(hexOf(spki ?? new ArrayBuffer()));
    return { credentialId: base64url(new Uint8Array(rawId)), publicKey, rpId: options.rpId };
  } catch (cause) {
    throw new KeystoreError("passkey_unsupported", "the passkey's key is none of P-256, which contracts verify", {
      cause,
    });
  }
}

/** A passkey as a subkey: its user agrees to each signature. */
export function passkeySubkey({ credentialId, publicKey, rpId }: PasskeySubkey): SubkeySigner {
  return {
    ...{ algorithm: "es256", publicKey, rpId },
    prove: async (digest) => {
      const { response } = await askPasskey<Assertion>({ rpId, credentialId }, getBytes(digest));
      return {
        authenticator_data: hexOf(response.authenticatorData),
        client_data_json: hexOf(response.clientDataJSON),
        signature: hexOf(response.signature),
      };
    },
  };
}

function hexOf(bytes: ArrayBuffer): string {
  return hexlify(new Uint8Array(bytes));
}

interface Assertion {
  authenticatorData: ArrayBuffer;
  clientDataJSON: ArrayBuffer;
  signature: ArrayBuffer;
}

type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Authorises a subkey: avatar and subkey sign typed data (EIP-712), which is built here. */
export async function authorizeSubkey(
  client: SyngraphClient,
  known: Partial<SubkeyDomain>,
  avatar: Avatar,
  signer: SubkeySigner,
  { name = "", expiresAt, signal }: AuthorizeOptions = {},
): Promise<SubkeyChange> {
  const call = signal ? { signal } : {};
  const { fields, subkey } = readSubkey(avatar.publicKey, signer);
  const expires = expiresAt === undefined ? 0 : Math.floor(expiresAt.getTime() / 1000);
  const asked = { ...fields, name, expires_at: expires };
  const payload = await client.subkeyPayload({ ...asked, action: "authorize" }, call);
  const authorization = { avatar: avatar.address, subkey, name, expiresAt: expires, nonce: payload.nonce };
  asInput(() => assertSubkeyAuthorization(authorization));
  const domain = trustedDomain(known, payload.typed_data.domain);
  const digest = asTold(() => subkeyAuthorizationHash(domain, authorization));
  requireSame(digest, payload.digest);
  const possession = await signer.prove(digest);
  const body = { ...asked, signature: avatar.signDigest(digest), ...proofOf(possession) };
  return { ...(await client.submitSubkey(body, call)), subkeyId: subkeyId(subkey) };
}

/** Revokes a subkey, by the avatar's signature or the subkey's own. */
export async function revokeSubkey(
  client: SyngraphClient,
  known: Partial<SubkeyDomain>,
  by: Avatar | { avatar: string; signer: SubkeySigner },
  subkeyOf: Pick<SubkeySigner, "algorithm" | "publicKey" | "rpId">,
  { signal }: CallOptions = {},
): Promise<SubkeyChange> {
  const call = signal ? { signal } : {};
  const key = asInput(() => parsePublicKey("signer" in by ? by.avatar : by.publicKey));
  const { fields, subkey } = readSubkey(key.compressed, subkeyOf);
  const payload = await client.subkeyPayload({ ...fields, action: "revoke" }, call);
  const domain = trustedDomain(known, payload.typed_data.domain);
  const digest = asTold(() => subkeyRevocationHash(domain, { avatar: key.address, subkey, nonce: payload.nonce }));
  requireSame(digest, payload.digest);
  const proof = "signer" in by ? proofOf(await by.signer.prove(digest)) : { signature: by.signDigest(digest) };
  return { ...(await client.revokeSubkey({ ...fields, ...proof }, call)), subkeyId: subkeyId(subkey) };
}

function readSubkey(
  avatar: string,
  { algorithm, publicKey, rpId }: Pick<SubkeySigner, "algorithm" | "publicKey" | "rpId">,
): { fields: SubkeyFields; subkey: Subkey } {
  const subkey = asInput(() => parseSubkey({ algorithm, publicKey, rpId }));
  return { fields: { avatar, algorithm, public_key: publicKey, rp_id: rpId }, subkey };
}

/**
 * Where it is signed for. Only the server says where the contract is, unless the caller knows: then it has to be that one.
 *
 * @throws {TrustError}
 */
function trustedDomain(known: Partial<SubkeyDomain>, { chainId, verifyingContract }: ClaimedDomain): SubkeyDomain {
  const contract = asTold(() => getAddress(verifyingContract.toLowerCase()));
  const other =
    (known.chainId !== undefined && BigInt(known.chainId) !== BigInt(chainId)) ||
    (known.verifyingContract !== undefined && getAddress(known.verifyingContract) !== contract);
  if (other) {
    throw new TrustError(
      `nothing was signed: the server names another contract, ${verifyingContract} on chain ${chainId}`,
    );
  }
  return { chainId, verifyingContract };
}

type ClaimedDomain = SubkeyPayloadReply["typed_data"]["domain"];

function requireSame(ours: string, theirs: string): void {
  if (ours !== theirs) throw new TrustError("nothing was signed: the server's typed data are not what was asked for");
}

function proofOf(proof: string | AssertionFields): { possession: string } | { assertion: AssertionFields } {
  return typeof proof === "string" ? { possession: proof } : { assertion: proof };
}
