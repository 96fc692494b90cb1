import {
  SUBKEY_AUTHORIZATION_TYPES,
  SUBKEY_REVOCATION_TYPES,
  type Signature,
  type SubkeyAuthorization,
  assertSubkeyAuthorization,
  contractPublicKey,
  recoverPublicKey,
  recoverSubkeySigner,
  subkeyAuthorizationHash,
  subkeyDomain,
  subkeyRevocationHash,
  subkeyText,
  toContractSubkey,
} from "@syngraph/sdk/protocol";
import { TypedDataEncoder } from "ethers";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { findSubkeys } from "./read.ts";
import { domainOf, encodeCall, nonceOf, refusalOf } from "./registry.ts";
import { type Relayed, relayCall } from "./relay.ts";
import {
  type AssertionFields,
  type Grant,
  type SubkeyFields,
  asBadRequest,
  readAvatarSignature,
  readGrant,
  readPossession,
} from "./request.ts";
import { keep } from "./stated.ts";

/** What a payload is asked for. */
export interface PayloadRequest extends SubkeyFields {
  action: "authorize" | "revoke";
  name: string;
  /** Unix seconds, 0 for never; undefined where Next.ID's text is to be signed. */
  expires_at?: number | undefined;
}

/** What is to be signed about a subkey. */
export interface SubkeyPayload {
  /** What the avatar signs: Next.ID's text with EIP-191, or typed data (EIP-712) as JSON. */
  sign_payload: string;
  /** What the subkey signs, and where there is no text the avatar too. */
  typed_data: Record<string, unknown>;
  /** Its EIP-712 hash: a passkey's challenge, the 32 bytes that WebCrypto signs. */
  digest: string;
  subkey_id: string;
  nonce: number;
}

/** Makes what is to be signed. Nothing is stored. @throws {ApiError} 400. */
export async function makeSubkeyPayload(context: Context, request: PayloadRequest): Promise<SubkeyPayload> {
  const grant = readGrant(request);
  const domain = domainOf(context);
  const nonce = await nonceOf(context, grant.avatar.address, grant.id);
  const about = { avatar: grant.avatar.address, subkey: grant.subkey, nonce };
  const typed = (types: typeof SUBKEY_AUTHORIZATION_TYPES | typeof SUBKEY_REVOCATION_TYPES, value: object) =>
    TypedDataEncoder.getPayload(subkeyDomain(domain), types, value) as Record<string, unknown>;
  const common = { subkey_id: grant.id, nonce };
  if (request.action === "revoke") {
    const typed_data = typed(SUBKEY_REVOCATION_TYPES, about);
    return {
      sign_payload: JSON.stringify(typed_data),
      ...{ typed_data, digest: subkeyRevocationHash(domain, about) },
      ...common,
    };
  }
  const byText = request.expires_at === undefined;
  const authorization = byText
    ? { ...about, name: "", expiresAt: 0, nonce: 0 }
    : { ...about, name: request.name, expiresAt: request.expires_at! };
  requireAuthorization(authorization);
  const typed_data = typed(SUBKEY_AUTHORIZATION_TYPES, authorization);
  return {
    sign_payload: byText ? textOf(request) : JSON.stringify(typed_data),
    ...{ typed_data, digest: subkeyAuthorizationHash(domain, authorization) },
    ...common,
  };
}

/** What POST /v1/subkey brings. */
export interface AuthorizationRequest extends SubkeyFields {
  name: string;
  expires_at?: number | undefined;
  signature: string;
  possession: string;
  assertion?: AssertionFields | undefined;
}

/** What became of it; null where this node alone keeps it. */
export interface Authorized {
  sign_payload: string;
  relayed: Relayed | null;
}

/**
 * Authorises a subkey. Next.ID's clients sign a text without time or chain, and the subkey does not sign at all: that is kept
 * by this node alone. With the subkey's own signature it goes on chain.
 *
 * @param client whom the call is counted for.
 * @throws {ApiError} 400.
 */
export async function authorizeSubkey(
  context: Context,
  request: AuthorizationRequest,
  client: string,
): Promise<Authorized> {
  const grant = readGrant(request);
  const signature = readAvatarSignature(request.signature);
  const possession = readPossession(grant.subkey, request.possession, request.assertion);
  const nonce = await nonceOf(context, grant.avatar.address, grant.id);
  return request.expires_at === undefined
    ? authorizeByText(context, request, client, grant, signature, possession, nonce)
    : authorizeByTypedData(context, request, client, request.expires_at, grant, signature, possession, nonce);
}

async function authorizeByText(
  context: Context,
  request: AuthorizationRequest,
  client: string,
  grant: Grant,
  signature: Signature,
  possession: string | null,
  nonce: number,
): Promise<Authorized> {
  const { avatar, subkey } = grant;
  const sponsored = { avatar: avatar.address.toLowerCase(), client };
  const sign_payload = textOf(request);
  requireSigner(grant, () => recoverPublicKey(sign_payload, signature.raw).compressed, "sign_payload");
  if (Buffer.byteLength(request.name) > 255) throw badRequest("name: must have at most 255 bytes of UTF-8");
  // PostgreSQL has no such character in its texts.
  if (request.name.includes("\0")) throw badRequest("name: contains U+0000");
  const { chainId } = context.config.chain;
  if (nonce > 0) {
    const address = avatar.address.toLowerCase();
    const known = await findSubkeys(context.db, chainId, {
      ...{ avatar: address, algorithm: subkey.algorithm, publicKey: subkey.publicKey, ended: false },
    });
    if (known.some(({ subkey_id }) => subkey_id === grant.id)) {
      return { sign_payload, relayed: { uuid: "", readable: true } };
    }
    throw badRequest(
      "this subkey was revoked, or has expired, and Next.ID's text has no time: it counts no more. " +
        "Ask for a payload with expires_at (0 for never), and sign its typed data",
    );
  }
  if (possession === null) {
    await keep(context.db, chainId, grant, request, signature.raw);
    return { sign_payload, relayed: null };
  }
  const data = encodeCall("importAuthorization", [
    ...[contractPublicKey(avatar), toContractSubkey(subkey), request.public_key, signature.raw, possession],
  ]);
  const relayed = await relayCall(context, sponsored, data);
  await keep(context.db, chainId, grant, request, null);
  return { sign_payload, relayed };
}

async function authorizeByTypedData(
  context: Context,
  request: AuthorizationRequest,
  client: string,
  expiresAt: number,
  grant: Grant,
  signature: Signature,
  possession: string | null,
  nonce: number,
): Promise<Authorized> {
  const { avatar, subkey } = grant;
  const sponsored = { avatar: avatar.address.toLowerCase(), client };
  const authorization = { avatar: avatar.address, subkey, name: request.name, expiresAt, nonce };
  requireAuthorization(authorization);
  const digest = subkeyAuthorizationHash(domainOf(context), authorization);
  requireSigner(grant, () => recoverSubkeySigner(digest, signature.raw).compressed, "the typed data");
  if (possession === null) {
    throw badRequest("possession is missing: with expires_at the subkey has to sign too, as the payload says");
  }
  const data = encodeCall("authorize", [
    { ...authorization, subkey: toContractSubkey(subkey) },
    signature.raw,
    possession,
  ]);
  const relayed = await relayCall(context, sponsored, data);
  await keep(context.db, context.config.chain.chainId, grant, request, null);
  const { sign_payload } = await makeSubkeyPayload(context, { ...request, action: "authorize" });
  return { sign_payload, relayed };
}

/** What POST /v1/subkey/revoke brings. */
export interface RevocationRequest extends SubkeyFields {
  signature: string;
  possession: string;
  assertion?: AssertionFields | undefined;
}

/**
 * Revokes a subkey by the avatar's signature, or by its own: on chain, so that also what nobody has handed in yet is void.
 *
 * @throws {ApiError} 400.
 */
export async function revokeSubkey(context: Context, request: RevocationRequest, client: string): Promise<Relayed> {
  const grant = readGrant(request);
  const { avatar, subkey, id } = grant;
  const sponsored = { avatar: avatar.address.toLowerCase(), client };
  const possession = readPossession(subkey, request.possession, request.assertion);
  const next = await nonceOf(context, avatar.address, id);
  // The contract takes the nonce that the authorisation in force used, too: the signature may be from before it.
  const nonces = next === 0 ? [0] : [next, next - 1];
  if (request.signature !== "") {
    const signature = readAvatarSignature(request.signature);
    const digestAt = (nonce: number) =>
      subkeyRevocationHash(domainOf(context), { avatar: avatar.address, subkey, nonce });
    const signers = nonces.map((nonce) => signerOf(digestAt(nonce), signature));
    const which = signers.indexOf(avatar.compressed);
    if (which === -1) {
      throw badRequest(
        `Error when validating signature: it is not by ${avatar.compressed} over the typed data of nonce ${next}, ` +
          `but by ${signers[0]}`,
      );
    }
    return relayCall(context, sponsored, encodeCall("revokeBySig", [avatar.address, id, nonces[which], signature.raw]));
  }
  if (possession === null) throw badRequest("signature or possession is missing: avatar or subkey has to sign");
  const calls = nonces.map((nonce) =>
    encodeCall("renounce", [avatar.address, toContractSubkey(subkey), nonce, possession]),
  );
  for (const data of calls.slice(1)) {
    if ((await refusalOf(context, data)) === null) return relayCall(context, sponsored, data);
  }
  return relayCall(context, sponsored, calls[0]!);
}

/** Next.ID's text. */
function textOf({ avatar, algorithm, public_key: publicKey, rp_id: rpId }: SubkeyFields): string {
  return subkeyText({ avatar, algorithm, publicKey, rpId });
}

function requireAuthorization(authorization: SubkeyAuthorization): void {
  try {
    assertSubkeyAuthorization(authorization);
  } catch (error) {
    throw asBadRequest(error);
  }
  const { expiresAt } = authorization;
  if (expiresAt !== 0 && expiresAt * 1000 <= Date.now()) throw badRequest(`expires_at ${expiresAt} is not after now`);
}

function requireSigner({ avatar }: Grant, recover: () => string, what: string): void {
  let signer = "no key at all";
  try {
    signer = recover();
  } catch {
    // It recovers to nothing.
  }
  if (signer !== avatar.compressed) {
    throw badRequest(
      `Error when validating signature: it is not by ${avatar.compressed} over ${what}; it recovers to ${signer}`,
    );
  }
}

function signerOf(digest: string, { raw }: Signature): string {
  try {
    return recoverSubkeySigner(digest, raw).compressed;
  } catch {
    return "no key at all";
  }
}
