import type { Random } from "./contractRandom.ts";
import type { JsonSchema, OpenApi, Operation } from "./openApi.ts";

/** A request as it goes over the wire. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

const HEX = "0123456789abcdef";
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "PURGE"];

/** Texts that mean something somewhere: to SQL, to URLs, to JSON, to JavaScript, to file systems, to the eye. */
const HOSTILE_TEXTS = [
  ...[
    "",
    "null",
    "undefined",
    "true",
    "0",
    "-1",
    "1e308",
    "NaN",
    "[]",
    "{}",
    "a",
    " ",
    "\n",
    "\t",
    "\u0000",
    "a\u0000b",
  ],
  ...["\ud800", "\udfff\ud800", "a\udc00", "\ufeff", "\ufffe", "\u202e", "\u2028", "\u200b", "\u{1f3ad}", "\u{10ffff}"],
  ...[
    "é",
    "e\u0301",
    "\u212a",
    "İ",
    "ß",
    "٣",
    "ﷺ",
    "%",
    "_",
    "%%%",
    "%00",
    "%zz",
    "%e0%a4",
    "+",
    ";",
    "&",
    "=",
    "#",
    "?",
  ],
  ...[
    "'",
    "';DROP TABLE x;--",
    '"',
    "\\",
    "$1",
    "${x}",
    "{{x}}",
    "`",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "\r\nX-Injected: 1",
    "https://localhost/",
    "//evil.example",
  ],
  ...["file:///etc/passwd", "http://127.0.0.1:1/", "99999999999999999999", "007", "1763740800", "1763740800000"],
];

/** Whose other side stands in, or does not need one: of others the public services would be asked. */
const PLATFORMS = ["ethereum", "github", "dns", "nextid", "myspace", "GitHub"];

/** Of all kinds that the resolver tells apart. */
const DIDS = [
  "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
  "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme#zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
  "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
  "did:pkh:solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM",
  "did:web:127.0.0.1%3A1",
];

const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  [
    "content-type",
    ["application/json", "text/plain;charset=UTF-8", "a", "multipart/form-data", "\u00ff/\u00fe", ";;;"],
  ],
  ["content-encoding", ["gzip", "deflate", "br", "identity", "nonsense"]],
  ["accept", ["text/html", "*/*;q=", "application/xml", "\u00e9", "application/did", "application/did+ld+json"]],
  ["accept-encoding", ["gzip, br", "*;q=0", "nonsense"]],
  ["accept-language", ["zh-CN", "x".repeat(500)]],
  ["authorization", ["Bearer ", "Bearer a.b.c", "Basic \u00ff", "x".repeat(2000)]],
  ["cookie", ["a=b; __proto__=x", "=;=;="]],
  ["origin", ["https://dapp.example", "null", "\u00ff"]],
  ["if-modified-since", ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"]],
  ["range", ["bytes=0-0", "bytes=5-1", "lines=1"]],
  ["x-forwarded-for", ["127.0.0.1", "', '", "\u00e9"]],
  ["x-forwarded-host", ["evil.example"]],
  ["x-http-method-override", ["DELETE"]],
  ["x-request-id", ["x".repeat(1000), "\u00ff"]],
  ["x-garbage", ["\u0080\u00ff", "", "a".repeat(4000)]],
];

/** Makes requests of what an OpenAPI document says, and spoils most of them. */
export class RequestFuzzer {
  readonly #random: Random;
  readonly #document: OpenApi;
  readonly #calls: readonly { path: string; method: string; operation: Operation }[];

  constructor(document: OpenApi, random: Random) {
    this.#random = random;
    this.#document = document;
    const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    // What reads nothing can hardly be asked wrongly.
    const reading = calls.filter(({ operation }) => operation.requestBody ?? operation.parameters?.length);
    this.#calls = [...calls, ...reading, ...reading, ...reading];
  }

  next(): FuzzRequest {
    const random = this.#random;
    const { path, method, operation } = random.pick(this.#calls);
    const headers: Record<string, string> = {};
    while (random.once(3)) {
      const [name, values] = random.pick(HEADERS);
      headers[name] = random.pick(values);
    }
    const sent = random.once(12) ? random.pick(METHODS) : method;
    return {
      method: sent,
      path: this.#path(path, operation),
      headers,
      body: sent === "GET" || sent === "HEAD" || sent === "TRACE" ? undefined : this.#body(operation),
    };
  }

  #path(path: string, { parameters = [] }: Operation): string {
    const random = this.#random;
    const filled = path.replace(
      /\{(\w+)\}/g,
      (_slot, name: string) => this.#encoded(random.once(2) ? this.#likely(name) : this.#text()) || "x",
    );
    const pairs = parameters
      .filter(({ in: place, required }) => place === "query" && !random.once(required ? 10 : 2))
      .map(({ name, schema }) => [name, this.#queryText(schema, name)] as const);
    if (random.once(8))
      pairs.push([random.pick(["x", "__proto__", "identity[]", "identity[a]", "page"]), this.#text()]);
    // Parameters that stand there twice.
    if (pairs.length > 0 && random.once(6)) pairs.push(random.pick(pairs));
    const query = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${this.#encoded(value)}`).join("&");
    const slash = random.once(15) ? "/" : "";
    return `${filled}${slash}${query === "" ? "" : `?${query}`}`;
  }

  #queryText({ pattern, enum: options }: JsonSchema, name: string): string {
    const random = this.#random;
    if (options && !random.once(6)) return String(random.pick(options));
    if (pattern && !random.once(6)) {
      const shape = new RegExp(pattern, "u");
      return random.pick(["", "0", "1", "-1", "7", "true", "999999999999999"].filter((text) => shape.test(text)));
    }
    return random.once(3) ? this.#text() : this.#likely(name);
  }

  /** Percent-encoded; sometimes badly. */
  #encoded(text: string): string {
    const random = this.#random;
    if (random.once(12)) return random.pick(["%", "%z", "%zz", "%e0%a4", "%c0%ae", "%ff%fe", "%00", "a%2", "%u0041"]);
    return encodeURIComponent(text.toWellFormed());
  }

  #body({ requestBody }: Operation): Buffer | undefined {
    const random = this.#random;
    const { schema, example } = requestBody?.content["application/json"] ?? {};
    if (!schema) return random.once(4) ? Buffer.from(JSON.stringify(this.#anything(3))) : undefined;
    const value = random.once(3) && example !== undefined ? example : this.#valueOf(schema, "");
    return this.#spoiltText(JSON.stringify(random.once(5) ? value : this.#spoilt(value)) ?? "");
  }

  /** A value as a schema wants it. */
  #valueOf(schema: JsonSchema, name: string): unknown {
    const random = this.#random;
    if (schema.$ref)
      return this.#valueOf(this.#document.components.schemas[schema.$ref.split("/").at(-1)!] ?? {}, name);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return random.pick(schema.enum);
    if (schema.anyOf) return this.#valueOf(random.pick(schema.anyOf), name);
    const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type;
    switch (type) {
      case "object":
        return Object.fromEntries(
          Object.entries(schema.properties ?? {})
            .filter(() => !random.once(10))
            .map(([key, inner]) => [random.once(10) ? key.toUpperCase() : key, this.#valueOf(inner, key)]),
        );
      case "array":
        return Array.from({ length: random.between(0, 3) }, () => this.#valueOf(schema.items ?? {}, name));
      case "integer":
      case "number":
        return this.#number();
      case "boolean":
        return random.once(2);
      case "null":
        return null;
      default:
        return random.once(4) ? this.#text() : this.#likely(name);
    }
  }

  /** A text of the kind that a field of this name has, right in form and wrong in fact. */
  #likely(name: string): string {
    const random = this.#random;
    const hex = (length: number): string => Array.from({ length }, () => random.pick([...HEX])).join("");
    const now = Math.floor(Date.now() / 1000);
    switch (name.replace(/^(?:last_|proof_)/, "")) {
      case "action":
        return random.pick(["create", "delete"]);
      case "platform":
        return random.pick(PLATFORMS);
      case "identity":
        return random.pick(["alice", "@Alice", "alice.example", `0x${hex(40)}`, `0x02${hex(64)}`, "a,b,c", "null"]);
      case "address":
        return `0x${hex(40)}`;
      case "ids":
      case "from":
      case "to":
        return random.pick(["github,alice", "dns,alice.example", `ethereum,0x${hex(40)}`, "farcaster,#3", "a,b"]);
      case "did":
        return random.pick([...DIDS, `did:pkh:eip155:1:0x${hex(40)}`, `did:key:z${hex(48)}`]);
      case "as_of":
        return random.pick([String(now - 60), "0", "31337:1", "31337:999999999999999", "1:1"]);
      case "uuid":
        return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
      case "created_at":
      case "expires_at":
        return String(now + random.pick([0, -60, 86_400]));
      case "location":
        return random.pick([hex(20), `https://gist.github.com/alice/${hex(20)}`, "https://127.0.0.1/x"]);
      case "signature":
      case "previous":
      case "prev":
        return Buffer.from(hex(random.pick([130, 130, 128])), "hex").toString("base64");
      default:
        return random.pick([
          `0x02${hex(64)}`,
          `04${hex(128)}`,
          `0x${hex(40)}`,
          `0x${hex(64)}`,
          hex(128),
          "es256",
          "alice",
        ]);
    }
  }

  #text(): string {
    const random = this.#random;
    if (random.once(40)) return random.pick([...HOSTILE_TEXTS.slice(1)]).repeat(random.pick([50, 500, 3000]));
    if (random.once(3)) return this.#likely(random.pick(["identity", "uuid", "signature", "public_key", "created_at"]));
    return random.pick(HOSTILE_TEXTS);
  }

  #number(): number {
    return this.#random.pick([0, -0, -1, 1, 0.5, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, 2 ** 63, 1763740800]);
  }

  #anything(depth: number): unknown {
    const random = this.#random;
    const inside = (): unknown => this.#anything(depth - 1);
    switch (random.between(0, depth > 0 ? 6 : 3)) {
      case 0:
        return this.#text();
      case 1:
        return this.#number();
      case 2:
        return random.pick([true, false]);
      case 3:
        return null;
      case 4:
        return Array.from({ length: random.pick([0, 1, 5]) }, inside);
      case 5:
        return { [this.#text()]: inside(), ["__proto__"]: inside() };
      default:
        return random.once(10) ? Array.from({ length: 10_000 }, () => 1) : { value: inside() };
    }
  }

  /** A value with one of its parts replaced, or all of it. */
  #spoilt(value: unknown): unknown {
    const random = this.#random;
    if (typeof value !== "object" || value === null || random.once(8)) {
      return random.once(3) ? this.#text() : this.#anything(3);
    }
    if (Array.isArray(value)) return value.length === 0 ? [this.#anything(2)] : value.with(0, this.#spoilt(value[0]));
    const entries = Object.entries(value);
    if (entries.length === 0) return { [this.#text()]: this.#anything(2) };
    const [chosen] = random.pick(entries);
    return Object.fromEntries(entries.map(([key, inner]) => [key, key === chosen ? this.#spoilt(inner) : inner]));
  }

  #spoiltText(text: string): Buffer {
    const random = this.#random;
    if (!random.once(6)) return Buffer.from(text);
    const at = random.between(0, text.length);
    switch (random.between(0, 8)) {
      case 0:
        return Buffer.from(text.slice(0, at));
      case 1:
        return Buffer.from(`\ufeff${text}`);
      case 2:
        return Buffer.from(`${text}${random.pick(["}", ",", "\u0000", "{}", " x"])}`);
      case 3:
        return Buffer.concat([
          Buffer.from(text.slice(0, at)),
          Buffer.from([0xff, 0xc0, 0x80]),
          Buffer.from(text.slice(at)),
        ]);
      case 4:
        return Buffer.from(text.replace("{", `{"x":${"[".repeat(9_000)}${"]".repeat(9_000)},`));
      case 5:
        return Buffer.from(
          text.replace(/:("[^"]*"|\d+)/, `:${random.pick(["1e400", "-1e400", "01", "+1", "0x1", "'a'"])}`),
        );
      case 6:
        return Buffer.from(text.replace("{", `{${text.slice(1, -1)},`));
      case 7:
        return Buffer.from(text, "utf16le");
      default:
        return Buffer.from(random.once(8) ? "x".repeat(70_000) : "");
    }
  }
}
