import { basenames } from "./basenames.ts";
import { ens } from "./ens.ts";
import { farcaster } from "./farcaster.ts";
import { lens } from "./lens.ts";
import type { Source } from "./source.ts";

/** Every source there is. Adding one is its file, and its line here. */
export const ALL_SOURCES: readonly Source[] = [ens, basenames, farcaster, lens];
