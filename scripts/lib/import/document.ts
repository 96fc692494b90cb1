import { readFile } from "node:fs/promises";

import { parsePublicKey } from "@syngraph/sdk/protocol";
import { z } from "zod";

const text = z.string().nullish();

/**
 * One link as Next.ID publishes it: an item of `GET /v1/proofchain` or an Arweave document, which carry the same names.
 * What a link must have is decided by the check, so that each one gets its own answer.
 */
const chainDocument = z.object({
  avatar: text,
  action: text,
  platform: text,
  identity: text,
  proof_location: text,
  created_at: z.union([z.string(), z.number()]).nullish(),
  signature: text,
  signature_payload: text,
  uuid: text,
  extra: z.object({ wallet_signature: text, target_signature: text }).nullish(),
  /** Only in the replies of a Syngraph API. */
  prev: text,
});

/** See {@link chainDocument}; `avatar` is always there. */
export type ChainDocument = z.infer<typeof chainDocument> & { avatar: string };

/** A file that holds no proof chain. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}

/** Reads a file as {@link readDocuments}. */
export async function readDocumentFile(file: string, avatar?: string): Promise<ChainDocument[]> {
  const json = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new DocumentError(`${file} cannot be read: ${cause.code ?? cause.message}`, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new DocumentError(`${file} is no JSON`);
  }
  return readDocuments(value, avatar);
}

/**
 * The links in the reply of `GET /v1/proofchain`, or in a list of Arweave documents.
 *
 * @param avatar the public key whose links those are that name none.
 * @throws {DocumentError}
 */
export function readDocuments(value: unknown, avatar?: string): ChainDocument[] {
  const shape = z.union([z.array(chainDocument), z.object({ proof_chain: z.array(chainDocument) })]);
  const read = shape.safeParse(value);
  if (!read.success) {
    throw new DocumentError("neither a list of Arweave documents nor a reply of GET /v1/proofchain");
  }
  const documents = Array.isArray(read.data) ? read.data : read.data.proof_chain;
  return documents.map((document, index) =>
    Object.assign(document, { avatar: keyOf(document.avatar ?? avatar, index) }),
  );
}

function keyOf(key: string | undefined, index: number): string {
  if (!key) throw new DocumentError(`link ${index + 1} does not say whose it is: give the public key with --avatar`);
  try {
    return parsePublicKey(key).compressed;
  } catch {
    throw new DocumentError(`link ${index + 1} is of ${JSON.stringify(key)}, which is no public key`);
  }
}
