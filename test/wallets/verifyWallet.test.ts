import { signText, unwrapSignature, walletPreparationCode, wrapSignature } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import {
  type Provider,
  type Signer,
  Wallet,
  ZeroHash,
  concat,
  hexlify,
  keccak256,
  randomBytes,
  toUtf8Bytes,
} from "ethers";
import { network } from "hardhat";

import { ApiError } from "../../api/errors.ts";
import { type WalletWord, verifyWalletMessage } from "../../api/wallets/verifyWallet.ts";
import type { WalletFactory } from "../../types/ethers-contracts/index.ts";

const MESSAGE = "a text that somebody signed";

/** What contracts/test/HostileWallet.sol does. */
const MODES = { burn: 0, bomb: 1, revertBomb: 2, short: 3, slow: 4 };

/**
 * A wallet that takes every signature and, when it is called with nothing, destroys itself: calldatasize; iszero; jump to the
 * end; else return the word of ERC-1271; at the end selfdestruct. Solidity warns of what this needs.
 */
const FLEETING = "0x3615601357631626ba7e60e01b5f5260205ff35b33ff";

describe("verifyWalletMessage", () => {
  let connection: Awaited<ReturnType<typeof network.create>>;
  let provider: Provider;
  let payer: Signer;
  let factory: WalletFactory;
  const owner = Wallet.createRandom();
  const signed = signText(owner.privateKey, MESSAGE).raw;

  before(async () => {
    connection = await network.create();
    provider = connection.ethers.provider as unknown as Provider;
    [payer] = (await connection.ethers.getSigners()) as unknown as [Signer];
    factory = await connection.ethers.deployContract("WalletFactory");
  });
  after(() => connection.close());

  const deploy = async (name: string, values: unknown[]) =>
    (await connection.ethers.deployContract(name, values)).getAddress();
  const initCodeOf = async (name: string, values: unknown[]) =>
    (await (await connection.ethers.getContractFactory(name)).getDeployTransaction(...values)).data;
  const verify = (address: string, signature: string) => verifyWalletMessage(provider, address, MESSAGE, signature);

  /** Wraps a signature of a wallet that the factory can deploy, or by another call of it. */
  async function undeployed(initCode: string, signature = signed, call?: (salt: string) => string) {
    const salt = hexlify(randomBytes(32));
    const data = call?.(salt) ?? factory.interface.encodeFunctionData("deploy", [salt, initCode]);
    const address = await factory.addressOf(salt, keccak256(initCode));
    const deployer = { address: await factory.getAddress(), data };
    return { address, deployer, wrapped: wrapSignature(signature, deployer) };
  }

  function expectRefused(word: WalletWord, message: string | RegExp) {
    expect(word).to.have.property("valid", false);
    expect(word).to.have.property("message").that.matches(new RegExp(message));
  }

  describe("of an account with a key", () => {
    it("takes its own signature and nobody else's", async () => {
      expect(await verify(owner.address, signed)).to.deep.equal({ valid: true, kind: "key", signature: signed });
      expect(await verify(owner.address.toLowerCase(), signed)).to.have.property("valid", true);
      expectRefused(await verify(Wallet.createRandom().address, signed), "has no code on this chain");
      expectRefused(
        await verifyWalletMessage(provider, owner.address, `${MESSAGE}.`, signed),
        "its key did not make the signature",
      );
    });

    it("takes it also where the account delegates to code (EIP-7702) that would not", async () => {
      const { networkHelpers } = connection;
      await networkHelpers.setCode(owner.address, concat(["0xef0100", await deploy("SilentDelegate", [])]));
      expect(await verify(owner.address, signed)).to.have.property("kind", "key");
      await networkHelpers.setCode(owner.address, "0x");
    });
  });

  describe("of a contract (ERC-1271)", () => {
    it("takes what the contract takes, whatever it looks like", async () => {
      const password = hexlify(toUtf8Bytes("open sesame"));
      const address = await deploy("OwnedWallet", [owner.address, keccak256(password)]);
      for (const signature of [signed, password]) {
        expect(await verify(address, signature)).to.deep.equal({ valid: true, kind: "contract", signature });
      }
      expectRefused(await verify(address, signText(Wallet.createRandom().privateKey, MESSAGE).raw), "does not take");
      expectRefused(await verify(address, "0x"), "does not take");
    });

    it("unwraps what was signed before it was deployed, and calls no factory any more", async () => {
      const address = await deploy("OwnedWallet", [owner.address, ZeroHash]);
      const burner = { address: await factory.getAddress(), data: factory.interface.encodeFunctionData("burn") };
      const word = await verify(address, wrapSignature(signed, burner));
      expect(word).to.deep.equal({ valid: true, kind: "contract", signature: signed });
      expectRefused(await verify(address, wrapSignature("0x", burner)), "does not take the signature \\(ERC-1271\\)");
    });

    for (const [what, mode, effort] of [
      ["burns all gas", MODES.burn, 0],
      ["takes more gas than the registry gives it", MODES.slow, 600_000],
      ["answers with megabytes, the right word first, for which its gas does not suffice", MODES.bomb, 4_000_000],
      ["reverts with megabytes", MODES.revertBomb, 4_000_000],
      ["reverts with the right word", MODES.revertBomb, 32],
      ["answers with too little", MODES.short, 0],
    ] as const) {
      it(`refuses one that ${what}`, async () => {
        expectRefused(await verify(await deploy("HostileWallet", [mode, effort]), signed), "does not take");
      });
    }

    it("refuses one that answers 32 and more bytes of something else, or nothing at all", async () => {
      for (const name of ["EchoWallet", "SilentDelegate"]) {
        expectRefused(await verify(await deploy(name, []), signed), "does not take");
      }
    });

    it("reads one word of a long answer", async () => {
      const word = await verify(await deploy("HostileWallet", [MODES.bomb, 100_000]), signed);
      expect(word).to.have.property("kind", "contract");
    });

    it("puts no endless signature to the chain", async () => {
      const address = await deploy("OwnedWallet", [owner.address, ZeroHash]);
      expectRefused(await verify(address, `0x${"00".repeat(16_385)}`), "16385 bytes, more than 16384");
    });
  });

  describe("of a contract that is not there yet (ERC-6492)", () => {
    it("takes what the wallet will take, deploys nothing by itself, and says how to have it deployed", async () => {
      const initCode = await initCodeOf("OwnedWallet", [owner.address, ZeroHash]);
      const { address, deployer, wrapped } = await undeployed(initCode);
      const word = await verify(address, wrapped);
      const preparation = walletPreparationCode(address, deployer);
      expect(word).to.deep.equal({ valid: true, kind: "undeployed", signature: signed, preparation });
      expect(await provider.getCode(address)).to.equal("0x");

      const receipt = await (await payer.sendTransaction({ data: preparation })).wait();
      expect(await provider.getCode(address)).to.have.length.above(2);
      // Who called is an address of no rights and no code, and never the payer.
      expect(await factory.caller()).to.equal(receipt!.contractAddress);
      expect(await provider.getCode(receipt!.contractAddress!)).to.equal("0x");
      expect(await verify(address, wrapped)).to.deep.equal({ valid: true, kind: "contract", signature: signed });
      // Sent again, it calls nobody.
      await (await payer.sendTransaction({ data: preparation })).wait();
      expect(await factory.caller()).to.equal(receipt!.contractAddress);
    });

    it("refuses a signature that the wallet will not take", async () => {
      const initCode = await initCodeOf("OwnedWallet", [Wallet.createRandom().address, ZeroHash]);
      const { address, wrapped } = await undeployed(initCode);
      expectRefused(await verify(address, wrapped), "as .* deploys it, does not take the signature");
    });

    it("refuses a factory that deploys elsewhere, in the name of an account with a key too", async () => {
      const initCode = await initCodeOf("HostileWallet", [MODES.bomb, 32]); // Takes everything.
      const { address, wrapped } = await undeployed(initCode);
      expect(await verify(address, wrapped)).to.have.property("kind", "undeployed");
      const victim = Wallet.createRandom().address;
      expectRefused(await verify(victim, wrapped), `does not deploy the wallet ${victim}`);
      // Unwrapped, the victim's address alone answers nothing, which is not the right word.
      expectRefused(await verify(victim, signed), "has no code");
    });

    it("refuses a factory that is none, that reverts with megabytes, or burns all gas", async () => {
      const initCode = await initCodeOf("OwnedWallet", [owner.address, ZeroHash]);
      const { address, deployer } = await undeployed(initCode);
      const calls = [
        factory.interface.encodeFunctionData("burn"),
        factory.interface.encodeFunctionData("fail", [3_000_000]),
        "0x",
        "0xdeadbeef",
      ];
      for (const data of calls) {
        expectRefused(await verify(address, wrapSignature(signed, { ...deployer, data })), "within its gas");
      }
      const nobody = { address: Wallet.createRandom().address, data: deployer.data };
      expectRefused(await verify(address, wrapSignature(signed, nobody)), "does not deploy");
    });

    it("refuses wallets that misbehave once they are deployed", async () => {
      for (const mode of [MODES.burn, MODES.revertBomb, MODES.short]) {
        const { address, wrapped } = await undeployed(await initCodeOf("HostileWallet", [mode, 4_000_000]));
        expectRefused(await verify(address, wrapped), "does not take");
      }
    });

    it("refuses what only looks wrapped", async () => {
      const magic = wrapSignature("0x", { address: owner.address, data: "0x" }).slice(-64);
      for (const wrapping of ["0x", `0x${"00".repeat(96)}`, `0x${"ff".repeat(96)}`, `0x${"ff".repeat(4096)}`]) {
        expectRefused(
          await verify(owner.address, wrapping + magic),
          "ends like one of ERC-6492, but|has no code|deploy",
        );
      }
      expect(unwrapSignature(`0x${magic}00`).factory).to.equal(null);
    });

    it("never lets a factory act in the name of whoever pays", async () => {
      const initCode = await initCodeOf("OwnedWallet", [owner.address, ZeroHash]);
      const governed = await connection.ethers.deployContract("AccessManager", [await payer.getAddress()]);
      const rights = governed.interface.encodeFunctionData("labelRole", [7, "mine"]);
      const target = await governed.getAddress();
      const { address, wrapped } = await undeployed(initCode, signed, (salt) =>
        factory.interface.encodeFunctionData("deployAfter", [target, rights, salt, initCode]),
      );
      const word = await verify(address, wrapped);
      if (!word.valid || word.kind !== "undeployed") throw new Error("it was refused");
      await (await payer.sendTransaction({ data: word.preparation })).wait();
      expect(await factory.answered()).to.equal(false);
      // The payer could have.
      await payer.call({ to: target, data: rights });
      expect(await provider.getCode(address)).to.have.length.above(2);
    });

    it("cannot know of a wallet that ends with the transaction of its deployment: the chain then refuses", async () => {
      const initCode = concat(["0x75", FLEETING, "0x5f526016600af3"]); // Returns the 22 bytes as its code.
      const { address, wrapped } = await undeployed(initCode, signed, (salt) =>
        factory.interface.encodeFunctionData("deployAndCall", [salt, initCode]),
      );
      const word = await verify(address, wrapped);
      if (!word.valid || word.kind !== "undeployed") throw new Error("it was refused");
      await (await payer.sendTransaction({ data: word.preparation })).wait();
      expect(await provider.getCode(address)).to.equal("0x");
      expect(await verify(address, signText(Wallet.createRandom().privateKey, MESSAGE).raw)).to.have.property(
        "valid",
        false,
      );
    });

    it("fails where the wallet cannot be deployed for real, before it costs what a factory may use", async () => {
      const { address, deployer } = await undeployed(await initCodeOf("OwnedWallet", [owner.address, ZeroHash]));
      const data = walletPreparationCode(address, { ...deployer, data: "0xdeadbeef" });
      const gas = await payer.estimateGas({ data }).catch((error: Error) => error.message);
      expect(gas).to.include("WalletPreparationFailed");
    });
  });

  it("says that the chain cannot be asked, and does not call that a bad signature", async () => {
    const deaf = { call: () => Promise.reject(new Error("ECONNREFUSED")) } as unknown as Provider;
    const dumb = { call: () => Promise.resolve("0x") } as unknown as Provider;
    for (const chain of [deaf, dumb]) {
      const error: unknown = await verifyWalletMessage(chain, owner.address, MESSAGE, "0x00").catch((e: unknown) => e);
      expect(error).to.be.instanceOf(ApiError).with.property("status", 502);
    }
  });
});
