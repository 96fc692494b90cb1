import { AbiCoder, concat, keccak256, zeroPadValue } from "ethers";

import { type Link, payloadHash } from "./signPayload.ts";
import { head } from "./signature.ts";

const abi = AbiCoder.defaultAbiCoder();

/**
 * The name of a link: keccak256(abi.encode(payloadHash, head)). It commits to the text as well as to the signature,
 * since one signature over another text recovers another, ownerless address.
 */
export function linkId(link: Link, signature: string | Uint8Array): string {
  return keccak256(abi.encode(["bytes32", "bytes32"], [payloadHash(link), head(signature)]));
}

/** keccak256(abi.encode(platform, identity)), both as the platform normalises them. */
export function identityKey(platform: string, identity: string): string {
  return keccak256(abi.encode(["string", "string"], [platform, identity]));
}

/** keccak256(abi.encode(avatar, identityKey)): the name of a binding. `avatar` is the address of the avatar's key. */
export function bindingKey(avatar: string, platform: string, identity: string): string {
  return bindingKeyOf(avatar, identityKey(platform, identity));
}

/** {@link bindingKey} of an identity of which the {@link identityKey} is known. */
export function bindingKeyOf(avatar: string, key: string): string {
  return keccak256(concat([zeroPadValue(avatar, 32), key]));
}
