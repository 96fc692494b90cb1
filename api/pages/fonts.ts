import { createRequire } from "node:module";

import { Font } from "./font.ts";

const fontOf = (name: string) => new Font(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));

/** The typefaces that come with us: what is drawn looks the same on every machine, whatever is installed there. */
export const REGULAR = fontOf("DejaVuSans");
export const BOLD = fontOf("DejaVuSans-Bold");

/** Stands for what a typeface has no glyph for, as Chinese and emoji in ours. */
const MISSING = "□";

/** More than a letter with its accents: heaps of marks would run over all that is around them. */
const MAX_CODE_POINTS = 3;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A text as a typeface can draw it: for each character that it cannot, a box. */
export function drawable(text: string, font: Font): string {
  return Array.from(graphemes.segment(text), ({ segment }) => {
    const codePoints = Array.from(segment);
    return codePoints.length <= MAX_CODE_POINTS && codePoints.every((character) => font.has(character))
      ? segment
      : MISSING;
  }).join("");
}

/** Such a text, cut to a width in units of its size. */
export function fitted(text: string, font: Font, width: number): string {
  const whole = drawable(text, font);
  if (font.widthOf(whole) <= width) return whole;
  let left = width - font.widthOf("…");
  let cut = "";
  for (const { segment } of graphemes.segment(whole)) {
    left -= font.widthOf(segment);
    if (left < 0) break;
    cut += segment;
  }
  return `${cut}…`;
}
