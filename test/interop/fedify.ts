import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { MemoryKvStore, Note, Person, type RequestContext, Tombstone, createFederation } from "@fedify/fedify";

/** A note as its author wrote it. */
export interface FedifyNote {
  author: string;
  html: string;
  /** Whether everybody may see it, or followers only. */
  isPublic?: boolean;
  /** When it was edited (RFC 3339). */
  updated?: string;
  deleted?: boolean;
}

/** Servers of the fediverse, by Fedify, behind one address that stands for all of them. */
export interface Fediverse {
  /** For UPSTREAM_ACTIVITYPUB. */
  upstream: string;
  /** By host, then by id. */
  notes: Map<string, Map<string, FedifyNote>>;
  close(): Promise<void>;
}

/** Users of every server. */
const USERS = new Set(["alice", "mallory"]);

/**
 * Starts a server for each of the hosts. Each believes to be at `https://host`, as behind a proxy that ends TLS; they are told
 * apart by the header Host.
 *
 * @param secure those hosts that answer signed requests only.
 */
export async function startFediverse(hosts: readonly string[], secure: readonly string[] = []): Promise<Fediverse> {
  const notes: Fediverse["notes"] = new Map(hosts.map((host) => [host, new Map()]));
  const servers = new Map(hosts.map((host) => [host, createServerOf(notes.get(host)!, secure.includes(host))]));
  const server = createServer((request, response) => {
    const host = String(request.headers.host);
    const answer = servers.get(host);
    if (answer) void send(answer(received(request, host)), response);
    else response.writeHead(421).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    notes,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function createServerOf(
  notes: ReadonlyMap<string, FedifyNote>,
  isSecure: boolean,
): (request: Request) => Promise<Response> {
  // Our own actor is on loopback, where no server looks without leave.
  const federation = createFederation<void>({ kv: new MemoryKvStore(), allowPrivateAddress: true });
  const mayRead = async (context: RequestContext<void>) => !isSecure || (await context.getSignedKeyOwner()) !== null;
  const actors = federation.setActorDispatcher("/users/{identifier}", (context, identifier) =>
    USERS.has(identifier)
      ? new Person({
          id: context.getActorUri(identifier),
          preferredUsername: identifier,
          inbox: context.getInboxUri(identifier),
          url: new URL(`/@${identifier}`, context.origin),
        })
      : null,
  );
  actors.authorize(mayRead);
  federation.setInboxListeners("/users/{identifier}/inbox");
  const objects = federation.setObjectDispatcher(Note, "/notes/{id}", async (context, { id }) => {
    const note = notes.get(id);
    if (!note || note.deleted) return null;
    return Note.fromJsonLd({
      "@context": "https://www.w3.org/ns/activitystreams",
      type: "Note",
      id: context.getObjectUri(Note, { id }).href,
      attributedTo: context.getActorUri(note.author).href,
      to: note.isPublic === false ? `${context.getActorUri(note.author).href}/followers` : "as:Public",
      content: note.html,
      published: "2026-01-01T00:00:00Z",
      ...(note.updated === undefined ? {} : { updated: note.updated }),
    });
  });
  objects.authorize(mayRead);
  return (request) =>
    federation.fetch(request, {
      contextData: undefined,
      onNotFound: async () => {
        const id = new URL(request.url).pathname.replace("/notes/", "");
        if (!notes.get(id)?.deleted) return new Response("Not Found", { status: 404 });
        const tombstone = await new Tombstone({ id: new URL(request.url) }).toJsonLd();
        return Response.json(tombstone, { status: 410, headers: { "content-type": "application/activity+json" } });
      },
    });
}

function received({ method, url, headers }: IncomingMessage, host: string): Request {
  const list = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Request(new URL(url ?? "", `https://${host}`), { method: method ?? "GET", headers: list });
}

async function send(answer: Promise<Response>, response: ServerResponse): Promise<void> {
  const { status, headers, body } = await answer;
  response.writeHead(status, Object.fromEntries(headers));
  if (body) for await (const chunk of body) response.write(chunk);
  response.end();
}
