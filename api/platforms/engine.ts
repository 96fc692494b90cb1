import { createDnsLook } from "./dnsLook.ts";
import { createFetcher } from "./fetcher.ts";
import { createHttpLook } from "./httpLook.ts";
import { PLATFORMS, platformOf } from "./index.ts";
import { CheckError, type Claim, type Evidence, type Look, type Platform, type Post } from "./types.ts";
import { findSignature } from "./verify.ts";

/** Looks at what claims point to. */
export interface Engine {
  /**
   * Confirms a claim by what stands at its other side now.
   *
   * @throws {CheckError} saying why it is not confirmed, and how much that means.
   * @throws {PlatformInputError} where the claim's identity or location is none of its platform.
   */
  check(claim: Claim): Promise<Evidence>;
}

export interface EngineOptions {
  /**
   * By platform id: the http(s) origin to ask instead of the platform's, for `dns` a comma list of `udp://address:port`.
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
  const looks = createLooks(options);
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
      const { post, texts } = await look(claim, location);
      assertAuthor(platform, post, claim);
      const signature = findSignature(platform, post, await texts(), claim);
      return { signature, accountId: post.accountId, location, checkedAt: Math.floor(Date.now() / 1000) };
    },
  };
}

function createLooks({ upstreams = {}, tokens = {}, timeout = 10_000 }: EngineOptions): Map<string, Look> {
  const origins = new Map<string, string>();
  for (const { id, lookup } of PLATFORMS) {
    const upstream = upstreams[id];
    if (lookup?.kind === "http" && upstream !== undefined) origins.set(id, httpOrigin(id, upstream));
  }
  const fetcher = createFetcher({ trustedOrigins: [...origins.values()], timeout });
  const looks = new Map<string, Look>();
  for (const { id, lookup } of PLATFORMS) {
    if (lookup?.kind === "http") {
      looks.set(id, createHttpLook(lookup, { fetcher, upstream: origins.get(id), token: tokens[id], timeout }));
    } else if (lookup?.kind === "dns") {
      looks.set(id, createDnsLook(lookup, { upstream: upstreams[id], timeout }));
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
    const message = `${identity} is account ${accountId} now, and was account ${claim.accountId}`;
    throw new CheckError("final", message, { change: "reused" });
  }
}
