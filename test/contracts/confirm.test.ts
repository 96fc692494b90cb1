import { identityKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, dataSlice } from "ethers";

import { type SignedLink, attest, person, signLink } from "../helpers/contractLinks.ts";
import { CLOCK_SKEW, NOW } from "../helpers/contractClock.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";
import { STATUS } from "../helpers/contractStatus.ts";

const alice = person("alice");
const mallory = person("mallory");
const attester = person("attester");
const accountId = "1191636";
const location = "5b3acc09d25242950e4b7ea0ee707ada";
const claim = signLink(alice, { platform: "github", identity: "alice" });

/** Confirms a claim with attestations about it, or about what `said` says. */
function confirming({ link, id }: SignedLink, said: Partial<Parameters<typeof attest>[1]> = {}, by = attester) {
  const attestations = attest([by], { linkId: id, accountId, ...said });
  return [alice.address, link.platform, link.identity, id, location, accountId, attestations] as const;
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  beforeEach(async () => {
    await addAttesters(world(), [attester]);
    await world().registry.append(claim.submission);
  });

  describe("confirm", () => {
    it("confirms a claim by a quorum, as of when it looked, whoever hands it in", async () => {
      const { registry, stranger } = world();
      await registry.connect(stranger).confirm(...confirming(claim, { checkedAt: NOW + 30 }));
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
      expect(await registry.statusOf(alice.address, "github", "alice")).to.deep.equal([
        STATUS.confirmed,
        BigInt(NOW + 30),
        dataSlice(claim.id, 0, 24),
      ]);
    });

    it("confirms an older claim of a chain that went on", async () => {
      const { registry } = world();
      await registry.append(signLink(alice, { platform: "dns", identity: "a.example", after: claim }).submission);
      await registry.confirm(...confirming(claim));
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
    });

    it("refuses too few attesters, strangers, and a statement about another account, link or finding", async () => {
      const { registry, attesters } = world();
      const lies = [
        confirming(claim, {}, mallory),
        confirming(claim, { accountId: "1" }),
        confirming(claim, { linkId: ZeroHash }),
        confirming(claim, { found: false }),
      ];
      for (const lie of lies) {
        await expect(registry.confirm(...lie))
          .to.be.revertedWithCustomError(registry, "ProofRegistryNoQuorum")
          .withArgs(claim.id);
      }
      const [avatar, platform, identity, id, , account] = confirming(claim);
      await expect(
        registry.confirm(avatar, platform, identity, id, location, account, "0x"),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryNoQuorum");
      await attesters.setQuorum("github", 2);
      await expect(registry.confirm(...confirming(claim))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoQuorum",
      );
    });

    it("refuses an attestation from the future", async () => {
      const { registry, attesters } = world();
      await expect(
        registry.confirm(...confirming(claim, { checkedAt: NOW + CLOCK_SKEW + 3600 })),
      ).to.be.revertedWithCustomError(attesters, "AttesterRegistryCheckedInFuture");
    });

    it("refuses what is confirmed already", async () => {
      const { registry } = world();
      await registry.confirm(...confirming(claim));
      await expect(registry.confirm(...confirming(claim, { checkedAt: NOW + 1 }))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoSuchBinding",
      );
    });

    it("refuses what nobody claimed: another avatar's, another identity, another platform", async () => {
      const { registry } = world();
      const [avatar, platform, identity, ...rest] = confirming(claim);
      for (const [who, where, what] of [
        [mallory.address, platform, identity],
        [avatar, platform, "mallory"],
        [avatar, "twitter", identity],
      ] as const) {
        await expect(registry.confirm(who, where, what, ...rest)).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryNoSuchBinding",
        );
      }
    });

    it("refuses attestations of an earlier claim after a newer one, which they did not look at", async () => {
      const { registry } = world();
      const newer = signLink(alice, { platform: "github", identity: "alice", after: claim });
      await registry.append(newer.submission);
      await expect(registry.confirm(...confirming(claim))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoSuchBinding",
      );
      await expect(registry.confirm(...confirming(newer, { linkId: claim.id }))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoQuorum",
      );
      await registry.confirm(...confirming(newer));
    });

    it("refuses a link of which only the stored part is right", async () => {
      const { registry } = world();
      const id = `${dataSlice(claim.id, 0, 24)}${"00".repeat(8)}`;
      const [avatar, platform, identity] = confirming(claim);
      await expect(
        registry.confirm(
          avatar,
          platform,
          identity,
          id,
          location,
          accountId,
          attest([attester], { linkId: claim.id, accountId }),
        ),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryNoQuorum");
    });

    it("refuses a location that no indexer could store", async () => {
      const { registry } = world();
      const [avatar, platform, identity, id, , account, attestations] = confirming(claim);
      for (const [where, error] of [
        ["a b", "TextInvalidCharacter"],
        ["\u0000", "TextInvalidCharacter"],
        ["1".repeat(1025), "TextInvalidLength"],
      ] as const) {
        await expect(
          registry.confirm(avatar, platform, identity, id, where, account, attestations),
        ).to.be.revertedWithCustomError(registry, error);
      }
    });

    it("refuses an account id that no indexer could store", async () => {
      const { registry } = world();
      const [avatar, platform, identity, id] = confirming(claim);
      for (const [account, error] of [
        ["a b", "TextInvalidCharacter"],
        ["\u0000", "TextInvalidCharacter"],
        ["ä", "TextInvalidCharacter"],
        ["1".repeat(256), "TextInvalidLength"],
      ] as const) {
        const attestations = attest([attester], { linkId: id, accountId: account });
        await expect(
          registry.confirm(avatar, platform, identity, id, location, account, attestations),
        ).to.be.revertedWithCustomError(registry, error);
      }
    });

    it("refuses to have an avatar's alias attested", async () => {
      const { registry } = world();
      const alias = { platform: "nextid", identity: mallory.key.compressed, after: claim };
      const signed = signLink(alice, alias);
      await registry.append(signed.submission);
      await expect(registry.confirm(...confirming(signed))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryUnexpectedField",
      );
    });
  });

  describe("append: a delete", () => {
    const remove = signLink(alice, { action: "delete", platform: "github", identity: "alice", after: claim });

    it("takes back a claim, and a confirmed binding", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      for (const confirmed of [false, true]) {
        if (confirmed) await registry.confirm(...confirming(claim));
        await registry.append(remove.submission);
        expect(await registry.isBound(alice.address, "github", "alice")).to.equal(false);
        expect((await registry.statusOf(alice.address, "github", "alice")).status).to.equal(STATUS.deleted);
        await restore();
      }
    });

    it("wins over a confirmation of the create that comes later", async () => {
      const { registry } = world();
      await registry.append(remove.submission);
      await expect(registry.confirm(...confirming(claim)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(alice.address, identityKey("github", "alice"), STATUS.deleted);
    });

    it("needs no binding to exist, and leaves none behind", async () => {
      const { registry } = world();
      const nothing = signLink(alice, { action: "delete", platform: "dns", identity: "a.example", after: claim });
      await registry.append(nothing.submission);
      expect((await registry.statusOf(alice.address, "dns", "a.example")).status).to.equal(STATUS.none);
      expect(await registry.lengthOf(alice.address)).to.equal(2n);
    });

    it("touches no other avatar's binding of the same identity", async () => {
      const { registry } = world();
      await registry.confirm(...confirming(claim));
      await registry.append(signLink(mallory, { action: "delete", platform: "github", identity: "alice" }).submission);
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
    });

    it("deletes a wallet's binding without the wallet", async () => {
      const { registry } = world();
      const wallet = { platform: "ethereum", identity: mallory.wallet };
      const bound = signLink(alice, { ...wallet, cosigner: mallory, after: claim });
      await registry.append(bound.submission);
      await registry.append(signLink(alice, { ...wallet, action: "delete", after: bound }).submission);
      expect(await registry.isBound(alice.address, "ethereum", mallory.wallet)).to.equal(false);
    });

    it("takes no proof and no account id", async () => {
      const { registry } = world();
      for (const extra of [{ proof: attest([attester], { linkId: remove.id }) }, { accountId }, { proof: "0x00" }]) {
        await expect(registry.append({ ...remove.submission, ...extra })).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryUnexpectedField",
        );
      }
    });
  });

  describe("append: a create again", () => {
    it("replaces a confirmed binding by a claim, which needs its own confirmation", async () => {
      const { registry } = world();
      await registry.confirm(...confirming(claim));
      const again = signLink(alice, { platform: "github", identity: "alice", after: claim });
      await registry.append(again.submission);
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(false);
      await registry.confirm(...confirming(again));
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
    });

    it("brings back a deleted binding", async () => {
      const { registry } = world();
      const removed = signLink(alice, { action: "delete", platform: "github", identity: "alice", after: claim });
      const again = signLink(alice, { platform: "github", identity: "alice", after: removed });
      await registry.append(removed.submission);
      await registry.append(again.submission);
      await registry.confirm(...confirming(again));
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
    });
  });
});
