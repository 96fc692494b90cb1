import {
  ATTESTATION_BATCH_TYPES,
  ATTESTATION_DOMAIN,
  type Attestation,
  type SignedAttestation,
  attestationHash,
} from "@syngraph/sdk/protocol";
import { AbiCoder, type LogDescription, TypedDataEncoder, concat, id, keccak256, recoverAddress } from "ethers";

import { platformTag } from "./contractTag.ts";

/** Who may attest and how many make a quorum, as the events of AttesterRegistry tell it up to some log. */
export class ReadAttesters {
  #attesters = new Set<string>();
  #retired = new Set<string>();
  /** By tag; the default without one. */
  #quorums = new Map<number | null, bigint>();

  /** Takes the next event; false if it is none of AttesterRegistry's. */
  take({ name, args }: LogDescription): boolean {
    if (name === "AttesterAdded") {
      demand(1, !this.#attesters.has(args.attester) && !this.#retired.has(args.attester));
      this.#attesters.add(args.attester);
    } else if (name === "AttesterRemoved") {
      demand(1, this.#attesters.delete(args.attester));
      this.#retired.add(args.attester);
    } else if (name === "AttesterProfileSet") {
      demand(2, this.#attesters.has(args.attester));
    } else if (name === "QuorumSet") {
      this.#quorums.set(args.platform === "" ? null : platformTag(args.platform), args.quorum);
    } else {
      // Who governs has no say in what attesters signed.
      return name === "AuthorityUpdated";
    }
    return true;
  }

  /** When those of the signers looked who are attesters; `digest` is what they sign. */
  times(signed: readonly SignedAttestation[], digest: (checkedAt: number) => string): number[] {
    const times = new Map<string, number>();
    for (const { checkedAt, signature } of signed) {
      const signer = recoverAddress(digest(checkedAt), signature);
      if (this.#attesters.has(signer)) times.set(signer, checkedAt);
    }
    return [...times.values()];
  }

  /** The last of those times, from `notBefore` on; null if they are too few for the platform. */
  judge(
    platform: string,
    signed: readonly SignedAttestation[],
    digest: (checkedAt: number) => string,
    notBefore = 0,
  ): number | null {
    const times = this.times(signed, digest).filter((time) => time >= notBefore);
    const quorum = this.#quorums.get(platformTag(platform)) || this.#quorums.get(null) || 1n;
    return times.length > 0 && BigInt(times.length) >= quorum ? Math.max(...times) : null;
  }
}

/** What attesters sign of one link, by when they looked. */
export function ofLink(statement: Omit<Attestation, "checkedAt">): (checkedAt: number) => string {
  return (checkedAt) => attestationHash({ ...statement, checkedAt });
}

/** What attesters sign of a list of which only the findings' hashes are known, by when they looked. */
export function ofList(findings: readonly string[]): (checkedAt: number) => string {
  const type = id(TypedDataEncoder.from(ATTESTATION_BATCH_TYPES).encodeType("AttestationBatch"));
  return (checkedAt) => {
    const values = [type, keccak256(concat(findings)), checkedAt];
    const struct = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "uint64"], values));
    return keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN), struct]));
  };
}

function demand(invariant: number, holds: boolean): void {
  if (!holds) throw new Error(`Invariant ${invariant} of IAttesterRegistry is broken`);
}
