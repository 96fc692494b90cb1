import { execFile } from "node:child_process";
import { readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect } from "chai";
import { type AddressLike, type BlockTag, JsonRpcProvider, NonceManager, type Signer, Wallet } from "ethers";

import { checkDeployment } from "../../scripts/lib/check.ts";
import { CREATE2_PROXY } from "../../scripts/lib/create2.ts";
import { deploySyngraph, readDeployments } from "../../scripts/lib/deploy.ts";
import { DEPLOYED_CONTRACTS } from "../../scripts/lib/deployments.ts";
import type { AttesterRegistry, ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { Anvil } from "../helpers/contractAnvil.ts";
import {
  type Chain,
  addressesIn,
  cutOff,
  deployer,
  intercept,
  mine,
  startChain,
  useDeploymentsDir,
} from "../helpers/contractDeploy.ts";
import { person, signLink } from "../helpers/contractLinks.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

const attester = { address: person("attester").address, endpoint: "https://attester.example" };

/** An RPC that does not keep old state. */
class PrunedProvider extends JsonRpcProvider {
  override async getCode(address: AddressLike, block?: BlockTag): Promise<string> {
    if (typeof block === "number") throw new Error("missing trie node");
    return super.getCode(address, block);
  }
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "none",
    (error: unknown) => String(error),
  );
}

describe("deploySyngraph", () => {
  const folder = useDeploymentsDir();
  let deploymentsDir: string;

  beforeEach(() => {
    deploymentsDir = folder();
  });

  describe("on Hardhat's simulated chain, which lacks the deterministic deployment proxy", () => {
    let connection: Chain;

    beforeEach(async () => {
      connection = await startChain();
    });
    afterEach(() => connection.close());

    it("deploys the proxy and contracts that work, and adds the attesters", async () => {
      const { ethers, signer } = connection;
      expect(await ethers.provider.getCode(CREATE2_PROXY)).to.equal("0x");
      const lines: string[] = [];
      const { contracts, chainId } = await deploySyngraph({
        signer,
        deploymentsDir,
        attesters: [attester],
        log: (line) => lines.push(line),
      });
      expect(chainId).to.equal(31337);
      const registry: ProofRegistry = await ethers.getContractAt("ProofRegistry", contracts.ProofRegistry.address);
      const attesters: AttesterRegistry = await ethers.getContractAt(
        "AttesterRegistry",
        contracts.AttesterRegistry.address,
      );
      expect(await registry.ATTESTERS()).to.equal(contracts.AttesterRegistry.address);
      expect(await attesters.authority()).to.equal(contracts.AccessManager.address);
      expect(await attesters.attesters()).to.deep.equal([attester.address]);
      const alice = person("alice");
      await registry.append(signLink(alice, { platform: "github", identity: "alice", createdAt: 1.7e9 }).submission);
      expect(await registry.lengthOf(alice.address)).to.equal(1n);
      expect(lines.join("\n")).to.match(
        /proxy at[^]*AccessManager deployed[^]*wrote[^]*done: AttesterRegistry.addAttester\(0x/,
      );
    });

    it("says in the file where and when, as the chain has it", async () => {
      const { ethers, signer } = connection;
      const deployment = await deploySyngraph({ signer, deploymentsDir });
      expect(await readDeployments(deploymentsDir)).to.deep.equal([deployment]);
      for (const { address, block, transactionHash, abiDigest } of Object.values(deployment.contracts)) {
        expect(abiDigest).to.match(/^0x[0-9a-f]{64}$/);
        expect(await ethers.provider.getCode(address, block - 1)).to.equal("0x");
        expect(await ethers.provider.getCode(address, block)).not.to.equal("0x");
        expect((await ethers.provider.getTransactionReceipt(transactionHash!))?.blockNumber).to.equal(block);
      }
    });

    it("changes nothing the second time: not the chain, not the file", async () => {
      const { ethers, signer } = connection;
      await deploySyngraph({ signer, deploymentsDir, attesters: [attester] });
      const file = join(deploymentsDir, "31337.json");
      const before = [await readFile(file, "utf8"), (await stat(file)).mtimeMs, await ethers.provider.getBlockNumber()];
      await deploySyngraph({ signer, deploymentsDir, attesters: [attester] });
      const after = [await readFile(file, "utf8"), (await stat(file)).mtimeMs, await ethers.provider.getBlockNumber()];
      expect(after).to.deep.equal(before);
      expect(await readdir(deploymentsDir)).to.deep.equal(["31337.json"]);
    });

    it("adds only the attesters that are new", async () => {
      const { ethers, signer } = connection;
      const another = { address: person("another attester").address, endpoint: "" };
      await deploySyngraph({ signer, deploymentsDir, attesters: [attester] });
      const { contracts } = await deploySyngraph({ signer, deploymentsDir, attesters: [attester, another] });
      const attesters: AttesterRegistry = await ethers.getContractAt(
        "AttesterRegistry",
        contracts.AttesterRegistry.address,
      );
      expect(await attesters.attesters()).to.deep.equal([attester.address, another.address]);
    });

    it("finds block and transaction again where the file was lost, or tells of another chain", async () => {
      const { signer } = connection;
      const deployment = await deploySyngraph({ signer, deploymentsDir });
      await mine(connection, 50);
      const file = join(deploymentsDir, "31337.json");
      const text = await readFile(file, "utf8");
      await rm(file);
      expect(await deploySyngraph({ signer, deploymentsDir })).to.deep.equal(deployment);
      expect(await readFile(file, "utf8")).to.equal(text);

      const other = await startChain();
      await mine(other, 7);
      const onOther = await deploySyngraph({ signer: other.signer, deploymentsDir });
      expect(addressesIn(onOther)).to.deep.equal(addressesIn(deployment));
      expect(onOther.contracts.ProofRegistry.block).to.equal(deployment.contracts.ProofRegistry.block + 7);
      await other.close();
    });

    it("has the same addresses on every chain, and others under another admin", async () => {
      const optimism = await startChain(10);
      const here = await deploySyngraph({ signer: connection.signer, deploymentsDir });
      const there = await deploySyngraph({ signer: optimism.signer, deploymentsDir });
      const admin = person("a multisig").address;
      const governed = await deploySyngraph({ signer: connection.signer, deploymentsDir, admin });
      await optimism.close();
      expect(there.chainId).to.equal(10);
      expect(addressesIn(there)).to.deep.equal(addressesIn(here));
      for (const { name, constructedWith } of DEPLOYED_CONTRACTS) {
        const isSame = governed.contracts[name].address === here.contracts[name].address;
        // A contract that is made without arguments knows of no admin, directly or through another.
        expect(isSame, name).to.equal(constructedWith.length === 0);
      }
      expect((await readDeployments(deploymentsDir)).map(({ chainId }) => chainId)).to.deep.equal([10, 31337]);
    });

    it("leaves the attesters to an admin who does not sign, and says so", async () => {
      const { ethers, signer } = connection;
      const admin = person("a multisig").address;
      const lines: string[] = [];
      const { contracts } = await deploySyngraph({
        signer,
        deploymentsDir,
        admin,
        attesters: [attester],
        log: (line) => lines.push(line),
      });
      const attesters: AttesterRegistry = await ethers.getContractAt(
        "AttesterRegistry",
        contracts.AttesterRegistry.address,
      );
      expect(await attesters.attesters()).to.deep.equal([]);
      expect(lines.join("\n")).to.include(
        `left to the admin ${admin}: AttesterRegistry.addAttester(${attester.address}, `,
      );
    });

    it("adds to a file of an older version what that lacks", async () => {
      const { signer } = connection;
      const deployment = await deploySyngraph({ signer, deploymentsDir });
      const { ProofRegistry: _, ...contracts } = deployment.contracts;
      await writeFile(join(deploymentsDir, "31337.json"), JSON.stringify({ chainId: 31337, contracts }));
      await deploySyngraph({ signer, deploymentsDir });
      expect(await readDeployments(deploymentsDir)).to.deep.equal([deployment]);
    });

    it("goes on where somebody else deploys the same in between", async () => {
      const { ethers, signer } = connection;
      const [stranger] = await ethers.getSigners();
      const overtaken = intercept(signer, (name, call, [request]) => {
        if (name !== "sendTransaction") return call();
        const { to, data } = request as { to: string; data: string };
        return (async () => {
          if (to === CREATE2_PROXY) await (await stranger!.sendTransaction({ to, data })).wait();
          return call();
        })();
      });
      const deployment = await deploySyngraph({ signer: overtaken, deploymentsDir, attesters: [attester] });
      for (const { transactionHash } of Object.values(deployment.contracts)) {
        expect((await ethers.provider.getTransaction(transactionHash!))?.from).to.equal(stranger!.address);
      }
      expect((await checkDeployment(ethers.provider, deployment)).differences).to.deep.equal([]);
    });

    it("refuses a chain whose EVM lacks an instruction, before it spends anything", async () => {
      const old = await Anvil.startPlain("--hardfork", "shanghai");
      const signer = await old.provider.getSigner();
      try {
        expect(await failureOf(deploySyngraph({ signer, deploymentsDir }))).to.include("older than Cancun");
        expect(await old.provider.getBlockNumber()).to.equal(0);
      } finally {
        await old.stop();
      }
    });

    it("gives accounts whose keys are published no say on a chain that is not local", async () => {
      const optimism = await startChain(10);
      const [published] = await optimism.ethers.getSigners();
      const { address } = published!;
      const before = await optimism.ethers.provider.getBlockNumber();
      for (const options of [
        { signer: published as Signer },
        { signer: optimism.signer, admin: address },
        { signer: optimism.signer, governor: address },
        { signer: optimism.signer, guardian: address },
        { signer: optimism.signer, attesters: [attester, { address, endpoint: "" }] },
      ]) {
        let refusal: unknown;
        await deploySyngraph({ deploymentsDir, ...options }).catch((error: unknown) => (refusal = error));
        expect(String(refusal)).to.include(`${address} is an account of anvil`);
      }
      expect(await optimism.ethers.provider.getBlockNumber()).to.equal(before);
      expect(await readdir(deploymentsDir)).to.deep.equal([]);
      await deploySyngraph({ signer: published as Signer, deploymentsDir, local: true });
      await optimism.close();
    });
  });

  describe("on anvil", () => {
    let anvil: Anvil;

    beforeEach(async () => {
      anvil = await Anvil.start("--dump-state", join(deploymentsDir, "state"));
    });
    afterEach(() => anvil.stop());

    it("changes nothing the second time, and finds out again what a lost file said", async () => {
      const signer = new NonceManager(await anvil.provider.getSigner());
      const deployment = await deploySyngraph({ signer, deploymentsDir, attesters: [attester] });
      const file = join(deploymentsDir, "31337.json");
      const before = [await readFile(file, "utf8"), await anvil.provider.getBlockNumber()];
      await deploySyngraph({ signer, deploymentsDir, attesters: [attester] });
      expect([await readFile(file, "utf8"), await anvil.provider.getBlockNumber()]).to.deep.equal(before);
      await rm(file);
      expect(await deploySyngraph({ signer, deploymentsDir })).to.deep.equal(deployment);
    });

    it("finds it out even where anvil was started again, and has forgotten its old state", async () => {
      const deployment = await deploySyngraph({
        signer: new NonceManager(await anvil.provider.getSigner()),
        deploymentsDir,
      });
      await anvil.stop();
      anvil = await Anvil.start("--load-state", join(deploymentsDir, "state"));
      await rm(join(deploymentsDir, "31337.json"));
      const signer = new NonceManager(await anvil.provider.getSigner());
      expect(await deploySyngraph({ signer, deploymentsDir })).to.deep.equal(deployment);
      await rm(join(deploymentsDir, "state"));
    });

    it("goes on without old state after an interruption, because it wrote down what it had sent", async () => {
      const pruned = new PrunedProvider(anvil.url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
      const file = join(deploymentsDir, "10.progress");
      await anvil.provider.send("anvil_setBalance", [deployer.address, "0x8ac7230489e80000"]);
      await anvil.provider.send("anvil_setChainId", [10]);
      const signer = new Wallet(deployer.privateKey, pruned) as Signer;
      const deploy = (payer: Signer) => deploySyngraph({ signer: payer, deploymentsDir });
      expect(await failureOf(deploy(cutOff(signer, 1, "waiting")))).to.include("cut off");
      const progress = await readFile(file, "utf8");
      expect(Object.keys(JSON.parse(progress) as object)).to.have.length(1);
      await rm(file);
      expect(await failureOf(deploy(signer))).to.include("archive node");
      await writeFile(file, progress);
      const { contracts } = await deploy(signer);
      expect(Object.values(JSON.parse(progress) as object)).to.deep.equal([contracts.AccessManager.transactionHash]);
      pruned.destroy();
    });

    it("waits for what an interrupted run had sent, and does not send it twice", async () => {
      const signer = await anvil.provider.getSigner();
      // The proxy stands on anvil, so the first transaction creates the AccessManager.
      const first = cutOff(signer, 1, "waiting");
      await anvil.provider.send("evm_setAutomine", [false]);
      expect(await failureOf(deploySyngraph({ signer: first, deploymentsDir }))).to.include("cut off");
      const [again] = await Promise.all([
        deploySyngraph({ signer: await anvil.provider.getSigner(), deploymentsDir }),
        anvil.provider.send("evm_setIntervalMining", [1]),
      ]);
      const sent = await anvil.provider.getTransactionCount(await signer.getAddress());
      expect(sent).to.equal(Object.keys(again.contracts).length + 1);
    });

    it("is what `hardhat run scripts/deploy.ts --network local` does, with a key of one's own", async () => {
      await anvil.provider.send("anvil_setBalance", [deployer.address, "0x8ac7230489e80000"]);
      const hardhat = fileURLToPath(new URL("../../node_modules/.bin/hardhat", import.meta.url));
      const command = (env: NodeJS.ProcessEnv = {}) =>
        run(process.execPath, [hardhat, "run", "--no-compile", "scripts/deploy.ts", "--network", "local"], {
          cwd: root,
          env: {
            ...process.env,
            RPC_PORT: new URL(anvil.url).port,
            DEPLOYMENTS_DIR: deploymentsDir,
            DEPLOYER_KEY: deployer.privateKey,
            ATTESTERS: `${attester.address}=${attester.endpoint}/`,
            ...env,
          },
        });
      const dry = await command({ DRY_RUN: "1" });
      expect(dry.stdout).to.match(/^ProofRegistry 0x\w{40}: to deploy, \d+ gas/m);
      expect(await anvil.provider.getBlockNumber()).to.equal(0);
      expect(await readDeployments(deploymentsDir)).to.deep.equal([]);
      const first = await command();
      expect(first.stdout).to.include(`done: AttesterRegistry.addAttester(${attester.address}, "${attester.endpoint}"`);
      const [deployment] = await readDeployments(deploymentsDir);
      const block = await anvil.provider.getBlockNumber();
      expect(deployment!.contracts.ProofRegistry.block).to.be.at.most(block);
      const second = await command();
      expect(second.stdout).not.to.match(/deployed|wrote|done|left/);
      expect(await anvil.provider.getBlockNumber()).to.equal(block);
    });
  });
});
