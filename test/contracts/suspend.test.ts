import { bindingKey, findingHash } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, concat, dataSlice } from "ethers";

import { signAlias } from "../helpers/contractAliases.ts";
import { attestList, covered, eventsOf, findingsOf, statusOf, storageRoot } from "../helpers/contractBatch.ts";
import { CLOCK_SKEW, NOW } from "../helpers/contractClock.ts";
import { type Person, attest, person, signLink, signRelease, storedHead } from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");
const mallory = person("mallory");
/** In ascending order of their addresses. */
const [attester, other] = ["attester", "other attester"]
  .map(person)
  .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1)) as [Person, Person];

/** A link of Alice's that attesters confirm as of NOW. */
const bound = signLink(alice, {
  platform: "github",
  identity: "alice",
  attested: (linkId) => attest([attester], { linkId, accountId: "7" }),
});
const key = bindingKey(alice.address, "github", "alice");

/** What attesters say of the link later: that it is there, or that it is not. */
function said(found: boolean, late: number, by: readonly Person[] = [attester], linkId = bound.id): string {
  return attest(by, { linkId, found, accountId: "7", checkedAt: NOW + late });
}
/** One attestation of it alone, and some under the account id "7". */
const entry = (found: boolean, late: number, who: Person) => dataSlice(said(found, late, [who]), 2);
const mixed = (...entries: string[]) => concat(["0x0137", ...entries]);

const gone = (late: number, by?: readonly Person[]) => said(false, late, by);
const back = (late: number, by?: readonly Person[]) => said(true, late, by);

describe("ProofRegistry", () => {
  const world = useRegistries();

  beforeEach(async () => {
    await addAttesters(world(), [attester]);
    await world().networkHelpers.time.increaseTo(NOW + 600);
    await world().registry.append(bound.submission);
  });

  /** Where the binding stands, and since how long after NOW. */
  async function standing(): Promise<[status: bigint, late: number, link: string]> {
    const [status, asOf, link] = await world().registry.statusOf(alice.address, "github", "alice");
    return [status, Number(asOf) - NOW, link];
  }

  const ID = dataSlice(bound.id, 0, 24);

  describe("suspend and reinstate", () => {
    it("take turns, by whoever brings what attesters say, each as of when they looked", async () => {
      const { registry, stranger } = world();
      const theirs = registry.connect(stranger);
      expect(await eventsOf(world(), theirs.suspend(key, bound.id, gone(10)))).to.deep.equal([
        ["BindingSuspended", key, bound.id, gone(10)],
      ]);
      expect(await standing()).to.deep.equal([STATUS.suspended, 10, ID]);
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(false);
      expect(await eventsOf(world(), theirs.reinstate(key, bound.id, back(20)))).to.deep.equal([
        ["BindingReinstated", key, bound.id, back(20)],
      ]);
      expect(await standing()).to.deep.equal([STATUS.confirmed, 20, ID]);
      await theirs.suspend(key, bound.id, gone(21));
      await theirs.reinstate(key, bound.id, back(22));
      expect(await standing()).to.deep.equal([STATUS.confirmed, 22, ID]);
      expect(await registry.headOf(alice.address)).to.equal(storedHead(bound.signature.raw));
      expect(await registry.lengthOf(alice.address)).to.equal(1n);
    });

    it("refuse the other way about", async () => {
      const { registry } = world();
      const root = await storageRoot(world());
      await expect(registry.reinstate(key, bound.id, back(10)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(key, STATUS.confirmed);
      expect(await storageRoot(world())).to.equal(root);
      await registry.suspend(key, bound.id, gone(10));
      await expect(registry.suspend(key, bound.id, gone(20)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(key, STATUS.suspended);
    });

    it("refuse what was found for what was not, and the other way about", async () => {
      const { registry } = world();
      await refused("suspend", back(10));
      await registry.suspend(key, bound.id, gone(10));
      await refused("reinstate", gone(20));
    });

    it("refuse what is not newer than the binding", async () => {
      const { registry } = world();
      await refused("suspend", gone(0));
      await refused("suspend", gone(-1));
      await registry.suspend(key, bound.id, gone(1));
      await refused("reinstate", back(1));
      await registry.reinstate(key, bound.id, back(2));
    });

    it("refuse attestations that were used before, and the one that confirmed first", async () => {
      const { registry } = world();
      const first = bound.submission.proof;
      await registry.suspend(key, bound.id, gone(10));
      await refused("reinstate", first);
      await registry.reinstate(key, bound.id, back(20));
      await refused("suspend", gone(10));
      await registry.suspend(key, bound.id, gone(30));
      await refused("reinstate", back(20));
      await refused("reinstate", first);
    });

    it("refuse what would be a replay after the same second: attesters who disagree do not toggle", async () => {
      const { registry } = world();
      await registry.suspend(key, bound.id, gone(10));
      await refused("reinstate", back(10));
      await registry.reinstate(key, bound.id, back(11));
      await refused("suspend", gone(10));
      await refused("suspend", gone(11));
    });

    it("count only attestations that are new enough, of attesters, and each once", async () => {
      const { registry, attesters } = world();
      await addAttesters(world(), [other]);
      await attesters.setQuorum("github", 2);
      expect(mixed(entry(false, 1, attester), entry(false, 1, other))).to.equal(gone(1, [attester, other]));
      await refused("suspend", mixed(entry(false, 10, attester), entry(false, 0, other)));
      await refused("suspend", mixed(entry(false, 0, attester), entry(false, 10, other)));
      await refused("suspend", mixed(entry(false, 10, attester)));
      await refused("suspend", gone(10, [attester, mallory]));
      await registry.suspend(key, bound.id, mixed(entry(false, 10, attester), entry(false, 20, other)));
      expect(await standing()).to.deep.equal([STATUS.suspended, 20, ID]);
      // Of a list with an attestation too old the newer ones count, if they suffice.
      await attesters.setQuorum("github", 1);
      await registry.reinstate(key, bound.id, mixed(entry(true, 5, attester), entry(true, 30, other)));
      expect(await standing()).to.deep.equal([STATUS.confirmed, 30, ID]);
    });

    it("refuse strangers, nobody, an attester that was removed, another account and another link", async () => {
      const { registry, attesters } = world();
      await refused("suspend", gone(10, [mallory]));
      await refused("suspend", covered("7"));
      await refused("suspend", attest([attester], { linkId: ZeroHash, found: false, checkedAt: NOW + 10 }));
      const swapped = concat(["0x0138", dataSlice(gone(10), 2)]);
      await refused("suspend", swapped);
      await attesters.removeAttester(attester.address);
      await refused("suspend", gone(10));
      expect(await registry.isBound(alice.address, "github", "alice")).to.equal(true);
    });

    it("refuse malformed attestations", async () => {
      const { registry } = world();
      const good = gone(10);
      for (const [attestations, error] of [
        ["0x", "AttestationsInvalidLength"],
        [dataSlice(good, 0, 20), "AttestationsInvalidLength"],
        [concat([good, dataSlice(good, 2)]), "AttestationsNotAscending"],
        [gone(CLOCK_SKEW + 3600), "AttestationsCheckedInFuture"],
      ] as const) {
        await expect(registry.suspend(key, bound.id, attestations)).to.be.revertedWithCustomError(registry, error);
      }
      expect(await standing()).to.deep.equal([STATUS.confirmed, 0, ID]);
    });

    it("refuse a list of findings in place of attestations", async () => {
      const list = attestList(
        [attester],
        findingsOf([bound], "7").map((it) => ({ ...it, found: false })),
        NOW + 10,
      );
      await refused("suspend", concat(["0x0137", list]));
    });

    it("refuse a link that is not the binding's latest", async () => {
      const { registry } = world();
      const again = signLink(alice, {
        platform: "github",
        identity: "alice",
        after: bound,
        attested: (linkId) => attest([attester], { linkId, accountId: "7", checkedAt: NOW + 5 }),
      });
      await registry.append(again.submission);
      await expect(registry.suspend(key, bound.id, gone(10)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(key, STATUS.confirmed);
      await expect(registry.suspend(key, again.id, gone(10))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoQuorum",
      );
    });

    it("refuse a link of which only the stored part is right", async () => {
      const { registry } = world();
      const near = `${ID}${"00".repeat(8)}`;
      await expect(registry.suspend(key, near, gone(10))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoQuorum",
      );
    });
  });

  describe("suspend", () => {
    it("refuses wallets and aliases, which nobody attests", async () => {
      const { registry } = world();
      const wallet = signLink(alice, { platform: "ethereum", identity: bob.wallet, cosigner: bob, after: bound });
      await registry.append(wallet.submission);
      const alias = signAlias(alice, bob, { after: wallet });
      await registry.append(alias.submission);
      for (const { link, id } of [wallet, alias]) {
        const binding = bindingKey(alice.address, link.platform, link.identity);
        await expect(registry.suspend(binding, id, said(false, 10, [attester], id)))
          .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
          .withArgs(binding, STATUS.confirmed);
        expect(await registry.isBound(alice.address, link.platform, link.identity)).to.equal(true);
      }
    });

    it("refuses claims, what is deleted, and what nobody claimed", async () => {
      const { registry } = world();
      const claim = signLink(alice, { platform: "dns", identity: "alice.example", after: bound });
      const remove = signLink(alice, { action: "delete", platform: "github", identity: "alice", after: claim });
      for (const { submission } of [claim, remove]) await registry.append(submission);
      for (const [binding, id, status] of [
        [bindingKey(alice.address, "dns", "alice.example"), claim.id, STATUS.claimed],
        [key, bound.id, STATUS.deleted],
        [bindingKey(mallory.address, "github", "alice"), bound.id, STATUS.none],
      ] as const) {
        await expect(registry.suspend(binding, id, said(false, 10, [attester], id)))
          .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
          .withArgs(binding, status);
      }
    });
  });

  describe("what is suspended", () => {
    beforeEach(() => world().registry.suspend(key, bound.id, gone(10)));

    it("is not confirmed by confirm, nor by a list", async () => {
      const { registry } = world();
      await expect(registry.confirm(key, bound.id, "", back(20)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(key, STATUS.suspended);
      const findings = findingsOf([bound], "7");
      const confirmation = { bindingKey: key, linkId: bound.id, proofLocation: "", account: covered("7"), index: 0 };
      const list = attestList([attester], findings, NOW + 20);
      expect(
        (await eventsOf(world(), registry.confirmBatch([confirmation], findings.map(findingHash), list))).at(-1),
      ).to.deep.equal(["ConfirmationRefused", 0n, bound.id]);
      expect(await standing()).to.deep.equal([STATUS.suspended, 10, ID]);
    });

    it("is not released: an account signs nothing", async () => {
      const { registry } = world();
      await expect(
        registry.release(signRelease(alice, bob, { platform: "github", identity: "alice" })),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryNotARelease");
    });

    it("can be deleted, and is not reinstated then", async () => {
      const { registry } = world();
      const remove = signLink(alice, { action: "delete", platform: "github", identity: "alice", after: bound });
      await registry.append(remove.submission);
      expect(await standing()).to.deep.equal([STATUS.deleted, 10, ID]);
      await expect(registry.reinstate(key, bound.id, back(20)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(key, STATUS.deleted);
    });

    it("is replaced by a new create, which stands for itself", async () => {
      const { registry } = world();
      const claim = signLink(alice, { platform: "github", identity: "alice", after: bound });
      await registry.append(claim.submission);
      expect(await statusOf(world(), claim)).to.equal(STATUS.claimed);
      await expect(registry.reinstate(key, bound.id, back(20))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoSuchBinding",
      );
      await expect(registry.reinstate(key, claim.id, said(true, 20, [attester], claim.id)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(key, STATUS.claimed);
      await registry.confirm(key, claim.id, "", said(true, 20, [attester], claim.id));
      expect(await standing()).to.deep.equal([STATUS.confirmed, 20, dataSlice(claim.id, 0, 24)]);
    });
  });

  /** The attestations are no quorum for it, and change nothing. */
  async function refused(call: "suspend" | "reinstate", attestations: string): Promise<void> {
    const { registry } = world();
    const root = await storageRoot(world());
    await expect(registry[call](key, bound.id, attestations))
      .to.be.revertedWithCustomError(registry, "ProofRegistryNoQuorum")
      .withArgs(bound.id);
    expect(await storageRoot(world())).to.equal(root);
  }
});
