import { type Attestation, packAttestations, signAttestation } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { concat, dataSlice, toBeHex } from "ethers";

import { type LinkFields, attest, person, signLink, withHighS, withV } from "../helpers/contractLinks.ts";
import { CLOCK_SKEW, NOW } from "../helpers/contractClock.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";
import { STATUS } from "../helpers/contractStatus.ts";

const alice = person("alice");
const mallory = person("mallory");
const accountId = "1191636";
/** In ascending order of their addresses, as attestations come. */
const attesters = ["one", "two", "three"]
  .map((name) => person(`attester ${name}`))
  .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
const [one, two, three] = attesters as [typeof alice, typeof alice, typeof alice];

/** Alice's create for a GitHub account, with attestations made of its id. */
function bindAccount(attested: (linkId: string) => string, fields: Partial<LinkFields> = {}) {
  return signLink(alice, { platform: "github", identity: "alice", accountId, attested, ...fields });
}

/** Attestations, one behind the other as they stand here. */
function inOrder(people: (typeof alice)[], statement: Attestation): string {
  return packAttestations(
    people.map(({ privateKey }) => ({
      checkedAt: statement.checkedAt,
      signature: signAttestation(privateKey, statement),
    })),
  );
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  async function statusAfter(attested: (linkId: string) => string, fields: Partial<LinkFields> = {}) {
    const { registry } = world();
    const { submission } = bindAccount(attested, fields);
    await registry.append(submission);
    return (await registry.statusOf(alice.address, submission.platform, submission.identity)).status;
  }

  describe("append: an account, under a quorum of one", () => {
    beforeEach(() => addAttesters(world(), [one]));

    it("is confirmed at once by an attester, as of when it looked", async () => {
      const { registry } = world();
      const { submission, id } = bindAccount((linkId) => attest([one], { linkId, accountId, checkedAt: NOW + 60 }));
      await registry.append(submission);
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
      expect(await registry.statusOf(alice.address, "github", "alice")).to.deep.equal([
        STATUS.confirmed,
        BigInt(NOW + 60),
        dataSlice(id, 0, 24),
      ]);
    });

    it("stays claimed without an attestation, as of created_at", async () => {
      const { registry } = world();
      const { submission, id } = bindAccount(() => "0x", { createdAt: NOW - 5 });
      await registry.append(submission);
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(false);
      expect(await registry.statusOf(alice.address, "github", "alice")).to.deep.equal([
        STATUS.claimed,
        BigInt(NOW - 5),
        dataSlice(id, 0, 24),
      ]);
    });

    it("stays claimed by the word of a stranger, of the avatar itself, and of a former attester", async () => {
      const { attesters: registryOfAttesters } = world();
      expect(await statusAfter((linkId) => attest([mallory], { linkId, accountId }))).to.equal(STATUS.claimed);
      const second = { after: bindAccount((linkId) => attest([mallory], { linkId, accountId })) };
      expect(await statusAfter((linkId) => attest([alice], { linkId, accountId }), second)).to.equal(STATUS.claimed);
      const third = { after: bindAccount((linkId) => attest([alice], { linkId, accountId }), second) };
      await registryOfAttesters.removeAttester(one.address);
      expect(await statusAfter((linkId) => attest([one], { linkId, accountId }), third)).to.equal(STATUS.claimed);
    });

    it("stays claimed by a statement about another link, account, time or finding", async () => {
      const { networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      const other = bindAccount(() => "0x", { identity: "mallory" }).id;
      const lies: ((linkId: string) => string)[] = [
        () => attest([one], { linkId: other, accountId }),
        (linkId) => attest([one], { linkId, accountId: "1" }),
        (linkId) => attest([one], { linkId, accountId, found: false }),
        (linkId) => concat([toBeHex(NOW + 1, 8), dataSlice(attest([one], { linkId, accountId }), 8)]),
      ];
      for (const lie of lies) {
        expect(await statusAfter(lie)).to.equal(STATUS.claimed);
        await restore();
      }
    });

    it("refuses an attestation dated beyond the tolerance: it would outrank every honest later one", async () => {
      const { registry, attesters: registryOfAttesters } = world();
      const checkedAt = NOW + CLOCK_SKEW + 3600;
      const { submission } = bindAccount((linkId) => attest([one], { linkId, accountId, checkedAt }));
      await expect(registry.append(submission))
        .to.be.revertedWithCustomError(registryOfAttesters, "AttesterRegistryCheckedInFuture")
        .withArgs(checkedAt);
    });

    it("refuses attestations of another length", async () => {
      const { registry, attesters: registryOfAttesters } = world();
      for (const cut of [72, 74, 65, 1]) {
        const { submission } = bindAccount((linkId) =>
          dataSlice(concat([attest([one], { linkId, accountId }), "0x00"]), 0, cut),
        );
        await expect(registry.append(submission))
          .to.be.revertedWithCustomError(registryOfAttesters, "AttesterRegistryInvalidLength")
          .withArgs(cut);
      }
    });

    it("refuses a mirrored or malformed signature of an attester", async () => {
      const { registry, attesters: registryOfAttesters } = world();
      for (const forge of [withHighS, (signature: string) => withV(signature, 0), () => `0x${"00".repeat(65)}`]) {
        const { submission } = bindAccount((linkId) => {
          const packed = attest([one], { linkId, accountId });
          return concat([dataSlice(packed, 0, 8), forge(dataSlice(packed, 8))]);
        });
        await expect(registry.append(submission)).to.be.revertedWithCustomError(
          registryOfAttesters,
          "AttesterRegistryNotAscending",
        );
      }
    });

    it("refuses to have an avatar's alias attested: that takes the other avatar's own signature", async () => {
      const { registry } = world();
      const alias = { platform: "nextid", identity: mallory.key.compressed };
      const { submission } = bindAccount((linkId) => attest([one], { linkId, accountId }), alias);
      await expect(registry.append(submission)).to.be.revertedWithCustomError(registry, "ProofRegistryUnexpectedField");
      expect(await statusAfter(() => "0x", alias)).to.equal(STATUS.claimed);
    });
  });

  describe("append: an account, under a quorum of two in three", () => {
    beforeEach(async () => {
      await addAttesters(world(), attesters);
      await world().attesters.setQuorum("", 2);
    });

    it("is confirmed by any two, and by all three, as of the latest look", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      for (const people of [[one, two], [one, three], [two, three], attesters]) {
        expect(await statusAfter((linkId) => attest(people, { linkId, accountId }))).to.equal(STATUS.confirmed);
        await restore();
      }
      const late = bindAccount((linkId) =>
        concat([
          attest([one], { linkId, accountId, checkedAt: NOW + 9 }),
          attest([two], { linkId, accountId, checkedAt: NOW + 3 }),
        ]),
      );
      await registry.append(late.submission);
      expect((await registry.statusOf(alice.address, "github", "alice")).asOf).to.equal(BigInt(NOW + 9));
    });

    it("stays claimed by one", async () => {
      expect(await statusAfter((linkId) => attest([two], { linkId, accountId }))).to.equal(STATUS.claimed);
    });

    it("is confirmed by two honest ones, whatever the third says", async () => {
      const { networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      for (const liar of attesters) {
        const honest = attesters.filter((who) => who !== liar);
        expect(await statusAfter((linkId) => attest(honest, { linkId, accountId }))).to.equal(STATUS.confirmed);
        await restore();
      }
    });

    it("is never confirmed where one of two lies about the account or the finding", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      for (const lie of [{ accountId: "1" }, { found: false }]) {
        const signed = bindAccount((linkId) =>
          concat([attest([one], { linkId, accountId }), attest([two], { linkId, accountId, ...lie })]),
        );
        // Over the statement that the contract asks for, the liar's signature recovers to somebody random, whose place
        // decides whether the order is refused or the stranger passed over.
        await registry.append(signed.submission).catch(() => {});
        expect(await registry.isBound(alice.address, "github", "alice")).to.equal(false);
        await restore();
      }
    });

    it("refuses one attester twice", async () => {
      const { registry, attesters: registryOfAttesters } = world();
      const { submission } = bindAccount((linkId) =>
        inOrder([one, one], { linkId, found: true, accountId, checkedAt: NOW }),
      );
      await expect(registry.append(submission))
        .to.be.revertedWithCustomError(registryOfAttesters, "AttesterRegistryNotAscending")
        .withArgs(one.address, one.address);
      const twoLooks = bindAccount((linkId) =>
        concat([
          attest([one], { linkId, accountId, checkedAt: NOW }),
          attest([one], { linkId, accountId, checkedAt: NOW + 1 }),
        ]),
      );
      await expect(registry.append(twoLooks.submission))
        .to.be.revertedWithCustomError(registryOfAttesters, "AttesterRegistryNotAscending")
        .withArgs(one.address, one.address);
    });

    it("refuses attesters in another order", async () => {
      const { registry, attesters: registryOfAttesters } = world();
      const { submission } = bindAccount((linkId) =>
        inOrder([two, one], { linkId, found: true, accountId, checkedAt: NOW }),
      );
      await expect(registry.append(submission))
        .to.be.revertedWithCustomError(registryOfAttesters, "AttesterRegistryNotAscending")
        .withArgs(one.address, two.address);
    });

    it("passes over strangers between the attesters, and does not count them", async () => {
      const { networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      expect(await statusAfter((linkId) => attest([one, mallory], { linkId, accountId }))).to.equal(STATUS.claimed);
      await restore();
      const people = [one, mallory, three];
      expect(await statusAfter((linkId) => attest(people, { linkId, accountId }))).to.equal(STATUS.confirmed);
    });

    it("does not let a removed attester complete the quorum", async () => {
      await world().attesters.removeAttester(two.address);
      expect(await statusAfter((linkId) => attest([one, two], { linkId, accountId }))).to.equal(STATUS.claimed);
    });

    it("does not take a stranger's later date for the date of the look", async () => {
      const { registry } = world();
      const people = [one, two, mallory].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
      const { submission } = bindAccount((linkId) =>
        concat(
          people.map((who) => attest([who], { linkId, accountId, checkedAt: who === mallory ? NOW + 500 : NOW + 1 })),
        ),
      );
      await registry.append(submission);
      expect((await registry.statusOf(alice.address, "github", "alice")).asOf).to.equal(BigInt(NOW + 1));
    });
  });
});
