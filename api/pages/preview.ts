import { createHash } from "node:crypto";

import { renderAsync } from "@resvg/resvg-js";
import { LRUCache } from "lru-cache";
import PQueue from "p-queue";

import { ApiError } from "../errors.ts";
import type { VertexId } from "../graph/types.ts";
import { type Profile, type ProfileClaim, nameOf } from "./claims.ts";
import type { Font } from "./font.ts";
import { BOLD, REGULAR, fitted } from "./fonts.ts";
import { escaped, shortened } from "./text.ts";
import { WORDS } from "./words.ts";

/** As https://ogp.me readers like it: 1.91 to 1. */
export const IMAGE = { width: 1200, height: 630 } as const;

const MARGIN = 80;
const INNER = IMAGE.width - 2 * MARGIN;

/** The page's colours in light. */
const INK = "#16191f";
const SOFT = "#555d6b";
const LINE = "#d6dae1";
const ACCENT = "#1d4ed8";
const GOOD = { ink: "#14662f", back: "#e3f5e8" };
const NONE = { ink: SOFT, back: "#eef0f3" };
const WARN = { ink: "#7a4a00", back: "#fdf1dc" };

/** The name shrinks to fit, and is cut where that makes it too small. */
const NAME_SIZE = { most: 84, least: 48 };

interface Chip {
  on: string;
  identity: string;
  width: number;
}
const CHIP = { size: 26, padding: 20, gap: 14, height: 56 };

/** The picture of somebody's page as SVG: with nothing in it that has to be fetched, and of bounded length. */
export function previewSvg(profile: Profile, asked: VertexId | undefined, host: string): string {
  const name = nameOf(profile, asked);
  const others = profile.claims.filter((claim) => claim !== name && claim.standing === "verified");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${IMAGE.width}" height="${IMAGE.height}" font-family="DejaVu Sans">`,
    `<rect width="${IMAGE.width}" height="${IMAGE.height}" fill="#ffffff"/>`,
    mark(MARGIN, 64, 56),
    line("Syngraph", { x: MARGIN + 76, y: 103, size: 32, font: BOLD }),
    title(name ? shortened(name.identity) : `Avatar ${shortened(profile.key.compressed)}`),
    name ? standing(name) : pill(MARGIN, "Nothing verified now", NONE),
    others.length > 0 ? chips(others) : "",
    `<rect x="${MARGIN}" y="546" width="${INNER}" height="1" fill="${LINE}"/>`,
    line(`Avatar ${shortened(profile.key.compressed)}`, { x: MARGIN, y: 588, size: 22, fill: SOFT }),
    line(host, { x: IMAGE.width - MARGIN, y: 588, size: 22, fill: SOFT, anchor: "end", width: INNER / 2 }),
    "</svg>",
  ].join("");
}

function title(text: string): string {
  const whole = fitted(text, BOLD, INNER / NAME_SIZE.least);
  const size = Math.min(NAME_SIZE.most, Math.floor(INNER / BOLD.widthOf(whole)));
  return line(whole, { x: MARGIN, y: 262, size, font: BOLD });
}

/** Where the account is, and what it rests on. */
function standing({ on, standing: stands, evidence }: ProfileClaim): string {
  const words = WORDS.en;
  const text = stands === "verified" ? words.verified[evidence!] : words.standing[stands];
  const place = fitted(`on ${on}`, REGULAR, 15);
  const at = MARGIN + REGULAR.widthOf(place) * 34 + 28;
  const colours = stands === "verified" ? GOOD : WARN;
  return line(place, { x: MARGIN, y: 335, size: 34, fill: SOFT }) + pill(at, capitalised(text), colours);
}

function pill(x: number, text: string, { ink, back }: typeof GOOD): string {
  const [size, height, y] = [26, 52, 298];
  const ticked = ink === GOOD.ink;
  const start = x + (ticked ? 62 : 24);
  const width = start - x + BOLD.widthOf(text) * size + 26;
  const tick = `<path d="M${x + 24} ${y + 27}l8 8 16-18" fill="none" stroke="${ink}" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>`;
  return (
    `<rect x="${x}" y="${y}" width="${round(width)}" height="${height}" rx="${height / 2}" fill="${back}"/>` +
    (ticked ? tick : "") +
    line(text, { x: start, y: y + 35, size, fill: ink, font: BOLD })
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The other verified accounts, on one line; how many more there are, behind them. */
function chips(others: readonly ProfileClaim[]): string {
  const shownChips: Chip[] = [];
  // For how many more there are.
  const reserve = 120;
  let left = INNER;
  for (const [index, { on, identity }] of others.entries()) {
    const chip = chipOf(on, identity);
    const isLast = index === others.length - 1;
    if (chip.width > left - (isLast ? 0 : reserve)) break;
    shownChips.push(chip);
    left -= chip.width + CHIP.gap;
  }
  let x = MARGIN;
  const drawn = shownChips.map((chip) => {
    const at = x;
    x += chip.width + CHIP.gap;
    return chipSvg(chip, at);
  });
  const more = others.length - shownChips.length;
  const rest = more > 0 ? line(`+ ${more} more`, { x: x + 4, y: 496, size: CHIP.size, fill: SOFT }) : "";
  return `${line("Also verified", { x: MARGIN, y: 424, size: 24, fill: SOFT })}${drawn.join("")}${rest}`;
}

function chipOf(on: string, identity: string): Chip {
  const place = fitted(on, REGULAR, 8);
  const name = fitted(shortened(identity), BOLD, 14);
  const width = 2 * CHIP.padding + CHIP.size * (REGULAR.widthOf(place) + BOLD.widthOf(name) + 0.5);
  return { on: place, identity: name, width: Math.ceil(width) };
}

function chipSvg({ on, identity, width }: Chip, x: number): string {
  const [y, size] = [459, CHIP.size];
  const nameAt = x + CHIP.padding + size * (REGULAR.widthOf(on) + 0.5);
  return (
    `<rect x="${x + 0.5}" y="${y + 0.5}" width="${width}" height="${CHIP.height}" rx="12" fill="#f6f7f9" stroke="${LINE}"/>` +
    line(on, { x: x + CHIP.padding, y: y + 37, size, fill: SOFT }) +
    line(identity, { x: nameAt, y: y + 37, size, font: BOLD })
  );
}

/** The site's sign, as in web/public/icon.svg. */
function mark(x: number, y: number, size: number): string {
  return (
    `<g transform="translate(${x} ${y}) scale(${size / 32})"><rect width="32" height="32" rx="7" fill="${ACCENT}"/>` +
    '<g fill="none" stroke="#fff" stroke-width="3"><rect x="5" y="11" width="13" height="10" rx="5"/>' +
    '<rect x="14" y="11" width="13" height="10" rx="5"/></g></g>'
  );
}

interface LineStyle {
  x: number;
  y: number;
  size: number;
  fill?: string;
  font?: Font;
  anchor?: "start" | "end";
  width?: number;
}

/** Somebody's text may be right to left; it is never to leave its place for that. */
function line(text: string, style: LineStyle): string {
  const { x, y, size, fill = INK, font = REGULAR, anchor = "start", width = INNER } = style;
  const weight = font === BOLD ? ' font-weight="700"' : "";
  return (
    `<text x="${round(x)}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${weight}>` +
    `${escaped(fitted(text, font, width / size + 0.01))}</text>`
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Pictures that are kept, in bytes; and that may wait to be drawn. */
const KEPT_BYTES = 32 * 1024 * 1024;
const MAX_WAITING = 16;

/** Draws pictures, in threads of their own, one after the other, and keeps the last ones. */
export class Previews {
  readonly #turns = new PQueue({ concurrency: 1 });
  readonly #kept = new LRUCache<string, Buffer, string>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ length }) => length,
    fetchMethod: (_name, _old, { context }) => this.#turns.add(() => draw(context)),
  });

  /** Whether a picture would have to be drawn. */
  has(name: string): boolean {
    return this.#kept.has(name);
  }

  /** @throws {ApiError} 503 where too many wait. */
  async png(name: string, svg: string): Promise<Buffer> {
    if (!this.has(name) && this.#turns.size >= MAX_WAITING)
      throw new ApiError(503, "too many pictures are to be drawn just now", { retryAfter: 1 });
    return (await this.#kept.fetch(name, { context: svg }))!;
  }
}

/** A short name of a picture's content. */
export function versionOf(svg: string): string {
  return createHash("sha256").update(svg).digest("base64url").slice(0, 16);
}

async function draw(svg: string): Promise<Buffer> {
  const font = {
    loadSystemFonts: false,
    fontFiles: [REGULAR.path, BOLD.path],
    defaultFontFamily: "DejaVu Sans",
  };
  return (await renderAsync(svg, { font, logLevel: "off" })).asPng();
}
