/**
 * Text from elsewhere as it may go to a terminal: without control characters (escape sequences could rewrite what the
 * user reads) and without the marks that turn the direction of writing. Tabs and line feeds stay.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** {@link printable} in one line. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, " ")).trim();
}

/** Columns aligned with blanks; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Unix seconds as a date and time in UTC. */
export function timeOf(seconds: string | number): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(".000Z", "Z");
}

/** Where a command writes: results to stdout, everything about the way there to stderr. */
export class Output {
  readonly #json: boolean;
  #status = "";

  constructor(json: boolean) {
    this.#json = json;
  }

  /** A result: lines for people, or with `--json` one JSON value in one line. */
  result(human: string, machine: unknown): void {
    this.#endStatus();
    process.stdout.write(`${this.#json ? JSON.stringify(machine) : printable(human)}\n`);
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
      process.stderr.write(`\r\u001b[K${whole.slice(0, Math.max(20, (process.stderr.columns || 80) - 1))}`);
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
