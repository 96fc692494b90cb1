import { recoverPublicKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import type { JournalEvent } from "../../api/live/events.ts";
import { get } from "../helpers/api.ts";
import type { SignedLink } from "../helpers/contractLinks.ts";
import { type TestStack, startTestStack } from "../helpers/stack.ts";
import { Ear, inShort } from "./listening.ts";
import { rowsOf } from "./proofs.ts";
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
      // While the index follows a reorg, it may say that for a moment.
      if (status === 503) continue;
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

/** All rows of the journal. */
async function journalOf({ stack }: TestStack): Promise<{ rows: { id: number }[]; last: number }> {
  const sql = "SELECT id::integer, type, link_id, taken_back::integer FROM api.journal ORDER BY id";
  const rows = await rowsOf<{ id: number }>(stack.databaseUrl, sql);
  return { rows, last: rows.at(-1)!.id };
}

const name = ({ link }: SignedLink) => link.identity;
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

  it("announces by GET /v1/events what a reorg takes back and what it moves, and then what it brings", async () => {
    const [lost, moved, brought] = [newLink(), newLink(), newLink()];
    const [all, one] = [await Ear.open(test.stack), await Ear.open(test.stack, `?avatar=${moved.link.avatar}`)];
    const snapshot = await test.provider.send("evm_snapshot", []);
    await append(test, [lost, moved]);
    const told = await all.take(4);
    const [lostLink, lostBinding, movedLink, movedBinding] = told.map(({ id }) => id);

    expect(await test.provider.send("evm_revert", [snapshot])).to.equal(true);
    await test.provider.send("evm_mine", []);
    await append(test, [moved, brought]);
    const after: JournalEvent[] = [];
    while (after.at(-1)?.type !== "binding" || after.at(-1)!.identity !== name(brought))
      after.push(...(await all.take(1)));

    const reorgs = after.filter((event) => event.type === "reorg");
    expect(after.slice(0, reorgs.length), "what is gone is told first").to.deep.equal(reorgs);
    const ofLost = reorgs.find(({ identity }) => identity === name(lost))!;
    expect(ofLost).to.deep.include({ removed: [lostLink, lostBinding], moved: [], status: "none", is_valid: false });
    expect(after.slice(-2).map(inShort)).to.deep.equal([
      `link create ${name(brought)}`,
      `binding ${name(brought)} claimed false link`,
    ]);
    // Seen at once with the rest it has moved; seen gone in between it comes anew. Either way it is told where it is.
    const { body } = await get(test.stack, `/v1/proofchain?avatar=${moved.link.avatar}`);
    const [{ block, tx_hash }] = body.proof_chain;
    const ofMoved = reorgs.find(({ identity }) => identity === name(moved))!;
    if (ofMoved.moved.length > 0) {
      expect(ofMoved).to.deep.include({
        removed: [],
        status: "claimed",
        moved: [movedLink, movedBinding].map((id) => ({ id, block, tx_hash })),
      });
    } else {
      expect(ofMoved.removed).to.deep.equal([movedLink, movedBinding]);
      expect(after.find((event) => event.type === "link" && event.identity === name(moved))).to.include({ block });
    }

    // A filter lets through what took back what it had let through, and no more.
    const seen = await one.take(3);
    expect(seen.map(({ identity }) => identity)).to.deep.equal(Array(3).fill(name(moved)));
    expect(seen[2]).to.deep.equal(ofMoved);
    // Who comes later is told the same, but for where what moved is.
    const later = await Ear.open(test.stack, `?cursor=${told[0]!.id - 1}`);
    const again = await later.take(told.length + after.length);
    expect(again.map(({ id, type }) => [id, type])).to.deep.equal(
      [...told, ...after].map(({ id, type }) => [id, type]),
    );
    expect(again.slice(told.length)).to.deep.equal(after);
    for (const ear of [all, one, later]) ear.hangUp();
  });

  it("takes nothing back when the indexer is killed and begins anew, and tells nothing twice", async () => {
    const [before, meanwhile] = [newLink(), newLink()];
    await append(test, [before]);
    const ear = await Ear.open(test.stack, "?from=start");
    const told = async (link: SignedLink) => {
      const events: JournalEvent[] = [];
      while (events.at(-1)?.type !== "binding" || events.at(-1)!.identity !== link.link.identity) {
        events.push(...(await ear.take(1)));
      }
      return events;
    };
    const ids = new Set((await told(before)).map(({ id }) => id));
    await test.stack.indexer.kill();
    const appended = append(test, [meanwhile]);
    await test.stack.startIndexer();
    await appended;
    const news = await told(meanwhile);
    expect(news.map(inShort)).to.deep.equal([
      `link create ${meanwhile.link.identity}`,
      `binding ${meanwhile.link.identity} claimed false link`,
    ]);
    for (const { id } of news) expect(ids).not.to.include(id);
    ear.hangUp();
  });

  it("keeps its numbers, and tells nothing anew, when another version of the index takes over", async () => {
    const consumer = new Consumer(test);
    await consumer.follow("100");
    const { rows, last } = await journalOf(test);
    // As if all that is had come from another build: everything is compared again.
    await rowsOf(test.stack.databaseUrl, "UPDATE api.journal_state SET build = 'another'");
    await append(test, [newLink()]);
    expect(await consumer.follow("100")).to.have.length(1);
    const now = await journalOf(test);
    expect(now.rows.slice(0, rows.length)).to.deep.equal(rows);
    expect(now.rows).to.have.length(rows.length + 2);
    expect(now.last).to.be.greaterThan(last);
  });

  /** Waits until the index has followed the chain back. */
  async function gone({ link }: SignedLink): Promise<void> {
    while ((await get(test.stack, `/v1/proofchain?avatar=${link.avatar}`)).body.pagination?.total !== 0);
  }
});
