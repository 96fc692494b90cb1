import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { createActivityPubLook } from "./activityPubLook.ts";
import { createDnsLook } from "./dnsLook.ts";
import { createEnsLook } from "./ensLook.ts";
import { type FetchLimits, type Fetcher, type Network, createFetcher } from "./fetcher.ts";
import { askStep, createHttpLook, isOpen } from "./httpLook.ts";
import type { RequestSigner } from "./httpSignature.ts";
import { PLATFORMS, platformOf } from "./index.ts";
import { type Lifetimes, createLookCache } from "./lookCache.ts";
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

/** What read the evidence, by platform id. */
const DESCRIPTIONS = new Map(PLATFORMS.map((platform) => [platform.id, digestOf(platform)]));

/** Nothing is kept unless told. */
const LIFETIMES: Lifetimes = { confirmed: 0, refused: 0 };

/** Looks at what claims point to. */
export interface Engine {
  /**
   * Confirms a claim by what stands at its other side now, or stood there within {@link EngineOptions.lifetimes};
   * {@link Evidence.checkedAt} says when. Equal claims at the same time are one look.
   *
   * @param options.fresh looks again, whatever was seen before.
   * @throws {CheckError} saying why it is not confirmed, and how much that means.
   * @throws {PlatformInputError} where the claim's identity or location is none of its platform.
   */
  check(claim: Claim, options?: { fresh?: boolean }): Promise<Evidence>;
  /**
   * The identity in its normal form, also of a name that only the platform can turn into it.
   *
   * @throws {PlatformInputError} where it is none of this platform, {@link CheckError} where the platform knows it not.
   */
  resolveIdentity(platform: Platform, typed: string): Promise<string>;
  /** Whether this node can look there. */
  statusOf(platform: Platform): PlatformStatus;
  /**
   * Until when none of its own hosts is asked, Unix milliseconds, since they failed several times in a row or want to be left
   * alone; null while one is.
   */
  restsUntil(platform: Platform): number | null;
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
  /** As whom to ask servers of the fediverse that answer signed requests only. */
  signer?: RequestSigner | undefined;
  /** Deadline of each look, in milliseconds. */
  timeout?: number;
  /** How long outcomes are kept; not at all unless told. */
  lifetimes?: Lifetimes;
  /** How much is asked of one host at a time, and when it is left alone. */
  limits?: Partial<FetchLimits>;
  /** For tests: another resolver and other connections. */
  network?: Network;
}

/**
 * The only code that looks, compares the author and decides. Platforms merely say where a post is and how to read it;
 * the text that a signature must verify over is built from the claim, never from the post.
 *
 * @throws {Error} where an upstream is no origin.
 */
export function createEngine(options: EngineOptions = {}): Engine {
  const { timeout = TIMEOUT, lifetimes = LIFETIMES, limits = {}, network } = options;
  const origins = httpOrigins(options.upstreams ?? {});
  const fetcher = createFetcher({
    ...{ trustedOrigins: [...origins.values()], timeout, limits },
    ...(network ? { network } : {}),
  });
  const looks = createLooks(options, fetcher, origins);
  const cache = createLookCache(lifetimes);

  async function lookAt(claim: Claim): Promise<Evidence> {
    const { link } = claim;
    const platform = platformOf(link.platform);
    if (!platform) throw new CheckError("final", `platform not supported: ${link.platform}`);
    // Nothing can be seen there any more; that takes nothing from what was.
    if (platform.closed !== undefined) throw new CheckError("soft", `${platform.name} is closed: ${platform.closed}`);
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
    const record = { answers, handle, facts, description: DESCRIPTIONS.get(platform.id)! };
    return { signature, accountId, location, checkedAt: Math.floor(Date.now() / 1000), record };
  }

  return {
    check: (claim, { fresh = false } = {}) => cache.share(claim, () => lookAt(claim), { fresh }),

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
      const own = boundTo(fetcher, platform, origins.get(id));
      const answer = await askStep(
        { fetcher: own, upstream: origins.get(id), deadline },
        resolution.step,
        { name },
        {},
        [],
      );
      return platform.normaliseIdentity(resolution.extract(answer));
    },

    statusOf({ id, closed, lookup }) {
      if (closed !== undefined) return "service closed";
      if (lookup?.kind === "ens") return options.upstreams?.[id] === undefined ? "needs credential" : "live";
      if (lookup?.kind !== "http") return "live";
      return lookup.ways.some((way) => isOpen(way, options.tokens?.[id])) ? "live" : "needs credential";
    },

    restsUntil(platform) {
      const rests = originsOf(platform, origins.get(platform.id)).map((origin) => fetcher.restsUntil(origin));
      return rests.reduce(
        (first, until) => (first === null || until === null ? null : Math.min(first, until)),
        rests[0] ?? null,
      );
    },
  };
}

function httpOrigins(upstreams: Readonly<Record<string, string>>): Map<string, string> {
  const origins = new Map<string, string>();
  for (const { id, lookup } of PLATFORMS) {
    const upstream = upstreams[id];
    const asksTheWeb = lookup?.kind === "http" || lookup?.kind === "activitypub";
    if (asksTheWeb && upstream !== undefined) origins.set(id, httpOrigin(id, upstream));
  }
  return origins;
}

function createLooks(
  { upstreams = {}, tokens = {}, signer, timeout = TIMEOUT, limits, network }: EngineOptions,
  fetcher: Fetcher,
  origins: ReadonlyMap<string, string>,
): Map<string, Look> {
  const looks = new Map<string, Look>();
  for (const platform of PLATFORMS) {
    const { id, lookup, location } = platform;
    if (lookup?.kind === "http") {
      const upstream = origins.get(id);
      const own = boundTo(fetcher, platform, upstream);
      looks.set(id, createHttpLook(lookup, { fetcher: own, upstream, token: tokens[id], timeout, location }));
    } else if (lookup?.kind === "activitypub") {
      looks.set(id, createActivityPubLook(lookup, { fetcher, upstream: origins.get(id), signer, timeout }));
    } else if (lookup?.kind === "dns") {
      looks.set(id, createDnsLook(lookup, { upstream: upstreams[id], timeout }));
    } else if (lookup?.kind === "ens") {
      const fetching = { timeout, ...(limits && { limits }), ...(network && { network }) };
      looks.set(id, createEnsLook(lookup, { upstream: upstreams[id], ...fetching }));
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

/** A fetcher that asks a platform's own hosts only, and as often as it may. */
function boundTo(fetcher: Fetcher, platform: Platform, upstream: string | undefined): Fetcher {
  const origins = originsOf(platform, upstream);
  return (url, options) => fetcher(url, { ...options, origins, rate: platform.rate });
}

/** The hosts that are a platform's own; none where its accounts are on any. */
function originsOf({ lookup, resolution }: Platform, upstream: string | undefined): string[] {
  if (upstream !== undefined) return [upstream];
  const { ways = [], textOrigins = [] } = lookup?.kind === "http" ? lookup : {};
  const steps = [...ways.flatMap((way) => way.steps), ...(resolution ? [resolution.step] : [])];
  return [...new Set([...steps.map(({ origin }) => origin), ...textOrigins])];
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
    const account = change ? `: the account ${accountId} was renamed` : "";
    throw new CheckError("final", `${noun} belongs to ${handle}, not to ${identity}${account}`, { change });
  }
  if (!/^[!-~]{1,255}$/.test(accountId)) throw new CheckError("soft", `${platform.name} named no id of the account`);
  if (claim.accountId !== undefined && claim.accountId !== accountId) {
    const message = `${identity} is another account now: its id is ${accountId}, not ${claim.accountId}`;
    throw new CheckError("final", message, { change: "reused" });
  }
}

/** SHA-256 in hex of the file that says and does all that is a platform's own. */
function digestOf({ id }: Platform): string {
  return hash("sha256", readFileSync(join(import.meta.dirname, `${id}.ts`)));
}
