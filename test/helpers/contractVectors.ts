import { readFileSync } from "node:fs";

import {
  type Action,
  type Link,
  type SubkeyAuthorization,
  type SubkeyDomain,
  type WebAuthnAssertion,
  parsePublicKey,
} from "@syngraph/sdk/protocol";

/** A signature that somebody published, and whose key is known. */
export interface SignatureVector {
  id: string;
  kind: string;
  fields: Record<string, unknown>;
  message: string;
  signature_base64: string;
  signature_hex: string;
  public_key_as_published: string;
  public_key_compressed: string;
  public_key_uncompressed: string;
  check: { v: number };
}

/** One whose `kind` is `proof`: a link's. */
export interface ProofVector extends SignatureVector {
  fields: {
    action: Action;
    prev: string | null;
    platform: string;
    identity: string;
    created_at: string;
    uuid: string;
  };
}

/** What the tests read of test/vectors/nextid.json. */
interface Vectors {
  signatures: SignatureVector[];
  not_verifying: {
    id: string;
    signature_base64: string;
    message_tried: string | null;
    public_key_claimed: string | null;
    check: { v: number; recovered_noble?: string };
  }[];
  own: { id: string; [field: string]: unknown }[];
  encodings: {
    base1024: {
      sha256_of_alphabet_concatenated_utf8: string;
      code_points: number[];
      vectors: { text?: string; encoded: string; decoded_hex?: string }[];
    };
    address: { public_key: string; expected: string }[];
    public_key_parsing: { input: string; compressed: string }[];
    hash: { input: string; keccak256: string }[];
  };
}

/** Vectors gathered from Next.ID's repositories. */
export const vectors = JSON.parse(readFileSync(new URL("../vectors/nextid.json", import.meta.url), "utf8")) as Vectors;

/** The links among them. */
export const proofVectors = vectors.signatures.filter((vector): vector is ProofVector => vector.kind === "proof");

/** One link, by its id. */
export function proofVector(id: string): ProofVector {
  const found = proofVectors.find((vector) => vector.id === id);
  if (found === undefined) throw new TypeError(`There is no vector ${id}`);
  return found;
}

/** A vector as a link of the avatar that it names. */
export function linkOfVector({ fields, public_key_compressed }: ProofVector): Link {
  const { created_at, ...same } = fields;
  return { ...same, avatar: parsePublicKey(public_key_compressed).uncompressed, createdAt: Number(created_at) };
}

/** Where an assertion by a browser's passkey stands; test/browser/passkey.test.ts writes it with WRITE_VECTORS=1. */
export const WEBAUTHN_VECTOR_FILE = new URL("../vectors/webauthn.json", import.meta.url);

/** A subkey's authorisation and the assertion of a browser's passkey over it. */
export interface WebAuthnVector {
  origin: string;
  domain: SubkeyDomain;
  authorization: SubkeyAuthorization;
  assertion: WebAuthnAssertion;
}
