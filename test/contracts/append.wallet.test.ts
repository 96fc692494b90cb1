import { signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { type BaseContract, concat, dataSlice, hexlify, keccak256, toUtf8Bytes } from "ethers";

import {
  type LinkFields,
  type Person,
  type SignedLink,
  attest,
  person,
  signLink,
  withHighS,
  withV,
} from "../helpers/contractLinks.ts";
import { NOW } from "../helpers/contractClock.ts";
import { type Registries, addAttesters, useRegistries } from "../helpers/contracts.ts";
import { STATUS } from "../helpers/contractStatus.ts";

const alice = person("alice");
const owner = person("alice's wallet");
const mallory = person("mallory");

/** What only a contract could take for a signature; the longer one ends with 54, which is a v modulo 27 but is none. */
const PASSWORD = hexlify(toUtf8Bytes("open sesame"));
const PASSWORD_65 = concat([new Uint8Array(64).fill(7), Uint8Array.of(54)]);

/** Alice's first link: a create for a wallet, which the cosigner signs. */
function bindWallet(identity: string, cosigner: Person, fields: Partial<LinkFields> = {}) {
  return signLink(alice, { platform: "ethereum", identity, cosigner, ...fields });
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("append: a wallet", () => {
    it("is confirmed at once by its own signature, as of created_at", async () => {
      const { registry } = world();
      const { submission, id } = bindWallet(owner.wallet, owner);
      await registry.append(submission);
      expect(await registry.isBound(alice.address, "ethereum", owner.wallet)).to.equal(true);
      expect(await registry.statusOf(alice.address, "ethereum", owner.wallet)).to.deep.equal([
        STATUS.confirmed,
        BigInt(NOW),
        dataSlice(id, 0, 24),
      ]);
    });

    it("is bound to this avatar only", async () => {
      const { registry } = world();
      await registry.append(bindWallet(owner.wallet, owner).submission);
      expect(await registry.isBound(mallory.address, "ethereum", owner.wallet)).to.equal(false);
      expect(await registry.isBound(alice.address, "ethereum", mallory.wallet)).to.equal(false);
      expect(await registry.isBound(alice.address, "solana", owner.wallet)).to.equal(false);
    });

    it("may sign with v as 0 or 1", async () => {
      const { registry } = world();
      const { submission } = bindWallet(owner.wallet, owner);
      const proof = hexlify(submission.proof);
      await registry.append({ ...submission, proof: withV(proof, Number(dataSlice(proof, 64)) - 27) });
      expect(await registry.isBound(alice.address, "ethereum", owner.wallet)).to.equal(true);
    });

    it("refuses somebody else's wallet: the avatar's own signature, another wallet's, none, a mirrored one", async () => {
      const { registry } = world();
      const { submission, text, signature } = bindWallet(owner.wallet, mallory);
      const mirrored = withHighS(signText(owner.privateKey, text).raw);
      for (const proof of [submission.proof, signature.raw, "0x", `0x${"00".repeat(65)}`, mirrored]) {
        await expect(registry.append({ ...submission, proof }))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof")
          .withArgs(owner.wallet);
      }
    });

    it("refuses a signature that the wallet made for another avatar's create of it", async () => {
      const { registry } = world();
      const honest = bindWallet(owner.wallet, owner);
      const stolen = signLink(mallory, { ...honest.link, platform: "ethereum", identity: owner.wallet });
      await expect(
        registry.append({ ...stolen.submission, proof: honest.submission.proof }),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof");
    });

    it("refuses a signature that the wallet made for a delete", async () => {
      const { registry } = world();
      const release = bindWallet(owner.wallet, owner, { action: "delete" });
      const create = bindWallet(owner.wallet, owner, { uuid: release.link.uuid });
      await expect(
        registry.append({ ...create.submission, proof: release.submission.proof }),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof");
    });

    it("refuses an identity that is no lower-case address, so that one wallet has one identity", async () => {
      const { registry } = world();
      const identities = [owner.address, owner.wallet.slice(2), `${owner.wallet}0`, owner.wallet.slice(0, -1)];
      identities.push(
        `0X${owner.wallet.slice(2)}`,
        `0x${"g".repeat(40)}`,
        `${owner.wallet.slice(0, -1)}:`,
        "alice.eth",
      );
      for (const identity of identities) {
        await expect(registry.append(bindWallet(identity, owner).submission))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidIdentity")
          .withArgs(identity);
      }
    });

    it("refuses the zero address, to which failed recoveries recover", async () => {
      const { registry } = world();
      const zero = `0x${"0".repeat(40)}`;
      const { submission } = bindWallet(zero, owner);
      for (const proof of ["0x", `0x${"00".repeat(65)}`, `0x${"ff".repeat(64)}1b`]) {
        await expect(registry.append({ ...submission, proof })).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryInvalidProof",
        );
      }
    });

    it("refuses the precompiled contracts, which answer whatever they are asked", async () => {
      const { registry } = world();
      for (const number of [1, 2, 4, 9]) {
        const { submission } = bindWallet(`0x${String(number).padStart(40, "0")}`, owner);
        await expect(registry.append(submission)).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof");
      }
    });

    it("refuses attestations in place of its signature", async () => {
      const { registry } = world();
      await addAttesters(world(), [mallory]);
      const attested = (linkId: string) => attest([mallory], { linkId });
      const { submission } = signLink(alice, { platform: "ethereum", identity: owner.wallet, attested });
      await expect(registry.append(submission))
        .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof")
        .withArgs(owner.wallet);
    });
  });

  describe("append: a contract wallet (ERC-1271)", () => {
    it("is confirmed by what the contract takes for a signature", async () => {
      const { registry } = world();
      const { identity } = await deployWallet(world());
      await registry.append(bindWallet(identity, owner).submission);
      expect(await registry.isBound(alice.address, "ethereum", identity)).to.equal(true);
    });

    it("may take 65 bytes that are no ECDSA signature, and any other number", async () => {
      const { registry } = world();
      let after: SignedLink | undefined;
      for (const proof of [PASSWORD, PASSWORD_65]) {
        const { identity } = await deployWallet(world(), proof);
        const signed = signLink(alice, { platform: "ethereum", identity, ...(after && { after }) });
        await registry.append({ ...signed.submission, proof });
        expect(await registry.isBound(alice.address, "ethereum", identity)).to.equal(true);
        after = signed;
      }
    });

    it("refuses what the contract refuses: a stranger's signature, a former owner's", async () => {
      const { registry } = world();
      const { wallet, identity } = await deployWallet(world());
      const byStranger = bindWallet(identity, mallory);
      const byOwner = bindWallet(identity, owner);
      await expect(registry.append(byStranger.submission)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidProof",
      );
      await wallet.setOwner(mallory.address);
      await expect(registry.append(byOwner.submission)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidProof",
      );
    });

    it("refuses a contract that knows no signatures, and one that answers something else", async () => {
      const { registry, ethers, attesters } = world();
      const echo = await ethers.deployContract("EchoWallet");
      for (const contract of [await echo.getAddress(), await attesters.getAddress()]) {
        await expect(
          registry.append(bindWallet(contract.toLowerCase(), owner).submission),
        ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof");
      }
    });
  });

  describe("append: an account that delegates to code (EIP-7702)", () => {
    it("is confirmed by its key, though its code knows no signatures", async () => {
      const { registry, ethers } = world();
      await delegate(world(), await ethers.deployContract("SilentDelegate"));
      await registry.append(bindWallet(owner.wallet, owner).submission);
      expect(await registry.isBound(alice.address, "ethereum", owner.wallet)).to.equal(true);
    });

    it("refuses a stranger's signature, which its code does not take either", async () => {
      const { registry, ethers } = world();
      const { wallet } = await deployWallet(world());
      for (const code of [await ethers.deployContract("SilentDelegate"), wallet]) {
        await delegate(world(), code);
        await expect(registry.append(bindWallet(owner.wallet, mallory).submission)).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryInvalidProof",
        );
      }
    });

    it("is confirmed by what its code takes for a signature", async () => {
      const { registry } = world();
      await delegate(world(), (await deployWallet(world())).wallet);
      const { submission } = bindWallet(owner.wallet, mallory);
      await registry.append({ ...submission, proof: PASSWORD });
      expect(await registry.isBound(alice.address, "ethereum", owner.wallet)).to.equal(true);
    });
  });
});

/** Deploys a contract wallet of the owner's. */
async function deployWallet({ ethers }: Registries, password = PASSWORD) {
  const wallet = await ethers.deployContract("OwnedWallet", [owner.address, keccak256(password)]);
  return { wallet, identity: (await wallet.getAddress()).toLowerCase() };
}

/** Lets the owner's account delegate to code, as a transaction of type 4 does, which Hardhat's OP chain does not take. */
async function delegate({ networkHelpers }: Registries, contract: BaseContract) {
  await networkHelpers.setCode(owner.address, concat(["0xef0100", await contract.getAddress()]));
}
