import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";
import { Wallet } from "ethers";
import { Client } from "pg";

import { bindWallet, get, newPerson } from "../helpers/api.ts";
import { type TestStack, startTestStack } from "../helpers/stack.ts";

describe("what was accepted", () => {
  let test: TestStack;
  before(async function () {
    this.timeout(120_000);
    test = await startTestStack({ SUBMIT_TIMEOUT_MS: "500" });
  });
  after(() => test.stop());

  /** Waits until all of these links are on chain, and says how many links each avatar has there. */
  async function lengths(avatars: string[], deadline = 45_000): Promise<bigint[]> {
    const started = Date.now();
    for (;;) {
      const found = await Promise.all(avatars.map((avatar) => test.registry.lengthOf(avatar)));
      if (found.every((length) => length > 0n) || Date.now() - started > deadline) return found;
      await sleep(200);
    }
  }

  it("is sent once after a kill -9 of the API before it was sent", async () => {
    const [person, wallet] = [newPerson(), Wallet.createRandom()];
    // Without a chain it can be accepted and not sent.
    await test.stack.chain.part.kill();
    const answer = await bindWallet(test.stack, person, wallet);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(202);
    const location = answer.headers.get("location")!;
    expect((await get(test.stack, location)).body.state).to.equal("accepted");

    await test.stack.api.kill();
    await test.stack.startChain();
    await test.stack.startApi();

    expect(await lengths([person.key.address])).to.deep.equal([1n]);
    const filter = test.registry.filters.LinkAppended(person.key.address);
    expect(await test.registry.queryFilter(filter)).to.have.length(1);
    expect((await get(test.stack, location)).body).to.include({ state: "included", reason: "" });
  });

  it("is all on chain, each link once, however often the API is killed meanwhile", async function () {
    this.timeout(120_000);
    const people = Array.from({ length: 12 }, newPerson);
    const accepted: string[] = [];
    // As a client would: again, until it was taken.
    const submitting = people.map(async (person, index) => {
      await sleep(index * 60);
      for (let tries = 0; tries < 200; tries++) {
        const answer = await bindWallet(test.stack, person, Wallet.createRandom()).catch(() => undefined);
        if (answer?.status === 201 || answer?.status === 202) {
          accepted.push(person.key.address);
          return;
        }
        await sleep(100);
      }
    });
    for (const pause of [150, 40, 90]) {
      await sleep(pause);
      await test.stack.api.kill();
      await test.stack.startApi();
    }
    await Promise.all(submitting);
    expect(accepted).to.have.length(people.length);

    // Also what was stored, but whose caller was cut off.
    const stored = await avatarsInOutbox(test.stack.databaseUrl);
    for (const avatar of accepted) expect(stored).to.include(avatar.toLowerCase());
    // One whose caller was cut off may have been bound again, to another wallet; that is its second link.
    const sent = await linksInOutbox(test.stack.databaseUrl);
    const found = await lengths(stored);
    expect(found.reduce((sum, length) => sum + Number(length), 0)).to.equal(sent);
  });

  it("goes out again where the chain was set back behind it", async () => {
    const [person, wallet] = [newPerson(), Wallet.createRandom()];
    await test.stack.chain.stop();
    const before = await readFile(test.stack.chain.stateFile);
    await test.stack.startChain();
    await bindWallet(test.stack, person, wallet);
    expect(await lengths([person.key.address])).to.deep.equal([1n]);

    await test.stack.api.stop();
    await test.stack.chain.stop();
    await writeFile(test.stack.chain.stateFile, before);
    await test.stack.startChain();
    expect(await test.registry.lengthOf(person.key.address)).to.equal(0n);
    await test.stack.startApi();
    expect(await lengths([person.key.address])).to.deep.equal([1n]);
  });

  it("is still there after everything was killed at once", async function () {
    this.timeout(120_000);
    const [person, wallet] = [newPerson(), Wallet.createRandom()];
    await bindWallet(test.stack, person, wallet);
    await lengths([person.key.address]);
    await Promise.all(test.stack.parts.map((part) => part.kill()));
    await test.stack.restart();
    expect(await lengths([person.key.address])).to.deep.equal([1n]);
    let found = await get(test.stack, `/v1/proof?identity=${wallet.address}&exact=true`);
    for (let tries = 0; found.body.ids?.length !== 1 && tries < 100; tries++) {
      await sleep(100);
      found = await get(test.stack, `/v1/proof?identity=${wallet.address}&exact=true`);
    }
    expect(found.body.ids[0].avatar).to.equal(person.key.compressed);
  });
});

/** How many links were accepted, once all have come to their end. */
async function linksInOutbox(databaseUrl: string): Promise<number> {
  return withDatabase(databaseUrl, async (client) => {
    for (let tries = 0; tries < 200; tries++) {
      const { rows } = await client.query<{ total: number; open: number }>(
        `SELECT count(*) FILTER (WHERE state = 'included')::integer AS total,
           count(*) FILTER (WHERE state IN ('accepted', 'sent'))::integer AS open FROM api.submission`,
      );
      if (rows[0]!.open === 0) return rows[0]!.total;
      await sleep(100);
    }
    throw new Error("submissions stay open");
  });
}

async function avatarsInOutbox(databaseUrl: string): Promise<string[]> {
  return withDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ avatar: string }>("SELECT DISTINCT avatar FROM api.submission");
    return rows.map(({ avatar }) => avatar);
  });
}

async function withDatabase<T>(databaseUrl: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
