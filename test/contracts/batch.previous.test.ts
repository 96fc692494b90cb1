import { unpackHeader } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, dataSlice, encodeBase64 } from "ethers";

import { REFUSAL, abbreviated, eventsOf } from "../helpers/contractBatch.ts";
import { type SignedLink, person, signLink, withV, withoutKey } from "../helpers/contractLinks.ts";
import { useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");

/** A chain of Alice's, and a link of Bob's. */
const chain: SignedLink[] = [];
for (const identity of ["first", "second", "third", "fourth"]) {
  const after = chain.at(-1);
  chain.push(signLink(alice, { platform: "twitter", identity, ...(after ? { after } : {}) }));
}
const [one, two, three, four] = chain as [SignedLink, SignedLink, SignedLink, SignedLink];
const bobs = signLink(bob, { platform: "dns", identity: "bob.example" });

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("appendBatch: the previous signature left out", () => {
    it("is that of the link in front", async () => {
      const { registry } = world();
      const [first, ...rest] = chain.map(({ submission }) => submission);
      const told = await eventsOf(world(), registry.appendBatch([first!, ...rest.map(abbreviated)], "0x"));
      expect(told.map(([name]) => name)).to.deep.equal(["AvatarRegistered", ...chain.map(() => "LinkAppended")]);
      expect(await registry.lengthOf(alice.address)).to.equal(4n);
    });

    it("is that of the link in front also where that was front-run", async () => {
      const { registry, stranger } = world();
      await registry.connect(stranger).append(one.submission);
      await registry.connect(stranger).append(two.submission);
      const told = await eventsOf(
        world(),
        registry.appendBatch([one.submission, ...[two, three, four].map((it) => abbreviated(it.submission))], "0x"),
      );
      expect(told.slice(0, 2)).to.deep.equal([
        ["LinkRefused", 0n, one.id, REFUSAL.staleHead],
        ["LinkRefused", 1n, two.id, REFUSAL.staleHead],
      ]);
      expect(told.slice(2).map(([name]) => name)).to.deep.equal(["LinkAppended", "LinkAppended"]);
      expect(await registry.lengthOf(alice.address)).to.equal(4n);
    });

    it("is that of the link in front also where that is refused for anything else", async () => {
      const { registry } = world();
      await registry.append(one.submission);
      const ruined = { ...one.submission, header: ZeroHash };
      await registry.appendBatch([ruined, abbreviated(two.submission)], "0x");
      expect(await registry.lengthOf(alice.address)).to.equal(2n);
    });

    it("is quoted with the v with which it was published", async () => {
      for (const v of [0, 27]) {
        const { registry, networkHelpers } = world();
        const { restore } = await networkHelpers.takeSnapshot();
        const published = withV(one.signature.raw, v + (Number(dataSlice(one.signature.canonical, 64)) & 1));
        const after = {
          ...one,
          signature: { ...one.signature, base64: encodeBase64(published) },
        };
        const follow = signLink(alice, { platform: "dns", identity: "v.example", after });
        expect(unpackHeader(follow.submission.header).previousV).to.be.oneOf([v, v + 1]);
        await registry.appendBatch([one.submission, abbreviated(follow.submission)], "0x");
        expect(await registry.lengthOf(alice.address), `v from ${v}`).to.equal(2n);
        await restore();
      }
    });

    it("does not help a link whose predecessor never was", async () => {
      const { registry } = world();
      const missing = signLink(alice, { platform: "dns", identity: "<", after: one });
      const orphan = signLink(alice, { platform: "dns", identity: "orphan.example", after: missing });
      const told = await eventsOf(
        world(),
        registry.appendBatch(
          [one.submission, abbreviated(missing.submission), abbreviated(orphan.submission), two.submission],
          "0x",
        ),
      );
      expect(told.filter(([name]) => name === "LinkRefused")).to.deep.equal([
        ["LinkRefused", 1n, ZeroHash, REFUSAL.invalidText],
        ["LinkRefused", 2n, orphan.id, REFUSAL.staleHead],
      ]);
      expect(await registry.lengthOf(alice.address)).to.equal(2n);
    });

    it("is not another avatar's", async () => {
      const { registry } = world();
      const told = await eventsOf(
        world(),
        registry.appendBatch([one.submission, bobs.submission, abbreviated(two.submission)], "0x"),
      );
      expect(told.at(-1)!.slice(0, 2)).to.deep.equal(["LinkRefused", 2n]);
      expect(told.at(-1)!.at(-1)).to.equal(REFUSAL.invalidPublicKey);
      expect(await registry.lengthOf(alice.address)).to.equal(1n);
    });

    it("cannot be left out by the first of a batch", async () => {
      const { registry } = world();
      await registry.append(one.submission);
      const told = await eventsOf(world(), registry.appendBatch([abbreviated(two.submission)], "0x"));
      expect(told.map(([name, index, , reason]) => [name, index, reason])).to.deep.equal([
        ["LinkRefused", 0n, REFUSAL.invalidPublicKey],
      ]);
    });

    it("is not put in where prev is null", async () => {
      const { registry } = world();
      await registry.appendBatch([one.submission, bobs.submission], "0x");
      expect(await registry.lengthOf(bob.address)).to.equal(1n);
    });

    it("need not be left out: two avatars may take turns", async () => {
      const { registry } = world();
      const later = signLink(bob, { platform: "dns", identity: "b.example", after: bobs });
      const links = [one, bobs, two, later, three].map(({ submission }) => submission);
      const told = await eventsOf(
        world(),
        registry.appendBatch(
          [links[0]!, links[1]!, ...links.slice(2).map(withoutKey), abbreviated(four.submission)],
          "0x",
        ),
      );
      expect(told.filter(([name]) => name === "LinkRefused")).to.deep.equal([]);
      expect(await registry.lengthOf(alice.address)).to.equal(4n);
      expect(await registry.lengthOf(bob.address)).to.equal(2n);
    });
  });
});
