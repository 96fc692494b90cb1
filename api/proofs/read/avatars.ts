import type { Pool } from "pg";

import { type Binding, bindingsOf } from "./bindings.ts";
import { type AvatarChain, chainsOf } from "./chains.ts";
import { type Fork, forksOf } from "./forks.ts";

/** An avatar as the read routes print it. */
export interface Avatar {
  /** Address of its key, lower case. */
  address: string;
  /** Compressed public key. */
  public_key: string;
  /** Where it stands, the longest chain first. */
  chains: AvatarChain[];
  forks: Fork[];
  /** The latest first. */
  bindings: Binding[];
}

/** An avatar with all its bindings; undefined where no chain knows it. */
export async function avatarOf(db: Pool, address: string): Promise<Avatar | undefined> {
  const [chains, bindings] = await Promise.all([chainsOf(db, address), bindingsOf(db, address)]);
  const [longest] = chains;
  if (!longest) return undefined;
  return {
    ...{ address, public_key: longest.public_key, chains },
    forks: await forksOf(db, address, chains),
    bindings: bindings.sort((a, b) => b.created_at - a.created_at),
  };
}
