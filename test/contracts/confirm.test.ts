import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, concat, dataLength, dataSlice } from "ethers";

import { type SignedLink, attest, person, signLink } from "../helpers/contractLinks.ts";
import { covered } from "../helpers/contractBatch.ts";
import { signAlias } from "../helpers/contractAliases.ts";
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
  return [bindingKey(alice.address, link.platform, link.identity), id, location, attestations] as const;
}

const github = bindingKey(alice.address, "github", "alice");

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

    it("tells of it, with where the attesters saw it, or nowhere else than the link says", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      const [key, id, , attestations] = confirming(claim);
      for (const where of [location, "", "~".repeat(1024)]) {
        await expect(registry.confirm(key, id, where, attestations))
          .to.emit(registry, "BindingConfirmed")
          .withArgs(github, claim.id, where, attestations);
        await restore();
      }
    });

    it("confirms an older claim of a chain that went on", async () => {
      const { registry } = world();
      await registry.append(signLink(alice, { platform: "dns", identity: "a.example", after: claim }).submission);
      await registry.confirm(...confirming(claim));
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
    });

    it("refuses too few attesters, strangers, and a statement about another account, link or finding", async () => {
      const { registry, attesters } = world();
      const [key, id, , attestations] = confirming(claim);
      const signed = dataSlice(attestations, 1 + accountId.length);
      const lies = [
        confirming(claim, {}, mallory),
        [key, id, location, concat([covered("1"), signed])],
        [key, id, location, covered(accountId)],
        confirming(claim, { linkId: ZeroHash }),
        confirming(claim, { found: false }),
      ] as const;
      for (const lie of lies) {
        await expect(registry.confirm(...lie))
          .to.be.revertedWithCustomError(registry, "ProofRegistryNoQuorum")
          .withArgs(claim.id);
      }
      await attesters.setQuorum("github", 2);
      await expect(registry.confirm(...confirming(claim))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoQuorum",
      );
    });

    it("refuses an attestation from the future", async () => {
      const { registry } = world();
      await expect(
        registry.confirm(...confirming(claim, { checkedAt: NOW + CLOCK_SKEW + 3600 })),
      ).to.be.revertedWithCustomError(registry, "AttestationsCheckedInFuture");
    });

    it("refuses what is no account id and whole attestations, and one attester twice", async () => {
      const { registry } = world();
      const [key, id, , attestations] = confirming(claim);
      const signed = dataSlice(attestations, 1 + accountId.length);
      const size = dataLength(attestations);
      for (const said of ["0x", "0x01", dataSlice(attestations, 0, size - 1), concat([attestations, "0x00"])]) {
        await expect(registry.confirm(key, id, location, said))
          .to.be.revertedWithCustomError(registry, "AttestationsInvalidLength")
          .withArgs(dataLength(said));
      }
      await expect(registry.confirm(key, id, location, concat([attestations, signed])))
        .to.be.revertedWithCustomError(registry, "AttestationsNotAscending")
        .withArgs(attester.address, attester.address);
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
      const [, ...rest] = confirming(claim);
      for (const [avatar, platform, identity] of [
        [mallory.address, "github", "alice"],
        [alice.address, "github", "mallory"],
        [alice.address, "twitter", "alice"],
      ] as const) {
        const key = bindingKey(avatar, platform, identity);
        await expect(registry.confirm(key, ...rest))
          .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
          .withArgs(key, STATUS.none);
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
      // Those of the earlier one, handed in for the newer.
      await expect(registry.confirm(...confirming(newer, { linkId: claim.id }))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoQuorum",
      );
      await registry.confirm(...confirming(newer));
    });

    it("refuses a link of which only the stored part is right", async () => {
      const { registry } = world();
      const id = `${dataSlice(claim.id, 0, 24)}${"00".repeat(8)}`;
      const [key, , , attestations] = confirming(claim);
      await expect(registry.confirm(key, id, location, attestations)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoQuorum",
      );
      const other = `${dataSlice(claim.id, 0, 23)}${"00".repeat(9)}`;
      await expect(registry.confirm(key, other, location, attestations))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(github, STATUS.claimed);
    });

    it("refuses a location that no indexer could store", async () => {
      const { registry } = world();
      const [key, id, , attestations] = confirming(claim);
      for (const [where, error] of [
        ["a b", "TextInvalidCharacter"],
        ["\u0000", "TextInvalidCharacter"],
        ["1".repeat(1025), "TextInvalidLength"],
      ] as const) {
        await expect(registry.confirm(key, id, where, attestations)).to.be.revertedWithCustomError(registry, error);
      }
    });

    it("refuses to have a wallet or an avatar's alias attested, which stand by themselves", async () => {
      const { registry } = world();
      const wallet = signLink(alice, {
        platform: "ethereum",
        identity: mallory.wallet,
        cosigner: mallory,
        after: claim,
      });
      const alias = signAlias(alice, mallory, { after: wallet });
      for (const signed of [wallet, alias]) {
        await registry.append(signed.submission);
        const [key, ...rest] = confirming(signed);
        await expect(registry.confirm(key, ...rest))
          .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
          .withArgs(key, STATUS.confirmed);
      }
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
        .withArgs(github, STATUS.deleted);
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

    it("takes no proof: no attestations, no account id, no signature", async () => {
      const { registry } = world();
      const { raw } = remove.signature;
      for (const proof of [attest([attester], { linkId: remove.id }), covered(accountId), "0x00", raw]) {
        await expect(registry.append({ ...remove.submission, proof })).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryUnexpectedProof",
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
