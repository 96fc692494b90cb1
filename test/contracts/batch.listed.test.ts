import { type Finding, findingHash, packList, signAttestation } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, concat, dataSlice } from "ethers";

import {
  REFUSAL,
  abbreviated,
  attestList,
  covered,
  eventsOf,
  findingsOf,
  statusOf,
  storageRoot,
} from "../helpers/contractBatch.ts";
import { CLOCK_SKEW, NOW } from "../helpers/contractClock.ts";
import { type Person, attest, person, signLink } from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");
const mallory = person("mallory");
const [attester, other, third] = ["attester", "other attester", "third attester"].map(person) as [
  Person,
  Person,
  Person,
];

/** A create that the attestations of its batch cover. */
function listed(avatar: Person, platform: string, identity: string, fields = {}) {
  return signLink(avatar, { platform, identity, attested: () => covered("7"), ...fields });
}

const one = listed(alice, "github", "alice");
const two = listed(alice, "twitter", "alice", { after: one });
const bobs = listed(bob, "github", "bob");
const links = [one, two, bobs];
const submissions = links.map(({ submission }) => submission);
const findings = findingsOf(links, "7");

describe("ProofRegistry", () => {
  const world = useRegistries();

  beforeEach(() => addAttesters(world(), [attester]));

  /** Hands in a batch, and says where the bindings stand then. */
  async function statuses(attestations: string, batch = links): Promise<bigint[]> {
    const { registry } = world();
    await registry.appendBatch(
      batch.map(({ submission }) => submission),
      attestations,
    );
    return Promise.all(batch.map((link) => statusOf(world(), link)));
  }

  const ALL_CLAIMED = links.map(() => STATUS.claimed);
  const ALL_CONFIRMED = links.map(() => STATUS.confirmed);

  describe("appendBatch: attestations of the batch", () => {
    it("confirms each link on the list, as of when it was made, and logs the list in front of them", async () => {
      const { registry } = world();
      const attestations = attestList([attester], findings, NOW + 40);
      const told = await eventsOf(world(), registry.appendBatch(submissions, attestations));
      expect(told[0]).to.deep.equal(["FindingsAttested", findings.map(findingHash), BigInt(NOW + 40), attestations]);
      for (const { link, id } of links) {
        const avatar = link === bobs.link ? bob : alice;
        expect(await registry.statusOf(avatar.address, link.platform, link.identity)).to.deep.equal([
          STATUS.confirmed,
          BigInt(NOW + 40),
          dataSlice(id, 0, 24),
        ]);
      }
    });

    it("takes an account id of no characters", async () => {
      const empty = listed(alice, "github", "alice", { attested: () => covered() });
      expect(await statuses(attestList([attester], findingsOf([empty])), [empty])).to.deep.equal([STATUS.confirmed]);
    });

    it("makes claims without attestations", async () => {
      expect(await statuses("0x")).to.deep.equal(ALL_CLAIMED);
    });

    it("makes claims by a list that too few signed", async () => {
      const { attesters } = world();
      await attesters.setQuorum("", 2);
      expect(await statuses(attestList([attester, mallory], findings))).to.deep.equal(ALL_CLAIMED);
    });

    it("makes claims by a list of strangers, and of an attester that was removed", async () => {
      const { attesters, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      expect(await statuses(attestList([mallory], findings))).to.deep.equal(ALL_CLAIMED);
      await restore();
      await attesters.removeAttester(attester.address);
      expect(await statuses(attestList([attester], findings))).to.deep.equal(ALL_CLAIMED);
    });

    it("holds the list to the quorum of each platform", async () => {
      const { attesters } = world();
      await addAttesters(world(), [other]);
      await attesters.setQuorum("github", 2);
      await attesters.setQuorum("twitter", 3);
      const dns = listed(bob, "dns", "bob.example", { after: bobs });
      const batch = [...links, dns];
      expect(await statuses(attestList([attester, other, mallory], findingsOf(batch, "7")), batch)).to.deep.equal([
        STATUS.confirmed,
        STATUS.claimed,
        STATUS.confirmed,
        STATUS.confirmed,
      ]);
    });

    it("takes the latest of the attesters' times, but not a stranger's", async () => {
      const { registry } = world();
      await addAttesters(world(), [other]);
      const entries = (
        [
          [attester, 10],
          [other, 20],
          [mallory, 30],
        ] as const
      )
        .toSorted(([a], [b]) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))
        .map(([who, late]) => attestList([who], findings, NOW + late));
      await registry.appendBatch(submissions, concat(entries));
      const [, asOf] = await registry.statusOf(alice.address, "github", "alice");
      expect(asOf).to.equal(BigInt(NOW + 20));
    });

    it("leaves those alone that bring attestations of their own, sign for themselves, claim or delete", async () => {
      const { registry, attesters } = world();
      await attesters.setQuorum("dns", 2);
      await addAttesters(world(), [other, third]);
      const own = signLink(alice, {
        platform: "dns",
        identity: "alice.example",
        after: one,
        attested: (linkId) => attest([other, third], { linkId, accountId: "7", checkedAt: NOW + 50 }),
      });
      const wallet = signLink(alice, { platform: "ethereum", identity: bob.wallet, cosigner: bob, after: own });
      const claim = signLink(alice, { platform: "github", identity: "claimed", after: wallet });
      const again = listed(alice, "github", "second", { after: claim });
      const remove = signLink(alice, { action: "delete", platform: "github", identity: "second", after: again });
      const batch = [one, own, wallet, claim, again, remove];
      const told = await eventsOf(
        world(),
        registry.appendBatch(
          batch.map(({ submission }, i) => (i < 2 ? submission : { ...abbreviated(submission), ...keyOf(submission) })),
          attestList([attester], findingsOf([one, again], "7")),
        ),
      );
      expect(told.filter(([name]) => name === "LinkRefused")).to.deep.equal([]);
      expect(await Promise.all(batch.map((link) => statusOf(world(), link)))).to.deep.equal([
        STATUS.confirmed,
        STATUS.confirmed,
        STATUS.confirmed,
        STATUS.claimed,
        STATUS.deleted,
        STATUS.deleted,
      ]);
      expect((await registry.statusOf(alice.address, "dns", "alice.example"))[1]).to.equal(BigInt(NOW + 50));
    });

    it("does not count the list for a link whose own attestations are too few", async () => {
      const { attesters } = world();
      await addAttesters(world(), [other]);
      await attesters.setQuorum("github", 2);
      const own = signLink(alice, {
        platform: "github",
        identity: "alice",
        attested: (linkId) => attest([other], { linkId, accountId: "7" }),
      });
      expect(await statuses(attestList([attester], findingsOf([own], "7")), [own])).to.deep.equal([STATUS.claimed]);
    });

    it("has links on the list that are refused later, and none whose header or texts are invalid", async () => {
      const { registry } = world();
      const ruined = { ...bobs.submission, header: ZeroHash };
      const told = await eventsOf(
        world(),
        registry.appendBatch(
          [one.submission, ruined, one.submission, two.submission],
          attestList([attester], findingsOf([one, one, two], "7")),
        ),
      );
      expect(told.filter(([name]) => name === "LinkRefused")).to.deep.equal([
        ["LinkRefused", 1n, ZeroHash, REFUSAL.invalidHeader],
        ["LinkRefused", 2n, one.id, REFUSAL.staleHead],
      ]);
      expect([await statusOf(world(), one), await statusOf(world(), two)]).to.deep.equal(ALL_CONFIRMED.slice(1));
    });
  });

  describe("appendBatch: attestations of something else", () => {
    const byAttester = (said: readonly Finding[]) => attestList([attester], said);
    const lies: [what: string, attestations: string][] = [
      ["another order", byAttester(findings.toReversed())],
      ["fewer links", byAttester(findings.slice(0, 2))],
      ["more links", byAttester([...findings, { linkId: ZeroHash, found: true, accountId: "7" }])],
      ["another batch", byAttester(findingsOf([signLink(mallory, { platform: "dns", identity: "m.example" })], "7"))],
      ["an empty list", byAttester([])],
      ["other accounts", byAttester(findingsOf(links, "8"))],
      ["links that were not found", byAttester(findings.map((it) => ({ ...it, found: false })))],
      [
        "one link, and not as a list",
        packList([
          { checkedAt: NOW, signature: signAttestation(attester.privateKey, { ...findings[0]!, checkedAt: NOW }) },
        ]),
      ],
      [
        "another time",
        concat([dataSlice(attestList([attester], findings, NOW + 1), 0, 8), dataSlice(byAttester(findings), 8)]),
      ],
    ];
    for (const [what, attestations] of lies) {
      it(`makes claims: ${what}`, async () => {
        expect(await statuses(attestations)).to.deep.equal(ALL_CLAIMED);
      });
    }

    it("makes claims where a relayer puts a link between those on the list", async () => {
      const stranger = listed(mallory, "github", "mallory");
      const batch = [one, stranger, two, bobs];
      expect(await statuses(byAttester(findings), batch)).to.deep.equal(batch.map(() => STATUS.claimed));
    });

    it("makes claims where the list of an earlier batch comes again for other links, or for the same accounts", async () => {
      const attestations = byAttester(findings);
      expect(await statuses(attestations)).to.deep.equal(ALL_CONFIRMED);
      const remove = signLink(alice, { action: "delete", platform: "github", identity: "alice", after: two });
      await world().registry.append(remove.submission);
      const again = listed(alice, "github", "alice", { after: remove });
      const later = [
        again,
        listed(alice, "twitter", "mallory", { after: again }),
        listed(bob, "github", "b", { after: bobs }),
      ];
      expect(await statuses(attestations, later)).to.deep.equal(ALL_CLAIMED);
      // And the batch itself, with its list.
      const root = await storageRoot(world());
      const told = await eventsOf(world(), world().registry.appendBatch(submissions, attestations));
      expect(told.slice(1).map(([name, , , reason]) => [name, reason])).to.deep.equal(
        links.map(() => ["LinkRefused", REFUSAL.staleHead]),
      );
      expect(await storageRoot(world())).to.equal(root);
    });
  });

  describe("appendBatch: malformed attestations of the batch", () => {
    it("revert all of it", async () => {
      const { registry, ethers } = world();
      const root = await storageRoot(world());
      const whole = attestList([attester], findings);
      const far = attestList([attester], findings, NOW + CLOCK_SKEW + 3600);
      const garbage = concat([dataSlice(whole, 0, 8), "0x" + "00".repeat(65)]);
      const cases = [
        [dataSlice(whole, 1), "AttestationsInvalidLength", [72n]],
        [concat([whole, "0x00"]), "AttestationsInvalidLength", [74n]],
        [concat(Array.from({ length: 65 }, () => whole)), "AttestationsInvalidLength", [65n * 73n]],
        [concat([whole, whole]), "AttestationsNotAscending", [attester.address, attester.address]],
        [garbage, "AttestationsNotAscending", [ethers.ZeroAddress, ethers.ZeroAddress]],
      ] as const;
      for (const [attestations, error, args] of cases) {
        await expect(registry.appendBatch(submissions, attestations))
          .to.be.revertedWithCustomError(registry, error)
          .withArgs(...args);
      }
      await expect(registry.appendBatch(submissions, far)).to.be.revertedWithCustomError(
        registry,
        "AttestationsCheckedInFuture",
      );
      expect(await storageRoot(world())).to.equal(root);
    });

    it("revert also where nothing is on the list", async () => {
      const { registry } = world();
      await expect(registry.appendBatch([], "0x00")).to.be.revertedWithCustomError(
        registry,
        "AttestationsInvalidLength",
      );
    });
  });
});

/** The key of a submission, which two-sided platforms need. */
function keyOf({ publicKeyX, publicKeyY }: (typeof submissions)[number]) {
  return { publicKeyX, publicKeyY };
}
