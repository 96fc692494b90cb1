import {
  type SignedAttestation,
  attestationHash,
  findingsDigest,
  packAttestations,
  packList,
} from "@syngraph/sdk/protocol";
import { type Contract, dataSlice, recoverAddress } from "ethers";

import type { AttestedList, Said } from "./history.ts";

/** How far ahead of the chain's an attester's clock may run, in seconds: as in contracts/lib/Attestations.sol. */
export const CLOCK_SKEW = 15 * 60;

/** Attestations that make a quorum. */
export interface Counted {
  /** As the contract takes them; of a list, without the account id. */
  attestations: string;
  /** The latest time at which one of the attesters looked. */
  checkedAt: number;
}

/** Who attests on a chain, and how many make a quorum there. */
export class Quorum {
  readonly #attesters: Contract;
  readonly #now: () => number;
  readonly #known = new Map<string, Promise<boolean>>();
  readonly #quorums = new Map<string, Promise<bigint>>();

  /** @param now the chain's time, Unix seconds. */
  constructor(attesters: Contract, now: () => number) {
    this.#attesters = attesters;
    this.#now = now;
  }

  /**
   * The attestations of those who are attesters here, if they are a quorum; else null. What others signed is left out: it
   * would be passed over here, and anybody could make us pay for it.
   *
   * @param after only those count that are younger.
   */
  async count(
    { platform, linkId }: { platform: string; linkId: string },
    found: boolean,
    { accountId, attestations, list }: Said,
    after = 0,
  ): Promise<Counted | null> {
    if (list) return this.countList(platform, list);
    const counted = await this.#signed(attestations, (checkedAt) =>
      attestationHash({ linkId, found, accountId, checkedAt }),
    );
    return this.#judge(
      platform,
      counted.filter(({ checkedAt }) => checkedAt > after),
      (those) => packAttestations(accountId, those),
    );
  }

  /** The same of a list of findings. */
  async countList(platform: string, { findings, attestations }: AttestedList): Promise<Counted | null> {
    const counted = await this.#signed(attestations, (checkedAt) => findingsDigest(findings, checkedAt));
    return this.#judge(platform, counted, packList);
  }

  async #judge(
    platform: string,
    counted: readonly SignedAttestation[],
    pack: (counted: readonly SignedAttestation[]) => string,
  ): Promise<Counted | null> {
    const quorum = await this.#quorumOf(platform);
    if (counted.length === 0 || counted.length < quorum) return null;
    return { attestations: pack(counted), checkedAt: Math.max(...counted.map(({ checkedAt }) => checkedAt)) };
  }

  /** Those that attesters signed, one of each, in the order of their addresses. */
  async #signed(
    attestations: readonly SignedAttestation[],
    digest: (checkedAt: number) => string,
  ): Promise<SignedAttestation[]> {
    const latest = this.#now() + CLOCK_SKEW;
    const bySigner = new Map<string, SignedAttestation>();
    for (const attestation of attestations) {
      const { checkedAt, signature } = attestation;
      const signer = signerOf(digest, attestation);
      if (signer === null || checkedAt > latest || !(await this.#isAttester(signer))) continue;
      bySigner.set(signer.toLowerCase(), { checkedAt, signature });
    }
    return [...bySigner].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, attestation]) => attestation);
  }

  #isAttester(signer: string): Promise<boolean> {
    return remember(this.#known, signer, () => this.#attesters.getFunction("isAttester").staticCall(signer));
  }

  #quorumOf(platform: string): Promise<bigint> {
    return remember(this.#quorums, platform, () => this.#attesters.getFunction("quorumOf").staticCall(platform));
  }
}

/** Who signed; null where it is no signature that the contract reads. */
function signerOf(digest: (checkedAt: number) => string, { checkedAt, signature }: SignedAttestation): string | null {
  const v = Number(dataSlice(signature, 64, 65));
  if (v !== 27 && v !== 28) return null;
  try {
    return recoverAddress(digest(checkedAt), signature);
  } catch {
    return null;
  }
}

function remember<Value>(known: Map<string, Promise<Value>>, key: string, ask: () => Promise<Value>): Promise<Value> {
  const value = known.get(key) ?? ask();
  known.set(key, value);
  return value;
}
