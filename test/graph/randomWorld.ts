import type { VertexId } from "../../api/graph/types.ts";
import { type BindingEvent, type Join, type World, binding, join, makeAvatar, makeWallet, newHash } from "./world.ts";

const DAY = 86_400;
const TWO_SIDED = new Set(["ethereum", "solana", "nextid"]);
const CHAINS = [1, 10];

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Three years of what few people do on two chains and in other registries, all of which touch each other. */
export function randomWorld(seed: number, now: number): { world: World; times: number[]; vertices: VertexId[] } {
  const random = generator(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const chance = (share: number) => random() < share;

  const avatars = Array.from({ length: 10 }, (_, index) => makeAvatar(`${seed} ${index}`));
  const wallets = Array.from({ length: 7 }, (_, index) => ["ethereum", makeWallet(`${seed} ${index}`)] as const);
  const names = Array.from({ length: 6 }, (_, index) => ["ens", `n${index}.eth`] as const);
  const accounts = ["twitter", "github", "dns"].flatMap((platform) =>
    ["alice", "Bob", "çelik", "d_%e"].map((handle) => [platform, handle] as const),
  );
  const fids = Array.from({ length: 3 }, (_, index) => ["farcaster", `#${index}`] as const);
  const aliases = avatars.slice(0, 4).map(({ publicKey }) => ["nextid", publicKey] as const);
  const identities = [...wallets, ...accounts, ...aliases, names[0]!, ["solana", "So1aNa"] as const];

  const world: World = { bindings: [], joins: [], checks: [], names: [] };
  const slots = new Map<string, BindingEvent>();
  const joined = new Map<string, Join>();
  let time = now - 3 * 365 * DAY;
  let logIndex = 0;
  const STEPS = 260;
  const tick = () => {
    if (chance(0.8)) time += below(Math.floor((2 * (now - 1 - time)) / STEPS) + 2);
    time = Math.min(time, now - 1);
    logIndex++;
  };

  const setJoin = (chainId: number, slot: string, edge: Omit<Parameters<typeof join>[0], "since"> | null) => {
    const before = joined.get(`${chainId} ${slot}`);
    if (before) before.until = time;
    joined.delete(`${chainId} ${slot}`);
    if (!edge) return;
    const made = join({ ...edge, chainId, slot, since: time, logIndex });
    joined.set(`${chainId} ${slot}`, made);
    world.joins.push(made);
  };
  const moveJoins = () => {
    const [name, wallet, fid, chainId] = [pick(names), pick(wallets), pick(fids), pick(CHAINS)];
    const gone = chance(0.2);
    const moves: (() => void)[] = [
      () => setJoin(1, `ens:owner:${name[1]}`, gone ? null : { kind: "hold", from: [...wallet], to: [...name] }),
      () => setJoin(1, `ens:registrant:${name[1]}`, gone ? null : { kind: "hold", from: [...wallet], to: [...name] }),
      () => setJoin(chainId, `ens:addr:${name[1]}`, gone ? null : { kind: "resolve", from: [...name], to: [...wallet] }),
      () => setJoin(chainId, `ens:reverse:${wallet[1]}`, gone ? null : { kind: "reverse_resolve", from: [...wallet], to: [...name] }),
      () => setJoin(1, `ens:text:${name[1]}`, gone ? null : { kind: "claim", from: [...name], to: [...pick(accounts)] }),
      () => setJoin(10, `farcaster:custody:${fid[1]}`, gone ? null : { kind: "hold", source: "farcaster", from: [...wallet], to: [...fid] }),
      () => setJoin(10, `farcaster:recovery:${fid[1]}`, gone ? null : { kind: "recover", source: "farcaster", from: [...wallet], to: [...fid] }),
    ]; // prettier-ignore
    pick(moves)();
  };

  const moveBindings = () => {
    const [avatar, [platform, identity], chainId] = [pick(avatars), pick(identities), pick(CHAINS)];
    if (platform === "nextid" && identity === avatar.publicKey) return;
    const key = JSON.stringify([chainId, avatar.address, platform, identity]);
    const before = slots.get(key);
    const stands = before && before.status !== "deleted";
    const where = { avatar, platform, identity, chainId, time, block: time, logIndex };
    const put = (event: BindingEvent) => {
      world.bindings.push(event);
      if (event.status !== "none") slots.set(key, event);
    };
    const twoSided = TWO_SIDED.has(platform);
    const createdAt = time - below(100);
    if (!before && chance(0.05)) {
      put(binding({ ...where, createdAt, status: "none" }));
    } else if (stands && chance(0.25)) {
      put(binding({ ...where, createdAt, status: "deleted", how: twoSided && chance(0.5) ? "release" : "link" }));
    } else if (stands && !twoSided && chance(0.6)) {
      const status = before.status === "confirmed" ? "suspended" : "confirmed";
      const location = chance(0.5) ? "moved" : "";
      const { linkId, uuid, accountId } = before;
      const asOf = Math.max(before.asOf + 1, time - below(1_000));
      const found = status === "confirmed" && before.status === "claimed" && chance(0.5) ? "77" : accountId;
      put(
        binding({
          ...where,
          linkId,
          uuid,
          status,
          how: "turn",
          location,
          asOf,
          accountId: found,
          createdAt: before.createdAt,
        }),
      );
    } else {
      const status = twoSided || chance(0.7) ? "confirmed" : "claimed";
      const accountId = !twoSided && status === "confirmed" && chance(0.6) ? String(below(100)) : "";
      const asOf = twoSided || status === "claimed" ? createdAt : time;
      const event = binding({ ...where, createdAt, status, accountId, asOf, location: `post${below(9)}` });
      put(event);
      const elsewhere = JSON.stringify([CHAINS.find((it) => it !== chainId), avatar.address, platform, identity]);
      if (chance(0.3) && !slots.has(elsewhere)) {
        const mirrored = { ...event, chainId: CHAINS.find((it) => it !== chainId)!, transactionHash: newHash() };
        world.bindings.push(mirrored);
        slots.set(elsewhere, mirrored);
      }
    }
  };

  for (let step = 0; step < STEPS; step++) {
    tick();
    if (chance(0.5)) moveBindings();
    else moveJoins();
  }
  for (const { chainId, linkId, time: made } of world.bindings.filter(({ how }) => how === "link")) {
    if (!chance(0.3)) continue;
    const failed = made + below(now - made);
    const strikes = below(3);
    world.checks.push({
      ...{ chainId, linkId, strikes, firstFailedAt: strikes > 0 ? failed : null },
      lastCheckedAt: failed + below(now - failed),
      lastConfirmedAt: chance(0.5) ? made + below(now - made) : null,
    });
  }
  for (const [platform, identity] of names.slice(1, 4)) {
    const expiresAt = chance(0.3) ? null : now - 400 * DAY + below(500 * DAY);
    world.names.push({ chainId: 1, platform, identity, expiresAt });
  }
  const times = [...Array.from({ length: 3 }, () => pick(world.bindings).time), now - 200 * DAY];
  const vertices = [...identities, ...names, ...fids].map(([platform, identity]) => ({ platform, identity }));
  vertices.push(...avatars.map(({ publicKey }) => ({ platform: "nextid", identity: publicKey })));
  const unique = new Map(vertices.map((vertex) => [JSON.stringify(vertex), vertex]));
  return { world, times, vertices: [...unique.values()] };
}
