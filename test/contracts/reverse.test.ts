import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroAddress, concat } from "ethers";

import type { ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { eventsOf, storageRoot } from "../helpers/contractBatch.ts";
import { type Person, type SignedLink, attest, person, signLink, signRelease } from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");
const mallory = person("mallory");
const owner = person("alice's wallet");

const bound = signLink(alice, { platform: "ethereum", identity: owner.wallet, cosigner: owner });

describe("ProofRegistry", () => {
  const world = useRegistries();

  /** The registry as called by the account of this address, which need not be one with a key here. */
  async function as({ address }: Pick<Person, "address">): Promise<ProofRegistry> {
    const { ethers, networkHelpers, registry } = world();
    await networkHelpers.setBalance(address, 10n ** 18n);
    return registry.connect(await ethers.getImpersonatedSigner(address));
  }

  const append = ({ submission }: SignedLink) => world().registry.append(submission);

  describe("setAvatar and avatarOf", () => {
    it("say which avatar a wallet belongs to by its own word", async () => {
      const { registry } = world();
      await append(bound);
      expect(await registry.avatarOf(owner.address)).to.equal(ZeroAddress);
      const theirs = await as(owner);
      expect(await eventsOf(world(), theirs.setAvatar(alice.address))).to.deep.equal([
        ["AvatarSet", owner.address, alice.address],
      ]);
      expect(await registry.avatarOf(owner.address)).to.equal(alice.address);
      expect(await registry.avatarOf(alice.address)).to.equal(ZeroAddress);
    });

    it("take a wallet whose account delegates to code (EIP-7702)", async () => {
      const { registry, ethers, networkHelpers } = world();
      await append(bound);
      const delegate = await ethers.deployContract("SilentDelegate");
      await networkHelpers.setCode(owner.address, concat(["0xef0100", await delegate.getAddress()]));
      await (await as(owner)).setAvatar(alice.address);
      expect(await registry.avatarOf(owner.address)).to.equal(alice.address);
    });

    it("take a contract wallet", async () => {
      const { registry, ethers } = world();
      const wallet = await ethers.deployContract("GreedyWallet", [owner.address]);
      const address = await wallet.getAddress();
      await append(signLink(alice, { platform: "ethereum", identity: address.toLowerCase(), cosigner: owner }));
      await wallet.execute(registry, registry.interface.encodeFunctionData("setAvatar", [alice.address]));
      expect(await registry.avatarOf(address)).to.equal(alice.address);
      expect(await registry.avatarOf(owner.address)).to.equal(ZeroAddress);
    });

    it("choose between two avatars that bound the same wallet", async () => {
      const { registry } = world();
      await append(bound);
      await append(signLink(bob, { platform: "ethereum", identity: owner.wallet, cosigner: owner }));
      const theirs = await as(owner);
      await theirs.setAvatar(alice.address);
      await theirs.setAvatar(bob.address);
      expect(await registry.avatarOf(owner.address)).to.equal(bob.address);
      // What becomes of the other binding is of no matter.
      await registry.release(signRelease(alice, owner));
      expect(await registry.avatarOf(owner.address)).to.equal(bob.address);
    });

    it("can be cleared, also by a wallet that is not bound", async () => {
      const { registry } = world();
      await append(bound);
      const theirs = await as(owner);
      await theirs.setAvatar(alice.address);
      expect(await eventsOf(world(), theirs.setAvatar(ZeroAddress))).to.deep.equal([
        ["AvatarSet", owner.address, ZeroAddress],
      ]);
      expect(await registry.avatarOf(owner.address)).to.equal(ZeroAddress);
      await (await as(mallory)).setAvatar(ZeroAddress);
      expect(await registry.avatarOf(mallory.address)).to.equal(ZeroAddress);
    });

    it("refuse an avatar that did not bind the caller", async () => {
      const { registry } = world();
      await append(bound);
      for (const [caller, avatar] of [
        [owner, bob],
        [owner, owner],
        [mallory, alice],
        [alice, alice],
      ] as const) {
        await notBound(caller, avatar, STATUS.none);
      }
      expect(await registry.avatarOf(mallory.address)).to.equal(ZeroAddress);
    });

    it("refuse bindings of the caller's address on another platform", async () => {
      await addAttesters(world(), [bob]);
      const attested = (linkId: string) => attest([bob], { linkId });
      await append(signLink(alice, { platform: "solana", identity: owner.wallet, attested }));
      await notBound(owner, alice, STATUS.none);
    });

    it("end with the binding, whoever of the two took it back", async () => {
      const { registry, networkHelpers } = world();
      await append(bound);
      await (await as(owner)).setAvatar(alice.address);
      const { restore } = await networkHelpers.takeSnapshot();
      const { platform, identity } = bound.link;
      await append(signLink(alice, { action: "delete", platform, identity, after: bound }));
      expect(await registry.avatarOf(owner.address)).to.equal(ZeroAddress);
      await notBound(owner, alice, STATUS.deleted);
      await restore();
      expect(await registry.avatarOf(owner.address)).to.equal(alice.address);
      await registry.release(signRelease(alice, owner));
      expect(await registry.avatarOf(owner.address)).to.equal(ZeroAddress);
      await notBound(owner, alice, STATUS.deleted);
    });

    it("hold again when the wallet signs for a new binding", async () => {
      const { registry } = world();
      await append(bound);
      await (await as(owner)).setAvatar(alice.address);
      await registry.release(signRelease(alice, owner));
      await append(signLink(alice, { platform: "ethereum", identity: owner.wallet, cosigner: owner, after: bound }));
      expect(await registry.avatarOf(owner.address)).to.equal(alice.address);
    });

    it("let nobody speak for another's wallet: neither its avatar, nor an attester, nor a contract in between", async () => {
      const { registry, ethers } = world();
      await append(bound);
      await addAttesters(world(), [mallory]);
      const relay = await ethers.deployContract("GreedyWallet", [mallory.address]);
      const call = registry.interface.encodeFunctionData("setAvatar", [alice.address]);
      for (const caller of [alice, mallory]) await notBound(caller, alice, STATUS.none);
      const signer = await ethers.getImpersonatedSigner(owner.address);
      await world().networkHelpers.setBalance(owner.address, 10n ** 18n);
      // Not even where the wallet itself began the transaction.
      await expect(relay.connect(signer).execute(registry, call)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoSuchBinding",
      );
      expect(await registry.avatarOf(owner.address)).to.equal(ZeroAddress);
    });
  });

  /** The caller may not name the avatar, which changes nothing. */
  async function notBound(caller: Person, avatar: Person, status: bigint): Promise<void> {
    const theirs = await as(caller);
    const root = await storageRoot(world());
    await expect(theirs.setAvatar(avatar.address))
      .to.be.revertedWithCustomError(theirs, "ProofRegistryNoSuchBinding")
      .withArgs(bindingKey(avatar.address, "ethereum", caller.wallet), status);
    expect(await storageRoot(world())).to.equal(root);
  }
});
