import {
  type Attestation,
  type Link,
  type PublicKey,
  type Signature,
  type Submission,
  head,
  linkId,
  packAttestations,
  publicKeyOf,
  signAttestation,
  signPayload,
  signText,
  toSubmission,
  uuidFromBytes,
} from "@syngraph/sdk/protocol";
import { ZeroHash, concat, dataSlice, getBytes, hexlify, id, toBeHex } from "ethers";

import { NOW } from "./contractClock.ts";

/** Somebody with a key: an avatar, a wallet or an attester. */
export interface Person {
  privateKey: string;
  key: PublicKey;
  /** EIP-55. */
  address: string;
  /** The address as an identity on `ethereum`. */
  wallet: string;
}

/** The same name is the same person in every run. */
export function person(name: string): Person {
  return personOf(id(`syngraph test ${name}`));
}

/** Whoever has this private key. */
export function personOf(privateKey: string): Person {
  const key = publicKeyOf(privateKey);
  return { privateKey, key, address: key.address, wallet: key.address.toLowerCase() };
}

/** A link with its avatar's signature, and as the contract takes it. */
export interface SignedLink {
  link: Link;
  text: string;
  signature: Signature;
  id: string;
  submission: Submission;
}

/** What a test says about a link; the rest is filled in. */
export interface LinkFields extends Partial<Omit<Link, "avatar">>, Partial<Pick<Submission, "proofLocation">> {
  platform: string;
  identity: string;
  /** The link before it in the chain: its signature is quoted as published. */
  after?: SignedLink;
  /** Signs the same text, as a bound wallet does. */
  cosigner?: Person;
  /** The attestations, made of the link's id. */
  attested?: (id: string) => string;
}

/** Signs a link as its avatar, and puts it into the form that the contract takes. */
export function signLink(avatar: Person, fields: LinkFields): SignedLink {
  const link = linkOf(avatar, fields);
  const text = signPayload(link);
  const signature = signText(avatar.privateKey, text);
  const name = linkId(link, signature.raw);
  return {
    link,
    text,
    signature,
    id: name,
    submission: {
      ...submissionOf(link, signature.raw),
      proof: fields.cosigner ? signText(fields.cosigner.privateKey, text).raw : (fields.attested?.(name) ?? "0x"),
      proofLocation: fields.proofLocation ?? "",
    },
  };
}

/** A release: the text of a delete, signed by the wallet alone. */
export function signRelease(avatar: Person, wallet: Person, fields: Partial<LinkFields> = {}): Submission {
  const link = linkOf(avatar, { action: "delete", platform: "ethereum", identity: wallet.wallet, ...fields });
  const { raw } = signText(wallet.privateKey, signPayload(link));
  return { ...submissionOf(link, "0x"), proof: raw };
}

/** A link and its signature (`0x` hex) as the contract takes them, with the public key and nothing from the other side. */
export function submissionOf(link: Link, signature: string): Submission {
  return toSubmission(link, { signature, withKey: true });
}

/** A submission without the public key, as later links of a chain have it. */
export function withoutKey(submission: Submission): Submission {
  return { ...submission, publicKeyX: ZeroHash, publicKeyY: ZeroHash };
}

/** Attestations over a link by some attesters, in the order that the contracts want. */
export function attest(
  attesters: readonly Person[],
  statement: Partial<Attestation> & Pick<Attestation, "linkId">,
): string {
  const whole = { found: true, accountId: "", checkedAt: NOW, ...statement };
  return packAttestations(
    whole.accountId,
    [...attesters]
      .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))
      .map(({ privateKey }) => ({
        checkedAt: whole.checkedAt,
        signature: signAttestation(privateKey, whole),
      })),
  );
}

/** The part of a signature's head that the contract keeps. */
export function storedHead(signature: string): string {
  return dataSlice(head(signature), 0, 24);
}

/** A submission with another signature of 65 bytes (`0x` hex): s as it comes, and v for the highest bit. */
export function withSignature(submission: Submission, signature: string): Submission {
  const [r, s, v] = [
    dataSlice(signature, 0, 32),
    BigInt(dataSlice(signature, 32, 64)),
    BigInt(dataSlice(signature, 64)),
  ];
  return { ...submission, r, vs: toBeHex(s | ((v % 27n) << 255n), 32) };
}

/** A submission of which a byte of the header is another. */
export function withHeaderByte(submission: Submission, at: number, byte: number): Submission {
  const header = getBytes(submission.header);
  header[at] = byte;
  return { ...submission, header: hexlify(header) };
}

/** A signature of 65 bytes (`0x` hex) with another last byte. */
export function withV(signature: string, v: number): string {
  return concat([dataSlice(signature, 0, 64), Uint8Array.of(v)]);
}

/** The order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The other valid form of a signature (`0x` hex): s mirrored, v flipped (EIP-2). */
export function withHighS(signature: string): string {
  const s = ORDER - BigInt(dataSlice(signature, 32, 64));
  const v = Number(dataSlice(signature, 64));
  return concat([dataSlice(signature, 0, 32), toBeHex(s, 32), Uint8Array.of(v < 27 ? 1 - v : 55 - v)]);
}

function linkOf(avatar: Person, fields: LinkFields): Link {
  const prev = fields.after?.signature.base64 ?? fields.prev ?? null;
  const seed = [avatar.address, fields.action, fields.platform, fields.identity, prev].join();
  return {
    action: fields.action ?? "create",
    platform: fields.platform,
    identity: fields.identity,
    avatar: avatar.key.uncompressed,
    prev,
    createdAt: fields.createdAt ?? NOW,
    uuid: fields.uuid ?? uuidFromBytes(dataSlice(id(seed), 0, 16)),
  };
}
