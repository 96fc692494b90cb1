import { hash } from "node:crypto";

import { createDnsLook } from "./dnsLook.ts";
import { createEnsLook } from "./ensLook.ts";
import { type Fetcher, createFetcher } from "./fetcher.ts";
import { askStep, createHttpLook, isOpen } from "./httpLook.ts";
import { PLATFORMS, platformOf } from "./index.ts";
import {
  CheckError,
  type Claim,
  type Evidence,
  type Look,
  type Platform,
  type PlatformStatus,
  type Post,
} from "./types.ts";
import { findSignature } from "./verify.ts";

/** Deadline of each look unless told, in milliseconds. */
const TIMEOUT = 10_000;

/** Looks at what claims point to. */
export interface Engine {
  /**
   * Confirms a claim by what stands at its other side now.
   *
   * @throws {CheckError} saying why it is not confirmed, and how much that means.
   * @throws {PlatformInputError} where the claim's identity or location is none of its platform.
   */
  check(claim: Claim): Promise<Evidence>;
  /**
   * The identity in its normal form, also of a name that only the platform can turn into it.
   *
   * @throws {PlatformInputError} where it is none of this platform, {@link CheckError} where the platform knows it not.
   */
  resolveIdentity(platform: Platform, typed: string): Promise<string>;
  /** Whether this node can look there. */
  statusOf(platform: Platform): PlatformStatus;
}

export interface EngineOptions {
  /**
   * By platform id: the http(s) origin to ask instead of the platform's, for `dns` a comma list of `udp://address:port`, for
   * `ens` the JSON-RPC of an Ethereum node.
   * What is set here may be private.
   */
  upstreams?: Readonly<Record<string, string>>;
  /** By platform id: the credential of its API. */
  tokens?: Readonly<Record<string, string>>;
  /** Deadline of each look, in milliseconds. */
  timeout?: number;
}

/**
 * The only code that looks, compares the author and decides. Platforms merely say where a post is and how to read it;
 * the text that a signature must verify over is built from the claim, never from the post.
 *
 * @throws {Error} where an upstream is no origin.
 */
export function createEngine(options: EngineOptions = {}): Engine {
  const { timeout = TIMEOUT } = options;
  const origins = httpOrigins(options.upstreams ?? {});
  const fetcher = createFetcher({ trustedOrigins: [...origins.values()], timeout });
  const looks = createLooks(options, fetcher, origins);
  const digests = new Map(PLATFORMS.map((platform) => [platform.id, digestOf(platform)]));
  return {
    async check(claim) {
      const { link } = claim;
      const platform = platformOf(link.platform);
      if (!platform) throw new CheckError("final", `platform not supported: ${link.platform}`);
      const look = looks.get(platform.id);
      if (!look) throw new CheckError("final", `${platform.name} has no posts to look at: the identity signs itself`);
      if (platform.normaliseIdentity(link.identity) !== link.identity) {
        throw new CheckError("final", `the identity ${link.identity} is not in its normal form`);
      }
      const location = platform.normaliseLocation(claim.location);
      const { post, texts, answers } = await look(claim, location);
      assertAuthor(platform, post, claim);
      const signature = findSignature(platform, post, await texts(), claim);
      const { handle, accountId, facts = {} } = post;
      const record = { answers, handle, facts, description: digests.get(platform.id)! };
      return { signature, accountId, location, checkedAt: Math.floor(Date.now() / 1000), record };
    },

    async resolveIdentity(platform, typed) {
      const { id, resolution } = platform;
      const name = resolution?.shapes
        .map((shape) => shape.exec(typed.trim())?.[1])
        .find((found) => found !== undefined);
      try {
        return platform.normaliseIdentity(typed);
      } catch (error) {
        if (!resolution || name === undefined || typed.length > 2048) throw error;
      }
      const deadline = AbortSignal.timeout(timeout);
      const answer = await askStep({ fetcher, upstream: origins.get(id), deadline }, resolution.step, { name }, {}, []);
      return platform.normaliseIdentity(resolution.extract(answer));
    },

    statusOf({ id, closed, lookup }) {
      if (closed !== undefined) return "service closed";
      if (lookup?.kind === "ens") return options.upstreams?.[id] === undefined ? "needs credential" : "live";
      if (lookup?.kind !== "http") return "live";
      return lookup.ways.some((way) => isOpen(way, options.tokens?.[id])) ? "live" : "needs credential";
    },
  };
}

function httpOrigins(upstreams: Readonly<Record<string, string>>): Map<string, string> {
  const origins = new Map<string, string>();
  for (const { id, lookup } of PLATFORMS) {
    const upstream = upstreams[id];
    if (lookup?.kind === "http" && upstream !== undefined) origins.set(id, httpOrigin(id, upstream));
  }
  return origins;
}

function createLooks(
  { upstreams = {}, tokens = {}, timeout = TIMEOUT }: EngineOptions,
  fetcher: Fetcher,
  origins: ReadonlyMap<string, string>,
): Map<string, Look> {
  const looks = new Map<string, Look>();
  for (const { id, lookup, location } of PLATFORMS) {
    if (lookup?.kind === "http") {
      const upstream = origins.get(id);
      looks.set(id, createHttpLook(lookup, { fetcher, upstream, token: tokens[id], timeout, location }));
    } else if (lookup?.kind === "dns") {
      looks.set(id, createDnsLook(lookup, { upstream: upstreams[id], timeout }));
    } else if (lookup?.kind === "ens") {
      looks.set(id, createEnsLook(lookup, { upstream: upstreams[id], timeout }));
    }
  }
  return looks;
}

function httpOrigin(id: string, upstream: string): string {
  const url = URL.parse(upstream);
  if (!url || !/^https?:$/.test(url.protocol) || `${url.origin}/` !== url.href) {
    throw new Error(`the upstream of ${id} must be an http or https origin without a path, and ${upstream} is not`);
  }
  return url.origin;
}

/**
 * The post is the identity's own, and its account has an id that an attestation can name; of a binding, it is the account
 * that it was made with.
 */
function assertAuthor(platform: Platform, { noun, handle, accountId }: Post, claim: Claim): void {
  const { identity } = claim.link;
  let author: string | null = null;
  try {
    author = platform.normaliseIdentity(handle);
  } catch {
    // A handle that this platform cannot have is not the identity's.
  }
  if (author !== identity) {
    const change = accountId === claim.accountId ? "renamed" : null;
    const account = change ? ` (both are account ${accountId})` : "";
    throw new CheckError("final", `${noun} belongs to ${handle}, not to ${identity}${account}`, { change });
  }
  if (!/^[!-~]{1,255}$/.test(accountId)) throw new CheckError("soft", `${platform.name} named no id of the account`);
  if (claim.accountId !== undefined && claim.accountId !== accountId) {
    const message = `${identity} is another account now: its id is ${accountId}, not ${claim.accountId}`;
    throw new CheckError("final", message, { change: "reused" });
  }
}

/** SHA-256 in hex of all that a description says and does. */
function digestOf(platform: Platform): string {
  const text = JSON.stringify(platform, (_, value: unknown) =>
    typeof value === "function" || value instanceof RegExp ? String(value) : value,
  );
  return hash("sha256", text);
}
