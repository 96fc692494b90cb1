/**
 * A text of somebody's within a sentence of ours: between U+2068 and U+2069 it cannot turn the direction in which the rest is
 * written (UAX #9).
 */
export function isolated(text: string): string {
  return `\u2068${text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "")}\u2069`;
}
