import type { WalletFactory } from "@syngraph/sdk/protocol";
import {
  Contract,
  ContractFactory,
  Interface,
  type InterfaceAbi,
  type JsonRpcProvider,
  concat,
  hexlify,
  keccak256,
  randomBytes,
} from "ethers";

import { readArtifact } from "../../scripts/lib/artifacts.ts";

/** A contract wallet that is still to be deployed (ERC-6492). */
export interface PlannedWallet {
  /** EIP-55. */
  address: string;
  deployer: WalletFactory;
}

/** contracts/test/WalletFactory.sol on a chain. */
export interface TestFactory {
  contract: Contract;
  /** A wallet that it will deploy: an artifact, and what its constructor takes. */
  plan: (name: string, ...values: unknown[]) => Promise<PlannedWallet>;
}

/** Deploys one, by an account of anvil's own. */
export async function deployWalletFactory(provider: JsonRpcProvider): Promise<TestFactory> {
  const { abi, bytecode } = await readArtifact("test/WalletFactory");
  const deployed = await new ContractFactory(abi, bytecode, await provider.getSigner(6)).deploy();
  await deployed.waitForDeployment();
  const contract = new Contract(await deployed.getAddress(), abi, provider);
  const plan = async (name: string, ...values: unknown[]): Promise<PlannedWallet> => {
    const wallet = await readArtifact(name);
    const initCode = concat([wallet.bytecode, new Interface(wallet.abi as InterfaceAbi).encodeDeploy(values)]);
    const salt = hexlify(randomBytes(32));
    const data = contract.interface.encodeFunctionData("deploy", [salt, initCode]);
    const address = (await contract.getFunction("addressOf").staticCall(salt, keccak256(initCode))) as string;
    return { address, deployer: { address: await contract.getAddress(), data } };
  };
  return { contract, plan };
}
