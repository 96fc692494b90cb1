import { readFileSync } from "node:fs";

/** Reads a TrueType font as far as it takes to lay out a line: which characters it has, and how wide these are. */
export class Font {
  /** Where the file is. */
  readonly path: string;
  /** Beginning, end and first glyph of runs of characters, ascending. */
  readonly #groups: readonly (readonly [first: number, last: number, glyph: number])[];
  /** Of each glyph, in em; glyphs behind the last are as wide as that. */
  readonly #widths: readonly number[];

  /** @throws where the file is no TrueType font with a table of all Unicode. */
  constructor(path: string) {
    const file = readFileSync(path);
    const table = (tag: string): Buffer => tableOf(file, tag, path);
    this.path = path;
    this.#groups = groupsOf(table("cmap"), path);
    const em = table("head").readUInt16BE(18);
    const advances = table("hmtx");
    this.#widths = Array.from({ length: table("hhea").readUInt16BE(34) }, (_, glyph) => {
      return advances.readUInt16BE(4 * glyph) / em;
    });
  }

  /** Whether there is a glyph for a character. */
  has(character: string): boolean {
    return this.#glyphOf(character.codePointAt(0)!) !== undefined;
  }

  /** How wide a line is, without kerning, in units of its size. */
  widthOf(text: string): number {
    const widest = this.#widths.length - 1;
    const advance = (character: string) =>
      this.#widths[Math.min(this.#glyphOf(character.codePointAt(0)!) ?? 0, widest)]!;
    return Array.from(text, advance).reduce((sum, width) => sum + width, 0);
  }

  #glyphOf(codePoint: number): number | undefined {
    let [low, high] = [0, this.#groups.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const [first, last, glyph] = this.#groups[middle]!;
      if (codePoint < first) high = middle;
      else if (codePoint > last) low = middle + 1;
      else return glyph + codePoint - first;
    }
    return undefined;
  }
}

/** A table of the font: https://learn.microsoft.com/en-us/typography/opentype/spec/otff */
function tableOf(file: Buffer, tag: string, path: string): Buffer {
  for (let at = 12; at < 12 + 16 * file.readUInt16BE(4); at += 16) {
    if (file.toString("latin1", at, at + 4) !== tag) continue;
    const offset = file.readUInt32BE(at + 8);
    return file.subarray(offset, offset + file.readUInt32BE(at + 12));
  }
  throw new Error(`${path} has no table ${tag}`);
}

/** The subtable of all Unicode, format 12: https://learn.microsoft.com/en-us/typography/opentype/spec/cmap */
function groupsOf(cmap: Buffer, path: string): [number, number, number][] {
  for (let at = 4; at < 4 + 8 * cmap.readUInt16BE(2); at += 8) {
    const subtable = cmap.subarray(cmap.readUInt32BE(at + 4));
    if (subtable.readUInt16BE(0) !== 12) continue;
    return Array.from({ length: subtable.readUInt32BE(12) }, (_, index) => {
      const group = 16 + 12 * index;
      return [subtable.readUInt32BE(group), subtable.readUInt32BE(group + 4), subtable.readUInt32BE(group + 8)];
    });
  }
  throw new Error(`${path} has no table of all Unicode`);
}
