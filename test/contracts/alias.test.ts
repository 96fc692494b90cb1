import { bindingKey, identityKey, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, concat, dataSlice, toBeHex } from "ethers";

import { signAlias, withProof, yOf } from "../helpers/contractAliases.ts";
import { eventsOf, storageRoot } from "../helpers/contractBatch.ts";
import { NOW } from "../helpers/contractClock.ts";
import {
  type LinkFields,
  type Person,
  type SignedLink,
  attest,
  person,
  signLink,
  signRelease,
  withHighS,
  withV,
} from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");
const mallory = person("mallory");

/** A release by the other avatar. */
function releaseAlias(other: Person, by = other, fields: Partial<LinkFields> = {}) {
  const release = signRelease(alice, by, { platform: "nextid", identity: other.key.compressed, ...fields });
  return { ...release, proof: concat([release.proof, yOf(by)]) };
}

/** Avatars, of both parities of Y. */
const others = [bob, mallory, person("carol"), person("dave"), person("erin")];

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("append: another avatar", () => {
    it("is confirmed at once by its own signature, whichever parity its key has", async () => {
      const { registry } = world();
      expect(new Set(others.map(({ key }) => key.compressed.slice(0, 4)))).to.have.property("size", 2);
      let after: SignedLink | undefined;
      for (const other of others) {
        const link = signAlias(alice, other, after ? { after } : {});
        await registry.append(link.submission);
        expect(await registry.statusOf(alice.address, "nextid", other.key.compressed)).to.deep.equal([
          STATUS.confirmed,
          BigInt(NOW),
          dataSlice(link.id, 0, 24),
        ]);
        expect(await registry.isBound(other.address, "nextid", alice.key.compressed)).to.equal(false);
        after = link;
      }
    });

    it("may sign with v as 0 or 1", async () => {
      const { registry } = world();
      const { submission } = signAlias(alice, bob);
      const signature = dataSlice(submission.proof, 0, 65);
      const v = Number(dataSlice(signature, 64));
      await registry.append({ ...submission, proof: concat([withV(signature, v % 27), yOf(bob)]) });
      expect(await registry.isBound(alice.address, "nextid", bob.key.compressed)).to.equal(true);
    });

    const good = signAlias(alice, bob);
    const { proof } = good.submission;
    const signature = dataSlice(proof, 0, 65);
    const P = 2n ** 256n - 2n ** 32n - 977n;
    const another = signLink(alice, { platform: "nextid", identity: bob.key.compressed, createdAt: NOW + 1 });
    const spoilt: [what: string, proof: string][] = [
      ["nothing", "0x"],
      ["a signature without Y", signature],
      ["one byte less", dataSlice(proof, 0, 96)],
      ["one byte more", concat([proof, "0x00"])],
      ["another Y", concat([signature, toBeHex(BigInt(yOf(bob)) ^ 2n, 32)])],
      ["the mirrored Y, of the other parity", concat([signature, toBeHex(P - BigInt(yOf(bob)), 32)])],
      ["another avatar's Y", concat([signature, yOf(mallory)])],
      ["another avatar's signature", concat([signText(mallory.privateKey, good.text).raw, yOf(bob)])],
      ["another avatar's signature and Y", concat([signText(mallory.privateKey, good.text).raw, yOf(mallory)])],
      ["the avatar's own signature", concat([signText(alice.privateKey, good.text).raw, yOf(bob)])],
      ["its signature over another text", concat([signText(bob.privateKey, another.text).raw, yOf(bob)])],
      [
        "its signature over nothing but the identity",
        concat([signText(bob.privateKey, good.link.identity).raw, yOf(bob)]),
      ],
      ["a signature of zeros", concat([new Uint8Array(65), yOf(bob)])],
      ["its signature with a high s", concat([withHighS(signature), yOf(bob)])],
      ["its signature with a v that there is not", concat([withV(signature, 29), yOf(bob)])],
    ];
    for (const [what, wrong] of spoilt) {
      it(`refuses ${what}`, async () => {
        await refused(withProof(good, wrong), "ProofRegistryInvalidProof", bob.key.compressed);
      });
    }

    it("refuses the prefix of the other parity, though the other avatar signs", async () => {
      for (const other of others) {
        const prefix = other.key.compressed.startsWith("0x02") ? "0x03" : "0x02";
        const identity = `${prefix}${other.key.compressed.slice(4)}`;
        await refused(signAlias(alice, other, { identity }), "ProofRegistryInvalidProof", identity);
        // Nor with the point that the identity names, whose key nobody signed with.
        const y = toBeHex(P - BigInt(yOf(other)), 32);
        await refused(signAlias(alice, other, { identity }, y), "ProofRegistryInvalidProof", identity);
      }
    });

    it("refuses an identity that is no compressed key in lower case", async () => {
      const { compressed, uncompressed } = bob.key;
      for (const identity of [
        `0x${compressed.slice(2).toUpperCase()}`,
        `0X${compressed.slice(2)}`,
        compressed.slice(2),
        `0x04${compressed.slice(4)}`,
        `0x00${compressed.slice(4)}`,
        `0x12${compressed.slice(4)}`,
        compressed.slice(0, -1),
        `${compressed}0`,
        `${compressed.slice(0, -1)}g`,
        `${compressed.slice(0, 10)}g${compressed.slice(11)}`,
        uncompressed,
        bob.wallet,
        "bob",
      ]) {
        await refused(signAlias(alice, bob, { identity }), "ProofRegistryInvalidIdentity", identity);
      }
    });

    it("refuses the avatar itself", async () => {
      await refused(signAlias(alice, alice), "ProofRegistryInvalidProof", alice.key.compressed);
    });

    it("refuses attestations: attesters cannot speak for a key", async () => {
      await addAttesters(world(), [mallory]);
      const link = signLink(alice, {
        platform: "nextid",
        identity: bob.key.compressed,
        attested: (linkId) => attest([mallory], { linkId }),
      });
      await refused(link, "ProofRegistryInvalidProof", bob.key.compressed);
    });

    it("refuses a signature that the other avatar made for somebody else", async () => {
      // Mallory shows Bob's signature, which Bob made for Alice, under a link of her own.
      const theirs = signLink(mallory, { platform: "nextid", identity: bob.key.compressed });
      await refused(withProof(theirs, proof), "ProofRegistryInvalidProof", bob.key.compressed);
    });
  });

  describe("another avatar that is bound", () => {
    const bound = signAlias(alice, bob);
    beforeEach(() => world().registry.append(bound.submission));

    it("can be deleted by the avatar", async () => {
      const { registry } = world();
      const remove = signLink(alice, {
        action: "delete",
        platform: "nextid",
        identity: bob.key.compressed,
        after: bound,
      });
      await registry.append(remove.submission);
      expect((await registry.statusOf(alice.address, "nextid", bob.key.compressed))[0]).to.equal(STATUS.deleted);
    });

    it("can release itself, brought by anybody, and the chain does not move", async () => {
      const { registry, stranger } = world();
      const head = await registry.headOf(alice.address);
      const release = releaseAlias(bob);
      const told = await eventsOf(world(), registry.connect(stranger).release(release));
      expect(told.map(([name, ...args]) => [name, ...args.slice(0, 2)])).to.deep.equal([
        ["BindingReleased", alice.address, identityKey("nextid", bob.key.compressed)],
      ]);
      expect(await registry.isBound(alice.address, "nextid", bob.key.compressed)).to.equal(false);
      expect(await registry.headOf(alice.address)).to.equal(head);
    });

    it("is not released by anybody else", async () => {
      const { registry } = world();
      const root = await storageRoot(world());
      for (const by of [mallory, alice]) {
        await expect(registry.release(releaseAlias(bob, by)))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof")
          .withArgs(bob.key.compressed);
      }
      const own = releaseAlias(bob);
      for (const wrong of ["0x", dataSlice(own.proof, 0, 65), concat([dataSlice(own.proof, 0, 65), yOf(mallory)])]) {
        await expect(registry.release({ ...own, proof: wrong })).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryInvalidProof",
        );
      }
      expect(await storageRoot(world())).to.equal(root);
    });

    it("is not released by the signature that bound it, nor by its other half", async () => {
      const { registry } = world();
      await expect(registry.release({ ...bound.submission, r: ZeroHash, vs: ZeroHash })).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNotARelease",
      );
      await expect(
        registry.release({ ...releaseAlias(bob), proof: bound.submission.proof }),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof");
    });

    it("stays bound when an old release comes again after a new create", async () => {
      const { registry } = world();
      const release = releaseAlias(bob);
      await registry.release(release);
      const again = signAlias(alice, bob, { after: bound, createdAt: NOW });
      await registry.append(again.submission);
      await expect(registry.release(release)).to.be.revertedWithCustomError(registry, "ProofRegistryAlreadyReleased");
      const later = signAlias(alice, bob, { after: again, createdAt: NOW + 60 });
      await registry.append(later.submission);
      await expect(registry.release(releaseAlias(bob, bob, { createdAt: NOW + 59 }))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidCreatedAt",
      );
      expect(await registry.isBound(alice.address, "nextid", bob.key.compressed)).to.equal(true);
    });

    it("is not bound again by the same link", async () => {
      const { registry } = world();
      await registry.release(releaseAlias(bob));
      await expect(registry.append(bound.submission)).to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead");
      // Nor by the same confirmation under a new link.
      const again = signAlias(alice, bob, { after: bound });
      await expect(registry.append({ ...again.submission, proof: bound.submission.proof }))
        .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof")
        .withArgs(bob.key.compressed);
    });

    it("is not released twice, nor when it was deleted, nor what never was", async () => {
      const { registry } = world();
      const key = bindingKey(alice.address, "nextid", bob.key.compressed);
      await registry.release(releaseAlias(bob));
      await expect(registry.release(releaseAlias(bob, bob, { createdAt: NOW + 1 })))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(key, STATUS.deleted);
      await expect(registry.release(releaseAlias(mallory))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoSuchBinding",
      );
    });
  });

  /** A link that is refused, alone and in a batch, and changes nothing. */
  async function refused({ submission, id }: SignedLink, error: string, identity: string): Promise<void> {
    const { registry } = world();
    const root = await storageRoot(world());
    await expect(registry.append(submission)).to.be.revertedWithCustomError(registry, error).withArgs(identity);
    const told = await eventsOf(world(), registry.appendBatch([submission], "0x"));
    expect(told.map(([name, index, linkId]) => [name, index, linkId])).to.deep.equal([["LinkRefused", 0n, id]]);
    expect(await storageRoot(world())).to.equal(root);
  }
});
