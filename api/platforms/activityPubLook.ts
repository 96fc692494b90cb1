import { z } from "zod";

import type { Answer, Fetcher } from "./fetcher.ts";
import { accept, parseJson, recordOf } from "./httpLook.ts";
import { type RequestSigner, signatureHeaders } from "./httpSignature.ts";
import { type ActivityPubLookup, CheckError, type EvidenceRecord, type Look } from "./types.ts";

export interface ActivityPubLookOptions {
  fetcher: Fetcher;
  /** An origin to which every request goes instead, with the host that it was for in its header Host. */
  upstream: string | undefined;
  /** As whom to ask; unsigned where it is undefined. */
  signer?: RequestSigner | undefined;
  /** Deadline of all requests together, in milliseconds. */
  timeout: number;
}

/** What servers answer activities to (ActivityPub, section 3.2). */
const ACTIVITY_TYPES =
  'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"';

/** Who may see a public object (ActivityPub, section 5.6), in the three ways that JSON-LD allows to write it. */
const PUBLIC = new Set(["https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"]);

/** Objects that hold what their author wrote; Misskey sends a note with a poll as a question. */
const NOTES = new Set(["Note", "Article", "Page", "Question"]);

/** Where a server has the note of a bare id: `{id}` and `{user}` are slots. By the names of NodeInfo, forks included. */
const NOTE_PATHS: readonly [software: RegExp, path: string][] = [
  [/^(?:mastodon|hometown|glitch|gotosocial)/, "/users/{user}/statuses/{id}"],
  [/^(?:pleroma|akkoma)/, "/notice/{id}"],
  [/^(?:misskey|sharkey|firefish|calckey|cherrypick|iceshrimp|foundkey)/, "/notes/{id}"],
];

/** A JSON Resource Descriptor (RFC 7033, section 4.4). */
const descriptor = z.object({
  subject: z.string(),
  aliases: z.array(z.string()).nullish(),
  links: z.array(z.object({ rel: z.string(), type: z.string().nullish(), href: z.string().nullish() })),
});

/** An actor (ActivityPub, section 4.1), with what Mastodon adds. */
const actorObject = z.object({
  id: z.string().regex(/^[!-~]{1,255}$/),
  preferredUsername: z.string(),
  movedTo: z.string().nullish(),
  suspended: z.boolean().nullish(),
});

/** Members that may be one value or several, links or whole objects (ActivityStreams 2.0, section 4). */
const references = z.preprocess(
  (value) => [value ?? []].flat(),
  z.array(z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])),
);

const noteObject = z.looseObject({ type: z.string(), attributedTo: references, to: references, cc: references });

const nodeInfoLinks = z.object({ links: z.array(z.object({ rel: z.string(), href: z.string() })) });
const nodeInfo = z.object({ software: z.object({ name: z.string() }) });

interface Actor {
  id: string;
  origin: string;
  /** user@host, as the actor's own server has it. */
  handle: string;
  preferredUsername: string;
}

/**
 * Finds the account by WebFinger and the note by its address, each at the server whose it is. Hosts are chosen by
 * strangers, so every request but those to the operator's own upstream is guarded.
 */
export function createActivityPubLook(lookup: ActivityPubLookup, options: ActivityPubLookOptions): Look {
  return async (claim, location) => {
    const session = new Session(options);
    const { identity } = claim.link;
    const actor = await findActor(session, identity);
    const address = await addressOf(session, location, actor);
    if (address.origin !== actor.origin) {
      throw new CheckError("final", `the note is on ${address.host}, and ${identity} on ${new URL(actor.origin).host}`);
    }
    const note = readNote(await session.object(address, "the note"), actor, identity);
    const post = lookup.extract(note, actor);
    return { post, texts: async () => post.texts.filter((text) => typeof text === "string"), answers: session.answers };
  };
}

/** The requests of one look. */
class Session {
  readonly answers: EvidenceRecord["answers"] = [];
  readonly #options: ActivityPubLookOptions;
  readonly #deadline: AbortSignal;

  constructor(options: ActivityPubLookOptions) {
    this.#options = options;
    this.#deadline = AbortSignal.timeout(options.timeout);
  }

  /** JSON of any kind. @throws {CheckError} */
  async json(url: URL, type: string): Promise<unknown> {
    return (await this.#get(url, { Accept: type })).json;
  }

  /**
   * An object under its own id: what a server has at another address of its own may be a file that somebody uploaded, or
   * an object that it received.
   *
   * @throws {CheckError}
   */
  async object(url: URL, noun: string): Promise<Record<string, unknown>> {
    const first = await this.#activity(url);
    if (first.id === url.href) return first;
    const id = URL.parse(String(first.id));
    if (id?.origin !== url.origin) throw new CheckError("medium", `${noun} says that it is not of ${url.host}`);
    const second = await this.#activity(id);
    if (second.id !== first.id) throw new CheckError("medium", `${noun} has another id than its address`);
    return second;
  }

  async #activity(url: URL): Promise<Record<string, unknown>> {
    const { signer } = this.#options;
    const signature = signer ? signatureHeaders(url, signer) : {};
    const { json, type, from } = await this.#get(url, { Accept: ACTIVITY_TYPES, ...signature });
    // What another host answers for this one may be a file that somebody uploaded there.
    if (from !== url.origin && this.#options.upstream === undefined) {
      throw new CheckError("soft", `${url.host} leads to ${URL.parse(from)?.host}, which is not where the object is`);
    }
    const isActivity = /^application\/(?:activity\+json|ld\+json)\b/i.test(type);
    if (!isActivity || typeof json !== "object" || json === null || Array.isArray(json)) {
      throw new CheckError("soft", `the answer of ${url.host} is no ActivityStreams document`);
    }
    const object = { ...json } as Record<string, unknown>;
    if (object.type === "Tombstone") throw new CheckError("medium", `${url.host} has deleted ${url.pathname}`);
    return object;
  }

  async #get(
    url: URL,
    accepted: Readonly<Record<string, string>>,
  ): Promise<{ json: unknown; type: string; from: string }> {
    const { fetcher, upstream, signer } = this.#options;
    const asked = upstream === undefined ? url : new URL(url.pathname + url.search, upstream);
    const headers = { ...accepted, ...(upstream === undefined ? {} : { Host: url.host }) };
    const stranger = upstream === undefined;
    const answer = await fetcher(asked, { headers, deadline: this.#deadline, redirects: 2, stranger });
    const text = acceptFrom(answer, url, signer !== undefined);
    this.answers.push(recordOf(url, String(answer.status), answer.bytes));
    return { json: parseJson(text, url), type: answer.headers.get("content-type") ?? "", from: answer.url.origin };
  }
}

/** As other answers; a server may be one that answers signed requests only (Mastodon's AUTHORIZED_FETCH). */
function acceptFrom(answer: Answer, url: URL, isSigned: boolean): string {
  try {
    return accept(answer, url);
  } catch (error) {
    const isRefused = answer.status === 401 || answer.status === 403;
    if (!(error instanceof CheckError) || !isRefused || isSigned) throw error;
    const message = `${error.message}; it may want signed requests, and this node has no ACTIVITYPUB_KEY`;
    throw new CheckError(error.severity, message, { cause: error, retryAfter: error.retryAfter });
  }
}

/**
 * The actor of an account: the one that the account's host names, and that names the account itself.
 *
 * A host may leave its accounts to a server of another name, as Mastodon does where WEB_DOMAIN is set. Then that server
 * has to name the account too, or anybody's host could claim anybody's actor.
 */
async function findActor(session: Session, identity: string): Promise<Actor> {
  const host = identity.split("@")[1]!;
  const { names, self } = await finger(session, identity, host);
  const object = actorObject.safeParse(await session.object(self, "the actor"));
  if (!object.success) throw new CheckError("soft", `${self.host} sent no actor as ActivityPub describes it`);
  const { id, preferredUsername, movedTo, suspended } = object.data;
  if (suspended === true) throw new CheckError("medium", `${identity} is suspended`);
  if (typeof movedTo === "string") {
    throw new CheckError("medium", `${identity} has moved to ${movedTo.slice(0, 200)}: bind the new account`);
  }
  const actor = { id, preferredUsername, handle: names[0]!, origin: self.origin };
  if (self.host === host) return actor;
  const back = await finger(session, `${preferredUsername}@${self.host}`, self.host);
  if (back.self.href !== self.href || !back.names.some((name) => name.toLowerCase() === identity)) {
    const owner = back.names[0]!.slice(0, 200);
    throw new CheckError("final", `${host} says that ${identity} is ${id}, which belongs to ${owner}`);
  }
  return actor;
}

/** What a host says of an account (RFC 7033): its names, user@host, its own one first; and the address of its actor. */
async function finger(session: Session, account: string, host: string): Promise<{ names: string[]; self: URL }> {
  const url = new URL(`https://${host}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${account}`)}`);
  const read = descriptor.safeParse(await session.json(url, "application/jrd+json, application/json"));
  if (!read.success) throw new CheckError("soft", `the answer of ${host} is no WebFinger document (RFC 7033)`);
  const { subject, aliases, links } = read.data;
  const self = links.find(
    ({ rel, type }) => rel === "self" && /\bactivity\+json\b|\bactivitystreams\b/.test(type ?? ""),
  );
  const href = URL.parse(self?.href ?? "");
  if (href?.protocol !== "https:") throw new CheckError("medium", `${account} has no ActivityPub actor`);
  return { names: [subject, ...(aliases ?? [])].map((name) => name.replace(/^acct:/, "")), self: href };
}

/** The address of the note that a claim points to. A bare id, as Next.ID has them, needs to know the server's software. */
async function addressOf(session: Session, location: string, { origin, preferredUsername }: Actor): Promise<URL> {
  if (location.startsWith("https:")) return new URL(location);
  const links = nodeInfoLinks.safeParse(
    await session.json(new URL("/.well-known/nodeinfo", origin), "application/json"),
  );
  const link = links.data?.links.find(({ rel }) => /\/ns\/schema\/2\.\d$/.test(rel));
  const href = URL.parse(link?.href ?? "");
  // It may point anywhere, and is only ever asked for a path.
  const name =
    href?.origin === origin
      ? nodeInfo.safeParse(await session.json(href, "application/json")).data?.software.name.toLowerCase()
      : undefined;
  const path = NOTE_PATHS.find(([software]) => software.test(name ?? ""))?.[1];
  if (path === undefined) {
    throw new CheckError("medium", `${new URL(origin).host} does not say where note ${location} is: give its address`);
  }
  return new URL(path.replace("{id}", location).replace("{user}", encodeURIComponent(preferredUsername)), origin);
}

/** The note, where it is the actor's and public. */
function readNote(object: Record<string, unknown>, actor: Actor, identity: string): Record<string, unknown> {
  const note = noteObject.safeParse(object);
  if (!note.success || !NOTES.has(note.data.type)) throw new CheckError("medium", "there is no note at that address");
  const { attributedTo, to, cc } = note.data;
  if (attributedTo.length !== 1 || attributedTo[0] !== actor.id) {
    const authors = attributedTo.join(", ").slice(0, 200) || "nobody";
    throw new CheckError("final", `the note belongs to ${authors}, not to ${identity} (${actor.id})`);
  }
  if (![...to, ...cc].some((reader) => PUBLIC.has(reader))) {
    throw new CheckError("medium", "the note is not public");
  }
  return note.data;
}
