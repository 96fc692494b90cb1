import { hash } from "node:crypto";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import type { Fixture, Publication, Upstream, UpstreamAnswer, UpstreamRequest } from "../platforms/fixtures/fixture.ts";
import { HTTP_TROUBLES, type HttpTrouble, type HttpTroubleName, sendJson } from "./troubles.ts";

/** An HTTP upstream on a loopback port, which misbehaves on demand. */
export interface HttpStandIn {
  origin: string;
  /** Requests as they came, oldest first. */
  requests: UpstreamRequest[];
  /** SHA-256 in hex of the bodies of genuine answers. */
  sent: string[];
  /** How many requests came to a second server, to which redirects point. */
  readonly strayed: number;
  /** From now on every request meets this trouble; null ends it. */
  trouble(trouble: HttpTroubleName | null): void;
  close(): Promise<void>;
}

/** Answers as an API documents it; null where it has no such path. */
export type Answer = (request: UpstreamRequest) => UpstreamAnswer | null | Promise<UpstreamAnswer | null>;

/** Serves answers over HTTP. */
export async function startHttp(answer: Answer): Promise<HttpStandIn> {
  const requests: UpstreamRequest[] = [];
  const sent: string[] = [];
  let strayed = 0;
  let trouble: HttpTrouble | null = null;

  const elsewhere = createServer((_request, response) => {
    strayed += 1;
    sendJson(response, 200, {});
  });
  const server = createServer((request, response) => {
    receive(request)
      .then(async (received) => {
        requests.push(received);
        // Nobody may keep it.
        response.setHeader("set-cookie", "session=1; Path=/");
        const reply = (await answer(received)) ?? { status: 404, body: { message: "Not Found" } };
        const body = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
        if (trouble) return trouble.act({ response, genuine: body, elsewhere: originOf(elsewhere) });
        sent.push(hash("sha256", body));
        return send(response, reply, body);
      })
      // A mistake in a fixture must not look like an upstream that fails.
      .catch((error: unknown) => response.writeHead(418).end(String(error)));
  });
  await Promise.all([listen(server), listen(elsewhere)]);

  return {
    origin: originOf(server),
    requests,
    sent,
    get strayed() {
      return strayed;
    },
    trouble: (next) => void (trouble = next && HTTP_TROUBLES[next]),
    close: async () => {
      await Promise.all([server, elsewhere].map(close));
    },
  };
}

/** Serves what a fixture's identity has published, as its platform's API documents it. */
export async function startUpstream(fixture: Fixture): Promise<Upstream> {
  if (fixture.start) return fixture.start();
  let published: Publication | null = null;
  const { token } = fixture;
  const server = await startHttp((request) => {
    const { authorization } = request.headers;
    const known = token === undefined || String(authorization).split(" ").at(-1) === token;
    return known ? fixture.answer!(request, published) : { status: 401, body: { message: "Unauthorized" } };
  });
  return {
    upstream: server.origin,
    sent: server.sent,
    get asked() {
      return server.requests.length;
    },
    get strayed() {
      return server.strayed;
    },
    publish: (next) => void (published = next),
    trouble: (next) => server.trouble(next as HttpTroubleName | null),
    close: server.close,
  };
}

async function receive(request: IncomingMessage): Promise<UpstreamRequest> {
  const { method = "", url = "", headers } = request;
  const origin = `http://${headers.host}`;
  return { method, url: new URL(url, origin), headers, body: await text(request) };
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: UpstreamAnswer, bytes: string): void {
  const type = typeof body === "string" ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(status, { "content-type": type, ...headers }).end(bytes);
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
