import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Signer, type TransactionResponse, Wallet, parseEther } from "ethers";
import { network } from "hardhat";

import type { Deployment } from "../../scripts/lib/deployments.ts";
import { person } from "./contractLinks.ts";

/** Pays and is admin; its key is nobody's. */
export const deployer = person("deployer");

export type Chain = Awaited<ReturnType<typeof startChain>>;

/** A simulated chain on which the deployer has ether: an OP one unless another type is asked for. */
export async function startChain(chainId = 31337, chainType: "op" | "l1" = "op") {
  const started = await network.create({ chainType, override: { chainId } });
  await started.networkHelpers.setBalance(deployer.address, parseEther("10"));
  return { ...started, signer: new Wallet(deployer.privateKey, started.ethers.provider) as Signer };
}

/** Mines one by one: Hardhat's OP chain cannot mine many at once. */
export async function mine({ ethers }: Chain, blocks: number): Promise<void> {
  for (let mined = 0; mined < blocks; mined++) await ethers.provider.send("evm_mine", []);
}

/** Where everything stands, as a file says. */
export function addressesIn({ contracts }: Deployment): string[] {
  return Object.values(contracts).map(({ address }) => address);
}

/** A folder for deployment files, a new one for each test. */
export function useDeploymentsDir(): () => string {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "syngraph-deploy-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return () => folder;
}

/**
 * A signer that is cut off at its nth transaction: before it is sent, just after, or while waiting for its block. Nothing
 * works any more from then on, as if the process had ended.
 */
export function cutOff(signer: Signer, nth: number, when: "before" | "after" | "waiting"): Signer {
  let count = 0;
  let off = false;
  const end = (): never => {
    off = true;
    throw new Error("cut off");
  };
  const provider = intercept(signer.provider!, (_, call) => (off ? end() : call()));
  return intercept(
    signer,
    (name, call) => {
      if (name !== "sendTransaction") return call();
      return (async () => {
        const last = ++count >= nth;
        if (last && when === "before") end();
        const sent = (await call()) as TransactionResponse;
        if (last && when === "after") end();
        if (last) sent.wait = async () => end();
        return sent;
      })();
    },
    { provider },
  );
}

/** The same object, but its methods are called by `around`, and some properties are others. */
export function intercept<T extends object>(
  object: T,
  around: (name: string, call: () => unknown, args: unknown[]) => unknown,
  others: Partial<T> = {},
): T {
  return new Proxy(object, {
    get(target, property): unknown {
      if (property in others) return others[property as keyof T];
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => around(String(property), () => value.apply(target, args) as unknown, args);
    },
  });
}
