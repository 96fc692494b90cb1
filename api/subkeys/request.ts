import {
  ProtocolError,
  type PublicKey,
  type Signature,
  type Subkey,
  assertSubkeyAuthorization,
  es256Proof,
  parsePublicKey,
  parseSignature,
  parseSubkey,
  subkeyId,
  webAuthnProof,
} from "@syngraph/sdk/protocol";
import { dataLength, decodeBase64, hexlify } from "ethers";

import { badRequest, messageOf } from "../errors.ts";

/** Which subkey of which avatar a request is about, as text. */
export interface SubkeyFields {
  avatar: string;
  algorithm: string;
  public_key: string;
  rp_id: string;
}

/** An assertion of a passkey over the digest, as text. */
export interface AssertionFields {
  authenticator_data: string;
  client_data_json: string;
  signature: string;
}

/** A subkey with whose it is to be. */
export interface Grant {
  avatar: PublicKey;
  subkey: Subkey;
  id: string;
}

/** Reads which subkey a request is about. @throws {ApiError} 400, in Next.ID's words. */
export function readGrant(fields: SubkeyFields): Grant {
  if (fields.rp_id === "") throw badRequest("rp_id is empty");
  const avatar = readAvatar(fields.avatar, "when parsing avatar public key");
  const subkey = readSubkey(fields, "when parsing subkey public key");
  try {
    assertSubkeyAuthorization({ avatar: avatar.address, subkey, name: "", expiresAt: 0, nonce: 0 });
  } catch (error) {
    throw asBadRequest(error);
  }
  return { avatar, subkey, id: subkeyId(subkey) };
}

/** @throws {ApiError} 400 that begins with `words`. */
export function readAvatar(text: string, words: string): PublicKey {
  try {
    return parsePublicKey(text);
  } catch (error) {
    throw badRequest(`${words}: ${messageOf(error)}`, error);
  }
}

/** @throws {ApiError} 400; of the key it begins with `words`. */
export function readSubkey(
  { algorithm, public_key: publicKey, rp_id: rpId }: Omit<SubkeyFields, "avatar">,
  words: string,
): Subkey {
  try {
    return parseSubkey({ algorithm, publicKey, rpId });
  } catch (error) {
    if (error instanceof ProtocolError && error.field === "public_key") {
      throw badRequest(`${words}: ${error.message}`, error);
    }
    throw asBadRequest(error);
  }
}

/** The avatar's signature: standard Base64 or `0x` hex. @throws {ApiError} 400. */
export function readAvatarSignature(text: string): Signature {
  try {
    return parseSignature(text);
  } catch (error) {
    throw badRequest(`Error when decoding signature: ${messageOf(error)}`, error);
  }
}

/**
 * The subkey's own signature in the form that the contract takes; null where there is none.
 *
 * @throws {ApiError} 400.
 */
export function readPossession(
  { algorithm }: Subkey,
  possession: string,
  assertion: AssertionFields | undefined,
): string | null {
  try {
    if (assertion !== undefined) {
      if (algorithm !== "es256") throw badRequest("assertion: a passkey is of es256");
      return webAuthnProof({
        authenticatorData: bytesOf(assertion.authenticator_data, "assertion.authenticator_data"),
        clientDataJSON: bytesOf(assertion.client_data_json, "assertion.client_data_json"),
        signature: bytesOf(assertion.signature, "assertion.signature"),
      });
    }
    if (possession === "") return null;
    const bytes = bytesOf(possession, "possession");
    if (algorithm === "secp256k1") return parseSignature(bytes).raw;
    return dataLength(bytes) === 64 ? es256Proof(bytes) : bytes;
  } catch (error) {
    throw asBadRequest(error, "possession");
  }
}

/** Of hex with `0x`, or of Base64 or Base64url with or without padding, as browsers and libraries give bytes. */
function bytesOf(text: string, name: string): string {
  if (/^0x(?:[0-9a-f]{2})*$/i.test(text)) return text.toLowerCase();
  const standard = text
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/={1,2}$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(standard) || standard.length % 4 === 1) {
    throw badRequest(`${name} is neither hex with 0x nor Base64`);
  }
  return hexlify(decodeBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "=")));
}

/** What the protocol refuses, in its words, which name the field. */
export function asBadRequest(error: unknown, words?: string): unknown {
  if (!(error instanceof ProtocolError)) return error;
  return badRequest(words === undefined ? error.message : `${words}: ${error.message}`, error);
}
