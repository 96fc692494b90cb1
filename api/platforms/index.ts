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
