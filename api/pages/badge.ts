import { z } from "zod";

import { EVIDENCE_KINDS, type Edge, type VertexId } from "../graph/types.ts";
import { badRequest } from "../errors.ts";
import { vertexOf } from "../graph/identityOf.ts";
import { levelNumber, timeNumber } from "../identities/edges.ts";
import { platformOf } from "../platforms/index.ts";
import { searchProofs } from "../proofs/read/search.ts";
import { publicKeyText } from "../shapes.ts";
import type { Sources } from "./claims.ts";
import { REGULAR } from "./fonts.ts";
import { avatarPage } from "./head.ts";
import { escaped, percentEncoded, shortened } from "./text.ts";
import { type Language, type ProofEvidence, type Standing, WORDS, isProof } from "./words.ts";

/** What a badge says, for who draws it themselves; and in the words of https://shields.io/badges/endpoint-badge. */
export const badgeShape = z
  .object({
    platform: z.string(),
    identity: z.string().meta({ description: "In the platform's normal form." }),
    state: z.enum(["verified", "disputed", "invalid", "unverified"]).meta({
      description:
        "`disputed`: somebody else proved it later. `invalid`: it was proved once, and is no longer. " +
        "`unverified`: nobody proved it, whoever claims it.",
    }),
    avatar: publicKeyText.nullable().meta({ description: "Whose it is." }),
    evidence: z.enum(EVIDENCE_KINDS).nullable().meta({ description: "What it rests on." }),
    level: levelNumber.nullable(),
    last_seen: timeNumber.nullable().meta({ description: "When it was last seen to be so, Unix seconds." }),
    title: z.string().meta({ description: "All of it in a sentence or two." }),
    profile: z.string().meta({ description: "Where it can be checked." }),
    schemaVersion: z.literal(1),
    label: z.string(),
    message: z.string(),
    color: z.string(),
  })
  .meta({ id: "Badge" });
export type Badge = z.infer<typeof badgeShape>;

/** What a badge is asked for. */
export interface Asked {
  platform: string;
  identity: string;
  /** Only where it is this avatar's, by its compressed public key. */
  avatar: string | undefined;
  language: Language;
}

/** Edges of an identity that are looked at. */
const MAX_EDGES = 500;

/** Contrast with white is 4.5 to 1 at least (WCAG 2.2, success criterion 1.4.3). */
const COLOURS: Readonly<Record<Standing, string>> = {
  verified: "#14662f",
  disputed: "#7a4a00",
  invalid: "#a61b1b",
  unverified: "#555d6b",
};
const LABEL_COLOUR = "#24292f";

/** @throws {ApiError} 400 where there is no such platform, or it cannot have such an account. */
export async function badgeOf(sources: Sources, asked: Asked, publicUrl: string): Promise<Badge> {
  const vertex = vertexOf(asked.platform, asked.identity);
  const known = platformOf(vertex.platform);
  if (!known) throw badRequest(`platform ${JSON.stringify(vertex.platform)} has no accounts to prove`);
  const proof = await proofOf(sources, vertex, asked.avatar);
  const state = proof ? (proof.disputed ? "disputed" : "verified") : await stateWithout(sources, vertex, asked.avatar);
  const words = WORDS[asked.language];
  const evidence = (proof?.evidence ?? null) as ProofEvidence | null;
  const avatar = proof?.from.identity ?? null;
  const label = `${known.name} ${shortened(vertex.identity, 40)}`;
  const message = state === "verified" ? words.verified[evidence!] : words.standing[state];
  const query = `?platform=${vertex.platform}`;
  return {
    ...vertex,
    ...{ state, avatar, evidence, level: proof?.level ?? null, last_seen: proof?.lastSeen ?? null },
    title: `${label}: ${message}. ${state === "verified" ? words.sentences[evidence!] : words.sentences[state]}`,
    profile: avatar ? avatarPage(publicUrl, avatar) : `${publicUrl}/@${percentEncoded(vertex.identity)}${query}`,
    ...{ schemaVersion: 1 as const, label, message, color: COLOURS[state] },
  };
}

/** The best proof that stands. What somebody only claims is none. */
async function proofOf({ graph }: Sources, vertex: VertexId, avatar: string | undefined): Promise<Edge | undefined> {
  const [edges] = await graph.incident([vertex], { level: 1, cap: MAX_EDGES });
  return edges!
    .filter(({ source, to, from, evidence }) => {
      const isIts = to.platform === vertex.platform && to.identity === vertex.identity;
      return source === "nextid" && isIts && isProof(evidence) && (avatar === undefined || from.identity === avatar);
    })
    .toSorted((a, b) => Number(a.disputed) - Number(b.disputed) || b.level - a.level || b.firstSeen - a.firstSeen)[0];
}

/** Whether anybody had proved it. */
async function stateWithout(
  { reads }: Sources,
  { platform, identity }: VertexId,
  avatar: string | undefined,
): Promise<"invalid" | "unverified"> {
  const { ids } = await searchProofs(reads, {
    ...{ identities: [identity], platform, page: 1, exact: true, sort: "created_at", order: "desc" },
    statuses: ["confirmed", "suspended", "deleted"],
  });
  const wasProved = ids.some(
    (record) =>
      (avatar === undefined || record.avatar === avatar) &&
      record.proofs.some((proof) => proof.platform === platform && proof.identity === identity),
  );
  return wasProved ? "invalid" : "unverified";
}

const SIZE = 11;
const PADDING = 8;
const HEIGHT = 20;

/** The badge as a picture of two fields, which screen readers read as its title. */
export function badgeSvg({ label, message, title, color }: Badge): string {
  const [left, right] = [label, message].map((text) => Math.ceil(widthOf(text)) + 2 * PADDING) as [number, number];
  const whole = left + right;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}">` +
    `<title>${escaped(title)}</title>` +
    `<clipPath id="r"><rect width="${whole}" height="${HEIGHT}" rx="4"/></clipPath>` +
    `<g clip-path="url(#r)"><rect width="${left}" height="${HEIGHT}" fill="${LABEL_COLOUR}"/>` +
    `<rect x="${left}" width="${right}" height="${HEIGHT}" fill="${color}"/></g>` +
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="${SIZE}" text-anchor="middle">` +
    `${field(label, 0, left)}${field(message, left, right)}</g></svg>`
  );
}

function field(text: string, x: number, width: number): string {
  return `<text x="${x + width / 2}" y="14" textLength="${width - 2 * PADDING}">${escaped(text)}</text>`;
}

/** As Verdana has it, whose letters are as wide as DejaVu's; what these lack, as Chinese, is as wide as high. */
function widthOf(text: string): number {
  const widths = Array.from(text, (character) => (REGULAR.has(character) ? REGULAR.widthOf(character) : 1));
  return widths.reduce((sum, width) => sum + width, 0) * SIZE;
}
