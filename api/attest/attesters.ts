import { ATTESTER_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { Contract, type Provider } from "ethers";
import { LRUCache } from "lru-cache";

/** How long an answer of the contract is good, in milliseconds: the contract counts again in the end. */
const TTL = 5_000;
/** Endpoints change rarely, and there is one call for each. */
const ENDPOINTS_TTL = 60_000;
/** As many platforms' quorums are remembered. */
const MAX_PLATFORMS = 100;

/** An attester's node, as it says itself: public input. */
export interface Endpoint {
  /** Lower case. */
  attester: string;
  endpoint: string;
}

/** Who attests now, and how many make a quorum: what the AttesterRegistry says, remembered for some seconds. */
export class Attesters {
  readonly #contract: Contract;
  readonly #active: LRUCache<"active", ReadonlySet<string>>;
  readonly #quorums: LRUCache<string, { quorum: number }>;
  readonly #endpoints: LRUCache<"endpoints", readonly Endpoint[]>;

  /** @param registry address of the AttesterRegistry. */
  constructor(provider: Provider, registry: string) {
    this.#contract = new Contract(registry, ATTESTER_REGISTRY_ABI, provider);
    // While the chain cannot be asked, what it said last is the best that is known.
    const stale = { allowStaleOnFetchRejection: true, noDeleteOnFetchRejection: true };
    this.#active = new LRUCache({ max: 1, ttl: TTL, ...stale, fetchMethod: () => this.#readActive() });
    this.#quorums = new LRUCache({
      ...{ max: MAX_PLATFORMS, ttl: TTL, ...stale },
      fetchMethod: async (platform: string) => ({ quorum: Number(await this.#ask("quorumOf", platform)) }),
    });
    this.#endpoints = new LRUCache({
      ...{ max: 1, ttl: ENDPOINTS_TTL, ...stale },
      fetchMethod: () => this.#readEndpoints(),
    });
  }

  /** Addresses of all attesters, lower case. @throws when the chain cannot be asked, and could not before. */
  async active(): Promise<ReadonlySet<string>> {
    return (await this.#active.fetch("active"))!;
  }

  /** How many attesters make a quorum on a platform. @throws when the chain cannot be asked, and could not before. */
  async quorumOf(platform: string): Promise<number> {
    return (await this.#quorums.fetch(platform))!.quorum;
  }

  /** Where attesters' nodes are, of those who say so. @throws when the chain cannot be asked, and could not before. */
  async endpoints(): Promise<readonly Endpoint[]> {
    return (await this.#endpoints.fetch("endpoints"))!;
  }

  async #readActive(): Promise<ReadonlySet<string>> {
    const addresses = (await this.#ask("attesters")) as string[];
    return new Set(addresses.map((address) => address.toLowerCase()));
  }

  async #readEndpoints(): Promise<readonly Endpoint[]> {
    const active = [...(await this.active())];
    const profiles = await Promise.all(active.map((attester) => this.#ask("profileOf", attester)));
    return active
      .map((attester, index) => ({ attester, endpoint: (profiles[index] as [endpoint: string])[0] }))
      .filter(({ endpoint }) => endpoint !== "");
  }

  #ask(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#contract.getFunction(name).staticCall(...args);
  }
}
