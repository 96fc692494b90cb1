import { bindingKey, findingHash } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, dataSlice } from "ethers";

import type { ConfirmationStruct } from "../../types/ethers-contracts/contracts/ProofRegistry.ts";
import { attestList, covered, eventsOf, findingsOf, statusOf, storageRoot } from "../helpers/contractBatch.ts";
import { CLOCK_SKEW, NOW } from "../helpers/contractClock.ts";
import { type SignedLink, attest, person, signLink } from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");
const mallory = person("mallory");
const attester = person("attester");
const other = person("other attester");

const one = signLink(alice, { platform: "github", identity: "alice", proofLocation: "here" });
const two = signLink(alice, { platform: "twitter", identity: "alice", after: one });
const bobs = signLink(bob, { platform: "dns", identity: "bob.example" });
const wallet = signLink(bob, { platform: "ethereum", identity: mallory.wallet, cosigner: mallory, after: bobs });
const claims = [one, two, bobs];
const findings = findingsOf(claims, "7");
const hashes = findings.map(findingHash);

/** The entry of a claim's binding, which avatar and link of it are. */
function confirming({ link, id }: SignedLink, index: number, said: Partial<ConfirmationStruct> = {}) {
  const avatar = id === bobs.id || id === wallet.id ? bob : alice;
  return {
    bindingKey: bindingKey(avatar.address, link.platform, link.identity),
    linkId: id,
    proofLocation: "",
    account: covered("7"),
    index,
    ...said,
  };
}

const entries = claims.map((claim, index) => confirming(claim, index));

describe("ProofRegistry", () => {
  const world = useRegistries();

  beforeEach(async () => {
    await addAttesters(world(), [attester]);
    for (const { submission } of [...claims, wallet]) await world().registry.append(submission);
  });

  /** Confirms, and says where the claims stand then. */
  async function statuses(attestations: string, confirmations: ConfirmationStruct[] = entries, list = hashes) {
    await world().registry.confirmBatch(confirmations, list, attestations);
    return Promise.all(claims.map((link) => statusOf(world(), link)));
  }

  const ALL_CLAIMED = claims.map(() => STATUS.claimed);

  describe("confirmBatch", () => {
    it("confirms claims by findings of a list, in any order, and logs the list in front", async () => {
      const { registry, stranger } = world();
      const attestations = attestList([attester], findings, NOW + 40);
      const told = await eventsOf(
        world(),
        registry
          .connect(stranger)
          .confirmBatch([entries[2]!, { ...entries[0]!, proofLocation: "there" }], hashes, attestations),
      );
      expect(told).to.deep.equal([
        ["FindingsAttested", hashes, BigInt(NOW + 40), attestations],
        ["BindingConfirmed", entries[2]!.bindingKey, bobs.id, "", covered("7")],
        ["BindingConfirmed", entries[0]!.bindingKey, one.id, "there", covered("7")],
      ]);
      expect(await registry.statusOf(alice.address, "github", "alice")).to.deep.equal([
        STATUS.confirmed,
        BigInt(NOW + 40),
        dataSlice(one.id, 0, 24),
      ]);
      expect(await statusOf(world(), two)).to.equal(STATUS.claimed);
    });

    it("takes what the attesters signed for a batch of links that was appended without it", async () => {
      expect(await statuses(attestList([attester], findings))).to.deep.equal(claims.map(() => STATUS.confirmed));
    });

    for (const [what, spoilt] of [
      ["another finding's index", { ...entries[0]!, index: 1 }],
      ["an index behind the list", { ...entries[0]!, index: 3 }],
      ["an index without end", { ...entries[0]!, index: 2n ** 256n - 1n }],
      ["another account's id", { ...entries[0]!, account: covered("8") }],
      ["no account id", { ...entries[0]!, account: "0x" }],
      ["an account id cut short", { ...entries[0]!, account: dataSlice(covered("77"), 0, 2) }],
      ["an account id with more behind it", { ...entries[0]!, account: `${covered("7")}00` }],
      ["attestations of its own", { ...entries[0]!, account: attest([attester], { linkId: one.id, accountId: "7" }) }],
      ["another link", { ...entries[0]!, linkId: two.id }],
      [
        "a link of which the stored part is right",
        { ...entries[0]!, linkId: `${dataSlice(one.id, 0, 24)}${"00".repeat(8)}` },
      ],
      ["another binding", { ...entries[0]!, bindingKey: entries[1]!.bindingKey }],
      ["a binding that nobody claimed", { ...entries[0]!, bindingKey: ZeroHash }],
      ["a wallet", confirming(wallet, 0)],
      ["a location that no indexer could store", { ...entries[0]!, proofLocation: "a b" }],
      ["a location too long", { ...entries[0]!, proofLocation: "x".repeat(1025) }],
    ] as const) {
      it(`refuses ${what}, and nothing else`, async () => {
        const { registry, networkHelpers } = world();
        const attestations = attestList([attester], findings);
        const { restore } = await networkHelpers.takeSnapshot();
        const events = await eventsOf(world(), registry.confirmBatch([entries[2]!, entries[1]!], hashes, attestations));
        const root = await storageRoot(world());
        await restore();
        const told = await eventsOf(
          world(),
          registry.confirmBatch([entries[2]!, spoilt, entries[1]!], hashes, attestations),
        );
        expect(told.filter(([name]) => name === "ConfirmationRefused")).to.deep.equal([
          ["ConfirmationRefused", 1n, spoilt.linkId],
        ]);
        expect(told.filter(([name]) => name !== "ConfirmationRefused")).to.deep.equal(events);
        expect(await storageRoot(world())).to.equal(root);
      });
    }

    it("refuses what is confirmed already, in the same call too", async () => {
      const { registry } = world();
      const attestations = attestList([attester], findings);
      const told = await eventsOf(world(), registry.confirmBatch([entries[0]!, entries[0]!], hashes, attestations));
      expect(told.map(([name]) => name)).to.deep.equal(["FindingsAttested", "BindingConfirmed", "ConfirmationRefused"]);
      const root = await storageRoot(world());
      await registry.confirmBatch([entries[0]!], hashes, attestList([attester], findings, NOW + 60));
      expect(await storageRoot(world())).to.equal(root);
    });

    it("refuses an earlier claim after a newer one, and a deleted one", async () => {
      const { registry } = world();
      const newer = signLink(alice, { platform: "github", identity: "alice", after: two });
      const remove = signLink(alice, { action: "delete", platform: "twitter", identity: "alice", after: newer });
      for (const { submission } of [newer, remove]) await registry.append(submission);
      expect(await statuses(attestList([attester], findings))).to.deep.equal([
        STATUS.claimed,
        STATUS.deleted,
        STATUS.confirmed,
      ]);
    });

    it("holds the list to the quorum of each binding's platform", async () => {
      const { attesters } = world();
      await addAttesters(world(), [other]);
      await attesters.setQuorum("github", 2);
      await attesters.setQuorum("twitter", 3);
      expect(await statuses(attestList([attester, other, mallory], findings))).to.deep.equal([
        STATUS.confirmed,
        STATUS.claimed,
        STATUS.confirmed,
      ]);
    });

    it("refuses all by strangers, by nobody, and by lists of something else", async () => {
      const { attesters, networkHelpers } = world();
      const unfound = findings.map((finding) => ({ ...finding, found: false }));
      for (const [attestations, list] of [
        [attestList([mallory], findings), hashes],
        ["0x", hashes],
        [attestList([attester], findings.toReversed()), hashes],
        [attestList([attester], findings.slice(0, 2)), hashes],
        [attestList([attester], unfound), hashes],
        [attestList([attester], unfound), unfound.map(findingHash)],
        [attestList([attester], []), []],
      ] as const) {
        expect(await statuses(attestations, entries, [...list])).to.deep.equal(ALL_CLAIMED);
      }
      const { restore } = await networkHelpers.takeSnapshot();
      await attesters.removeAttester(attester.address);
      expect(await statuses(attestList([attester], findings))).to.deep.equal(ALL_CLAIMED);
      await restore();
      await attesters.setQuorum("", 2);
      expect(await statuses(attestList([attester], findings))).to.deep.equal(ALL_CLAIMED);
    });

    it("reverts with malformed attestations", async () => {
      const { registry } = world();
      const root = await storageRoot(world());
      const whole = attestList([attester], findings);
      for (const [attestations, error] of [
        [dataSlice(whole, 1), "AttestationsInvalidLength"],
        [`${whole}${whole.slice(2)}`, "AttestationsNotAscending"],
        [attestList([attester], findings, NOW + CLOCK_SKEW + 3600), "AttestationsCheckedInFuture"],
      ] as const) {
        await expect(registry.confirmBatch(entries, hashes, attestations)).to.be.revertedWithCustomError(
          registry,
          error,
        );
      }
      expect(await storageRoot(world())).to.equal(root);
    });
  });
});
