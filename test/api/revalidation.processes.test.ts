import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";

import type { SignedLink } from "../helpers/contractLinks.ts";
import { startNode } from "../helpers/node.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { newGist } from "./gists.ts";
import { age, checkOf, looked, withChecks } from "./looks.ts";
import { append, attested, now, somebody } from "./stranger.ts";

const ACCOUNT = 77;

const gistOf = ({ submission }: SignedLink) => submission.proofLocation;

describe("revalidation by several processes on one database", () => {
  let test: TestStack;
  let bound: SignedLink[];
  const ids = () => bound.map(({ id }) => id);

  before(async () => {
    test = await sharedStack();
    // Bindings that other nodes made: only the index tells of them.
    bound = Array.from({ length: 20 }, (_, index) => {
      const person = somebody();
      const [login, gist] = [`rvp-${index}`, newGist()];
      const link = attested(person, {
        ...{ platform: "github", identity: login, proofLocation: gist },
        accountId: String(ACCOUNT),
      });
      const document = { persona: person.key.compressed, signature: link.signature.base64 };
      test.github.publish(gist, {
        owner: { login, id: ACCOUNT },
        files: { [`${person.key.compressed}.json`]: JSON.stringify(document) },
      });
      return link;
    });
    await append(test, bound);
    await withChecks(test, 0, (checks) => checks.enrol());
  });
  afterEach(async () => {
    test.github.trouble(null);
    // What fails here must not fail all that comes behind.
    if (!test.stack.api.running) await test.stack.startApi();
  });

  /** Who looked at the gists since: by the credential that each process has. */
  function looksSince(start: number): { gist: string; by: string }[] {
    const gists = new Set(bound.map(gistOf));
    return test.github.requests.slice(start).flatMap(({ url, headers }) => {
      const gist = url.pathname.split("/").at(-1)!;
      return gists.has(gist) ? [{ gist, by: String(headers.authorization ?? "") }] : [];
    });
  }

  it("gives what it was not told of a time of its own to be looked at", async () => {
    for (const id of ids()) {
      const row = (await checkOf(test, id))!;
      expect(row).to.include({ last_checked_at: null, strikes: 0 });
      expect(row.next_due - now()).to.be.within(2.6 * 24 * 3600, 3.4 * 24 * 3600);
    }
  });

  it("looks once at each, whoever of them does", async () => {
    const second = await startNode(test, { name: "second-api", env: { GITHUB_TOKEN: "second" } });
    try {
      const start = test.github.requests.length;
      await age(test, ids(), 4 * 24);
      for (const id of ids()) expect(await looked(test, id)).to.include({ strikes: 0, reason: "" });
      const looks = looksSince(start);
      expect(looks.map(({ gist }) => gist).sort()).to.deep.equal(bound.map(gistOf).sort());
      expect(new Set(looks.map(({ by }) => by))).to.deep.equal(new Set(["", "Bearer second"]));
    } finally {
      await second.stop();
    }
  });

  it("goes on after a kill in the middle, and holds it against nobody", async () => {
    test.github.trouble("never answers");
    const start = test.github.requests.length;
    await age(test, ids(), 4 * 24);
    while (looksSince(start).length === 0) await sleep(20);
    await test.stack.api.kill();
    test.github.trouble(null);
    await test.stack.startApi();
    // Those that were being looked at are nobody's for two minutes more.
    const held = await Promise.all(ids().map((id) => checkOf(test, id)));
    expect(held.some((row) => row!.next_due > now())).to.equal(true);
    const leased = held.filter((row) => row!.next_due > now() && row!.last_confirmed_at !== null);
    await age(
      test,
      leased.map((row) => row!.link_id),
      0,
    );
    for (const id of ids()) {
      const row = await looked(test, id);
      expect(row).to.include({ strikes: 0, reason: "", soft_failures: 0 });
      expect(row.last_checked_at).to.be.greaterThan(now() - 60);
    }
  });

  it("leaves what it had begun to the next one when it is stopped", async () => {
    test.github.trouble("never answers");
    const start = test.github.requests.length;
    await age(test, ids(), 4 * 24);
    while (looksSince(start).length === 0) await sleep(20);
    await test.stack.api.stop();
    for (const id of ids()) expect((await checkOf(test, id))!.next_due, id).to.be.at.most(now());
    test.github.trouble(null);
    await test.stack.startApi();
    for (const id of ids()) expect(await looked(test, id)).to.include({ strikes: 0, soft_failures: 0 });
  });
});
