import { AbiCoder, getAddress, keccak256 } from "ethers";

import { hashHex } from "./hash.ts";
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
  return bindingKeyOf(getAddress(avatar), identityKey(platform, identity));
}

/** {@link bindingKey} of an address and an {@link identityKey} as events have them. */
export function bindingKeyOf(avatar: string, key: string): string {
  // abi.encode, for which ethers's coder takes ten times as long.
  return hashHex(`0x${"0".repeat(24)}${avatar.slice(2)}${key.slice(2)}`);
}
