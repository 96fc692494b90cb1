import { styleText } from "node:util";

/** How a piece of a line looks on a terminal. */
export type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

/** A piece of a line. Its text may come from anywhere: what it must not do is taken out when it is printed. */
export type Span = string | { text: string; style: Style };

/**
 * Text from elsewhere as it may go to a terminal: without control characters (escape sequences could rewrite what the
 * user reads), without what is not seen or turns the direction of writing, and without halves of characters. Tabs, line
 * feeds and what joins emoji and letters stay.
 */
export function printable(text: string): string {
  return text.toWellFormed().replace(/(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "");
}

/**
 * A value as JSON in one line. What {@link printable} takes out is escaped: the value is the same, and a terminal does nothing
 * on its account.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}

/** {@link printable} in one line. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, " ")).trim();
}

/** Columns aligned with blanks; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => columnsOf(row[column]!))));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell + " ".repeat(widths[column]! - columnsOf(cell)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const SEGMENTER = new Intl.Segmenter();
/** What terminals show two columns wide: emoji, and the scripts that UAX #11 calls wide, nearly. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;

/** How many columns a text takes on a terminal. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return [...SEGMENTER.segment(text)].reduce((sum, { segment }) => sum + (WIDE.test(segment) ? 2 : 1), 0);
}

/** Unix seconds as a date and time in UTC. */
export function timeOf(seconds: string | number): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(".000Z", "Z");
}

/** Where a command writes: results to stdout, everything about the way there to stderr. */
export class Output {
  readonly json: boolean;
  #status = "";

  constructor(json: boolean) {
    this.json = json;
  }

  /** A result: lines for people, or with `--json` one JSON value in one line. */
  result(human: string | readonly (readonly Span[])[], machine: unknown): void {
    this.#endStatus();
    process.stdout.write(`${this.json ? jsonLine(machine) : textOf(human)}\n`);
  }

  /** Something that a program may want to have, and people to know on the way. */
  step(human: string, machine: unknown): void {
    if (this.json) this.result("", machine);
    else this.note(human);
  }

  /** Something to know on the way. */
  note(message: string): void {
    this.#endStatus();
    process.stderr.write(`${printable(message)}\n`);
  }

  /** What is being waited for. On a terminal it replaces the last status; elsewhere it is printed when it changes. */
  status(message: string, detail = ""): void {
    const line = oneLine(message);
    if (process.stderr.isTTY) {
      const whole = oneLine(`${line} ${detail}`);
      process.stderr.write(`\r\u001b[K${clip(whole, Math.max(20, (process.stderr.columns || 80) - 1))}`);
    } else if (line !== this.#status) {
      process.stderr.write(`${line}\n`);
    }
    this.#status = line;
  }

  #endStatus(): void {
    if (this.#status !== "" && process.stderr.isTTY) process.stderr.write("\n");
    this.#status = "";
  }

  /** A failure, as one line. */
  error(message: string): void {
    this.#endStatus();
    process.stderr.write(`error: ${oneLine(message)}\n`);
  }
}

function textOf(human: string | readonly (readonly Span[])[]): string {
  if (typeof human === "string") return printable(human);
  return human.map((line) => line.map(spanText).join("").trimEnd()).join("\n");
}

function spanText(span: Span): string {
  if (typeof span === "string") return printable(span);
  // On a terminal only, and not where NO_COLOR is set (https://no-color.org) or the terminal is dumb.
  return process.env.TERM === "dumb"
    ? oneLine(span.text)
    : styleText(span.style, oneLine(span.text), { stream: process.stdout });
}

function clip(line: string, columns: number): string {
  let taken = "";
  let width = 0;
  for (const { segment } of SEGMENTER.segment(line)) {
    width += columnsOf(segment);
    if (width > columns) break;
    taken += segment;
  }
  return taken;
}
