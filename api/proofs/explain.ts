import { setImmediate as turn } from "node:timers/promises";

import {
  type Signature,
  fromUncompressed,
  goString,
  isTwoSided,
  recoverPoint,
  recoverPublicKey,
  signPayload,
} from "@syngraph/sdk/protocol";
import { computeAddress, decodeBase64, getAddress, hashMessage, hexlify, id, isAddress } from "ethers";
import type { Pool } from "pg";

import { PLATFORMS } from "../platforms/index.ts";
import type { Draft } from "./draft.ts";
import { prevForms } from "./prev.ts";

/** What the signature might have been made over instead, and what is wrong with it. */
interface Neighbour {
  /** A text that was signed with EIP-191, or a digest that was signed as it is. */
  signed: { text: string } | { digest: string };
  fault: string;
}

/** A payload's members by name. */
type Fields = Record<string, string | number | null>;

/** A link of the avatar that is on chain. */
interface Earlier {
  uuid: string;
  created_at: number;
  /** Canonical, `0x` hex. */
  signature: string;
}

/** What is known beside the link. */
interface Known {
  previous: string | null;
  typedIdentity: string;
  /** The avatar's key. */
  uncompressed: string;
  earlier: readonly Earlier[];
}

/** How many of the avatar's links are tried, the latest first: each costs up to four recoveries, of about a millisecond. */
const EARLIER_LINKS = 12;

/** How many recoveries are made before others have their turn. */
const AT_ONCE = 8;

/**
 * Why a signature does not verify for a link: if it is good for a near-by payload, which field of that is wrong and what it
 * must be; else whose signature it is.
 */
export async function explainBadSignature(
  db: Pool,
  chainId: number,
  { link, avatar, previous, request }: Draft,
  signature: Signature,
): Promise<string> {
  const earlier = await earlierLinks(db, chainId, avatar.address);
  const used = earlier.find((before) => before.signature === signature.canonical);
  if (used) {
    return `bad signature: it is that of the link with uuid ${used.uuid}, which is on chain: sign the new payload`;
  }
  let tried = 0;
  for (const { signed, fault } of neighbours(link, {
    previous,
    typedIdentity: request.identity,
    uncompressed: avatar.uncompressed,
    earlier,
  })) {
    if (signerOf(signed, signature) === avatar.compressed) {
      return `bad signature: it was made for another payload: ${fault}`;
    }
    if ((tried += 1) % AT_ONCE === 0) await turn();
  }
  const signer = signerOf({ text: signPayload(link) }, signature);
  const whose = signer === null ? "no key at all" : signer;
  const wallets =
    signer !== null && computeAddress(signer).toLowerCase() === link.identity
      ? ", the wallet's: extra.signature is to be the avatar's"
      : "";
  return `bad signature: it was not made by ${avatar.compressed} for this payload; it recovers to ${whose}${wallets}`;
}

async function earlierLinks(db: Pool, chainId: number, avatar: string): Promise<Earlier[]> {
  const { rows } = await db.query<Earlier>(
    `SELECT uuid, created_at, signature FROM indexer.link
     WHERE chain_id = $1 AND avatar = $2 AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT ${EARLIER_LINKS}`,
    [chainId, avatar.toLowerCase()],
  );
  return rows;
}

function* neighbours(
  link: Draft["link"],
  { previous, typedIdentity, uncompressed, earlier }: Known,
): Generator<Neighbour> {
  const fields = JSON.parse(signPayload(link)) as Fields;
  yield* otherValues(fields, "prev", prevsOf(previous, earlier));
  yield* otherValues(fields, "created_at", timesOf(link.createdAt));
  yield* otherValues(fields, "uuid", uuidsOf(link.uuid));
  for (const { uuid, created_at } of earlier) {
    const fault = `uuid is ${uuid} there, which is that of a link on chain; it must be ${link.uuid}`;
    yield { signed: { text: print({ ...fields, uuid }) }, fault };
    yield { signed: { text: print({ ...fields, uuid, created_at: String(created_at) }) }, fault };
  }
  yield* otherValues(fields, "identity", identitiesOf(link.identity, typedIdentity));
  yield* otherValues(fields, "action", ["create", "delete", "add"]);
  yield* otherPlatforms(link, fields);
  yield* otherPersonas(fields, uncompressed);
  yield* otherWritings(fields);
  yield* otherSchemes(print(fields));
}

/** The payload with one member of another value. */
function* otherValues(fields: Fields, name: string, values: Iterable<string | number | null>): Generator<Neighbour> {
  const must = `it must be ${shown(fields[name]!)}`;
  for (const value of new Set(values)) {
    if (value === fields[name]) continue;
    yield { signed: { text: print({ ...fields, [name]: value }) }, fault: faultOf(name, value, must) };
  }
}

function faultOf(name: string, value: string | number | null, must: string): string {
  if (name === "prev" && value === null) return `prev is null there, but this avatar has links already; ${must}`;
  if (name === "prev" && typeof value === "string" && value.length === 88) {
    return `prev is ${value} there, which is not the latest link any more; ${must}: ask for a new payload`;
  }
  if (name === "created_at" && Number(value) > 1e11) {
    return `created_at is in milliseconds there, it must be in seconds: ${must}`;
  }
  return `${name} is ${shown(value)} there, ${must}`;
}

/** What may stand for the previous signature: none, an older one, or the right one in another writing. */
function prevsOf(previous: string | null, earlier: readonly Earlier[]): (string | null)[] {
  const right = prevForms(previous);
  const older = earlier.flatMap(({ signature }) => prevForms(signature)).filter((form) => !right.includes(form));
  const written = right.flatMap((form) =>
    form === null
      ? []
      : [hexlify(decodeBase64(form)), form.replaceAll("+", "-").replaceAll("/", "_"), form.replace(/=+$/, "")].filter(
          (text) => text !== form,
        ),
  );
  return [null, "", "null", ...older, ...written];
}

function timesOf(createdAt: number): (string | number)[] {
  const milliseconds = createdAt * 1000;
  const nearby = [-2, -1, 1, 2].map((seconds) => String(createdAt + seconds));
  return [String(milliseconds), createdAt, milliseconds, new Date(milliseconds).toISOString(), ...nearby];
}

function uuidsOf(uuid: string): string[] {
  return [uuid.toUpperCase(), uuid.replaceAll("-", ""), `{${uuid}}`, `urn:uuid:${uuid}`];
}

function identitiesOf(identity: string, typed: string): string[] {
  const capitalised = identity.charAt(0).toUpperCase() + identity.slice(1);
  const spellings = [typed, typed.trim(), typed.toLowerCase(), capitalised, identity.toUpperCase(), `@${identity}`];
  return isAddress(identity) ? [...spellings, getAddress(identity), identity.slice(2)] : spellings;
}

/** The same said of another platform, with the persona where that one has it in its texts. */
function* otherPlatforms(link: Draft["link"], fields: Fields): Generator<Neighbour> {
  for (const { id: platform } of PLATFORMS) {
    if (platform === link.platform) continue;
    const fault = `platform is ${platform} there, it must be ${link.platform}`;
    yield { signed: { text: signPayload({ ...link, platform }) }, fault };
  }
  const { persona, ...without } = fields;
  if (persona !== undefined) {
    yield { signed: { text: print(without) }, fault: `persona is missing there, it must be ${persona}` };
  } else if (!isTwoSided(link.platform)) {
    const text = print({ ...fields, persona: link.avatar });
    yield { signed: { text }, fault: `persona is there, which payloads of ${link.platform} have not` };
  }
}

function* otherPersonas(fields: Fields, uncompressed: string): Generator<Neighbour> {
  const { persona } = fields;
  if (typeof persona !== "string") return;
  const forms = [uncompressed, uncompressed.slice(2), persona.slice(2), persona.toUpperCase().replace("X", "x")];
  yield* otherValues(fields, "persona", forms);
}

/** The same members, written otherwise. */
function* otherWritings(fields: Fields): Generator<Neighbour> {
  const text = print(fields);
  const sorted = JSON.parse(text) as Fields;
  const members = Object.entries(sorted).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  for (const [how, written] of [
    ["with line breaks and two blanks", JSON.stringify(sorted, null, 2)],
    ["with line breaks and four blanks", JSON.stringify(sorted, null, 4)],
    ["with line breaks and tabs", JSON.stringify(sorted, null, "\t")],
    ["with blanks behind colons and commas", `{${members.join(", ")}}`],
    ["with a line break at its end", `${text}\n`],
    ["without what Go escapes", JSON.stringify(sorted)],
    ["as a JSON string in quotes", JSON.stringify(text)],
    ["in hex", hexlify(new TextEncoder().encode(text))],
  ] as const) {
    if (written !== text) {
      yield { signed: { text: written }, fault: `its text is written ${how} there; sign sign_payload as it was given` };
    }
  }
}

/** The right text, signed otherwise. */
function* otherSchemes(text: string): Generator<Neighbour> {
  const must = "it must be signed with EIP-191 (personal_sign)";
  yield { signed: { digest: id(text) }, fault: `its text was signed without the prefix of EIP-191; ${must}` };
  const hashed = hashMessage(Uint8Array.from(Buffer.from(id(text).slice(2), "hex")));
  yield { signed: { digest: hashed }, fault: `the keccak256 of its text was signed, not the text; ${must}` };
  yield { signed: { text: id(text) }, fault: `the keccak256 of its text in hex was signed, not the text; ${must}` };
}

/** Compact JSON with its members in order, as payloads are written. */
function print(fields: Fields): string {
  const members = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const values = members.map(([name, value]) => `"${name}":${typeof value === "string" ? goString(value) : value}`);
  return `{${values.join(",")}}`;
}

function shown(value: string | number | null): string {
  if (typeof value === "number") return `the number ${value}`;
  return value === null ? "null" : /^[!-~]+$/.test(value) ? value : JSON.stringify(value);
}

function signerOf(signed: Neighbour["signed"], { raw, canonical }: Signature): string | null {
  try {
    if ("text" in signed) return recoverPublicKey(signed.text, raw).compressed;
    return fromUncompressed(recoverPoint(signed.digest, canonical)).compressed;
  } catch {
    return null;
  }
}
