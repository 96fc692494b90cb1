import { STATE_TOPICS, signAnchor } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, id } from "ethers";

import { EXAMPLE, mallory, one, two, useAnchors } from "../helpers/contractAnchors.ts";
import { withHighS, withV } from "../helpers/contractLinks.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";

/** Gas of L2 execution that an anchor of the sender's may cost: an operator's first on a topic, and any later one. */
const MOST_FOR_FIRST = 78_000n;
const MOST_FOR_NEXT = 61_000n;

/** Random steps in all. */
const STEPS = 400;
/** Random anchors that are signed. */
const SIGNED = 100;

const seed = fuzzSeed();
const { topic, root, uri } = EXAMPLE;
const MAX_EPOCH = 2n ** 64n - 1n;

describe("StateAnchor", () => {
  const world = useAnchors();

  /** What stands on the topic, of both operators. */
  async function state() {
    const { anchors } = world();
    return Promise.all([one, two, mallory].map(async ({ address }) => [...(await anchors.latestOf(address, topic))]));
  }

  describe("anchor", () => {
    it("keeps the root for good, and when it was anchored, and says where the data is", async () => {
      const { anchors, anchor, networkHelpers } = world();
      await expect(anchor(one)).to.emit(anchors, "StateAnchored").withArgs(one.address, topic, 1n, root, uri);
      const at = BigInt(await networkHelpers.time.latest());
      expect(await anchors.latestOf(one.address, topic)).to.deep.equal([1n, root, at]);
      await anchor(one, { epoch: 2n, root: id("next"), uri: "" });
      const later = BigInt(await networkHelpers.time.latest());
      expect(later > at).to.equal(true);
      expect(await anchors.latestOf(one.address, topic)).to.deep.equal([2n, id("next"), later]);
      expect(await anchors.rootOf(one.address, topic, 1n)).to.equal(root);
      expect(await anchors.rootOf(one.address, topic, 2n)).to.equal(id("next"));
    });

    it("may skip epochs, which then stay empty", async () => {
      const { anchors, anchor } = world();
      await anchor(one, { epoch: 20_000n });
      await anchor(one, { epoch: MAX_EPOCH, root: id("last") });
      expect(await anchors.rootOf(one.address, topic, 20_001n)).to.equal(ZeroHash);
      await expect(anchor(one, { epoch: 20_001n }))
        .to.be.revertedWithCustomError(anchors, "StateAnchorStaleEpoch")
        .withArgs(one.address, topic, 20_001n, MAX_EPOCH);
    });

    it("refuses an epoch again, with the same root and with another, one before it, and epoch zero", async () => {
      const { anchors, anchor, relay } = world();
      await expect(anchor(one, { epoch: 0n }))
        .to.be.revertedWithCustomError(anchors, "StateAnchorStaleEpoch")
        .withArgs(one.address, topic, 0n, 0n);
      await anchor(one, { epoch: 5n });
      const before = await state();
      for (const fields of [{ epoch: 5n }, { epoch: 5n, root: id("other") }, { epoch: 4n }, { epoch: 0n }]) {
        for (const attempt of [anchor, relay]) {
          await expect(attempt(one, fields))
            .to.be.revertedWithCustomError(anchors, "StateAnchorStaleEpoch")
            .withArgs(one.address, topic, fields.epoch, 5n);
        }
      }
      expect(await state()).to.deep.equal(before);
    });

    it("refuses a root of zero, which would leave the epoch looking empty", async () => {
      const { anchors, anchor, relay } = world();
      for (const attempt of [anchor, relay]) {
        await expect(attempt(one, { root: ZeroHash }))
          .to.be.revertedWithCustomError(anchors, "StateAnchorZeroRoot")
          .withArgs(topic, 1n);
      }
    });

    it("refuses a URI that is too long or not printable", async () => {
      const { anchors, anchor } = world();
      expect(await anchors.MAX_URI_LENGTH()).to.equal(1024n);
      await anchor(one, { uri: "u".repeat(1024) });
      await expect(anchor(one, { epoch: 2n, uri: "u".repeat(1025) }))
        .to.be.revertedWithCustomError(anchors, "TextInvalidLength")
        .withArgs(1025n, 1024n);
      for (const bad of ["\n", " ", "\0", "\x7f", "é", "\u202e"]) {
        await expect(anchor(one, { epoch: 2n, uri: `ipfs://${bad}` }))
          .to.be.revertedWithCustomError(anchors, "TextInvalidCharacter")
          .withArgs(7n);
      }
      expect((await anchors.latestOf(one.address, topic)).epoch).to.equal(1n);
    });

    it("refuses a stranger, and a former attester, whose key never comes back", async () => {
      const { anchors, anchor, relay, attesters } = world();
      for (const attempt of [anchor, relay]) {
        await expect(attempt(mallory))
          .to.be.revertedWithCustomError(anchors, "StateAnchorNotOperator")
          .withArgs(mallory.address);
      }
      await anchor(one);
      await attesters.removeAttester(one.address);
      for (const attempt of [anchor, relay]) {
        await expect(attempt(one, { epoch: 2n }))
          .to.be.revertedWithCustomError(anchors, "StateAnchorNotOperator")
          .withArgs(one.address);
      }
    });

    it("lets no operator write to, overtake or block another", async () => {
      const { anchors, anchor } = world();
      await anchor(two, { epoch: MAX_EPOCH, root: id("two") });
      expect(await anchors.latestOf(one.address, topic)).to.deep.equal([0n, ZeroHash, 0n]);
      await anchor(one);
      expect(await anchors.rootOf(one.address, topic, 1n)).to.equal(root);
      expect(await anchors.rootOf(two.address, topic, 1n)).to.equal(ZeroHash);
      expect(await anchors.rootOf(one.address, topic, MAX_EPOCH)).to.equal(ZeroHash);
    });

    it("keeps an operator's topics apart", async () => {
      const { anchors, anchor } = world();
      await anchor(one, { epoch: 9n });
      await anchor(one, { topic: STATE_TOPICS.receipts, root: id("receipts") });
      expect((await anchors.latestOf(one.address, topic)).epoch).to.equal(9n);
      expect((await anchors.latestOf(one.address, STATE_TOPICS.receipts)).epoch).to.equal(1n);
      expect(await anchors.rootOf(one.address, topic, 1n)).to.equal(ZeroHash);
    });

    it("stays below what an anchor may cost", async () => {
      const { anchor, relay } = world();
      const gas: Record<string, bigint> = {};
      for (const [what, sent] of [
        ["first", await anchor(one)],
        ["next", await anchor(one, { epoch: 2n })],
        ["next, by signature", await relay(one, { epoch: 3n })],
      ] as const) {
        gas[what] = (await sent.wait())!.gasUsed;
      }
      console.table(Object.fromEntries(Object.entries(gas).map(([what, used]) => [what, { gas: Number(used) }])));
      expect(gas.first! <= MOST_FOR_FIRST, `first: ${gas.first}`).to.equal(true);
      expect(gas.next! <= MOST_FOR_NEXT, `next: ${gas.next}`).to.equal(true);
    });
  });

  it(`does what a model of it does over ${STEPS} random steps (FUZZ_SEED=${seed})`, async () => {
    const { anchors, anchor, relay, attesters } = world();
    const random = new Random(seed);
    const operators = new Set([one, two]);
    const latest = new Map<string, bigint>();
    const roots = new Map<string, string>();
    const counts: Record<string, number> = {};
    for (let step = 0; step < STEPS; step++) {
      if (step === STEPS / 2) {
        await attesters.removeAttester(two.address);
        operators.delete(two);
      }
      const who = random.pick([one, two, mallory]);
      const series = [who.address, random.pick(Object.values(STATE_TOPICS))] as const;
      const before = latest.get(series.join()) ?? 0n;
      const fields = {
        topic: series[1],
        epoch: random.once(3) ? BigInt(random.between(0, Number(before))) : before + BigInt(random.between(1, 3)),
        root: random.once(8) ? ZeroHash : random.bytes(32),
        uri: random.once(8) ? "not printable" : "ipfs://printable",
      };
      const expected = !operators.has(who)
        ? "StateAnchorNotOperator"
        : fields.epoch <= before
          ? "StateAnchorStaleEpoch"
          : fields.root === ZeroHash
            ? "StateAnchorZeroRoot"
            : fields.uri.includes(" ")
              ? "TextInvalidCharacter"
              : "StateAnchored";
      counts[expected] = (counts[expected] ?? 0) + 1;
      const sent = random.pick([anchor, relay])(who, fields);
      if (expected === "StateAnchored") {
        await expect(sent).to.emit(anchors, expected);
        latest.set(series.join(), fields.epoch);
        roots.set([...series, fields.epoch].join(), fields.root);
      } else {
        await expect(sent).to.be.revertedWithCustomError(anchors, expected);
      }
    }
    for (const { address } of [one, two, mallory]) {
      for (const about of Object.values(STATE_TOPICS)) {
        const last = latest.get([address, about].join()) ?? 0n;
        expect((await anchors.latestOf(address, about)).epoch).to.equal(last);
        for (let epoch = 0n; epoch <= last + 1n; epoch++) {
          const kept = roots.get([address, about, epoch].join()) ?? ZeroHash;
          expect(await anchors.rootOf(address, about, epoch)).to.equal(kept);
        }
      }
    }
    // Otherwise the steps make too little of one kind for this test to mean anything.
    expect(Object.keys(counts).length).to.equal(5);
    expect(Math.min(...Object.values(counts))).to.be.at.least(10);
  });

  describe("anchorBySignature", () => {
    it("anchors for the operator who signed, whoever sends it, once", async () => {
      const { anchors, relay } = world();
      await expect(relay(two)).to.emit(anchors, "StateAnchored").withArgs(two.address, topic, 1n, root, uri);
      expect(await anchors.rootOf(two.address, topic, 1n)).to.equal(root);
      await expect(relay(two)).to.be.revertedWithCustomError(anchors, "StateAnchorStaleEpoch");
    });

    it(`reads ${SIGNED} random anchors as TypeScript signs them (FUZZ_SEED=${seed})`, async () => {
      const { anchors, relay } = world();
      const random = new Random(seed);
      let epoch = 0n;
      for (let count = 0; count < SIGNED; count++) {
        const who = random.pick([one, two]);
        epoch += BigInt(random.bytes(random.between(1, 7)));
        const fields = {
          topic: random.pick([topic, random.bytes(32)]),
          epoch: ++epoch,
          root: random.bytes(32),
          uri: random.text(random.pick([1, 31, 32, 33, 200]), () => String.fromCodePoint(random.between(0x21, 0x7e))),
        };
        await expect(relay(who, fields))
          .to.emit(anchors, "StateAnchored")
          .withArgs(who.address, fields.topic, fields.epoch, fields.root, fields.uri);
        expect(await anchors.rootOf(who.address, fields.topic, fields.epoch)).to.equal(fields.root);
      }
    });

    it("refuses a signature for anything but what was signed", async () => {
      const { anchors, stranger } = world();
      const signature = signAnchor(one.privateKey, EXAMPLE);
      const before = await state();
      for (const change of [
        { topic: STATE_TOPICS.receipts },
        { epoch: 2n },
        { root: id("mallory's") },
        { uri: "https://mallory.example/" },
        { uri: "" },
      ]) {
        const other = { ...EXAMPLE, ...change };
        await expect(
          anchors.connect(stranger).anchorBySignature(other.topic, other.epoch, other.root, other.uri, signature),
          JSON.stringify(Object.keys(change)),
        ).to.be.revertedWithCustomError(anchors, "StateAnchorNotOperator");
      }
      expect(await state()).to.deep.equal(before);
    });

    it("refuses a malformed signature, and the other form of a good one", async () => {
      const { anchors } = world();
      const signature = signAnchor(one.privateKey, EXAMPLE);
      const send = (bytes: string) => anchors.anchorBySignature(topic, 1n, root, uri, bytes);
      for (const bytes of ["0x", signature.slice(0, -2), `${signature}00`]) {
        await expect(send(bytes)).to.be.revertedWithCustomError(anchors, "ECDSAInvalidSignatureLength");
      }
      await expect(send(withHighS(signature))).to.be.revertedWithCustomError(anchors, "ECDSAInvalidSignatureS");
      for (const v of [0, 1, 2, 29, 255]) {
        await expect(send(withV(signature, v))).to.be.revertedWithCustomError(anchors, "ECDSAInvalidSignature");
      }
      const flipped = withV(signature, Number(`0x${signature.slice(-2)}`) === 27 ? 28 : 27);
      await expect(send(flipped)).to.be.revertedWithCustomError(anchors, "StateAnchorNotOperator");
    });

    it("refuses one that was kept back, once its operator went on", async () => {
      const { anchors, anchor, relay } = world();
      await anchor(one, { epoch: 2n, root: id("newer") });
      await expect(relay(one, { epoch: 1n })).to.be.revertedWithCustomError(anchors, "StateAnchorStaleEpoch");
      expect(await anchors.rootOf(one.address, topic, 1n)).to.equal(ZeroHash);
    });
  });
});
