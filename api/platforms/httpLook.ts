import { hash } from "node:crypto";

import { secondsToWait } from "./fetch/retryAfter.ts";
import type { Answer, Fetcher } from "./fetcher.ts";
import {
  CheckError,
  type EvidenceRecord,
  type HttpLookup,
  type HttpStep,
  type HttpWay,
  type InputRule,
  type Look,
  type Sight,
} from "./types.ts";

export interface HttpLookOptions {
  fetcher: Fetcher;
  /** An origin to ask instead of the platform's. */
  upstream: string | undefined;
  token: string | undefined;
  /** Deadline of all requests together, in milliseconds. */
  timeout: number;
  /** How the platform's locations are taken apart. */
  location: InputRule | undefined;
}

/** Whether a way can be gone with this credential. */
export function isOpen({ credential }: HttpWay, token: string | undefined): boolean {
  return credential === undefined || credential.optional === true || token !== undefined;
}

/** Reads a post by the first way that is open and, where the platform shortened it, the rest of it. */
export function createHttpLook(lookup: HttpLookup, options: HttpLookOptions): Look {
  const { fetcher, upstream, token, timeout, location: rule } = options;
  const textOrigins = upstream === undefined ? (lookup.textOrigins ?? []) : [upstream];
  const ways = lookup.ways.filter((way) => isOpen(way, token));

  return async (claim, location) => {
    const slots = {
      ...{ location, identity: claim.link.identity, avatar: claim.avatar.compressed },
      ...rule?.parts?.exec(location)?.groups,
      ...lookup.slots?.(location),
    };
    const deadline = AbortSignal.timeout(timeout);
    if (ways.length === 0) throw new CheckError("soft", "this node has no credential to look there");
    for (const [index, way] of ways.entries()) {
      try {
        return await go(way, slots);
      } catch (error) {
        const last = index === ways.length - 1;
        if (last || !(error instanceof CheckError) || error.severity !== "soft" || deadline.aborted) throw error;
      }
    }
    throw new Error("unreachable");

    async function go(way: HttpWay, slotsOf: Record<string, string>): Promise<Sight> {
      const answers: EvidenceRecord["answers"] = [];
      const read: unknown[] = [];
      for (const step of way.steps) {
        const scheme = way.credential?.scheme;
        const authorization = scheme && token ? { Authorization: `${scheme} ${token}` } : {};
        read.push(await askStep({ fetcher, upstream, deadline }, step, slotsOf, authorization, answers));
      }
      const post = way.extract(read, claim, location);
      const readText = async (text: string | { url: string }) => {
        if (typeof text === "string") return text;
        const url = URL.parse(text.url);
        if (!url || !textOrigins.includes(url.origin)) {
          const host = url?.host ?? "no URL";
          throw new CheckError("soft", `the rest of the post is at ${host}, which is not the platform's`);
        }
        const whole = await fetcher(url, { deadline });
        const rest = accept(whole, url);
        answers.push(recordOf(url, String(whole.status), whole.bytes));
        return rest;
      };
      return { post, texts: () => Promise.all(post.texts.map(readText)), answers };
    }
  };
}

/** Makes one documented request. @throws {CheckError} */
export async function askStep(
  { fetcher, upstream, deadline }: Pick<HttpLookOptions, "fetcher" | "upstream"> & { deadline: AbortSignal },
  step: HttpStep,
  slots: Readonly<Record<string, string>>,
  authorization: Readonly<Record<string, string>>,
  answers: EvidenceRecord["answers"],
): Promise<unknown> {
  const url = new URL(fillSlots(step.path, slots, encodeURIComponent), upstream ?? step.origin);
  const body =
    step.body &&
    JSON.stringify(
      Object.fromEntries(Object.entries(step.body).map(([key, value]) => [key, fillSlots(value, slots, String)])),
    );
  const { headers, outcomes = {}, passes = [], redirects, as } = step;
  const settled = [...Object.keys(outcomes).map(Number), ...passes];
  const sent = { ...headers, ...authorization };
  const answer = await fetcher(url, { headers: sent, deadline, body, settled, redirects });
  const text = accept(answer, url, step);
  answers.push(recordOf(url, String(answer.status), answer.bytes));
  return as === "text" ? text : parseJson(text, url);
}

function fillSlots(text: string, slots: Readonly<Record<string, string>>, encode: (value: string) => string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => encode(slots[name] ?? ""));
}

export function recordOf(url: URL, status: string, body: string | Uint8Array): EvidenceRecord["answers"][number] {
  return { source: url.href, status, sha256: hash("sha256", body) };
}

/** The text of an answer that holds something. @throws {CheckError} by what its status says. */
export function accept(
  { status, headers, text }: Answer,
  url: URL,
  { outcomes = {}, passes = [], always }: Pick<HttpStep, "always" | "outcomes" | "passes"> = {},
): string {
  const outcome = outcomes[status];
  if (outcome) throw new CheckError(outcome.severity, outcome.message);
  if (status === 200 || passes.includes(status)) return text();
  if (!always && (status === 404 || status === 410 || status === 451)) {
    throw new CheckError("medium", `${url.host} has nothing public at ${url.pathname} (HTTP ${status})`);
  }
  const retryAfter = secondsToWait(headers);
  const wait = retryAfter === null ? "" : `; it may be asked again in ${retryAfter} s`;
  throw new CheckError("soft", `${url.host} does not answer now (HTTP ${status})${wait}`, { retryAfter });
}

export function parseJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckError("soft", `the answer of ${url.host} is not JSON`, { cause: error });
  }
}
