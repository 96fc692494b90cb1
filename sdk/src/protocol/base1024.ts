import { ProtocolError, type ProtocolField } from "./errors.ts";

/**
 * Next.ID's base1024: ten bits a symbol, big-endian, so that a signature of 65 bytes is exactly 52 emoji and fits into
 * short posts. The alphabet, in code point order, as runs: the gap from the last symbol of the previous run (from
 * U+1F003 for the first) and, behind a colon, the run's length if it is not 1; all in base 36.
 */
const RUNS =
  "1 5n 4h:2 d:2 f 3:a 2v:2 o l 3:9 m:2 4v:y 3:34 3:2 2:3 3:2b 3:3 2:7b 2:1r c:6 2:o 8:2 3 2:6 d 3:4 3 " +
  "5:2 e:2 3 9:2 a 6:3 d:3 9:3 3 2 5 7 4 7:2e 1d:1y 6:8 3 b:6 4 2:2 4 3:8 6e:c 82:1a 2:a 2:17 2:4 4:15 " +
  "3:6 4:h";

const SIGNATURE_SYMBOLS = 52;

const alphabet = expandRuns();
const valueOf = new Map(alphabet.map((symbol, value) => [symbol, value]));

/** The 1024 symbols, in order of their values. */
export function base1024Alphabet(): readonly string[] {
  return alphabet;
}

/** Writes bytes as base1024; the last symbol is padded with zero bits, and no tail marker is written. */
export function encodeBase1024(bytes: Uint8Array): string {
  const symbols: string[] = [];
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    if (bits >= 10) {
      bits -= 10;
      symbols.push(alphabet[pending >> bits]!);
      pending &= (1 << bits) - 1;
    }
  }
  if (bits > 0) symbols.push(alphabet[pending << (10 - bits)]!);
  return symbols.join("");
}

/**
 * Reads a signature of 65 bytes from exactly 52 symbols. U+FE0F behind a symbol, which platforms add, is ignored.
 *
 * @throws {ProtocolError} on any other length and on a symbol outside the alphabet.
 */
export function decodeBase1024Signature(text: string, field: ProtocolField = "signature"): Uint8Array {
  const symbols = [...text.replaceAll("\u{fe0f}", "")];
  if (symbols.length !== SIGNATURE_SYMBOLS) {
    throw new ProtocolError(field, `${symbols.length} base1024 symbols instead of ${SIGNATURE_SYMBOLS}`);
  }
  const bytes = new Uint8Array((SIGNATURE_SYMBOLS * 10) / 8);
  let pending = 0;
  let bits = 0;
  let length = 0;
  for (const symbol of symbols) {
    const value = valueOf.get(symbol);
    if (value === undefined) {
      throw new ProtocolError(field, `${symbol} is no base1024 symbol`);
    }
    pending = (pending << 10) | value;
    bits += 10;
    while (bits >= 8) {
      bits -= 8;
      bytes[length++] = pending >> bits;
      pending &= (1 << bits) - 1;
    }
  }
  return bytes;
}

function expandRuns(): string[] {
  const symbols: string[] = [];
  let last = 0x1f003;
  for (const run of RUNS.split(" ")) {
    const [gap, length = 1] = run.split(":").map((digits) => Number.parseInt(digits, 36));
    for (let index = 0; index < length; index++) {
      last += index === 0 ? gap! : 1;
      symbols.push(String.fromCodePoint(last));
    }
  }
  return symbols;
}
