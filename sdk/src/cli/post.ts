import type { Draft } from "./draft.ts";
import { CliError } from "./errors.ts";

const SLOT = "%SIG_BASE64%";

/** Longest character-string of a TXT record, in bytes (RFC 1035, section 3.3). */
const MAX_TXT_STRING = 255;

/**
 * The content of the gist, with the signature filled in. The server's comments in it are published under the user's name,
 * so everything else must be what belongs there.
 *
 * @throws {CliError} when the server's proposal says anything else than the link.
 */
export function gistContent({ link, text, post }: Draft, signature: string): string {
  const expected: Record<string, string> = {
    persona: link.avatar,
    github_username: link.identity,
    sign_payload: text,
    signature: SLOT,
    created_at: String(link.createdAt),
    uuid: link.uuid,
  };
  const proposed = parse(post);
  for (const [field, value] of Object.entries(expected)) {
    if (proposed[field] !== value) throw refusal(`its ${field} is not that of the link`);
  }
  const strange = Object.keys(proposed).find((field) => !(field in expected) && !/^(?:version|comment2?)$/.test(field));
  if (strange !== undefined) throw refusal(`it has a field ${JSON.stringify(strange)}`);
  return post.replaceAll(SLOT, signature);
}

/** The text of the TXT record, with the signature filled in. @throws {CliError} as {@link gistContent}. */
export function txtRecord({ link, post }: Draft, signature: string): string {
  const { createdAt, uuid, prev } = link;
  if (post !== `ps:true;v:1;sig:${SLOT};ca:${createdAt};uuid:${uuid};prev:${prev ?? "null"}`) {
    throw refusal("it is not the record of this link");
  }
  return post.replaceAll(SLOT, signature);
}

/** A TXT record as the character-strings of a zone file: at most 255 bytes each, in quotes. */
export function txtStrings(record: string): string[] {
  const pieces = record.match(new RegExp(`.{1,${MAX_TXT_STRING}}`, "gs")) ?? [];
  return pieces.map((piece) => `"${piece.replace(/["\\]/g, String.raw`\$&`)}"`);
}

function parse(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw refusal("it is no JSON object");
}

function refusal(why: string): CliError {
  return new CliError(`nothing was signed: what the server wants published does not fit the link: ${why}`);
}
