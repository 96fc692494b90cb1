import { recoverPublicKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { get } from "../helpers/api.ts";
import type { SignedLink } from "../helpers/contractLinks.ts";
import { type TestStack, startTestStack } from "../helpers/stack.ts";
import { append, claim, somebody } from "./stranger.ts";

/** A link as GET /v1/proofchain/changes lists it, as far as it is looked at. */
interface Change {
  id: number;
  avatar: string;
  link_id: string;
  signature: string;
  signature_payload: string;
}

/** Somebody who follows the registry by its cursor, as RelationService does. */
class Consumer {
  readonly seen: Change[] = [];
  readonly #test: TestStack;
  #cursor = 0;

  constructor(test: TestStack) {
    this.#test = test;
  }

  /** Reads on to the end; the links that came. */
  async follow(count = ""): Promise<string[]> {
    const before = this.seen.length;
    for (;;) {
      const { status, body } = await get(
        this.#test.stack,
        `/v1/proofchain/changes?last_id=${this.#cursor}&count=${count}`,
      );
      expect(status, JSON.stringify(body)).to.equal(200);
      for (const link of body.links as Change[]) {
        expect(link.id).to.be.greaterThan(this.#cursor);
        this.#cursor = link.id;
        this.seen.push(link);
      }
      if (body.links.length === 0) return this.seen.slice(before).map(({ link_id }) => link_id);
    }
  }
}

/** A link of somebody new. */
function newLink(): SignedLink {
  const avatar = somebody();
  return claim(avatar, { platform: "github", identity: `change-${avatar.address.slice(2, 10).toLowerCase()}` });
}

const idsOf = (links: readonly SignedLink[]) => links.map(({ id }) => id);

describe("GET /v1/proofchain/changes", () => {
  let test: TestStack;
  // Of its own: others see no chain that goes back.
  before(async function () {
    this.timeout(120_000);
    test = await startTestStack();
  });
  after(() => test.stop());

  const links = Array.from({ length: 105 }, newLink);

  it("is empty before there is a link", async () => {
    expect((await get(test.stack, "/v1/proofchain/changes")).body).to.deep.equal({ links: [] });
  });

  it("walks all links in the order of the chain, whatever the step, each with its avatar", async () => {
    await append(test, links);
    for (const count of ["", "1000", "7"]) {
      const consumer = new Consumer(test);
      expect(await consumer.follow(count)).to.deep.equal(idsOf(links));
      for (const { avatar, signature_payload, signature } of consumer.seen) {
        expect(recoverPublicKey(signature_payload, signature).compressed).to.equal(avatar);
      }
      expect(await consumer.follow(count)).to.deep.equal([]);
    }
  });

  it("gives 10 at once where nothing is asked, at most 100, and the same to who asks again", async () => {
    const length = async (query: string) => (await get(test.stack, `/v1/proofchain/changes${query}`)).body.links.length;
    for (const query of ["", "?count=", "?count=0", "?count=-5", "?last_id=&count=null", "?last_id=-3"]) {
      expect(await length(query), query).to.equal(10);
    }
    for (const count of [1, 99, 100]) expect(await length(`?count=${count}`)).to.equal(count);
    for (const count of [101, 999_999_999]) expect(await length(`?count=${count}`)).to.equal(100);
    const [once, twice] = [
      await get(test.stack, "/v1/proofchain/changes"),
      await get(test.stack, "/v1/proofchain/changes"),
    ];
    expect(once.body).to.deep.equal(twice.body);
  });

  it("shows every link of the chain to everybody, however a reorg moves them", async () => {
    const [eager, late, absent] = [new Consumer(test), new Consumer(test), new Consumer(test)];
    for (const consumer of [eager, late, absent]) await consumer.follow("100");
    const [kept, lost, moved, replaced] = [newLink(), newLink(), newLink(), newLink()];

    await append(test, [kept]);
    const snapshot = await test.provider.send("evm_snapshot", []);
    await append(test, [lost, moved]);
    expect(await eager.follow()).to.deep.equal(idsOf([kept, lost, moved]));

    // The two are gone, and something else is there. Who asks now passes the numbers that they had.
    expect(await test.provider.send("evm_revert", [snapshot])).to.equal(true);
    await append(test, [replaced]);
    await gone(lost);
    expect(await late.follow()).to.deep.equal(idsOf([kept, replaced]));
    expect(await eager.follow()).to.deep.equal(idsOf([replaced]));

    // One of them comes back: who has passed its number sees it all the same.
    await append(test, [moved]);
    expect(await late.follow()).to.deep.equal(idsOf([moved]));
    await eager.follow();
    expect(await absent.follow()).to.have.members(idsOf([kept, replaced, moved]));

    const onChain = await test.registry.queryFilter(test.registry.filters.LinkAppended());
    for (const consumer of [eager, late, absent]) {
      expect(consumer.seen.map(({ link_id }) => link_id)).to.include.members(onChain.map(({ args }) => args.linkId));
    }
    const chain = await get(test.stack, `/v1/proofchain?avatar=${lost.link.avatar}`);
    expect(chain.body.proof_chain).to.deep.equal([]);
  });

  /** Waits until the index has followed the chain back. */
  async function gone({ link }: SignedLink): Promise<void> {
    while ((await get(test.stack, `/v1/proofchain?avatar=${link.avatar}`)).body.pagination?.total !== 0);
  }
});
