import { createHash } from "node:crypto";

/** Our own namespace for ids `platform,identity`. */
const NAMESPACE = Buffer.from("5c8d1f0e7a4b4f6c9d3e2b1a0f9e8d7c", "hex");

/** A UUID of a name, the same on every node: version 5 (RFC 9562, section 5.5). */
export function uuidOf(name: string): string {
  const bytes = createHash("sha1").update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
