import type { IncomingMessage, ServerResponse } from "node:http";

import {
  type FederationOrigin,
  MemoryKvStore,
  Note,
  Person,
  type RequestContext,
  Tombstone,
  createFederation,
} from "@fedify/fedify";

import type { HostileNetwork } from "../standins/hostileNetwork.ts";

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

/** How a host of the fediverse is set up. */
export interface HostOptions {
  /** Answers signed requests only. */
  secure?: boolean;
  /** Accounts are of this domain, although the server is on another host. */
  handleHost?: string;
  /** No server: asks everybody to go to this host instead. */
  redirect?: string;
}

type Answer = (request: Request) => Promise<Response> | Response;

/** Users of every server. */
const USERS = new Set(["alice", "mallory"]);

/** Serves a host by Fedify. What it has published is in the map that comes back, by id. */
export function serveFedify(
  internet: HostileNetwork,
  host: string,
  options: HostOptions = {},
): Map<string, FedifyNote> {
  const notes = new Map<string, FedifyNote>();
  const answer = answerOf(host, options, notes);
  internet.serve(host, (request, response) => void send(answer(received(request, host)), response));
  return notes;
}

function answerOf(host: string, options: HostOptions, notes: ReadonlyMap<string, FedifyNote>): Answer {
  const { redirect, handleHost, secure = false } = options;
  if (redirect !== undefined) {
    return ({ url }) => {
      const { pathname, search } = new URL(url);
      return new Response(null, { status: 301, headers: { Location: `https://${redirect}${pathname}${search}` } });
    };
  }
  const origin = handleHost === undefined ? `https://${host}` : { handleHost, webOrigin: `https://${host}` };
  return createServerOf(origin, secure, notes);
}

function createServerOf(
  origin: string | FederationOrigin,
  isSecure: boolean,
  notes: ReadonlyMap<string, FedifyNote>,
): Answer {
  // Our own actor is on loopback, where no server looks without leave.
  const federation = createFederation<void>({ kv: new MemoryKvStore(), origin, allowPrivateAddress: true });
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

async function send(answer: Promise<Response> | Response, response: ServerResponse): Promise<void> {
  const { status, headers, body } = await answer;
  response.writeHead(status, Object.fromEntries(headers));
  if (body) for await (const chunk of body) response.write(chunk);
  response.end();
}
