import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  ATTESTER_REGISTRY_ABI,
  type BindingStatus,
  type Finding,
  PROOF_REGISTRY_ABI,
  STATUSES,
  findingHash,
  packAttestations,
  packList,
  signAttestationBatch,
} from "@syngraph/sdk/protocol";
import { Contract, Wallet, toQuantity } from "ethers";

import { deploySyngraph } from "../../scripts/lib/deploy.ts";
import { type Finished, type Run, startScript } from "../sdk/runCli.ts";
import { Anvil } from "./contractAnvil.ts";
import { NOW } from "./contractClock.ts";
import { deployer } from "./contractDeploy.ts";
import { type Person, type SignedLink, person } from "./contractLinks.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/mirror.ts", import.meta.url));

/** Pays for mirroring. */
export const relayer = person("relayer");
/** An attester on every chain. */
export const attester = person("attester");

/** What has the mirror read all there is. */
export const LATEST = ["--confirmations", "0"];

/** A chain of its own with the contracts. */
export interface MirrorChain {
  chainId: number;
  anvil: Anvil;
  /** Written to by the deployer, who is nobody to it. */
  registry: Contract;
  /** Governed by the deployer, without delay. */
  attesters: Contract;
}

/** Chains with different ids, and the mirror between them. */
export class MirrorWorld {
  chains: MirrorChain[] = [];
  deployments = "";
  cache = "";

  async start(...chainIds: number[]): Promise<void> {
    this.deployments = await mkdtemp(join(tmpdir(), "syngraph-mirror-"));
    this.cache = await mkdtemp(join(tmpdir(), "syngraph-mirror-cache-"));
    this.chains = await Promise.all(chainIds.map((chainId) => startChain(chainId, this.deployments)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.chains.map(({ anvil }) => anvil.stop()));
    for (const folder of [this.deployments, this.cache]) await rm(folder, { recursive: true });
  }

  /** Starts a mirror from one chain to another, paid by the relayer; by default up to the latest block. */
  startMirror(
    from: MirrorChain,
    to: MirrorChain,
    args: readonly string[] = LATEST,
    env: Record<string, string> = {},
  ): Run {
    const options = ["--from", String(from.chainId), "--to", String(to.chainId)];
    return startScript(SCRIPT, [...options, "--cache", this.cache, ...args], {
      DEPLOYMENTS_DIR: this.deployments,
      RELAYER_KEY: relayer.privateKey,
      ...Object.fromEntries(this.chains.map(({ chainId, anvil }) => [`RPC_URL_${chainId}`, anvil.url])),
      ...env,
    });
  }

  /** Mirrors, and says also how many transactions the relayer has sent to the target by then. */
  async mirror(...args: Parameters<MirrorWorld["startMirror"]>): Promise<Finished & { sent: number }> {
    const finished = await this.startMirror(...args).finished;
    return { ...finished, sent: await sentTo(args[1]) };
  }
}

/** Starts chains with these ids for each test of a suite: anvil may hang where it is put back to a snapshot again and again. */
export function useMirrorWorld(...chainIds: number[]): MirrorWorld {
  const world = new MirrorWorld();
  beforeEach(() => world.start(...chainIds));
  afterEach(() => world.stop());
  return world;
}

/** How many transactions the relayer has sent to a chain. */
export function sentTo({ anvil }: MirrorChain): Promise<number> {
  return anvil.provider.getTransactionCount(relayer.address);
}

/** Writes to a chain, and waits for the block. */
export async function write(contract: Contract, method: string, ...args: unknown[]): Promise<void> {
  const sent = await contract.getFunction(method).send(...args);
  await sent.wait();
}

/** Appends links one by one. */
export async function append({ registry }: MirrorChain, ...links: readonly SignedLink[]): Promise<void> {
  for (const { submission } of links) await write(registry, "append", submission);
}

/** Where a link's binding stands, and whether this link made it. */
export async function statusOf({ registry }: MirrorChain, avatar: Person, { link, id }: SignedLink) {
  const answer = await registry.getFunction("statusOf").staticCall(avatar.address, link.platform, link.identity);
  const [status, , made] = answer as [bigint, bigint, string];
  return `${STATUSES[Number(status)] satisfies BindingStatus | undefined}${id.startsWith(made) ? "" : " otherwise"}`;
}

export async function lengthOf({ registry }: MirrorChain, avatar: Person): Promise<number> {
  return Number(await registry.getFunction("lengthOf").staticCall(avatar.address));
}

/** How many events of a kind a chain's registry has. */
export async function countEvents({ registry }: MirrorChain, name: string): Promise<number> {
  return (await registry.queryFilter(name)).length;
}

/** A list of findings, as a batch's proofs and attestations have it. */
export interface SignedList {
  findings: string[];
  attestations: string;
}

/** Signs a list that says of each link that it was found, by accounts `<index>`. */
export function signList(links: readonly SignedLink[], by: readonly Person[], checkedAt = NOW): SignedList {
  const findings: Finding[] = links.map(({ id }, index) => ({ linkId: id, found: true, accountId: String(index) }));
  const signed = [...by]
    .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))
    .map(({ privateKey }) => ({ checkedAt, signature: signAttestationBatch(privateKey, { findings, checkedAt }) }));
  return { findings: findings.map(findingHash), attestations: packList(signed) };
}

/** The account id alone, of the link at a place of a list. */
export function bare(index: number): string {
  return packAttestations(String(index), []);
}

/** Starts a chain with the contracts, where a clock and an attester are as told. */
export async function startChain(
  chainId: number,
  deploymentsDir: string,
  { timestamp = NOW, attestedBy = attester.address } = {},
): Promise<MirrorChain> {
  const anvil = await Anvil.start("--chain-id", String(chainId), "--timestamp", String(timestamp));
  const { provider } = anvil;
  const balance = toQuantity(10n ** 21n);
  for (const { address } of [deployer, relayer]) await provider.send("anvil_setBalance", [address, balance]);
  const signer = new Wallet(deployer.privateKey, provider);
  const attesters = [{ address: attestedBy, endpoint: "" }];
  const { contracts } = await deploySyngraph({ signer, deploymentsDir, local: true, delay: 0, attesters });
  return {
    chainId,
    anvil,
    registry: new Contract(contracts.ProofRegistry.address, PROOF_REGISTRY_ABI, signer),
    attesters: new Contract(contracts.AttesterRegistry.address, ATTESTER_REGISTRY_ABI, signer),
  };
}
