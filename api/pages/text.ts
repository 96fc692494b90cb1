/** Longest text of somebody else's that a page, a badge or a picture shows, in characters as people count them. */
export const MAX_SHOWN = 80;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * What turns the writing direction, ends a line, or is no character at all (XML 1.0, section 2.2): beside our own words it could
 * make them say something else. Emoji need their joiners, so these stay.
 */
const UNSHOWABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\ufeff\ufff9-\ufffb]/gu;

/** Somebody else's text on one line, cut where it is too long; what must not be shown is replaced, never left out. */
export function shown(text: string, most = MAX_SHOWN): string {
  // A character may be of any number of code points: more than these are not looked at.
  const start = text
    .slice(0, most * 20)
    .toWellFormed()
    .replace(UNSHOWABLE, "\ufffd");
  const characters = Array.from(graphemes.segment(start), ({ segment }) => Array.from(segment).slice(0, 16).join(""));
  const whole = characters.length <= most && start.length >= text.length;
  return whole ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
}

/** Keys and addresses by their beginning and end; anything else as {@link shown}. */
export function shortened(identity: string, most = MAX_SHOWN): string {
  return /^[0-9A-Za-z]{32,}$/.test(identity) ? `${identity.slice(0, 6)}…${identity.slice(-4)}` : shown(identity, most);
}

/** A text as a part of an address. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text inside an element or a quoted attribute, of HTML or XML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Numbers for JSON strings. */
const JSON_ESCAPES: Readonly<Record<string, string>> = {
  "&": String.raw`\u0026`,
  "<": String.raw`\u003c`,
  ">": String.raw`\u003e`,
  "\u2028": String.raw`\u2028`,
  "\u2029": String.raw`\u2029`,
};

/** JSON inside a script element: nothing in it can end the element, or begin a comment (HTML, section 4.12.1.3). */
export function jsonInScript(value: unknown): string {
  return JSON.stringify(value).replace(/[&<>\u2028\u2029]/g, (character) => JSON_ESCAPES[character]!);
}
