import {
  type AvatarBinding,
  type ChainItem,
  type CheckedChain,
  type GraphEdge,
  SyngraphError,
  checkChains,
} from "@syngraph/sdk/client";
import { TWO_SIDED_PLATFORMS, parsePublicKey } from "@syngraph/sdk/protocol";

import { client } from "../app/client.ts";
import { type Backing, backingOf } from "../avatar/backing.ts";
import { platformName } from "../ui/Platform.tsx";

/** Where a claim stands, by what the API says and by what the proof chain says here. */
export type Standing = "verified" | "disputed" | "invalid" | "unbacked" | "claimed" | "deleted";

/** One thing that an avatar says of itself. */
export interface Claim {
  binding: AvatarBinding;
  standing: Standing;
  /** What it rests on; undefined where it does not stand. */
  edge: GraphEdge | undefined;
  backing: Backing;
  /** The link that made it. */
  item: ChainItem | undefined;
}

/** Somebody, with everything checked that can be checked here. */
export interface Profile {
  /** Compressed public key. */
  publicKey: string;
  address: string;
  claims: Claim[];
  chains: CheckedChain[];
}

/** Identities around the avatar that are looked at. */
const CAP = 500;

/**
 * Who an avatar is; null where no chain knows it.
 *
 * @param key a public key or an address.
 * @throws {SyngraphError}
 */
export async function fetchProfile(key: string, signal: AbortSignal): Promise<Profile | null> {
  const avatar = await client.avatar(key, { signal });
  if (!avatar) return null;
  const { compressed, address } = parsePublicKey(avatar.avatar);
  if (!isKeyOf(compressed, key))
    throw new SyngraphError("untrusted", null, `the server names another avatar for ${key}`);
  const [items, card] = await Promise.all([
    fetchLinks(compressed, signal),
    client.identity("nextid", compressed, { level: 1, cap: CAP }, { signal }),
  ]);
  const chains = await checkChains(items, compressed, { signal });
  const edges = [...card.edges, ...card.disputed].filter(({ from }) => from.identity === compressed);
  const byLink = new Map(edges.flatMap((edge) => edge.references.map(({ link_id }) => [link_id, edge] as const)));
  const byId = new Map(items.map((item) => [item.link_id, item]));
  const claims = avatar.bindings.map((binding): Claim => {
    const backing = backingOf(binding, chains);
    const edge = byLink.get(binding.link_id);
    const standing = standingOf(binding, backing, edge);
    return {
      binding,
      standing,
      edge: isStanding(standing) ? edge : undefined,
      backing,
      item: byId.get(binding.link_id),
    };
  });
  return { publicKey: compressed, address, claims: claims.toSorted(byWeight), chains };
}

/** Whether a server's answer is about the key or address that was asked for. */
function isKeyOf(compressed: string, asked: string): boolean {
  const { address } = parsePublicKey(compressed);
  if (/^0x[0-9a-f]{40}$/i.test(asked)) return address.toLowerCase() === asked.toLowerCase();
  return parsePublicKey(asked).compressed === compressed;
}

async function fetchLinks(publicKey: string, signal: AbortSignal): Promise<ChainItem[]> {
  const items: ChainItem[] = [];
  for await (const item of client.eachLink(publicKey, { signal })) items.push(item);
  return items;
}

function standingOf(binding: AvatarBinding, backing: Backing, edge: GraphEdge | undefined): Standing {
  if (binding.status === "deleted" || binding.status === "claimed") return binding.status;
  // What the avatar itself took back is told as that, and not as what attesters saw.
  if (backing.outcome === "bad") return "unbacked";
  if (binding.status === "suspended" || !binding.is_valid) return "invalid";
  return edge?.disputed ? "disputed" : "verified";
}

/** Whether both sides stand for it now, as far as anybody knows. */
export function isStanding(standing: Standing): boolean {
  return standing === "verified" || standing === "disputed";
}

const ORDER: readonly Standing[] = ["verified", "disputed", "unbacked", "invalid", "deleted", "claimed"];

/** As the API's pages have it: names before keys, then the surest. */
function byWeight(a: Claim, b: Claim): number {
  return (
    ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) ||
    Number(isTwoSided(a.binding.platform)) - Number(isTwoSided(b.binding.platform)) ||
    (b.edge?.level ?? 0) - (a.edge?.level ?? 0) ||
    Number(a.binding.as_of) - Number(b.binding.as_of)
  );
}

/** Whether a platform's identities are keys, which sign themselves. */
export function isTwoSided(platform: string): boolean {
  return TWO_SIDED_PLATFORMS.includes(platform);
}

/** What somebody is called: by what was asked for, where that is theirs, else by what says most. */
export function nameOf({ claims }: Profile, asked?: Asked): Claim | undefined {
  const own =
    asked &&
    claims.find(
      ({ binding, standing }) =>
        isStanding(standing) && binding.platform === asked.platform && binding.identity === asked.identity,
    );
  return own ?? claims.find(({ standing }) => standing === "verified");
}

/** An identity, in its platform's normal form. */
export interface Asked {
  platform: string;
  identity: string;
}

/** Keys and addresses by their beginning and end. */
export function shortened(identity: string): string {
  return /^[0-9A-Za-z]{32,}$/.test(identity) ? `${identity.slice(0, 6)}…${identity.slice(-4)}` : identity;
}

/** An identity in words. */
export function accountText({ platform, identity }: Asked): string {
  return `${shortened(identity)} (${platformName(platform)})`;
}

/** Somebody who has proved a name. */
export interface Person extends Asked {
  avatar: string;
  since: string;
  standing: "verified" | "disputed" | "invalid";
  /** What else they have proved. */
  others: Asked[];
}

/**
 * Those who have proved a name; those whose proof is gone only where there are no others. Of a platform, or of any.
 *
 * @throws {SyngraphError}
 */
export async function fetchPeople(identity: string, platform: string, signal: AbortSignal): Promise<Person[]> {
  const query = { identity, exact: true, ...(platform !== "" && { platform }) };
  const { ids } = await client.findProofs(query, { signal });
  const wanted = new Set([identity, identity.replace(/^@/, "")].map((text) => text.toLowerCase()));
  const people = ids.flatMap(({ avatar, proofs }): Person[] => {
    const fitting = proofs.filter((proof) => platform === "" || proof.platform === platform);
    const named = fitting.filter((proof) =>
      [proof.identity, proof.alt_id].some((name) => wanted.has(name.toLowerCase())),
    );
    // Written in another form, as a pasted address is: the API knows all of them.
    const matching = named.length > 0 ? named : fitting;
    const best = matching.find(({ is_valid }) => is_valid) ?? matching[0];
    if (!best) return [];
    const others = proofs.filter((proof) => proof !== best && proof.is_valid);
    const { created_at: since, is_valid: isValid } = best;
    return [
      {
        avatar: parsePublicKey(avatar).compressed,
        platform: best.platform,
        identity: best.identity,
        since,
        standing: isValid ? "verified" : "invalid",
        others,
      },
    ];
  });
  const valid = people.filter(({ standing }) => standing === "verified");
  const told = valid.length > 1 ? await withDisputes(valid, signal) : valid.length > 0 ? valid : people;
  return told.toSorted((a, b) => Number(b.since) - Number(a.since));
}

/** Says of whom somebody else has proved the very same account later. */
function withDisputes(people: readonly Person[], signal: AbortSignal): Promise<Person[]> {
  const accounts = [...Map.groupBy(people, ({ platform, identity }) => `${platform},${identity}`).values()];
  const told = accounts.map(async (rivals) => {
    const { platform, identity } = rivals[0]!;
    if (rivals.length === 1) return rivals;
    const { edges, disputed } = await client.identity(platform, identity, { level: 1, cap: CAP }, { signal });
    const losers = new Set(
      [...edges, ...disputed]
        .filter((edge) => edge.disputed && edge.to.platform === platform && edge.to.identity === identity)
        .map(({ from }) => from.identity),
    );
    return rivals.map((rival): Person => (losers.has(rival.avatar) ? { ...rival, standing: "disputed" } : rival));
  });
  return Promise.all(told).then((lists) => lists.flat());
}
