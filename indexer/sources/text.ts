/** Whether PostgreSQL can keep a text that a stranger chose, and it is no longer than this, in UTF-16 units. */
export function isPlain(text: string, length: number): boolean {
  // NUL is no character of PostgreSQL's text. (A lone surrogate cannot come out of UTF-8.)
  return text !== "" && text.length <= length && !text.includes("\0");
}
