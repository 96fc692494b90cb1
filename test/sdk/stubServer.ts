import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the stub got it. */
export interface Received {
  method: string;
  /** Path and query. */
  url: string;
  path: string;
  query: URLSearchParams;
  /** The body as JSON, or undefined. */
  body: unknown;
}

/** Answers one request. */
export type Handler = (request: Received, response: ServerResponse) => void;

/** An HTTP server on loopback that answers as a test says, also wrongly. */
export class StubServer {
  /** Replaced by each test. */
  handler: Handler = (_request, response) => response.writeHead(500).end();
  readonly received: Received[] = [];
  origin = "";
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString();
    const { pathname, searchParams } = new URL(request.url!, this.origin);
    const received: Received = {
      method: request.method!,
      url: request.url!,
      path: pathname,
      query: searchParams,
      body: raw === "" ? undefined : JSON.parse(raw),
    };
    this.received.push(received);
    this.handler(received, response);
  }
}

/** Starts a stub for the tests of a suite. */
export function useStubServer(): StubServer {
  const server = new StubServer();
  before(() => server.listen());
  beforeEach(() => server.received.splice(0));
  after(() => server.close());
  return server;
}

/** Answers with JSON. */
export function reply(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
