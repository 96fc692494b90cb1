import { dns } from "./dns.ts";
import { ens } from "./ens.ts";
import { ethereum } from "./ethereum.ts";
import { github } from "./github.ts";
import { nextid } from "./nextid.ts";
import { solana } from "./solana.ts";
import type { Platform } from "./types.ts";

/** Every platform there is. Adding one is its file, its line here, and its fixture in test/platforms/fixtures. */
export const PLATFORMS: readonly Platform[] = [ethereum, solana, nextid, github, dns, ens];

const byId = new Map(PLATFORMS.map((platform) => [platform.id, platform]));

/** The platform of this id (as signed texts name it), or undefined. */
export function platformOf(id: string): Platform | undefined {
  return byId.get(id);
}
