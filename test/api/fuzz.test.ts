import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";

import { expect } from "chai";

import { Random, fuzzSeed } from "../helpers/contractRandom.ts";
import { type Contract, contractOf } from "../helpers/openApi.ts";
import { type FuzzRequest, RequestFuzzer } from "../helpers/requestFuzz.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

const REQUESTS = 10_000;
const AT_ONCE = 32;
/** Longer than any answer may take, in milliseconds. */
const PATIENCE = 20_000;

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends one request as it is. */
function send(origin: URL, agent: Agent, { method, path, headers, body }: FuzzRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = origin;
    const sent = request({ host, port, agent, method, path, headers, timeout: PATIENCE }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      // A stream has no end; that it begins is its answer.
      if (response.headers["content-type"]?.startsWith("text/event-stream")) {
        response.removeAllListeners("error").on("error", () => {});
        response.once("data", () => response.destroy());
        response.once("close", () => resolve({ status: 200, headers: response.headers, text: "" }));
      }
      response.on("end", () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, text: Buffer.concat(chunks).toString() });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${PATIENCE} ms`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends bytes that need be no HTTP, and reads until the other side is done. */
function sendRaw(origin: URL, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(origin.port), origin.hostname);
    const chunks: Buffer[] = [];
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`no answer within ${PATIENCE} ms`)));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    socket.end(bytes);
  });
}

/** Why an answer is none that clients can read; undefined where they can. */
function fault(contract: Contract, { method, path, headers: asked }: FuzzRequest, reply: Reply): string | undefined {
  const { status, headers, text } = reply;
  const type = headers["content-type"] ?? "";
  // 501 says that a kind of DID is not ours.
  if ((status >= 500 && status !== 501) || status < 200) return `answered ${status}`;
  if (method === "HEAD" || status === 204) return text === "" ? undefined : "answered with a body";
  if (status === 303 && text === "") return undefined;
  // What changed since when is asked of the pages' files only.
  if (status === 304 && "if-modified-since" in asked) return undefined;
  const pathname = path.split("?")[0]!;
  const types = Object.keys(contract.operation(method, pathname)?.responses[status]?.content ?? {});
  if (types.length === 0) types.push("application/json");
  if (!types.some((name) => type.startsWith(name))) return `answered ${status} as ${type}`;
  if (!/^application\/(?:did|(?:ld\+)?json)/.test(type)) return undefined;
  try {
    contract.requireDocumented(method, pathname, status, JSON.parse(text), type);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

describe(`The API under ${REQUESTS} random requests (FUZZ_SEED=${fuzzSeed()})`, function () {
  this.timeout(240_000);
  let test: TestStack;
  let contract: Contract;
  let origin: URL;
  before(async () => {
    test = await sharedStack();
    contract = await contractOf(test.stack);
    origin = new URL(test.stack.apiUrl);
  });

  it("answers each as its document says, in JSON, without an error of its own", async () => {
    const fuzzer = new RequestFuzzer(contract.document, new Random(fuzzSeed()));
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const statuses = new Map<number, number>();
    const faults: string[] = [];
    let left = REQUESTS;
    const worker = async (): Promise<void> => {
      while (left > 0 && faults.length < 10) {
        left -= 1;
        const next = fuzzer.next();
        const reply = await send(origin, agent, next).catch((error: Error) => error);
        if (!(reply instanceof Error)) statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
        const wrong = reply instanceof Error ? reply.message : fault(contract, next, reply);
        if (wrong === undefined) continue;
        const body = next.body?.toString().slice(0, 400) ?? "";
        const answer = reply instanceof Error ? "" : reply.text.slice(0, 300);
        faults.push(
          `${next.method} ${next.path.slice(0, 300)} ${JSON.stringify(next.headers)} ${body}\n  ${wrong} ${answer}`,
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    agent.destroy();
    expect(faults, faults.join("\n")).to.deep.equal([]);
    expect([...statuses.values()].reduce((sum, count) => sum + count)).to.equal(REQUESTS);
    // It got further than the door: some were good, some well formed and about nothing.
    for (const status of [200, 400, 404, 405, 413])
      expect(statuses.get(status) ?? 0, String(status)).to.be.greaterThan(0);
  });

  it("answers in JSON also what is hardly HTTP", async () => {
    const random = new Random(fuzzSeed());
    const good = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    const cases = [
      "\r\n\r\n\r\n",
      "GET\r\n\r\n",
      "GET /healthz\r\n\r\n",
      "GET /healthz HTTP/9.9\r\n\r\n",
      "get /healthz http/1.1\r\nhost: x\r\n\r\n",
      "GET /heal thz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET /\u0000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET /%zz%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET //evil.example/.. HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET http://evil.example/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      `${good}X: \u0000\r\n\r\n`,
      `${good}Content-Length: x\r\n\r\n`,
      `${good}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      `${good}Transfer-Encoding: nonsense\r\n\r\n`,
      `${good}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      `${good}Expect: nonsense\r\n\r\n`,
      `${good}${"X-Long: ".padEnd(20_000, "x")}\r\n\r\n`,
      `POST /v1/proof HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100\r\n\r\n{`,
    ].map((text) => Buffer.from(text));
    for (let index = 0; index < 60; index++) {
      const spoilt = Buffer.from(`${good}\r\n`);
      for (let flips = random.between(1, 4); flips > 0; flips--) {
        spoilt[random.between(0, spoilt.length - 1)] = random.between(0, 255);
      }
      cases.push(spoilt);
    }
    for (const bytes of cases) {
      const text = await sendRaw(origin, bytes).catch((error: Error) => error);
      const shown = JSON.stringify(bytes.toString("latin1").slice(0, 200));
      expect(text, shown).to.be.a("string");
      // Who hangs up in the middle, or sends nothing at all, is told nothing.
      if (text === "") continue;
      const [head, ...rest] = (text as string).split("\r\n\r\n");
      expect(head, shown).to.match(/^HTTP\/1\.1 [24]\d\d /);
      const body = rest.join("\r\n\r\n");
      if (!head!.startsWith("HTTP/1.1 204 ")) expect(() => JSON.parse(body), `${shown} ${text}`).not.to.throw();
    }
  });
});
