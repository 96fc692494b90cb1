import { type Result, dataLength, id } from "ethers";

import {
  type SignedAttestation,
  parseSignature,
  recoverListAttester,
  recoverWitnesses,
  unpackAttestations,
  unpackList,
} from "../protocol/index.ts";
import type { Findings } from "./findings.ts";
import type { Row } from "./rows.ts";

/** How far ahead of the chain's a signer's clock may run, in seconds: the contracts' `CLOCK_SKEW`. */
export const CLOCK_SKEW = 15 * 60;

/** How many attestations the contracts take at once. */
const MAX_ATTESTATIONS = 64;

/** What came of counting attestations. */
export interface Counted {
  /** Why the contract would have refused them; null if it would not. */
  flaw: string | null;
  /** Who of the signers counted, lower case. */
  attesters: string[];
  /** The latest time at which one of these looked, Unix seconds; 0 where none counted. */
  checkedAt: number;
}

/** Who is an attester, or was. */
interface Attester {
  active: boolean;
  endpoint: string;
  metadata: string;
}

/** Who may attest and how many make a quorum, as of the last event that was read. */
export class AttesterBook {
  readonly #attesters = new Map<string, Attester>();
  /** By platform; the default has no name. */
  readonly #quorums = new Map<string, number>();
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Takes an event of the AttesterRegistry in. */
  read(name: string, args: Result): void {
    if (name === "QuorumSet") {
      this.#quorums.set(args.getValue("platform") as string, Number(args.getValue("quorum")));
      return;
    }
    if (!name.startsWith("Attester")) return;
    const address = (args.getValue("attester") as string).toLowerCase();
    const before = this.#attesters.get(address);
    if (name === "AttesterRemoved") {
      this.#demand(before?.active === true, address, "was removed, and was none");
      this.#attesters.set(address, { active: false, endpoint: "", metadata: "" });
      return;
    }
    if (name === "AttesterAdded") this.#demand(before === undefined, address, "was added, and was one before");
    else this.#demand(before?.active === true, address, "changed its profile, and was none");
    const [endpoint, metadata] = [args.getValue("endpoint") as string, args.getValue("metadata") as string];
    this.#attesters.set(address, { active: true, endpoint, metadata });
  }

  #demand(holds: boolean, address: string, otherwise: string): void {
    if (!holds) this.#findings.add("log", `attester ${address}`, otherwise);
  }

  /** How many attesters make a quorum on a platform: two platforms whose tags are the same share it (PlatformTag.sol). */
  quorumOf(platform: string): number {
    const tag = tagOf(platform);
    for (const [name, quorum] of this.#quorums) if (name !== "" && quorum !== 0 && tagOf(name) === tag) return quorum;
    return this.#quorums.get("") ?? 1;
  }

  isAttester(address: string): boolean {
    return this.#attesters.get(address)?.active === true;
  }

  get attesters(): string[] {
    return [...this.#attesters].filter(([, { active }]) => active).map(([address]) => address);
  }

  /** The platforms with a number of their own, the empty one for the default. */
  get platforms(): string[] {
    return [...this.#quorums.keys()];
  }

  /**
   * Counts what attesters say of one link, as contracts/lib/Attestations.sol does.
   *
   * @param notBefore attestations from before it are passed over.
   * @param now the block's time.
   */
  count(statement: { linkId: string; found: boolean }, said: string, notBefore: number, now: number): Counted {
    return this.#count(
      () => {
        const { attestations } = unpackAttestations(said);
        return { attestations, signers: () => recoverWitnesses(statement, said).map(({ attester }) => attester) };
      },
      { notBefore, now },
    );
  }

  /** Counts the attestations of a list of findings. */
  countList(findings: readonly string[], said: string, now: number): Counted {
    return this.#count(
      () => {
        const attestations = unpackList(said);
        return { attestations, signers: () => attestations.map((one) => recoverListAttester(findings, one)) };
      },
      { notBefore: 0, now },
    );
  }

  #count(
    unpack: () => { attestations: readonly SignedAttestation[]; signers: () => string[] },
    { notBefore, now }: { notBefore: number; now: number },
  ): Counted {
    try {
      const { attestations, signers } = unpack();
      demandForm(attestations, now);
      const addresses = signers().map((address) => address.toLowerCase());
      this.#findings.count("attestations", addresses.length);
      if (addresses.some((address, index) => index > 0 && address <= addresses[index - 1]!)) {
        return { flaw: "attestations are not in ascending order of their signers", attesters: [], checkedAt: 0 };
      }
      const counted = attestations
        .map(({ checkedAt }, index) => ({ attester: addresses[index]!, checkedAt }))
        .filter(({ attester, checkedAt }) => checkedAt >= notBefore && this.isAttester(attester));
      return {
        flaw: null,
        attesters: counted.map(({ attester }) => attester),
        checkedAt: counted.reduce((latest, { checkedAt }) => Math.max(latest, checkedAt), 0),
      };
    } catch (error) {
      return { flaw: (error as Error).message, attesters: [], checkedAt: 0 };
    }
  }

  /** Whether so many attesters make a quorum on a platform. */
  reaches({ attesters }: Counted, platform: string): boolean {
    return attesters.length > 0 && attesters.length >= this.quorumOf(platform);
  }

  /** What the table `attester` must say. */
  *attesterRows(): Generator<Row> {
    for (const [address, attester] of this.#attesters) yield { address, ...attester };
  }

  /** What the table `quorum` must say. */
  *quorumRows(): Generator<Row> {
    for (const [platform, quorum] of this.#quorums) yield { platform, quorum };
  }
}

/** Whether the bytes are an account id alone, whose attestations stand in a list. */
export function isBare(said: string): boolean {
  return dataLength(said) > 0 && dataLength(said) === 1 + Number(said.slice(0, 4));
}

function demandForm(attestations: readonly SignedAttestation[], now: number): void {
  if (attestations.length > MAX_ATTESTATIONS) throw new Error(`${attestations.length} attestations are too many`);
  for (const { checkedAt, signature } of attestations) {
    if (checkedAt > now + CLOCK_SKEW) throw new Error(`an attestation is dated ${checkedAt}, in the future`);
    const { raw } = parseSignature(signature);
    if (Number(`0x${raw.slice(-2)}`) < 27) throw new Error("an attestation is not signed with v in {27, 28}");
  }
}

/** The tag by which AttesterRegistry keeps a platform's quorum, also where nobody attests. */
function tagOf(platform: string): number {
  return Number(`0x${id(platform).slice(-4)}`) | 1;
}
