import { STATE_TOPICS, encodeLeaf, leafHash } from "@syngraph/sdk/protocol";
import { SimpleMerkleTree, StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { ZeroHash, concat, dataSlice, getAddress, id } from "ethers";

import { mallory, one, two, useAnchors } from "../helpers/contractAnchors.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";

/** Random trees, and how many leaves of each are proven and attacked. */
const TREES = 40;
const LEAVES = 4;

const topic = STATE_TOPICS.kv;
const seed = fuzzSeed();

/** What leaves are made of: a KV entry, a receipt, and shapes whose encoding is as long as an inner node's pre-image. */
const ENCODINGS = [
  ["address", "string", "bytes32"],
  ["string"],
  ["bytes32", "bytes32"],
  ["bytes32"],
  ["uint64", "bool"],
];

type Leaf = unknown[];

function randomLeaf(random: Random, encoding: readonly string[]): Leaf {
  return encoding.map((type) => {
    if (type === "address") return getAddress(random.bytes(20));
    if (type === "string") return random.text(40, () => String.fromCodePoint(random.between(0x20, 0x2fff)));
    if (type === "bool") return random.once(2);
    return type === "uint64" ? BigInt(random.bytes(8)) : random.bytes(32);
  });
}

function randomTree(random: Random): { encoding: string[]; tree: StandardMerkleTree<Leaf> } {
  const encoding = random.pick(ENCODINGS);
  const size = random.pick([1, 2, 3, 4, 7, 8, 9, random.between(10, 80)]);
  const leaves = Array.from({ length: size }, () => randomLeaf(random, encoding));
  return { encoding, tree: StandardMerkleTree.of(leaves, encoding) };
}

/** The siblings from a node up; the tree is an array with the children of `i` at 2i + 1 and 2i + 2. */
function proofOfNode(nodes: readonly string[], index: number): string[] {
  const proof: string[] = [];
  for (let at = index; at > 0; at = (at - 1) >> 1) proof.push(nodes[at % 2 === 0 ? at - 1 : at + 1]!);
  return proof;
}

function withOneBitFlipped(random: Random, bytes: string): string {
  const at = random.between(0, (bytes.length - 2) / 2 - 1);
  const flipped = Number(dataSlice(bytes, at, at + 1)) ^ (1 << random.between(0, 7));
  return concat([dataSlice(bytes, 0, at), Uint8Array.of(flipped), dataSlice(bytes, at + 1)]);
}

describe("StateAnchor", () => {
  const world = useAnchors();

  describe(`verify (FUZZ_SEED=${seed})`, () => {
    it(`takes every leaf of ${TREES} random trees of OpenZeppelin's, and nothing that an attacker makes of it`, async () => {
      const { anchors, anchor } = world();
      const random = new Random(seed);
      let epoch = 0n;
      for (let round = 0; round < TREES; round++) {
        const { encoding, tree } = randomTree(random);
        epoch += BigInt(random.between(1, 1000));
        await anchor(one, { epoch, root: tree.root });
        const verifies = async (leaf: string, proof: string[]) => {
          const atEpoch = await anchors.verify(one.address, topic, epoch, leaf, proof);
          expect(await anchors.verifyLatest(one.address, topic, leaf, proof)).to.equal(atEpoch);
          return atEpoch;
        };
        for (let tried = 0; tried < LEAVES; tried++) {
          const index = random.between(0, tree.length - 1);
          const values = tree.at(index)!;
          const leaf = encodeLeaf(encoding, values);
          const proof = tree.getProof(index);
          expect(leafHash(leaf)).to.equal(tree.leafHash(values));
          expect(await verifies(leaf, proof), `leaf ${index} of ${tree.length}`).to.equal(true);

          const attacks: [string, string[]][] = [
            [withOneBitFlipped(random, leaf), proof],
            [encodeLeaf(encoding, randomLeaf(random, encoding)), proof],
            [`${leaf}00`, proof],
            ["0x", proof],
            [leafHash(leaf), proof],
            [leaf, [...proof, ZeroHash]],
            [leaf, [...proof, tree.root]],
            [leaf, [leafHash(leaf), ...proof]],
          ];
          if (proof.length > 0) {
            const at = random.between(0, proof.length - 1);
            attacks.push(
              [leaf, proof.slice(1)],
              [leaf, proof.slice(0, -1)],
              [leaf, proof.with(at, withOneBitFlipped(random, proof[at]!))],
            );
          }
          for (const [forged, path] of attacks) {
            expect(await verifies(forged, path), `${forged} by ${path.join()}`).to.equal(false);
          }
        }
      }
    });

    it("takes no inner node for a leaf, be it handed in as hash or as pre-image", async () => {
      const { anchors, anchor } = world();
      const random = new Random(seed);
      const leaves = Array.from({ length: 13 }, () => randomLeaf(random, ["bytes32", "bytes32"]));
      const tree = StandardMerkleTree.of(leaves, ["bytes32", "bytes32"]);
      const nodes = tree.dump().tree;
      await anchor(one, { root: tree.root });
      for (let index = 0; index < leaves.length - 1; index++) {
        const proof = proofOfNode(nodes, index);
        // With a hash for the leaf the proof would hold.
        expect(SimpleMerkleTree.verify(tree.root, nodes[index]!, proof)).to.equal(true);
        const children = [nodes[2 * index + 1]!, nodes[2 * index + 2]!].sort();
        for (const forged of [nodes[index]!, concat(children), concat(children.toReversed())]) {
          expect(await anchors.verify(one.address, topic, 1n, forged, proof), `node ${index}`).to.equal(false);
        }
      }
    });

    it("looks under the named operator, topic and epoch alone", async () => {
      const { anchors, anchor } = world();
      const mine = StandardMerkleTree.of([["alice"], ["bob"]], ["string"]);
      const theirs = StandardMerkleTree.of([["alice"], ["mallory"]], ["string"]);
      await anchor(one, { epoch: 3n, root: mine.root });
      await anchor(two, { epoch: 3n, root: theirs.root });
      const leaf = encodeLeaf(["string"], ["mallory"]);
      const proof = theirs.getProof(["mallory"]);
      expect(await anchors.verify(two.address, topic, 3n, leaf, proof)).to.equal(true);
      for (const [who, about, epoch] of [
        [one, topic, 3n],
        [two, topic, 2n],
        [two, topic, 4n],
        [two, STATE_TOPICS.receipts, 3n],
        [mallory, topic, 3n],
      ] as const) {
        expect(await anchors.verify(who.address, about, epoch, leaf, proof)).to.equal(false);
      }
      expect(await anchors.verifyLatest(one.address, topic, leaf, proof)).to.equal(false);
      expect(await anchors.verifyLatest(two.address, STATE_TOPICS.receipts, leaf, proof)).to.equal(false);
    });

    it("tells an old state from the latest", async () => {
      const { anchors, anchor } = world();
      const [before, after] = [["alice"], ["alice renamed"]].map((leaf) => StandardMerkleTree.of([leaf], ["string"]));
      await anchor(one, { epoch: 1n, root: before!.root });
      await anchor(one, { epoch: 2n, root: after!.root });
      const leaf = encodeLeaf(["string"], ["alice"]);
      expect(await anchors.verify(one.address, topic, 1n, leaf, [])).to.equal(true);
      expect(await anchors.verify(one.address, topic, 2n, leaf, [])).to.equal(false);
      expect(await anchors.verifyLatest(one.address, topic, leaf, [])).to.equal(false);
      expect(await anchors.verifyLatest(one.address, topic, encodeLeaf(["string"], ["alice renamed"]), [])).to.equal(
        true,
      );
    });

    it("believes no former attester, whose roots stay readable all the same", async () => {
      const { anchors, anchor, attesters, networkHelpers } = world();
      const tree = StandardMerkleTree.of([["alice"]], ["string"]);
      const leaf = encodeLeaf(["string"], ["alice"]);
      await anchor(one, { root: tree.root });
      const at = BigInt(await networkHelpers.time.latest());
      expect(await anchors.verify(one.address, topic, 1n, leaf, [])).to.equal(true);
      await attesters.removeAttester(one.address);
      expect(await anchors.verify(one.address, topic, 1n, leaf, [])).to.equal(false);
      expect(await anchors.verifyLatest(one.address, topic, leaf, [])).to.equal(false);
      expect(await anchors.rootOf(one.address, topic, 1n)).to.equal(tree.root);
      expect(await anchors.latestOf(one.address, topic)).to.deep.equal([1n, tree.root, at]);
    });
  });

  describe("countAnchored", () => {
    const both = [one.address, two.address];
    const root = id("shared");

    it("counts the operators who anchored this very root at this epoch", async () => {
      const { anchors, anchor } = world();
      expect(await anchors.countAnchored(both, topic, 1n, root)).to.equal(0n);
      await anchor(one, { root });
      expect(await anchors.countAnchored(both, topic, 1n, root)).to.equal(1n);
      await anchor(two, { root: id("two's own") });
      expect(await anchors.countAnchored(both, topic, 1n, root)).to.equal(1n);
      await anchor(one, { epoch: 2n, root });
      await anchor(two, { epoch: 3n, root });
      expect(await anchors.countAnchored(both, topic, 2n, root)).to.equal(1n);
      await anchor(one, { epoch: 3n, root });
      expect(await anchors.countAnchored(both, topic, 3n, root)).to.equal(2n);
      expect(await anchors.countAnchored([two.address], topic, 3n, root)).to.equal(1n);
      expect(await anchors.countAnchored([], topic, 3n, root)).to.equal(0n);
    });

    it("counts nobody twice, no stranger and no former attester", async () => {
      const { anchors, anchor, attesters } = world();
      await anchor(one, { root });
      await anchor(two, { root });
      const withStranger = [...both, mallory.address].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
      expect(await anchors.countAnchored(withStranger, topic, 1n, root)).to.equal(2n);
      for (const [operators, at] of [
        [[one.address, one.address], 1],
        [[two.address, one.address], 1],
        [[one.address, two.address, one.address], 2],
      ] as const) {
        await expect(anchors.countAnchored([...operators], topic, 1n, root))
          .to.be.revertedWithCustomError(anchors, "StateAnchorNotAscending")
          .withArgs(operators[at], operators[at - 1]);
      }
      await attesters.removeAttester(two.address);
      expect(await anchors.countAnchored(both, topic, 1n, root)).to.equal(1n);
    });

    it("does not count those who anchored nothing as agreeing on nothing", async () => {
      const { anchors } = world();
      await expect(anchors.countAnchored(both, topic, 1n, ZeroHash))
        .to.be.revertedWithCustomError(anchors, "StateAnchorZeroRoot")
        .withArgs(topic, 1n);
    });
  });
});
