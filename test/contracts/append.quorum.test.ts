import {
  type Attestation,
  packAttestations,
  type SignedAttestation,
  signAttestation,
  unpackAttestations,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroAddress, concat, dataLength, dataSlice, toUtf8Bytes } from "ethers";

import { type LinkFields, type Person, attest, person, signLink, withHighS, withV } from "../helpers/contractLinks.ts";
import { covered } from "../helpers/contractBatch.ts";
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
const [one, two, three] = attesters as [Person, Person, Person];

/** Alice's create for a GitHub account, with attestations made of its id. */
function bindAccount(attested: (linkId: string) => string, fields: Partial<LinkFields> = {}) {
  return signLink(alice, { platform: "github", identity: "alice", attested, ...fields });
}

/** The same create, with an attestation of some time. */
function seenAt(checkedAt: number) {
  return bindAccount((linkId) => attest([one], { linkId, accountId, checkedAt }));
}

/** An attestation by each, in the order in which they stand here, each of its own time; all seen the same account. */
function inOrder(linkId: string, ...looks: (readonly [Person, number])[]): string {
  const statement = { linkId, found: true, accountId };
  return packAttestations(
    accountId,
    looks.map(([{ privateKey }, checkedAt]) => sign(privateKey, { ...statement, checkedAt })),
  );
}

function sign(privateKey: string, statement: Attestation): SignedAttestation {
  return { checkedAt: statement.checkedAt, signature: signAttestation(privateKey, statement) };
}

/** The same attestations with another account id in front. */
function withAccountId(said: string, other: string): string {
  return packAttestations(other, unpackAttestations(said).attestations);
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

    it("stays claimed without an attestation, as of created_at: with no proof, or an account id alone", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      for (const proof of ["0x", covered(), covered(accountId)]) {
        const { submission, id } = bindAccount(() => proof, { createdAt: NOW - 5 });
        await registry.append(submission);
        expect(await registry.isBound(alice.address, "github", "alice")).to.equal(false);
        expect(await registry.statusOf(alice.address, "github", "alice")).to.deep.equal([
          STATUS.claimed,
          BigInt(NOW - 5),
          dataSlice(id, 0, 24),
        ]);
        await restore();
      }
    });

    it("is confirmed with an account id of any length, and with none", async () => {
      const { networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      for (const length of [0, 1, 31, 32, 33, 72, 73, 74, 146, 254, 255]) {
        const account = "7".repeat(length);
        const attested = (linkId: string) => attest([one], { linkId, accountId: account });
        expect(await statusAfter(attested), `${length}`).to.equal(STATUS.confirmed);
        await restore();
      }
    });

    it("is not confirmed for another account, however the bytes are parted", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      const forgeries: ((said: string) => string)[] = [
        (said) => withAccountId(said, "1"),
        (said) => withAccountId(said, ""),
        (said) => withAccountId(said, `${accountId}0`),
        // The attestation becomes part of the account id.
        (said) => concat([Uint8Array.of(dataLength(said) - 1), dataSlice(said, 1)]),
        // And with a second one behind it.
        (said) =>
          concat([Uint8Array.of(dataLength(said) - 1), dataSlice(said, 1), dataSlice(said, 1 + accountId.length)]),
      ];
      for (const forge of forgeries) {
        const { submission } = bindAccount((linkId) => forge(attest([one], { linkId, accountId })));
        await registry.append(submission);
        expect(await registry.isBound(alice.address, "github", "alice")).to.equal(false);
        await restore();
      }
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
        (linkId) => withAccountId(attest([one], { linkId, accountId: "1" }), accountId),
        (linkId) => attest([one], { linkId, accountId, found: false }),
        (linkId) => {
          const { attestations } = unpackAttestations(attest([one], { linkId, accountId }));
          return packAttestations(
            accountId,
            attestations.map((it) => ({ ...it, checkedAt: it.checkedAt + 1 })),
          );
        },
      ];
      for (const lie of lies) {
        expect(await statusAfter(lie)).to.equal(STATUS.claimed);
        await restore();
      }
    });

    it("takes an attester's clock that runs 15 minutes ahead, and refuses one second more", async () => {
      const { registry, networkHelpers } = world();
      const blockTime = (await networkHelpers.time.latest()) + 100;
      const latest = blockTime + CLOCK_SKEW;
      await networkHelpers.time.setNextBlockTimestamp(blockTime);
      await expect(registry.append(seenAt(latest + 1).submission))
        .to.be.revertedWithCustomError(registry, "AttestationsCheckedInFuture")
        .withArgs(latest + 1, latest);
      await registry.append(seenAt(latest).submission);
      expect((await registry.statusOf(alice.address, "github", "alice")).asOf).to.equal(BigInt(latest));
    });

    it("refuses a stranger's attestation from the future as well, and the largest date there is", async () => {
      const { registry } = world();
      for (const who of [mallory, one]) {
        const { submission } = bindAccount((linkId) => {
          const said = attest([who], { linkId, accountId });
          return concat([dataSlice(said, 0, 1 + accountId.length), `0x${"ff".repeat(8)}`, dataSlice(said, -65)]);
        });
        await expect(registry.append(submission)).to.be.revertedWithCustomError(
          registry,
          "AttestationsCheckedInFuture",
        );
      }
    });

    it("refuses bytes that are no account id and whole attestations", async () => {
      const { registry } = world();
      const whole = 1 + accountId.length + 73;
      for (const size of [1, 2, accountId.length, accountId.length + 2, whole - 65, whole - 1, whole + 1, whole + 72]) {
        const { submission } = bindAccount((linkId) =>
          dataSlice(concat([attest([one], { linkId, accountId }), new Uint8Array(72)]), 0, size),
        );
        await expect(registry.append(submission), `${size}`)
          .to.be.revertedWithCustomError(registry, "AttestationsInvalidLength")
          .withArgs(size);
      }
      for (const cut of ["0x01", "0xff", concat(["0xff", new Uint8Array(254)]), concat(["0x02", toUtf8Bytes("7")])]) {
        await expect(registry.append(bindAccount(() => cut).submission))
          .to.be.revertedWithCustomError(registry, "AttestationsInvalidLength")
          .withArgs(dataLength(cut));
      }
    });

    it("does not take what lies behind the proof for the account id or an attestation", async () => {
      const { registry } = world();
      const { submission } = bindAccount((linkId) => attest([one], { linkId, accountId }));
      // Behind the proof stand more bytes than the account id and an attestation would need.
      const spill = { ...submission, proof: dataSlice(submission.proof, 0, 3), proofLocation: "a".repeat(200) };
      await expect(registry.append(spill))
        .to.be.revertedWithCustomError(registry, "AttestationsInvalidLength")
        .withArgs(3);
    });

    it("takes 64 attestations, strangers' too, and refuses 65", async () => {
      const { registry } = world();
      const crowd = Array.from({ length: 64 }, (_, index) => person(`crowd ${index}`));
      const many = bindAccount((linkId) => attest([one, ...crowd], { linkId, accountId }));
      await expect(registry.append(many.submission))
        .to.be.revertedWithCustomError(registry, "AttestationsInvalidLength")
        .withArgs(1 + accountId.length + 65 * 73);
      await registry.append(
        bindAccount((linkId) => attest([one, ...crowd.slice(1)], { linkId, accountId })).submission,
      );
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
    });

    it("refuses a mirrored or malformed signature of an attester", async () => {
      const { registry } = world();
      for (const forge of [withHighS, (signature: string) => withV(signature, 0), () => `0x${"00".repeat(65)}`]) {
        const { submission } = bindAccount((linkId) => {
          const { attestations } = unpackAttestations(attest([one], { linkId, accountId }));
          return packAttestations(
            accountId,
            attestations.map((it) => ({ ...it, signature: forge(it.signature) })),
          );
        });
        await expect(registry.append(submission))
          .to.be.revertedWithCustomError(registry, "AttestationsNotAscending")
          .withArgs(ZeroAddress, ZeroAddress);
      }
    });

    it("refuses to have an avatar's alias attested: that takes the other avatar's own signature", async () => {
      const { registry } = world();
      const alias = { platform: "nextid", identity: mallory.key.compressed };
      for (const attested of [(linkId: string) => attest([one], { linkId, accountId }), () => "0x"]) {
        await expect(registry.append(bindAccount(attested, alias).submission))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof")
          .withArgs(mallory.key.compressed);
      }
    });

    it("keeps an account id in the log as bytes, though no attester would sign it and no text could hold it", async () => {
      const { registry } = world();
      const proof = "0x04ff00c328";
      const { submission } = bindAccount(() => proof);
      const receipt = await (await registry.append(submission)).wait();
      const appended = receipt!.logs.map((log) => registry.interface.parseLog(log)!).at(-1)!;
      expect(appended.args.proof).to.equal(proof);
      expect((await registry.statusOf(alice.address, "github", "alice")).status).to.equal(STATUS.claimed);
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
      const late = bindAccount((linkId) => inOrder(linkId, [one, NOW + 9], [two, NOW + 3]));
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
        const statement = { found: true, accountId, checkedAt: NOW };
        const signed = bindAccount((linkId) =>
          packAttestations(accountId, [
            sign(one.privateKey, { linkId, ...statement }),
            sign(two.privateKey, { linkId, ...statement, ...lie }),
          ]),
        );
        // Over the statement that the contract asks for, the liar's signature recovers to somebody random, whose place
        // decides whether the order is refused or the stranger passed over.
        await registry.append(signed.submission).catch(() => {});
        expect(await registry.isBound(alice.address, "github", "alice")).to.equal(false);
        await restore();
      }
    });

    it("refuses one attester twice, with one look or two", async () => {
      const { registry } = world();
      for (const later of [NOW, NOW + 1]) {
        const { submission } = bindAccount((linkId) => inOrder(linkId, [one, NOW], [one, later]));
        await expect(registry.append(submission))
          .to.be.revertedWithCustomError(registry, "AttestationsNotAscending")
          .withArgs(one.address, one.address);
      }
    });

    it("refuses attesters in another order", async () => {
      const { registry } = world();
      const { submission } = bindAccount((linkId) => inOrder(linkId, [two, NOW], [one, NOW]));
      await expect(registry.append(submission))
        .to.be.revertedWithCustomError(registry, "AttestationsNotAscending")
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
      const looks = people.map((who) => [who, who === mallory ? NOW + 500 : NOW + 1] as const);
      const { submission } = bindAccount((linkId) => inOrder(linkId, ...looks));
      await registry.append(submission);
      expect((await registry.statusOf(alice.address, "github", "alice")).asOf).to.equal(BigInt(NOW + 1));
    });
  });
});
