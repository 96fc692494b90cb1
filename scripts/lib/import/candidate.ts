import {
  ACTIONS,
  type Action,
  type Link,
  ProtocolError,
  type PublicKey,
  type Signature,
  aliasProof,
  assertAppendable,
  isCosigned,
  linkId,
  parsePublicKey,
  parseSignature,
  parseSolanaSignature,
  parseUuid,
  payloadHash,
  recoverPublicKey,
  signPayload,
} from "@syngraph/sdk/protocol";

import type { ChainDocument } from "./document.ts";

/** What a report calls a link. */
export interface LinkName {
  avatar: string;
  action: string;
  platform: string;
  identity: string;
  uuid: string;
}

/** A link whose signatures are good, or the other side's release, which is no link. */
export interface Candidate {
  name: LinkName;
  avatar: PublicKey;
  link: Link;
  /** The avatar's; of a release null. */
  signature: Signature | null;
  /** linkId; of a release the digest of its text. */
  id: string;
  /** What the contract takes of the wallet or of the other avatar, `0x` hex; else `0x`. */
  proof: string;
  proofLocation: string;
  /** What was left out, in a sentence; empty if nothing. */
  note: string;
}

/** A link that is forged, altered, or of a kind that cannot go in. */
export class RefusedLink extends Error {
  override readonly name = "RefusedLink";
}

/**
 * Checks one document with the protocol and makes of it what the contract takes. The signature must recover to the avatar
 * from the published text and from the text rebuilt out of the fields, so that no field can be altered.
 *
 * @param previous the signature of the document before it: what a text that was not published may quote.
 * @throws {RefusedLink}
 */
export function readCandidate(document: ChainDocument, previous: string | null): Candidate {
  try {
    return read(document, previous);
  } catch (error) {
    if (error instanceof ProtocolError) throw new RefusedLink(error.message, { cause: error });
    throw error;
  }
}

/** How a document calls its link, whether it is good or not. */
export function nameOf({ avatar, action, platform, identity, uuid }: ChainDocument): LinkName {
  return { avatar, action: action ?? "", platform: platform ?? "", identity: identity ?? "", uuid: uuid ?? "" };
}

function read(document: ChainDocument, previous: string | null): Candidate {
  const avatar = parsePublicKey(document.avatar);
  const cosigned = cosignatureOf(document);
  const signature = document.signature ? parseSignature(document.signature) : null;
  const link = findLink(document, avatar, () => signature ?? parseSignature(cosigned), previous);
  // The contract writes prev itself, out of the bytes.
  if (link.prev !== null && parseSignature(link.prev, "prev").base64 !== link.prev) {
    throw new RefusedLink("its prev is not in standard Base64");
  }
  const signedBy = signature && recoverPublicKey(signPayload(link), signature.raw);
  const common = { name: nameOf(document), avatar, link, ...checkAppendable(link, locationOf(document)) };
  if (isRelease(link, signedBy, cosigned)) {
    const proof = readCosignature(link, signature ? signature.raw : cosigned);
    return { ...common, signature: null, id: payloadHash(link), proof };
  }
  if (!signature) throw new RefusedLink("no signature of the avatar");
  if (signedBy?.compressed !== avatar.compressed) {
    throw new RefusedLink("forged or altered: the avatar did not sign it");
  }
  const proof = isCosigned(link.platform) && link.action === "create" ? readCosignature(link, cosigned) : "0x";
  return { ...common, signature, id: linkId(link, signature.raw), proof };
}

/** Where its proof is. A Solana wallet's signature is its own location: the contract keeps it for whoever verifies it. */
function locationOf({ platform, extra, proof_location: location }: ChainDocument): string {
  if (platform !== "solana" || !extra?.wallet_signature) return location ?? "";
  return parseSolanaSignature(extra.wallet_signature);
}

/** The signature of the wallet, or of the other avatar, as Next.ID has it; empty where there is none. */
function cosignatureOf({ platform, extra }: ChainDocument): string {
  if (platform === "nextid") {
    const target = extra?.target_signature || "";
    return /^[0-9a-f]{130}$/i.test(target) ? `0x${target}` : target;
  }
  return (platform === "ethereum" && extra?.wallet_signature) || "";
}

/** What the contract takes as the other side's signature. */
function readCosignature({ platform, identity, ...link }: Link, signature: string): string {
  if (platform !== "nextid") {
    if (signature === "") throw new RefusedLink("no signature of the wallet");
    return readBytes(signature);
  }
  if (signature === "") {
    throw new RefusedLink(
      "no signature of the other avatar in extra.target_signature: without it only Next.ID says that the two are one",
    );
  }
  const { raw } = parseSignature(signature, "target_signature");
  const text = signPayload({ ...link, platform, identity });
  if (recoverPublicKey(text, raw, "target_signature").compressed !== identity) {
    throw new RefusedLink("forged or altered: the other avatar did not sign it");
  }
  return aliasProof(identity, raw);
}

/**
 * A delete by the wallet, or the other avatar, itself. Next.ID put the wallet's signature in the place of the avatar's; a
 * Syngraph API leaves that empty. A wallet that is a contract signs as it likes: the chain judges.
 */
function isRelease(link: Link, signedBy: PublicKey | null, cosigned: string): boolean {
  if (!isCosigned(link.platform) || link.action !== "delete") return false;
  return signedBy ? isNamedBy(signedBy, link) : cosigned !== "";
}

/** Whether a key is the one that a link's identity names. */
function isNamedBy({ address, compressed }: PublicKey, { platform, identity }: Link): boolean {
  return identity === (platform === "nextid" ? compressed : address.toLowerCase());
}

/** The link that was signed: the published text's where there is one, else one whose text the signature fits. */
function findLink(
  document: ChainDocument,
  avatar: PublicKey,
  signature: () => Signature,
  previous: string | null,
): Link {
  const { signature_payload: published } = document;
  if (published) {
    const link = linkOf(document, avatar, prevOf(published, document.prev));
    if (signPayload(link) !== published) {
      throw new RefusedLink("altered: the signed text does not say what the fields say");
    }
    return link;
  }
  const given = signature();
  const fits = [document.prev ?? null, previous, null]
    .map((prev) => linkOf(document, avatar, prev))
    .find((link) => isSignedBy(link, avatar, given));
  if (!fits) throw new RefusedLink("forged or altered: no text of these fields was signed by the avatar");
  return fits;
}

function isSignedBy(link: Link, avatar: PublicKey, signature: Signature): boolean {
  const found = recoverPublicKey(signPayload(link), signature.raw);
  return found.compressed === avatar.compressed || isNamedBy(found, link);
}

function linkOf(document: ChainDocument, avatar: PublicKey, prev: string | null): Link {
  const { platform, identity } = document;
  if (!platform || !identity) throw new RefusedLink("platform or identity is missing");
  return {
    action: readAction(document.action),
    platform,
    identity,
    avatar: avatar.compressed,
    prev,
    createdAt: readCreatedAt(document.created_at),
    uuid: readUuid(document.uuid),
  };
}

function prevOf(published: string, stated: string | null | undefined): string | null {
  let payload: { prev?: unknown; uuid?: unknown };
  try {
    payload = JSON.parse(published) as typeof payload;
  } catch {
    throw new RefusedLink("the signed text is no JSON");
  }
  if (payload?.uuid === undefined) {
    throw new RefusedLink(
      "a text of the first generation, without uuid and created_at, which the contract cannot rebuild",
    );
  }
  const { prev } = payload;
  if (prev !== null && typeof prev !== "string") throw new RefusedLink("the signed text has no prev");
  if (typeof stated === "string" && stated !== prev)
    throw new RefusedLink("altered: prev is not that of the signed text");
  return prev;
}

function readAction(action: string | null | undefined): Action {
  const known = ACTIONS.find((name) => name === action);
  if (!known) throw new RefusedLink(`action ${JSON.stringify(action ?? "")} is neither create nor delete`);
  return known;
}

function readCreatedAt(createdAt: string | number | null | undefined): number {
  if (!/^\d{10}$/.test(String(createdAt ?? ""))) throw new RefusedLink("created_at is no time in seconds");
  return Number(createdAt);
}

function readUuid(uuid: string | null | undefined): string {
  if (!uuid) throw new RefusedLink("no uuid: a link of the first generation, which the contract cannot rebuild");
  return parseUuid(uuid);
}

/** What the contract would refuse of the texts. A bad location is left out instead: it is not signed, and ends no chain. */
function checkAppendable(link: Link, proofLocation: string): { proofLocation: string; note: string } {
  assertAppendable(link);
  try {
    assertAppendable(link, proofLocation);
    return { proofLocation, note: "" };
  } catch (error) {
    return { proofLocation: "", note: `left out ${(error as Error).message}` };
  }
}

/** A contract wallet's signature (ERC-1271) may have any length; whether it is good only the chain can say. */
function readBytes(wallet: string): string {
  if (/^0x(?:[0-9a-f]{2})+$/i.test(wallet)) return wallet.toLowerCase();
  const bytes = Buffer.from(wallet, "base64");
  if (bytes.toString("base64") !== wallet) throw new RefusedLink("the wallet's signature is no standard Base64");
  return `0x${bytes.toString("hex")}`;
}
