import { AbiCoder, Signature, SigningKey, TypedDataEncoder, id, keccak256 } from "ethers";

import { ATTESTATION_DOMAIN } from "./attestation.ts";

/** The topics under which operators anchor. */
export const STATE_TOPICS = { kv: id("kv"), receipts: id("receipts") } as const;

/** That an operator stands for a root. */
export interface Anchor {
  /** One of {@link STATE_TOPICS}, or keccak256 of another name. */
  topic: string;
  /** Goes up with every anchor of one operator on one topic; 1 at least. */
  epoch: bigint;
  /** Of a `StandardMerkleTree` of `@openzeppelin/merkle-tree`. */
  root: string;
  /** Where the data of the tree can be fetched; at most 1024 printable ASCII characters, empty where it is not public. */
  uri: string;
}

/** The EIP-712 type: `Anchor(bytes32 topic,uint64 epoch,bytes32 root,string uri)`. */
export const ANCHOR_TYPES = {
  Anchor: [
    { name: "topic", type: "bytes32" },
    { name: "epoch", type: "uint64" },
    { name: "root", type: "bytes32" },
    { name: "uri", type: "string" },
  ],
};

/** The EIP-712 digest that an operator signs, in the attestations' domain: an anchor is a fact too, on every chain. */
export function anchorHash(anchor: Anchor): string {
  return TypedDataEncoder.hash(ATTESTATION_DOMAIN, ANCHOR_TYPES, anchor);
}

/**
 * Signs an anchor with an operator's private key; 65 bytes, `0x` hex, v in {27, 28}. Whoever signs two roots for one epoch
 * leaves it to others which of them is anchored.
 */
export function signAnchor(privateKey: string, anchor: Anchor): string {
  return Signature.from(new SigningKey(privateKey).sign(anchorHash(anchor))).serialized;
}

/** A leaf's values as StateAnchor's `verify` takes them. */
export function encodeLeaf(types: readonly string[], values: readonly unknown[]): string {
  return AbiCoder.defaultAbiCoder().encode(types, values);
}

/** The hash of an encoded leaf in its tree: twice keccak256, so that no inner node passes for a leaf. */
export function leafHash(leaf: string): string {
  return keccak256(keccak256(leaf));
}
