import { ATTESTATION_DOMAIN, TWO_SIDED_PLATFORMS } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { TypedDataEncoder, ZeroAddress, ZeroHash, id } from "ethers";

import { attest, person } from "../helpers/contractLinks.ts";
import { NOW } from "../helpers/contractClock.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const people = ["one", "two", "three"].map((name) => person(`attester ${name}`));
const [one, two, three] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];

/** Which bit stands for a platform with a quorum of its own. */
function bitOf(platform: string): bigint {
  return BigInt(id(platform)) % 240n;
}

describe("AttesterRegistry", () => {
  const world = useRegistries();

  /** Whether so many of the attesters make a quorum. */
  async function reached(platform: string, count: number): Promise<boolean> {
    const attestations = attest(people.slice(0, count), { linkId: ZeroHash });
    const counted = await world().attesters.countAttestations(id(platform), ZeroHash, true, id(""), attestations);
    return counted.reached;
  }

  describe("governance", () => {
    it("refuses a stranger, and an attester", async () => {
      const { attesters, stranger, networkHelpers, ethers } = world();
      await addAttesters(world(), [one]);
      await networkHelpers.setBalance(one.address, 10n ** 18n);
      await networkHelpers.impersonateAccount(one.address);
      for (const who of [stranger, await ethers.getSigner(one.address)]) {
        const theirs = attesters.connect(who);
        for (const attempt of [
          theirs.addAttester(two.address, ""),
          theirs.removeAttester(one.address),
          theirs.setQuorum("", 1),
          theirs.setQuorum("github", 1),
        ]) {
          await expect(attempt)
            .to.be.revertedWithCustomError(attesters, "AccessManagedUnauthorized")
            .withArgs(await who.getAddress());
        }
        await expect(theirs.setAuthority(await who.getAddress())).to.be.revertedWithCustomError(
          attesters,
          "AccessManagedUnauthorized",
        );
      }
      expect(await attesters.attesters()).to.deep.equal([one.address]);
    });

    it("lets the manager give the removing to one role, at once, and the adding to nobody else", async () => {
      const { attesters, manager, stranger } = world();
      await addAttesters(world(), [one]);
      const guardian = 7n;
      const { selector } = attesters.interface.getFunction("removeAttester");
      await manager.getFunction("setTargetFunctionRole")(await attesters.getAddress(), [selector], guardian);
      await manager.getFunction("grantRole")(guardian, stranger.address, 0);
      await attesters.connect(stranger).removeAttester(one.address);
      await expect(attesters.connect(stranger).addAttester(two.address, "")).to.be.revertedWithCustomError(
        attesters,
        "AccessManagedUnauthorized",
      );
    });

    it("holds an admin with a delay to it: adding must be scheduled first", async () => {
      const { attesters, manager, admin, networkHelpers } = world();
      const target = await attesters.getAddress();
      await manager.getFunction("grantRole")(0, admin.address, 3600);
      await networkHelpers.time.increase(6 * 86_400);
      await expect(attesters.addAttester(one.address, "")).to.be.revertedWithCustomError(
        manager,
        "AccessManagerNotScheduled",
      );
      const call = attesters.interface.encodeFunctionData("addAttester", [one.address, ""]);
      await manager.getFunction("schedule")(target, call, 0);
      await expect(attesters.addAttester(one.address, "")).to.be.revertedWithCustomError(
        manager,
        "AccessManagerNotReady",
      );
      await networkHelpers.time.increase(3600);
      await attesters.addAttester(one.address, "");
      expect(await attesters.isAttester(one.address)).to.equal(true);
    });
  });

  describe("attesters", () => {
    it("come and go, with events that alternate", async () => {
      const { attesters } = world();
      await expect(attesters.addAttester(one.address, "https://one.example"))
        .to.emit(attesters, "AttesterAdded")
        .withArgs(one.address, "https://one.example");
      await addAttesters(world(), [two, three]);
      expect(await attesters.attesters()).to.have.members(people.map(({ address }) => address));
      await expect(attesters.removeAttester(one.address)).to.emit(attesters, "AttesterRemoved").withArgs(one.address);
      expect(await attesters.attesters()).to.have.members([two.address, three.address]);
      expect(await attesters.isAttester(one.address)).to.equal(false);
      await attesters.removeAttester(three.address);
      await attesters.removeAttester(two.address);
      expect(await attesters.attesters()).to.deep.equal([]);
      await addAttesters(world(), [one]);
      expect(await attesters.isAttester(one.address)).to.equal(true);
    });

    it("refuses one twice, nobody, and the removal of who is none", async () => {
      const { attesters } = world();
      await addAttesters(world(), [one]);
      await expect(attesters.addAttester(one.address, ""))
        .to.be.revertedWithCustomError(attesters, "AttesterRegistryAlreadyAttester")
        .withArgs(one.address);
      for (const attempt of [attesters.addAttester(ZeroAddress, ""), attesters.removeAttester(ZeroAddress)]) {
        await expect(attempt)
          .to.be.revertedWithCustomError(attesters, "AttesterRegistryNotAttester")
          .withArgs(ZeroAddress);
      }
      await expect(attesters.removeAttester(two.address))
        .to.be.revertedWithCustomError(attesters, "AttesterRegistryNotAttester")
        .withArgs(two.address);
    });
  });

  describe("quorum", () => {
    beforeEach(() => addAttesters(world(), people));

    it("is one at first, on every platform", async () => {
      const { attesters } = world();
      for (const platform of ["github", ...TWO_SIDED_PLATFORMS, ""]) {
        expect(await attesters.quorumOf(platform)).to.equal(1n);
      }
      expect([await reached("github", 0), await reached("github", 1)]).to.deep.equal([false, true]);
    });

    it("can differ on a platform, and falls back to the default", async () => {
      const { attesters } = world();
      await expect(attesters.setQuorum("github", 3)).to.emit(attesters, "QuorumSet").withArgs("github", 3);
      await attesters.setQuorum("", 2);
      expect([await attesters.quorumOf("github"), await attesters.quorumOf("dns")]).to.deep.equal([3n, 2n]);
      expect([await reached("github", 2), await reached("github", 3)]).to.deep.equal([false, true]);
      expect([await reached("dns", 1), await reached("dns", 2)]).to.deep.equal([false, true]);
      await attesters.setQuorum("github", 0);
      expect(await attesters.quorumOf("github")).to.equal(2n);
      expect([await reached("github", 1), await reached("github", 2)]).to.deep.equal([false, true]);
    });

    it("may be lower on a platform than by default", async () => {
      const { attesters } = world();
      await attesters.setQuorum("", 3);
      await attesters.setQuorum("github", 1);
      expect([await reached("github", 1), await reached("dns", 2)]).to.deep.equal([true, false]);
    });

    it("of a platform does not spill over to another that shares its bit", async () => {
      const { attesters } = world();
      const twin = Array.from({ length: 5000 }, (_, index) => `platform-${index}`).find(
        (name) => bitOf(name) === bitOf("github"),
      )!;
      expect(bitOf(twin)).to.equal(bitOf("github"));
      await attesters.setQuorum("github", 3);
      expect([await attesters.quorumOf(twin), await reached(twin, 1)]).to.deep.equal([1n, true]);
      await attesters.setQuorum(twin, 2);
      expect([await reached(twin, 1), await reached(twin, 2)]).to.deep.equal([false, true]);
      await attesters.setQuorum("github", 0);
      expect([await reached(twin, 1), await reached("github", 1)]).to.deep.equal([false, true]);
    });

    it("holds for attesters added after it was set, and for those there before", async () => {
      const { attesters } = world();
      await attesters.removeAttester(three.address);
      await attesters.setQuorum("", 3);
      await attesters.setQuorum("github", 2);
      await addAttesters(world(), [three]);
      const byThree = attest([three], { linkId: ZeroHash });
      for (const platform of ["github", "dns"]) {
        const { reached: alone } = await attesters.countAttestations(id(platform), ZeroHash, true, id(""), byThree);
        expect(alone).to.equal(false);
      }
      expect([await reached("github", 2), await reached("dns", 2)]).to.deep.equal([true, false]);
    });

    it("refuses to be zero by default, which would confirm whatever is claimed", async () => {
      const { attesters } = world();
      await expect(attesters.setQuorum("", 0)).to.be.revertedWithCustomError(attesters, "AttesterRegistryZeroQuorum");
      await attesters.setQuorum("github", 0);
      expect(await reached("github", 0)).to.equal(false);
    });

    it("cannot be reached where there are no attesters", async () => {
      const { attesters } = world();
      for (const { address } of people) await attesters.removeAttester(address);
      expect(await reached("github", 3)).to.equal(false);
    });

    it("of more than there are attesters is not reached", async () => {
      const { attesters } = world();
      await attesters.setQuorum("github", 65_535);
      expect(await attesters.quorumOf("github")).to.equal(65_535n);
      expect(await reached("github", 3)).to.equal(false);
    });
  });

  describe("countAttestations", () => {
    it("answers with the latest look of an attester", async () => {
      const { attesters } = world();
      await addAttesters(world(), [one]);
      const attestations = attest([one], { linkId: ZeroHash, checkedAt: NOW - 77 });
      expect(await attesters.countAttestations(id("github"), ZeroHash, true, id(""), attestations)).to.deep.equal([
        true,
        BigInt(NOW - 77),
      ]);
    });

    it("counts that something was not found as a statement of its own", async () => {
      const { attesters } = world();
      await addAttesters(world(), [one]);
      const attestations = attest([one], { linkId: ZeroHash, found: false });
      for (const found of [true, false]) {
        const counted = await attesters.countAttestations(id("github"), ZeroHash, found, id(""), attestations);
        expect(counted.reached).to.equal(!found);
      }
    });
  });

  describe("eip712Domain (ERC-5267)", () => {
    it("is the domain that attesters sign under: name and version, no chain and no contract", async () => {
      const { fields, name, version, chainId, verifyingContract, salt, extensions } =
        await world().attesters.eip712Domain();
      expect({ fields, chainId, verifyingContract, salt, extensions: [...extensions] }).to.deep.equal({
        fields: "0x03",
        chainId: 0n,
        verifyingContract: ZeroAddress,
        salt: ZeroHash,
        extensions: [],
      });
      expect(TypedDataEncoder.hashDomain({ name, version })).to.equal(TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN));
    });
  });
});
