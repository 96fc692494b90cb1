import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

/** What one link puts into a log, and into the transaction's data. */
export interface PreparedLink {
  /** A delete takes back the first post of its avatar. */
  kind: "post" | "wallet" | "delete";
  /** X and Y of the avatar's key where this is its first link: an AvatarRegistered stands in front of it. */
  key?: [x: string, y: string];
  /** Of LinkAppended. */
  topics: [avatar: string, linkId: string, identityKey: string];
  data: string;
  /** The ABI-encoded `Submission`, without `0x`. */
  submission: string;
}

/** Links of one avatar: four wallets, five posts with one attestation each, and the first post taken back. */
export const LINKS_EACH = 10;

/** The share of {@link LINKS_EACH} whose attesters the indexer has to recover. */
export const POSTS_EACH = 5;

/**
 * Links of so many avatars with real signatures, all that the contract would ask for, made by all cores. In the order in
 * which they come on chain: all first links, then all second ones.
 */
export async function prepareHistory(avatars: number): Promise<PreparedLink[]> {
  const workers = cpus().length;
  const parts = await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const [from, to] = [index, index + 1].map((at) => Math.floor((avatars * at) / workers));
      return new Promise<PreparedLink[][]>((resolve, reject) => {
        const file = fileURLToPath(new URL("./signHistory.ts", import.meta.url));
        new Worker(file, { workerData: { from, to } }).once("message", resolve).once("error", reject);
      });
    }),
  );
  const chains = parts.flat();
  return Array.from({ length: LINKS_EACH }, (_, place) => chains.map((chain) => chain[place]!)).flat();
}
