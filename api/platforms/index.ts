import { activitypub } from "./activitypub.ts";
import { discord } from "./discord.ts";
import { dns } from "./dns.ts";
import { dotbit } from "./dotbit.ts";
import { ens } from "./ens.ts";
import { ethereum } from "./ethereum.ts";
import { github } from "./github.ts";
import { keybase } from "./keybase.ts";
import { minds } from "./minds.ts";
import { nextid } from "./nextid.ts";
import { slack } from "./slack.ts";
import { solana } from "./solana.ts";
import { steam } from "./steam.ts";
import { telegram } from "./telegram.ts";
import { tiktok } from "./tiktok.ts";
import { twitter } from "./twitter.ts";
import { normalise } from "./platform.ts";
import { REGISTRIES } from "./registries.ts";
import type { Platform } from "./types.ts";

/** Every platform there is. Adding one is its file, its line here, and its fixture in test/platforms/fixtures. */
export const PLATFORMS: readonly Platform[] = [
  ethereum,
  solana,
  nextid,
  github,
  dns,
  ens,
  twitter,
  telegram,
  discord,
  slack,
  activitypub,
  tiktok,
  minds,
  steam,
  keybase,
  dotbit,
];

const byId = new Map(PLATFORMS.map((platform) => [platform.id, platform]));

/** The platform of this id (as signed texts name it), or undefined. */
export function platformOf(id: string): Platform | undefined {
  return byId.get(id);
}

/** Platforms of which the graph may know identities: those, and names and accounts of other registries. */
export const GRAPH_PLATFORMS: readonly string[] = [...byId.keys(), ...Object.keys(REGISTRIES)];

/** An identity of one of {@link GRAPH_PLATFORMS} in its normal form. Asks nobody. @throws {PlatformInputError} */
export function normaliseIdentity(platform: string, raw: string): string {
  return byId.get(platform)?.normaliseIdentity(raw) ?? normalise("identity", REGISTRIES[platform]!, raw);
}
