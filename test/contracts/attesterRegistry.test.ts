import { ATTESTATION_DOMAIN, TWO_SIDED_PLATFORMS } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { TypedDataEncoder, ZeroAddress, ZeroHash } from "ethers";

import { type Person, attest, person, signLink } from "../helpers/contractLinks.ts";
import { platformTag } from "../helpers/contractTag.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const people = ["one", "two", "three"].map((name) => person(`attester ${name}`));
const [one, two, three] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];

const alice = person("alice");

/** Which bit stands for a platform with a quorum of its own. */
function bitOf(platform: string): number {
  return platformTag(platform) % 240;
}

/** The first of platform-0, platform-1, … that a condition holds for. */
function findPlatform(holds: (platform: string) => boolean): string {
  for (let index = 0; ; index++) {
    const platform = `platform-${index}`;
    if (holds(platform)) return platform;
  }
}

describe("AttesterRegistry", () => {
  const world = useRegistries();

  /** Whether so many of the attesters make a quorum: whether a link that they attested is bound. */
  async function reached(platform: string, count: number): Promise<boolean> {
    return reachedBy(platform, people.slice(0, count));
  }

  async function reachedBy(platform: string, signers: readonly Person[]): Promise<boolean> {
    const { registry, networkHelpers } = world();
    const { restore } = await networkHelpers.takeSnapshot();
    const attested = (linkId: string) => attest(signers, { linkId });
    await registry.append(signLink(alice, { platform, identity: "alice", attested }).submission);
    const bound = await registry.isBound(alice.address, platform, "alice");
    await restore();
    return bound;
  }

  /** The registry as an attester, who has ether. */
  async function as({ address }: Person) {
    const { attesters, ethers, networkHelpers } = world();
    await networkHelpers.setBalance(address, 10n ** 18n);
    return attesters.connect(await ethers.getImpersonatedSigner(address));
  }

  async function profile({ address }: Person): Promise<string[]> {
    return [...(await world().attesters.profileOf(address))];
  }

  describe("governance", () => {
    it("refuses a stranger, and an attester", async () => {
      const { attesters, stranger } = world();
      await addAttesters(world(), [one]);
      for (const theirs of [attesters.connect(stranger), await as(one)]) {
        const who = theirs.runner as typeof stranger;
        for (const attempt of [
          theirs.addAttester(two.address, "", ""),
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
      await expect(attesters.connect(stranger).addAttester(two.address, "", "")).to.be.revertedWithCustomError(
        attesters,
        "AccessManagedUnauthorized",
      );
    });

    it("holds an admin with a delay to it: adding must be scheduled first", async () => {
      const { attesters, manager, admin, networkHelpers } = world();
      const target = await attesters.getAddress();
      await manager.getFunction("grantRole")(0, admin.address, 3600);
      await networkHelpers.time.increase(6 * 86_400);
      await expect(attesters.addAttester(one.address, "", "")).to.be.revertedWithCustomError(
        manager,
        "AccessManagerNotScheduled",
      );
      const call = attesters.interface.encodeFunctionData("addAttester", [one.address, "", ""]);
      await manager.getFunction("schedule")(target, call, 0);
      await expect(attesters.addAttester(one.address, "", "")).to.be.revertedWithCustomError(
        manager,
        "AccessManagerNotReady",
      );
      await networkHelpers.time.increase(3600);
      await attesters.addAttester(one.address, "", "");
      expect(await attesters.isAttester(one.address)).to.equal(true);
    });
  });

  describe("attesters", () => {
    it("come and go, with events", async () => {
      const { attesters } = world();
      await expect(attesters.addAttester(one.address, "https://one.example", "a1=b2"))
        .to.emit(attesters, "AttesterAdded")
        .withArgs(one.address, "https://one.example", "a1=b2");
      await addAttesters(world(), [two, three]);
      expect(await attesters.attesters()).to.have.members(people.map(({ address }) => address));
      await expect(attesters.removeAttester(one.address)).to.emit(attesters, "AttesterRemoved").withArgs(one.address);
      expect(await attesters.attesters()).to.have.members([two.address, three.address]);
      expect(await attesters.isAttester(one.address)).to.equal(false);
      await attesters.removeAttester(three.address);
      await attesters.removeAttester(two.address);
      expect(await attesters.attesters()).to.deep.equal([]);
    });

    it("cannot come back once removed, since their keys may have been stolen", async () => {
      const { attesters } = world();
      await addAttesters(world(), people);
      await attesters.removeAttester(one.address);
      await expect(attesters.addAttester(one.address, "", ""))
        .to.be.revertedWithCustomError(attesters, "AttesterRegistryRetiredAttester")
        .withArgs(one.address);
      await expect(attesters.removeAttester(one.address))
        .to.be.revertedWithCustomError(attesters, "AttesterRegistryNotAttester")
        .withArgs(one.address);
      expect([await reachedBy("github", [one]), await reachedBy("github", [two])]).to.deep.equal([false, true]);
      // Nor by what governance sets later, which it writes to all that are left.
      await attesters.setQuorum("", 1);
      await attesters.setQuorum("github", 1);
      expect([await attesters.isAttester(one.address), await reachedBy("github", [one])]).to.deep.equal([false, false]);
      expect(await attesters.quorum(one.address, platformTag("github"))).to.equal(0n);
    });

    it("are at most 64, and one who leaves makes room", async () => {
      const { attesters } = world();
      const crowd = Array.from({ length: 64 }, (_, index) => person(`crowd ${index}`));
      await addAttesters(world(), crowd);
      await expect(attesters.addAttester(one.address, "", ""))
        .to.be.revertedWithCustomError(attesters, "AttesterRegistryTooManyAttesters")
        .withArgs(64);
      await attesters.setQuorum("", 64);
      for (const { address } of crowd) expect(await attesters.quorum(address, platformTag("github"))).to.equal(64n);
      expect([await reachedBy("github", crowd.slice(1)), await reachedBy("github", crowd)]).to.deep.equal([
        false,
        true,
      ]);
      await attesters.removeAttester(crowd[7]!.address);
      await attesters.addAttester(one.address, "", "");
      expect(await reachedBy("github", [...crowd.toSpliced(7, 1), one])).to.equal(true);
    });

    it("refuses one twice, nobody, and the removal of who is none", async () => {
      const { attesters } = world();
      await addAttesters(world(), [one]);
      await expect(attesters.addAttester(one.address, "", ""))
        .to.be.revertedWithCustomError(attesters, "AttesterRegistryAlreadyAttester")
        .withArgs(one.address);
      for (const attempt of [attesters.addAttester(ZeroAddress, "", ""), attesters.removeAttester(ZeroAddress)]) {
        await expect(attempt)
          .to.be.revertedWithCustomError(attesters, "AttesterRegistryNotAttester")
          .withArgs(ZeroAddress);
      }
      await expect(attesters.removeAttester(two.address))
        .to.be.revertedWithCustomError(attesters, "AttesterRegistryNotAttester")
        .withArgs(two.address);
    });
  });

  describe("profiles", () => {
    it("are set with the attester, and then by the attester itself alone", async () => {
      const { attesters, stranger } = world();
      await attesters.addAttester(one.address, "https://one.example", "peer=1");
      await attesters.addAttester(two.address, "", "");
      expect(await profile(one)).to.deep.equal(["https://one.example", "peer=1"]);
      await expect((await as(one)).setProfile("https://new.example", ""))
        .to.emit(attesters, "AttesterProfileSet")
        .withArgs(one.address, "https://new.example", "");
      expect([await profile(one), await profile(two)]).to.deep.equal([
        ["https://new.example", ""],
        ["", ""],
      ]);
      // Governance neither, which could pass another's node off for it.
      for (const who of [stranger, world().admin]) {
        await expect(attesters.connect(who).setProfile("https://evil.example", ""))
          .to.be.revertedWithCustomError(attesters, "AttesterRegistryNotAttester")
          .withArgs(who.address);
      }
    });

    it("go with the attester, who cannot set one any more", async () => {
      const { attesters } = world();
      await attesters.addAttester(one.address, "https://one.example", "peer=1");
      await attesters.removeAttester(one.address);
      expect(await profile(one)).to.deep.equal(["", ""]);
      await expect((await as(one)).setProfile("", "")).to.be.revertedWithCustomError(
        attesters,
        "AttesterRegistryNotAttester",
      );
    });

    it("are printable ASCII, an endpoint of at most 255 and metadata of at most 1024 characters", async () => {
      const { attesters } = world();
      await attesters.addAttester(one.address, "~".repeat(255), "!".repeat(1024));
      expect(await profile(one)).to.deep.equal(["~".repeat(255), "!".repeat(1024)]);
      const theirs = await as(one);
      for (const [endpoint, metadata, error, ...values] of [
        ["a".repeat(256), "", "TextInvalidLength", 256, 255],
        ["", "a".repeat(1025), "TextInvalidLength", 1025, 1024],
        ["https://one.example/ ", "", "TextInvalidCharacter", 20],
        ["", "{\n}", "TextInvalidCharacter", 1],
        ["\u0000", "", "TextInvalidCharacter", 0],
        ["", "é", "TextInvalidCharacter", 0],
      ] as const) {
        for (const attempt of [
          attesters.addAttester(two.address, endpoint, metadata),
          theirs.setProfile(endpoint, metadata),
        ]) {
          await expect(attempt)
            .to.be.revertedWithCustomError(attesters, error)
            .withArgs(...values);
        }
      }
      expect(await attesters.isAttester(two.address)).to.equal(false);
      expect(await profile(one)).to.deep.equal(["~".repeat(255), "!".repeat(1024)]);
      await theirs.setProfile("~".repeat(255), "!".repeat(1024));
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
      const twin = findPlatform(
        (name) => bitOf(name) === bitOf("github") && platformTag(name) !== platformTag("github"),
      );
      await attesters.setQuorum("github", 3);
      expect([await attesters.quorumOf(twin), await reached(twin, 1)]).to.deep.equal([1n, true]);
      await attesters.setQuorum(twin, 2);
      expect([await reached(twin, 1), await reached(twin, 2)]).to.deep.equal([false, true]);
      await attesters.setQuorum("github", 0);
      expect([await reached(twin, 1), await reached("github", 1)]).to.deep.equal([false, true]);
    });

    it("cannot be set on a platform whose tag another has with a quorum of its own, even if that is back to zero", async () => {
      const { attesters } = world();
      const twin = findPlatform((name) => platformTag(name) === platformTag("github"));
      await attesters.setQuorum("github", 3);
      // Until there is another of the name, it has github's.
      expect(await attesters.quorumOf(twin)).to.equal(3n);
      for (const own of [3, 0]) {
        await attesters.setQuorum("github", own);
        await expect(attesters.setQuorum(twin, 1))
          .to.be.revertedWithCustomError(attesters, "AttesterRegistryTagTaken")
          .withArgs(twin, platformTag("github"));
        await expect(attesters.setQuorum(twin, 0)).to.be.revertedWithCustomError(attesters, "AttesterRegistryTagTaken");
      }
      await attesters.setQuorum("github", 2);
      expect([await reached("github", 1), await reached("github", 2)]).to.deep.equal([false, true]);
    });

    it("is answered for an attester and a tag at once, and is zero for everybody else", async () => {
      const { attesters } = world();
      await attesters.setQuorum("github", 3);
      await attesters.setQuorum("", 2);
      const ask = async (who: Person) => [
        await attesters.quorum(who.address, platformTag("github")),
        await attesters.quorum(who.address, platformTag("dns")),
        await attesters.quorum(who.address, 0),
      ];
      expect(await ask(one)).to.deep.equal([3n, 2n, 2n]);
      expect(await ask(alice)).to.deep.equal([0n, 0n, 0n]);
      expect(await attesters.quorum(ZeroAddress, platformTag("github"))).to.equal(0n);
    });

    it("holds for attesters added after it was set, and for those there before", async () => {
      const { attesters } = world();
      const four = person("attester four");
      await attesters.removeAttester(three.address);
      await attesters.setQuorum("", 3);
      await attesters.setQuorum("github", 2);
      await addAttesters(world(), [four]);
      for (const platform of ["github", "dns"]) expect(await reachedBy(platform, [four])).to.equal(false);
      expect([await reachedBy("github", [one, four]), await reachedBy("dns", [one, four])]).to.deep.equal([
        true,
        false,
      ]);
      expect(await reachedBy("dns", [one, two, four])).to.equal(true);
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
      expect({ name, version }).to.deep.equal(ATTESTATION_DOMAIN);
      const harness = await world().ethers.deployContract("ProtocolHarness");
      expect(await harness.attestationDomain()).to.equal(TypedDataEncoder.hashDomain({ name, version }));
    });
  });
});
