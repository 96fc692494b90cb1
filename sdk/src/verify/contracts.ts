import { Interface, isAddress } from "ethers";

import { TrustError } from "../errors.ts";
import { PROOF_REGISTRY_ABI } from "../protocol/index.ts";
import type { Chain } from "./chain.ts";

/** Where one contract stands: its address in lower case, and the block in front of which nothing about it is. */
export interface Place {
  address: string;
  block: number;
}

/** The contracts of a registry. */
export interface RegistryContracts {
  proofs: Place;
  attesters: Place;
  /** Null where its address is not known, as of the following: nothing says it on chain. */
  subkeys: Place | null;
  anchors: Place | null;
  /** The AccessManager. */
  manager: Place | null;
}

/** What cannot be checked at all; `message` says why. */
export class VerifyError extends Error {
  override readonly name = "VerifyError";
}

/**
 * Reads what `deployments/<chainId>.json` says.
 *
 * @throws {VerifyError} where it says nothing of the kind, or is of another chain.
 */
export function contractsOf(deployment: unknown, chainId: number): RegistryContracts {
  const { chainId: of, contracts } = (deployment ?? {}) as { chainId?: unknown; contracts?: Record<string, unknown> };
  if (of !== chainId) throw new VerifyError(`the deployment is of chain ${String(of)}, and the RPC's is ${chainId}`);
  const place = (name: string): Place => {
    const { address, block } = (contracts?.[name] ?? {}) as { address?: unknown; block?: unknown };
    if (!isAddress(address) || !Number.isSafeInteger(block)) throw new VerifyError(`the deployment names no ${name}`);
    return { address: address.toLowerCase(), block: block as number };
  };
  return {
    proofs: place("ProofRegistry"),
    attesters: place("AttesterRegistry"),
    subkeys: place("SubkeyRegistry"),
    anchors: place("StateAnchor"),
    manager: place("AccessManager"),
  };
}

/**
 * What of a registry can be found by the address of its ProofRegistry alone: who attests, by its own word, and its first
 * block, by halving, where the server keeps old state. Of several servers the earliest counts: one could hide what was before.
 *
 * @param fromBlock where it is known from which block on there is something of it.
 * @throws {VerifyError} where there is no such contract; {@link TrustError} where servers disagree on who attests.
 */
export async function findContracts(
  chains: readonly [Chain, ...Chain[]],
  address: string,
  fromBlock?: number,
): Promise<RegistryContracts> {
  const [found, ...others] = await Promise.all(chains.map((chain) => findByOne(chain, address, fromBlock)));
  for (const [index, { attesters }] of others.entries()) {
    if (attesters.address === found!.attesters.address) continue;
    const [one, other] = [chains[0].name, chains[index + 1]!.name];
    throw new TrustError(
      `${other} and ${one} disagree on who attests: ${attesters.address}, ${found!.attesters.address}`,
    );
  }
  for (const { proofs, attesters } of others) {
    found!.proofs.block = Math.min(found!.proofs.block, proofs.block);
    found!.attesters.block = Math.min(found!.attesters.block, attesters.block);
  }
  return found!;
}

async function findByOne(chain: Chain, address: string, fromBlock: number | undefined): Promise<RegistryContracts> {
  if (!isAddress(address)) throw new VerifyError(`${address} is no address of a ProofRegistry`);
  const { number: latest } = await chain.block("latest");
  const registry = new Interface(PROOF_REGISTRY_ABI);
  const call = { to: address, data: registry.encodeFunctionData("ATTESTERS"), block: latest };
  const [answer] = await chain.call([call]);
  if (typeof answer !== "string" || !/^0x0{24}[0-9a-f]{40}$/.test(answer)) {
    throw new VerifyError(`there is no ProofRegistry at ${address}`);
  }
  const attesters = `0x${answer.slice(-40)}`;
  const [proofsBlock, attestersBlock] = [
    fromBlock ?? (await firstBlock(chain, address, latest)),
    fromBlock ?? (await firstBlock(chain, attesters, latest)),
  ];
  return {
    proofs: { address: address.toLowerCase(), block: proofsBlock },
    attesters: { address: attesters, block: attestersBlock },
    ...{ subkeys: null, anchors: null, manager: null },
  };
}

/** The first block by whose state there is a contract; 0 where the server does not keep old state. */
async function firstBlock(chain: Chain, address: string, latest: number): Promise<number> {
  let [before, there] = [-1, latest];
  try {
    while (there - before > 1) {
      const middle = Math.floor((before + there) / 2);
      if ((await chain.codeAt(address, middle)) === "0x") before = middle;
      else there = middle;
    }
    return there;
  } catch {
    return 0;
  }
}
