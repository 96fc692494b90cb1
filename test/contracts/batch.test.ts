import { type Submission, linkId, packAttestations, payloadHash } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, concat, dataSlice, keccak256, toBeHex } from "ethers";

import { REFUSAL, eventsOf, statusOf, storageRoot } from "../helpers/contractBatch.ts";
import { CLOCK_SKEW, NOW } from "../helpers/contractClock.ts";
import { attest, person, signLink, withoutKey } from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");
const carol = person("carol");
const mallory = person("mallory");
const wallet = person("alice's wallet");
const attester = person("attester");

/** What Carol has on chain before each batch. */
const before = signLink(carol, { platform: "dns", identity: "carol.example", createdAt: NOW + 10 });
/** A link of Carol's that is good but for what a case spoils. */
const next = { platform: "github", identity: "carol", after: before, createdAt: NOW + 10 };

/** Links that are good whatever stands between them. */
const good = {
  first: signLink(alice, { platform: "dns", identity: "alice.example" }),
  wallet: signLink(bob, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet }),
};
const second = signLink(alice, { platform: "github", identity: "alice", after: good.first });

/** A link with a fault, why it is refused, and how `append` says so; its id unless it has none. */
type Fault = [what: string, spoilt: Submission, refusal: keyof typeof REFUSAL, error: string, id?: string];

function faults(): Fault[] {
  const link = signLink(carol, next);
  const { submission } = link;
  const { header } = submission;
  const nobody = "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
  const fork = signLink(carol, { ...next, after: undefined as never });
  const early = signLink(carol, { ...next, createdAt: NOW });
  const late = signLink(carol, { ...next, createdAt: NOW + CLOCK_SKEW + 3600 });
  const remove = signLink(carol, { ...next, action: "delete" });
  const upper = signLink(carol, { ...next, platform: "ethereum", identity: wallet.address, cosigner: wallet });
  const stolen = signLink(carol, { ...next, platform: "ethereum", identity: wallet.wallet, cosigner: mallory });
  const noPoint = signLink(carol, { ...next, platform: "nextid", identity: wallet.wallet });
  const alias = signLink(carol, { ...next, platform: "nextid", identity: bob.key.compressed, cosigner: mallory });
  const said = attest([attester, mallory], { linkId: link.id });
  const [one, two] = [dataSlice(said, 1, 74), dataSlice(said, 74)];
  const future = attest([attester], { linkId: link.id, checkedAt: NOW + CLOCK_SKEW + 3600 });
  const proving = (proof: string) => ({ ...submission, proof });
  return [
    ["an unknown action", { ...submission, header: patch(header, 30, 2) }, "invalidHeader", "InvalidHeader"],
    ["a status of its own", { ...submission, header: patch(header, 31, 2) }, "invalidHeader", "InvalidHeader"],
    ["a sequence of its own", { ...submission, header: patch(header, 28, 1) }, "invalidHeader", "InvalidHeader"],
    ["milliseconds", { ...submission, header: patch(header, 16, 3) }, "invalidHeader", "InvalidHeader"],
    ["an impossible v", { ...submission, header: patch(header, 29, 29) }, "invalidHeader", "InvalidHeader"],
    ["a null prev beside one", { ...submission, header: patch(header, 29, 255) }, "invalidHeader", "InvalidHeader"],
    ["a platform in capitals", { ...submission, platform: "GitHub" }, "invalidText", "TextInvalidCharacter"],
    ["an identity that JSON escapes", { ...submission, identity: '"' }, "invalidText", "TextInvalidCharacter"],
    ["an empty identity", { ...submission, identity: "" }, "invalidText", "TextInvalidLength"],
    ["a location too long", { ...submission, proofLocation: "x".repeat(1025) }, "invalidText", "TextInvalidLength"],
    [
      "a high s",
      { ...submission, vs: nobody },
      "invalidSignature",
      "InvalidSignature",
      keccak256(concat([payloadHash(link.link), keccak256(concat([submission.r, nobody, "0x00"]))])),
    ],
    [
      "a signature over another text",
      { ...submission, identity: "mallory" },
      "invalidPublicKey",
      "InvalidPublicKey",
      linkId({ ...link.link, identity: "mallory" }, link.signature.raw),
    ],
    ["somebody else's key", { ...submission, publicKeyY: ZeroHash }, "invalidPublicKey", "InvalidPublicKey", link.id],
    ["no key where the text has it", withoutKey(stolen.submission), "invalidPublicKey", "InvalidPublicKey"],
    ["a first link again", fork.submission, "staleHead", "StaleHead", fork.id],
    ["what is there already", before.submission, "staleHead", "StaleHead", before.id],
    ["a time before the last link's", early.submission, "invalidCreatedAt", "InvalidCreatedAt", early.id],
    ["a time in the future", late.submission, "invalidCreatedAt", "InvalidCreatedAt", late.id],
    ["a delete with a proof", { ...remove.submission, proof: "0x00" }, "unexpectedProof", "UnexpectedProof", remove.id],
    ["a wallet in capitals", upper.submission, "invalidIdentity", "InvalidIdentity", upper.id],
    ["an alias that is no key", noPoint.submission, "invalidIdentity", "InvalidIdentity", noPoint.id],
    ["a wallet that another signed for", stolen.submission, "invalidProof", "InvalidProof", stolen.id],
    ["an alias without its Y", alias.submission, "invalidProof", "InvalidProof", alias.id],
    [
      "half an attestation",
      proving(dataSlice(said, 0, 80)),
      "invalidAttestations",
      "AttestationsInvalidLength",
      link.id,
    ],
    [
      "an account id cut short",
      proving(dataSlice(packAttestations("carol", []), 0, 3)),
      "invalidAttestations",
      "AttestationsInvalidLength",
      link.id,
    ],
    [
      "one attester twice",
      proving(concat(["0x00", one, one])),
      "invalidAttestations",
      "AttestationsNotAscending",
      link.id,
    ],
    [
      "attesters out of order",
      proving(concat(["0x00", two, one])),
      "invalidAttestations",
      "AttestationsNotAscending",
      link.id,
    ],
    ["an attestation from the future", proving(future), "invalidAttestations", "AttestationsCheckedInFuture", link.id],
  ];
}

/** A header with one byte that is another. */
function patch(header: string, at: number, value: number): string {
  return concat([dataSlice(header, 0, at), toBeHex(value, 1), dataSlice(header, at + 1)]);
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  beforeEach(async () => {
    await addAttesters(world(), [attester]);
    await world().networkHelpers.time.setNextBlockTimestamp(NOW + 30);
    await world().registry.append(before.submission);
  });

  describe("appendBatch: what is refused", () => {
    const all = faults();

    it("has a case here for each reason", () => {
      const reasons = new Set(all.map(([, , refusal]) => REFUSAL[refusal]));
      expect([...reasons].sort()).to.deep.equal(
        Object.values(REFUSAL)
          .filter((value) => value !== REFUSAL.none)
          .sort(),
      );
    });

    for (const [what, spoilt, refusal, error, id = ZeroHash] of all) {
      it(`refuses ${what}, and nothing else`, async () => {
        const { registry, networkHelpers } = world();
        const named = error.startsWith("Text") || error.startsWith("Att") ? error : `ProofRegistry${error}`;
        await expect(registry.append(spoilt)).to.be.revertedWithCustomError(registry, named);

        const links = [good.first, second, good.wallet].map(({ submission }) => submission);
        const { restore } = await networkHelpers.takeSnapshot();
        const events = await eventsOf(world(), registry.appendBatch(links, "0x"));
        const root = await storageRoot(world());
        await restore();
        expect(await storageRoot(world())).not.to.equal(root);

        const spoilBetween = [good.first.submission, spoilt, second.submission, spoilt, good.wallet.submission];
        const told = await eventsOf(world(), registry.appendBatch(spoilBetween, "0x"));
        expect(told.filter(([name]) => name === "LinkRefused")).to.deep.equal([
          ["LinkRefused", 1n, id, REFUSAL[refusal]],
          ["LinkRefused", 3n, id, REFUSAL[refusal]],
        ]);
        expect(told.filter(([name]) => name !== "LinkRefused")).to.deep.equal(events);
        expect(await storageRoot(world())).to.equal(root);
      });
    }

    it("does what append does with what is good", async () => {
      const { registry, networkHelpers } = world();
      const links = [good.first, second, good.wallet];
      const { restore } = await networkHelpers.takeSnapshot();
      const one: unknown[] = [];
      for (const { submission } of links) one.push(...(await eventsOf(world(), registry.append(submission))));
      const root = await storageRoot(world());
      await restore();
      const whole = await eventsOf(
        world(),
        registry.appendBatch(
          links.map(({ submission }) => submission),
          "0x",
        ),
      );
      expect(whole).to.deep.equal(one);
      expect(await storageRoot(world())).to.equal(root);
      expect(await statusOf(world(), good.wallet)).to.equal(STATUS.confirmed);
    });

    it("takes an empty batch, which does nothing", async () => {
      expect(await eventsOf(world(), world().registry.appendBatch([], "0x"))).to.deep.equal([]);
    });
  });

  it("refuses the second of two links that fork a chain, in one batch as in two", async () => {
    const { registry } = world();
    const fork = signLink(alice, { platform: "dns", identity: "fork.example", after: good.first });
    const told = await eventsOf(
      world(),
      registry.appendBatch(
        [good.first, second, fork].map(({ submission }) => submission),
        "0x",
      ),
    );
    expect(told.at(-1)).to.deep.equal(["LinkRefused", 2n, fork.id, REFUSAL.staleHead]);
    expect(await statusOf(world(), fork)).to.equal(STATUS.none);
  });

  it("reverts where the calldata is no encoding of links", async () => {
    const { registry, stranger } = world();
    const data = registry.interface.encodeFunctionData("appendBatch", [[good.first.submission], "0x"]);
    // The offset of the link's platform.
    const at = 4 + 32 * 4 + 32;
    for (const offset of ["0x" + "ff".repeat(32), toBeHex(2 ** 40, 32)]) {
      const broken = concat([dataSlice(data, 0, at), offset, dataSlice(data, at + 32)]);
      await expect(stranger.sendTransaction({ to: registry, data: broken })).to.be.revertedWithoutReason(
        world().ethers,
      );
    }
    await stranger.sendTransaction({ to: registry, data });
    expect(await registry.lengthOf(alice.address)).to.equal(1n);
  });
});
