import { type Link, type PublicKey, parsePublicKey } from "@syngraph/sdk/protocol";

import nextid from "../vectors/nextid.json" with { type: "json" };

/** A link that was really published for Next.ID, with its signature. */
export interface ProofVector {
  link: Link;
  avatar: PublicKey;
  /** The text that was signed. */
  message: string;
  /** Base64. */
  signature: string;
}

/** The proof of this id in test/vectors/nextid.json. */
export function proofVector(id: string): ProofVector {
  const { fields, message, signature_base64: signature, public_key_compressed: key } = find(nextid.signatures, { id });
  const { action, platform, identity, created_at: createdAt, uuid, prev } = fields as Record<string, string | null>;
  const avatar = parsePublicKey(key!);
  return {
    link: {
      action: action === "delete" ? "delete" : "create",
      platform: platform!,
      identity: identity!,
      avatar: avatar.compressed,
      prev: prev ?? null,
      createdAt: Number(createdAt),
      uuid: uuid!,
    },
    avatar,
    message: message!,
    signature,
  };
}

/** What the reference's own test took for a platform's proof of this identity; what it does not say is empty. */
export function referenceFixture(platform: string, identity: string) {
  const found: Partial<Record<string, string>> = find(nextid.live_fixtures, { platform, identity });
  const { created_at: createdAt, uuid = "", proof_location: location = "" } = found;
  return { createdAt: Number(createdAt), uuid, location };
}

/** Texts of the reference's own parser tests, with what it reads in them. */
export function parserCases(kind: string): readonly { input: string; signature?: string; previous?: string | null }[] {
  return find(nextid.parsers, { kind }).cases as { input: string }[];
}

function find<T extends object>(list: readonly T[], wanted: Partial<Record<keyof T, string>>): T {
  const found = list.find((item) => Object.entries(wanted).every(([key, value]) => item[key as keyof T] === value));
  if (!found) throw new Error(`no vector has ${JSON.stringify(wanted)}`);
  return found;
}
