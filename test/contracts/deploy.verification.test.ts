import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import type { CompilerInput } from "../../scripts/lib/artifacts.ts";
import { CREATE2_PROXY } from "../../scripts/lib/create2.ts";
import { deploySyngraph } from "../../scripts/lib/deploy.ts";
import { compile } from "../../scripts/lib/verification.ts";
import { startChain, useDeploymentsDir } from "../helpers/contractDeploy.ts";

describe("the input for explorers", () => {
  const folder = useDeploymentsDir();

  it("gives the deployed bytecode when the pinned compiler compiles it", async function () {
    // The compiler is WebAssembly, and goes through Yul.
    this.timeout(120_000);
    const chain = await startChain(10);
    const { contracts } = await deploySyngraph({ signer: chain.signer, deploymentsDir: folder() });
    const read = async (name: string) => JSON.parse(await readFile(join(folder(), "verification", name), "utf8"));
    const form = (await read("10.json")).AttesterRegistry;
    const input = (await read(form.input)) as CompilerInput;
    expect(form.address).to.equal(contracts.AttesterRegistry.address);
    const sources = Object.keys(input.sources);
    expect(sources).to.include("project/contracts/AttesterRegistry.sol");
    expect(sources.filter((source) => /ProofRegistry\.sol|\/test\//.test(source))).to.deep.equal([]);

    const bytecode = await compile({ ...form, input });
    const { data } = (await chain.ethers.provider.getTransaction(contracts.AttesterRegistry.transactionHash!))!;
    await chain.close();
    // Behind the salt, what the proxy was asked to create.
    expect(`0x${data.slice(2 + 64)}`).to.equal(`${bytecode}${form.constructorArguments}`);

    // A corrected comment leaves the addresses as they are.
    const source = input.sources["project/contracts/AttesterRegistry.sol"]!;
    source.content = source.content.replace("/// @title Attester registry", "/// @title The attester registry");
    expect(await compile({ ...form, input })).to.equal(bytecode);
  });

  it("is not written for a local chain", async () => {
    const chain = await startChain();
    await deploySyngraph({ signer: chain.signer, deploymentsDir: folder() });
    expect(await chain.ethers.provider.getCode(CREATE2_PROXY)).not.to.equal("0x");
    await chain.close();
    expect(await readdir(folder())).to.deep.equal(["31337.json"]);
  });
});
