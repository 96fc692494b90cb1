import {
  type Finding,
  type Submission,
  packAttestations,
  packList,
  parsePublicKey,
  signAttestationBatch,
} from "@syngraph/sdk/protocol";
import { type ContractTransactionResponse, ZeroHash } from "ethers";

import { NOW } from "./contractClock.ts";
import { type Person, type SignedLink, withoutKey } from "./contractLinks.ts";
import type { Registries } from "./contracts.ts";

/** The contract's `Refusal`, as ethers reads it. */
export const REFUSAL = {
  none: 0n,
  invalidHeader: 1n,
  invalidText: 2n,
  invalidSignature: 3n,
  invalidPublicKey: 4n,
  staleHead: 5n,
  invalidCreatedAt: 6n,
  unexpectedProof: 7n,
  invalidIdentity: 8n,
  invalidProof: 9n,
  invalidAttestations: 10n,
} as const;

/** The proof of a create that the attestations of its batch, or of a `confirmBatch`, cover. */
export function covered(accountId = ""): string {
  return packAttestations(accountId, []);
}

/** A later link of a chain in a batch, right behind the link whose signature it quotes: without that, and without the key. */
export function abbreviated(submission: Submission): Submission {
  return { ...withoutKey(submission), previousR: ZeroHash, previousS: ZeroHash };
}

/** What attesters find of links whose accounts all have the same id. */
export function findingsOf(links: readonly SignedLink[], accountId = ""): Finding[] {
  return links.map(({ id }) => ({ linkId: id, found: true, accountId }));
}

/** Attestations of a list of findings by some attesters, in the order that the contracts want. */
export function attestList(attesters: readonly Person[], findings: readonly Finding[], checkedAt = NOW): string {
  return packList(
    [...attesters]
      .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))
      .map(({ privateKey }) => ({ checkedAt, signature: signAttestationBatch(privateKey, { findings, checkedAt }) })),
  );
}

/** The events of the registry that a transaction left: name, then arguments. */
export async function eventsOf(
  { registry }: Registries,
  sent: Promise<ContractTransactionResponse>,
): Promise<unknown[][]> {
  const { logs } = (await (await sent).wait())!;
  return logs.map((log) => {
    const { name, args } = registry.interface.parseLog(log)!;
    return [name, ...args.toArray(true)];
  });
}

/** The root of all that the registry stores. */
export async function storageRoot({ ethers, registry }: Registries): Promise<string> {
  const { storageHash } = await ethers.provider.send("eth_getProof", [await registry.getAddress(), [], "latest"]);
  return storageHash;
}

/** Where a link's binding stands, as its avatar's. */
export async function statusOf({ registry }: Registries, { link }: SignedLink): Promise<bigint> {
  const [status] = await registry.statusOf(parsePublicKey(link.avatar).address, link.platform, link.identity);
  return status;
}
