import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";
import { Client } from "pg";

import { get } from "../helpers/api.ts";
import type { Person, SignedLink } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { type AttestedFields, append, attested, claim, now, somebody } from "./stranger.ts";

/** A record of GET /v1/proof, as far as it is looked at. */
interface Found {
  avatar: string;
  activated_at: string;
  proofs: { platform: string; identity: string; created_at: string; status: string; is_valid: boolean }[];
}

/** Binds an account. */
function github(person: Person, identity: string, more: Partial<AttestedFields> = {}): SignedLink {
  return attested(person, { platform: "github", identity, ...more });
}

/** The first identity of each avatar. */
function namesOf(ids: readonly Found[]): string[] {
  return ids.map(({ proofs }) => proofs[0]!.identity);
}

/** Waits until the next blocks have another time than the last. */
function nextSecond(): Promise<void> {
  return sleep(1_100);
}

describe("GET /v1/proof", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  /** Asks, and expects an answer. */
  async function search(query: Record<string, string>) {
    const answer = await get(test.stack, `/v1/proof?${new URLSearchParams(query)}`);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body as { pagination: Record<"total" | "per" | "current" | "next", number>; ids: Found[] };
  }

  /** The people that a search finds, by name. */
  async function found(query: Record<string, string>, people: Record<string, Person>): Promise<string[]> {
    const { ids } = await search(query);
    return ids.map(
      ({ avatar }) => Object.entries(people).find(([, { key }]) => key.compressed === avatar)?.[0] ?? avatar,
    );
  }

  /** The names of the paged ones on both pages, in order. */
  async function sorted(sort: string, order: string): Promise<string[]> {
    const query = { identity: "paged-", sort, order };
    return namesOf([...(await search(query)).ids, ...(await search({ ...query, page: "2" })).ids]);
  }

  describe("by identity", () => {
    const people = {
      alice: somebody(),
      longer: somebody(),
      under: somebody(),
      score: somebody(),
      short: somebody(),
      domain: somebody(),
      nobody: somebody(),
      owner: somebody(),
    };
    const wallet = somebody();
    before(() =>
      append(test, [
        github(people.alice, "srch-alice", { accountId: "90000001" }),
        github(people.longer, "srch-alice-b"),
        github(people.under, "srch_alice"),
        github(people.score, "srch5alice"),
        github(people.short, "sr"),
        attested(people.domain, { platform: "dns", identity: "srch-alice.example" }),
        github(people.nobody, "null"),
        claim(people.owner, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet }),
      ]),
    );

    it("finds the very one where exact is asked for, in any case, by number, and with an @", async () => {
      for (const identity of ["srch-alice", "SRCH-Alice", "@srch-alice", "90000001", "https://github.com/srch-alice"]) {
        for (const exact of ["true", "1", "T"]) {
          expect(await found({ identity, exact, platform: "github" }, people), identity).to.deep.equal(["alice"]);
        }
      }
      for (const identity of ["srch-alic", "rch-alice", "9000000", "srch"]) {
        expect(await found({ identity, exact: "true" }, people), identity).to.deep.equal([]);
      }
    });

    it("finds a wallet by its address, with or without the checksum's capitals", async () => {
      for (const identity of [wallet.address, wallet.wallet, wallet.address.slice(2, 30)]) {
        expect(await found({ identity, platform: "ethereum" }, people), identity).to.deep.equal(["owner"]);
      }
    });

    it("finds those that have it as a part else, on the platform or on all", async () => {
      const all = ["alice", "longer", "domain"];
      expect(await found({ identity: "RCH-aLIC" }, people)).to.have.members(all);
      expect(await found({ identity: "rch-alic", exact: "false" }, people)).to.have.members(all);
      expect(await found({ identity: "rch-alic", platform: "github" }, people)).to.have.members(["alice", "longer"]);
      expect(await found({ identity: "rch-alic", platform: "twitter" }, people)).to.deep.equal([]);
      expect(await found({ identity: "rch-alic", platform: "GitHub" }, people)).to.deep.equal([]);
    });

    it("looks for no part shorter than three characters, and finds a name that short itself", async () => {
      expect(await found({ identity: "sr" }, people)).to.deep.equal(["short"]);
      expect(await found({ identity: "s" }, people)).to.deep.equal([]);
      expect((await search({ identity: "rch" })).ids.length).to.be.at.least(5);
    });

    it("takes SQL's wildcards for what they are", async () => {
      expect(await found({ identity: "rch_ali" }, people)).to.deep.equal(["under"]);
      for (const identity of ["srch%alice", "%%%", "___", "srch-alice%", "srch\\_alice", "%srch-alice%"]) {
        expect(await found({ identity }, people), identity).to.deep.equal([]);
      }
    });

    it("finds somebody whose name is null, and nobody for a bare @", async () => {
      expect(await found({ identity: "null", exact: "true" }, people)).to.deep.equal(["nobody"]);
      // Where the handle is taken off nothing is left, which every wallet has for its account id.
      for (const exact of ["true", "false"]) expect(await found({ identity: "@", exact }, people)).to.deep.equal([]);
    });

    it("keeps a list of identities within the platform", async () => {
      const identity = "srch-alice-b,srch-alice.example,srch_alice";
      const exact = "true";
      expect(await found({ identity, exact, platform: "github" }, people)).to.have.members(["longer", "under"]);
      expect(await found({ identity, exact, platform: "dns" }, people)).to.deep.equal(["domain"]);
      expect(await found({ identity, exact }, people)).to.have.members(["longer", "under", "domain"]);
      expect(await found({ identity: ",srch-alice-b,,", exact }, people)).to.deep.equal(["longer"]);
    });
  });

  describe("in pages", () => {
    const COUNT = 45;
    const people = Array.from({ length: COUNT }, somebody);
    const rising = people.map((_, index) => `paged-${String(index).padStart(2, "0")}`);
    const falling = rising.toReversed();
    /** So many are made first, and the rest at least a second later. */
    const EARLY = 20;
    before(async () => {
      // The later one is made, the older is its link.
      const latest = now() - 1000;
      const links = people.map((person, index) => github(person, rising[index]!, { createdAt: latest - index }));
      await append(test, links.slice(0, EARLY));
      await nextSecond();
      await append(test, links.slice(EARLY));
    });

    it("has 40 to a page, each avatar once, and 0 for the next of the last", async () => {
      const first = await search({ identity: "paged-" });
      expect(first.pagination).to.deep.equal({ total: COUNT, per: 40, current: 1, next: 2 });
      const second = await search({ identity: "paged-", page: "2" });
      expect(second.pagination).to.deep.equal({ total: COUNT, per: 40, current: 2, next: 0 });
      expect([first.ids.length, second.ids.length]).to.deep.equal([40, 5]);
      expect(namesOf([...first.ids, ...second.ids])).to.have.members(rising);
    });

    it("echoes a page behind the last one, empty, with the same total", async () => {
      const { pagination, ids } = await search({ identity: "paged-", page: "7" });
      expect(ids).to.deep.equal([]);
      expect(pagination).to.deep.equal({ total: COUNT, per: 40, current: 7, next: 0 });
    });

    it("ends a page that is just full", async () => {
      const identity = rising.slice(0, 40).join(",");
      expect((await search({ identity, exact: "true" })).pagination).to.include({ total: 40, next: 0 });
    });

    it("is sorted as asked", async () => {
      expect(await sorted("identity", "asc")).to.deep.equal(rising);
      expect(await sorted("identity", "desc")).to.deep.equal(falling);
      expect(await sorted("identity", "sideways")).to.deep.equal(falling);
      expect(await sorted("activated_at", "asc")).to.deep.equal(falling);
      expect(await sorted("activated_at", "desc")).to.deep.equal(rising);
    });

    it("has the latest first where nothing is asked, or what is no column", async () => {
      for (const sort of ["", "id", "created_at", "proof_chain_id", "nonsense", "constructor", "__proto__"]) {
        for (const order of ["", "desc"]) {
          const names = await sorted(sort, order);
          expect(names.slice(0, COUNT - EARLY), sort).to.have.members(rising.slice(EARLY));
          expect(names.slice(COUNT - EARLY), sort).to.have.members(rising.slice(0, EARLY));
        }
        expect((await sorted(sort, "asc")).slice(0, EARLY), sort).to.have.members(rising.slice(0, EARLY));
      }
    });

    it("sorts an avatar's proofs alike", async () => {
      const person = somebody();
      const first = github(person, "sorted-b");
      const second = attested(person, { platform: "dns", identity: "sorted-a.example", after: first });
      const third = github(person, "sorted-c", { after: second });
      for (const link of [first, second, third]) {
        await append(test, [link]);
        await nextSecond();
      }
      const made = ["sorted-b", "sorted-a.example", "sorted-c"];
      for (const [sort, order, expected] of [
        ["created_at", "asc", made],
        ["", "", made.toReversed()],
        ["identity", "asc", made.toSorted()],
        ["identity", "desc", made.toSorted().toReversed()],
        ["platform", "asc", ["sorted-a.example", "sorted-b", "sorted-c"]],
      ] as const) {
        const { pagination, ids } = await search({ identity: "sorted-", sort, order });
        expect(pagination.total).to.equal(3);
        expect(ids, "one avatar").to.have.length(1);
        expect(ids[0]!.proofs.map(({ identity }) => identity)).to.deep.equal(expected);
      }
    });
  });

  describe("by an avatar's key", () => {
    it("finds it under every form of the key, and several at once", async () => {
      const people = { one: somebody(), two: somebody(), claims: somebody() };
      await append(test, [
        github(people.one, "keyed-one"),
        github(people.two, "keyed-two"),
        claim(people.claims, { platform: "github", identity: "keyed-claim" }),
      ]);
      const { compressed, uncompressed } = people.one.key;
      const platform = "nextid";
      for (const identity of [
        ...[compressed, uncompressed, compressed.slice(2), uncompressed.slice(2).toUpperCase()],
        ...[`0X${compressed.slice(2).toUpperCase()}`, uncompressed.slice(4)],
      ]) {
        expect(await found({ platform, identity }, people), identity).to.deep.equal(["one"]);
      }
      const identity = Object.values(people).map(({ key }) => key.uncompressed);
      expect(await found({ platform, identity: identity.join(",") }, people)).to.have.members(["one", "two"]);
      const any = await found({ platform, identity: identity.join(","), status: "any" }, people);
      expect(any).to.have.members(["one", "two", "claims"]);
      expect(await found({ platform, identity: somebody().key.compressed }, people)).to.deep.equal([]);
    });

    it("counts and sorts the proofs of all of them, and shows each avatar once", async () => {
      const people = { first: somebody(), second: somebody(), third: somebody() };
      const own = github(people.first, "keysort-a");
      await append(test, [
        own,
        attested(people.first, { platform: "dns", identity: "keysort-c.example", after: own }),
        github(people.second, "keysort-b"),
        github(people.third, "keysort-d"),
      ]);
      const identity = Object.values(people).map(({ key }) => key.compressed);
      const query = { platform: "nextid", identity: identity.join(",") };
      for (const [order, expected] of [
        ["asc", ["first", "second"]],
        ["desc", ["third", "first"]],
      ] as const) {
        const { pagination } = await search({ ...query, sort: "identity", order });
        expect(pagination).to.deep.equal({ total: 4, per: 40, current: 1, next: 0 });
        expect((await found({ ...query, sort: "identity", order }, people)).slice(0, 2)).to.deep.equal(expected);
      }
    });
  });

  it("lets nobody burn the database by looking for parts of identities", async () => {
    const client = new Client({ connectionString: test.stack.databaseUrl });
    await client.connect();
    try {
      // A table that answers nobody just now is as good as one of a billion rows.
      const [view] = (
        await client.query("SELECT definition FROM pg_views WHERE schemaname = 'indexer' AND viewname = 'binding'")
      ).rows as { definition: string }[];
      await client.query("BEGIN");
      await client.query(`LOCK TABLE ${/FROM (\S+\.binding)/.exec(view!.definition)![1]!} IN ACCESS EXCLUSIVE MODE`);
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => get(test.stack, `/v1/proof?identity=burning-${index}`)),
      );
      const messages = answers.map(({ status, headers, body }) => {
        expect(status).to.equal(503);
        expect(headers.get("retry-after")).to.equal("1");
        return body.message as string;
      });
      for (const [why, count] of [
        ["too many look for parts of identities just now", 2],
        ["to look for a part of an identity takes too long", 6],
      ] as const) {
        expect(
          messages.filter((message) => message === `${why}: ask for the whole one with exact=true`),
        ).to.have.length(count);
      }
    } finally {
      await client.end();
    }
    await search({ identity: "burning-1" });
  });
});
