import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";
import { Wallet } from "ethers";

import { type Person, bindWallet, get, newPerson } from "../helpers/api.ts";
import { type TestStack, startTestStack } from "../helpers/stack.ts";

/** How many bind at once, and how many binds are waited for before and after each blow. */
const CLIENTS = 6;
const BINDS = 6;

/** A submission that the API took: 201 or 202. */
interface Acknowledged {
  person: Person;
  wallet: string;
  location: string;
}

describe("what was acknowledged", () => {
  let test: TestStack;
  before(async function () {
    this.timeout(120_000);
    test = await startTestStack({ SUBMIT_TIMEOUT_MS: "1500" });
  });
  after(() => test.stop());

  const acknowledged: Acknowledged[] = [];

  /** Binds wallets, each of a new person, until told to stop. What is cut off or refused for the moment is nobody's loss. */
  async function keepBinding(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const [person, wallet] = [newPerson(), Wallet.createRandom()];
      const answer = await bindWallet(test.stack, person, wallet).catch(() => undefined);
      if (answer?.status === 201 || answer?.status === 202) {
        acknowledged.push({ person, wallet: wallet.address, location: answer.headers.get("location")! });
      } else {
        // A request may find nobody, or somebody who lost the database; it is never wrong by itself.
        expect(answer?.status ?? 503, JSON.stringify(answer?.body)).to.be.oneOf([500, 502, 503]);
        await sleep(100);
      }
    }
  }

  /** Waits until so many more were acknowledged. */
  async function more(count: number): Promise<void> {
    const wanted = acknowledged.length + count;
    await until(
      () => Promise.resolve(acknowledged.length),
      (length) => length >= wanted,
    );
  }

  /** Expects all of them on chain once, and readable. */
  async function expectKept(): Promise<void> {
    for (const { person, wallet, location } of acknowledged) {
      const { body } = await until(
        () => get(test.stack, location).catch(() => undefined),
        (answer) => answer?.body?.state === "included",
      );
      const found = await until(
        () => get(test.stack, `/v1/proof?platform=ethereum&identity=${wallet}&exact=true`).catch(() => undefined),
        (answer) => answer?.body?.ids?.length === 1,
      );
      expect(found.body.ids[0].avatar).to.equal(person.key.compressed);
      const filter = test.registry.filters.LinkAppended(person.key.address);
      const [log, ...others] = await test.registry.queryFilter(filter);
      expect(others, "sent twice").to.deep.equal([]);
      expect(log!.args.linkId).to.equal(body.link_id);
      expect(await test.registry.lengthOf(person.key.address)).to.equal(1n);
    }
  }

  it("is on chain once and readable, whichever part is killed meanwhile", async function () {
    this.timeout(240_000);
    const { stack } = test;
    const stop = new AbortController();
    const clients = Array.from({ length: CLIENTS }, () => keepBinding(stop.signal));
    const blows: Record<string, () => Promise<void>> = {
      api: async () => {
        await stack.api.kill();
        await stack.startApi();
      },
      indexer: async () => {
        await stack.indexer.kill();
        await stack.startIndexer();
      },
      chain: async () => {
        await stack.chain.part.kill();
        await stack.startChain();
      },
      postgres: async () => {
        await stack.postgres!.kill();
        await stack.startDatabase();
        // Whoever runs it starts it again where it gave up.
        if (!stack.indexer.running) await stack.startIndexer();
      },
    };
    try {
      for (const blow of Object.values(blows)) {
        await more(BINDS);
        await blow();
      }
      await more(BINDS);
    } finally {
      stop.abort();
      await Promise.all(clients);
    }
    if (!stack.indexer.running) await stack.startIndexer();
    await expectKept();
  });

  it("is still there after everything was killed at once", async function () {
    this.timeout(120_000);
    const stop = new AbortController();
    const clients = Array.from({ length: CLIENTS }, () => keepBinding(stop.signal));
    await more(BINDS);
    await Promise.all(test.stack.parts.map((part) => part.kill()));
    stop.abort();
    await Promise.all(clients);
    await test.stack.restart();
    await expectKept();
  });
});

/** Asks until the answer will do. @throws on the deadline (milliseconds), with the last answer. */
async function until<T, U extends T>(
  ask: () => Promise<T>,
  will: ((answer: T) => answer is U) | ((answer: T) => boolean),
  deadline = 60_000,
): Promise<NonNullable<T>> {
  const started = Date.now();
  for (;;) {
    const answer = await ask();
    if (will(answer)) return answer!;
    if (Date.now() - started > deadline) throw new Error(`not in time: ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}
