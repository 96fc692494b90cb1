import { execFile } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect } from "chai";
import { type Provider, type Signer, Wallet, concat, dataLength, dataSlice, parseEther, toQuantity } from "ethers";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { checkDeployment, compareCode } from "../../scripts/lib/check.ts";
import { deploySyngraph } from "../../scripts/lib/deploy.ts";
import type { Deployment } from "../../scripts/lib/deployments.ts";
import { dryRun } from "../../scripts/lib/dryRun.ts";
import { Anvil } from "../helpers/contractAnvil.ts";
import { type Chain, addressesIn, cutOff, deployer, startChain, useDeploymentsDir } from "../helpers/contractDeploy.ts";
import { person } from "../helpers/contractLinks.ts";

const CHECK = fileURLToPath(new URL("../../scripts/checkDeployments.ts", import.meta.url));
const attester = { address: person("attester").address, endpoint: "https://attester.example" };

/** A chain of the test: an OP-stack one, one of an older hardfork, and Hardhat's. */
interface TestChain {
  chainId: number;
  provider: Provider;
  signer: () => Signer;
  setCode: (address: string, code: string) => Promise<unknown>;
}

describe("on chains of several kinds at once", () => {
  const folder = useDeploymentsDir();
  let anvils: Anvil[];
  let simulated: Chain;
  let chains: TestChain[];

  beforeEach(async () => {
    anvils = await Promise.all([
      Anvil.startPlain("--optimism", "--chain-id", "8453"),
      // What the bytecode needs of the EVM came with this one.
      Anvil.startPlain("--hardfork", "cancun", "--chain-id", "42161"),
    ]);
    simulated = await startChain(137, "l1");
    const balance = toQuantity(10n ** 19n);
    for (const { provider } of anvils) await provider.send("anvil_setBalance", [deployer.address, balance]);
    chains = [
      ...anvils.map(({ provider }, index) => ({
        chainId: [8453, 42161][index]!,
        provider,
        signer: () => new Wallet(deployer.privateKey, provider) as Signer,
        setCode: (address: string, code: string) => provider.send("anvil_setCode", [address, code]),
      })),
      {
        chainId: 137,
        provider: simulated.ethers.provider,
        signer: () => simulated.signer,
        setCode: (address: string, code: string) => simulated.networkHelpers.setCode(address, code),
      },
    ];
  });
  afterEach(async () => {
    await Promise.all(anvils.map((anvil) => anvil.stop()));
    await simulated.close();
  });

  function deployTo({ signer }: TestChain, wrap: (signer: Signer) => Signer = (same) => same): Promise<Deployment> {
    return deploySyngraph({ signer: wrap(signer()), deploymentsDir: folder(), attesters: [attester] });
  }

  it("deploys to the same addresses, and each chain is as the repository has it", async () => {
    const deployments = await Promise.all(chains.map((chain) => deployTo(chain)));
    for (const deployment of deployments) expect(addressesIn(deployment)).to.deep.equal(addressesIn(deployments[0]!));
    expect(deployments.map(({ chainId }) => chainId)).to.deep.equal([8453, 42161, 137]);
    for (const [index, { provider }] of chains.entries()) {
      expect((await checkDeployment(provider, deployments[index]!)).differences).to.deep.equal([]);
    }
    const files = ["137.json", "42161.json", "8453.json", "verification"];
    expect((await readdir(folder())).sort()).to.deep.equal(files);
    const contracts = Object.keys(deployments[0]!.contracts).map((name) => `${name}.json`);
    expect((await readdir(join(folder(), "verification"))).sort()).to.deep.equal(
      [...files.slice(0, 3), ...contracts].sort(),
    );
  });

  it("goes on where each of them was cut off, from what the folder and the chain say", async () => {
    const cuts = [
      { nth: 2, when: "after" },
      { nth: 3, when: "before" },
      { nth: 4, when: "after" },
    ] as const;
    const outcomes = await Promise.allSettled(
      chains.map((chain, index) => deployTo(chain, (signer) => cutOff(signer, cuts[index]!.nth, cuts[index]!.when))),
    );
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "rejected", "rejected"]);
    // No reader takes an unfinished deployment for a whole one.
    expect((await readdir(folder())).filter((name) => /^\d+\.json$/.test(name))).to.deep.equal([]);
    const deployments = await Promise.all(chains.map((chain) => deployTo(chain)));
    for (const [index, { provider }] of chains.entries()) {
      expect((await checkDeployment(provider, deployments[index]!)).differences).to.deep.equal([]);
      expect(addressesIn(deployments[index]!)).to.deep.equal(addressesIn(deployments[0]!));
    }
    expect((await readdir(folder())).filter((name) => name.endsWith(".progress"))).to.deep.equal([]);
  });

  it("finds code that was tampered with, on any of them", async () => {
    for (const chain of chains) {
      const deployment = await deployTo(chain);
      const { address } = deployment.contracts.AttesterRegistry;
      const code = await chain.provider.getCode(address);
      const flipped = concat([
        dataSlice(code, 0, 99),
        code.slice(200, 202) === "00" ? "0x01" : "0x00",
        dataSlice(code, 100),
      ]);
      await chain.setCode(address, flipped);
      const [line] = (await checkDeployment(chain.provider, deployment)).differences;
      expect(line).to.equal(`AttesterRegistry at ${address} differs from this build from byte 99 on`);
      await chain.setCode(address, "0x");
      const [gone] = (await checkDeployment(chain.provider, deployment)).differences;
      expect(gone).to.equal(`AttesterRegistry has no code at ${address}`);
    }
  });

  it("finds an immutable that was replaced: a ProofRegistry that believes other attesters", async () => {
    const [chain] = chains;
    const deployment = await deployTo(chain!);
    const { address } = deployment.contracts.ProofRegistry;
    const artifact = await readArtifact("ProofRegistry");
    const [{ start, length }] = Object.values(artifact.immutableReferences).flat() as [
      { start: number; length: number },
    ];
    const code = await chain!.provider.getCode(address);
    const known = [deployment.contracts.AttesterRegistry.address];
    expect(compareCode(code, artifact, known)).to.equal(undefined);
    const thief = `0x${"00".repeat(12)}${person("thief").address.slice(2).toLowerCase()}`;
    await chain!.setCode(address, concat([dataSlice(code, 0, start), thief, dataSlice(code, start + length)]));
    const { differences } = await checkDeployment(chain!.provider, deployment);
    expect(differences).to.deep.equal([
      `ProofRegistry at ${address} has ${thief} as an immutable at byte ${start}, which its constructor was not given`,
    ]);
  });

  it("finds a file that is wrong: another address, ABI, block or chain, or no entry", async () => {
    const [chain, other] = chains;
    const deployment = await deployTo(chain!);
    const differencesOf = async (change: (copy: Deployment) => void): Promise<string> => {
      const copy = structuredClone(deployment);
      change(copy);
      return (await checkDeployment(chain!.provider, copy)).differences.join("\n");
    };
    const { AccessManager, ProofRegistry } = deployment.contracts;
    expect(await differencesOf(({ contracts }) => (contracts.ProofRegistry.address = AccessManager.address))).to.match(
      /^ProofRegistry is at 0x\w+ in the file, but this build would go to 0x\w+\nProofRegistry at 0x\w+ is \d+ bytes/,
    );
    expect(await differencesOf(({ contracts }) => (contracts.ProofRegistry.abiDigest = "0x12"))).to.equal(
      `ProofRegistry has the ABI 0x12 in the file, but ${ProofRegistry.abiDigest} in this build`,
    );
    expect(await differencesOf(({ contracts }) => (contracts.ProofRegistry.block += 1))).to.match(
      /^ProofRegistry was not created in block \d+ by transaction 0x\w+$/,
    );
    expect(
      await differencesOf(({ contracts }) => {
        contracts.ProofRegistry.transactionHash = AccessManager.transactionHash;
        contracts.ProofRegistry.block = AccessManager.block;
      }),
    ).to.include("was not created in block");
    expect(
      await differencesOf(({ contracts }) => delete (contracts as Partial<typeof contracts>).ProofRegistry),
    ).to.equal("ProofRegistry is not in the file; deploy again to add it");
    // A file of before it said who the admin was.
    expect(await differencesOf((copy) => delete copy.admin)).to.equal("");
    expect((await checkDeployment(other!.provider, deployment)).differences).to.deep.equal([
      "the RPC is that of chain 42161, not 8453",
    ]);
  });

  it("is checked from the command line, which says what it skipped, and ends with 1 where something differs", async () => {
    const [base, arbitrum] = chains;
    const [deployment] = await Promise.all([deployTo(base!), deployTo(arbitrum!), deployTo(chains[2]!)]);
    const env = {
      ...process.env,
      DEPLOYMENTS_DIR: folder(),
      RPC_URL_8453: anvils[0]!.url,
      RPC_URL_42161: anvils[1]!.url,
      RPC_URL_137: "",
    };
    const check = (more: NodeJS.ProcessEnv = {}, ...args: string[]) =>
      promisify(execFile)(process.execPath, [CHECK, ...args], { env: { ...env, ...more } }).then(
        ({ stdout }) => ({ code: 0, stdout }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
      );
    const good = await check();
    expect(good.code, good.stdout).to.equal(0);
    expect(good.stdout).to.include("polygon (137): skipped, because RPC_URL_137 is not set");
    expect(good.stdout).to.include("base (8453): as the repository has it");
    expect(good.stdout).to.include(`ADMIN ${deployer.address}, who waits 172800 s`);
    expect(good.stdout).to.include(`attester ${attester.address} "https://attester.example"`);
    expect((await check({}, "--network", "base")).stdout).not.to.include("arbitrum");

    await base!.setCode(deployment.contracts.AccessManager.address, "0x60");
    const bad = await check({}, "--network", "base");
    expect(bad.code).to.equal(1);
    expect(bad.stdout).to.include("difference: AccessManager at 0x");
    const wrong = await check({ RPC_URL_8453: anvils[1]!.url }, "--network", "base");
    expect(wrong).to.include({ code: 1 });
    expect(wrong.stdout).to.include("the RPC is that of chain 42161");
    const secret = "http://127.0.0.1:1/secret-key";
    const down = await check({ RPC_URL_8453: secret }, "--network", "8453");
    expect(down).to.include({ code: 1 });
    expect(down.stdout).to.include("could not be compared").and.not.to.include("secret-key");
    expect(await check({}, "--network", "nowhere")).to.include({ code: 2 });
    await rm(join(folder(), "8453.json"));
    expect(await check({}, "--network", "base")).to.include({ code: 2 });
  });

  it("says in a dry run what it would do and cost, and does nothing", async () => {
    for (const { chainId, provider } of chains) {
      const lines: string[] = [];
      const options = { provider, payer: deployer.address, local: false, attesters: [attester] };
      const before = await provider.getBlockNumber();
      const { cost } = await dryRun({ ...options, log: (line) => lines.push(line) });
      expect(await provider.getBlockNumber()).to.equal(before);
      const text = lines.join("\n");
      expect(text).to.match(/^ProofRegistry 0x\w{40}: to deploy, \d+ gas, [\d.]+ (ETH|POL)/m);
      expect(text).to.include(`AttesterRegistry.addAttester(${attester.address}, `);
      expect(text).to.include(chainId === 137 ? "POL" : "ETH");
      expect(cost > 0n).to.equal(true);
    }
    expect(await readdir(folder())).to.deep.equal([]);
  });

  it("adds in a dry run what the chain below asks for, where the chain has a contract that knows", async () => {
    const [{ provider, setCode }] = chains as [TestChain];
    // Answers the length of its input, in wei, as getL1Fee.
    await setCode("0x420000000000000000000000000000000000000F", "0x3660005260206000f3");
    const lines: string[] = [];
    await dryRun({ provider, payer: deployer.address, local: false, attesters: [], log: (line) => lines.push(line) });
    const fee = /^ProofRegistry .* and ([\d.]+) ETH for the chain below$/m.exec(lines.join("\n"))![1]!;
    expect(Number(parseEther(fee))).to.be.greaterThan(dataLength((await readArtifact("ProofRegistry")).bytecode));
  });

  it("prices what is left for governance where the payer may do it, and says what the payer lacks", async () => {
    const [here, fresh] = chains as [TestChain, TestChain];
    await deploySyngraph({ signer: here.signer(), deploymentsDir: folder(), delay: 0 });
    const another = { address: person("another attester").address, endpoint: "" };
    const run = async ({ provider }: TestChain, payer: string): Promise<[bigint, string]> => {
      const lines: string[] = [];
      const options = { provider, payer, admin: deployer.address, local: false, delay: 0, attesters: [another] };
      const { cost } = await dryRun({ ...options, log: (line) => lines.push(line) });
      return [cost, lines.join("\n")];
    };
    const [cost, text] = await run(here, deployer.address);
    expect(text)
      .to.match(/^ProofRegistry 0x\w{40}: stands$/m)
      .and.to.match(/^governance, calls to make: 1$/m);
    expect(cost > 0n).to.equal(true);
    expect((await run(here, person("poor").address))[0]).to.equal(0n);
    expect((await run(fresh, person("poor").address))[1]).to.match(
      /together about [\d.]+ ETH, for which the payer lacks [\d.]+ ETH$/,
    );
  });
});
