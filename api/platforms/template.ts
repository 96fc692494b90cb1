import { goString } from "@syngraph/sdk/protocol";

import type { Draft, Template } from "./types.ts";

/** Fills in what the server knows of a post; `%SIG_BASE64%` stays for the client. */
export function fillTemplate(template: Template, draft: Draft): string {
  if (typeof template === "string") return fill(template, draft);
  // As Go's json.MarshalIndent prints it with a tab, which is how Next.ID's users have published it.
  const lines = Object.entries(template).map(([key, value]) => `\t${goString(key)}: ${goString(fill(value, draft))}`);
  return `{\n${lines.join(",\n")}\n}`;
}

/** In one pass, so that braces inside a value are never taken for a slot. */
function fill(text: string, { link, avatar, typedIdentity, signPayload }: Draft): string {
  const slots: Record<string, string> = {
    avatar: avatar.compressed,
    identity: link.identity,
    typed_identity: typedIdentity.trim().replace(/^@/, ""),
    sign_payload: signPayload,
    created_at: String(link.createdAt),
    uuid: link.uuid,
    prev: link.prev ?? "null",
    prev_or_blank: link.prev ?? "",
    prev_line: link.prev === null ? "" : `\nPrevious: ${link.prev}`,
  };
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => slots[name] ?? slot);
}
