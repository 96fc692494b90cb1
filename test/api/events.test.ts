import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";

import { SyngraphClient, SyngraphError } from "@syngraph/sdk/client";
import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { EventSource } from "eventsource";

import { createPool } from "../../api/db/pool.ts";
import { Journal } from "../../api/live/journal.ts";
import type { JournalEvent } from "../../api/live/events.ts";
import { get } from "../helpers/api.ts";
import type { SignedLink } from "../helpers/contractLinks.ts";
import { type Node, startNode } from "../helpers/node.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { until } from "../helpers/until.ts";
import { bindGist, fileOf } from "./gists.ts";
import { Ear, inShort } from "./listening.ts";
import { age, exists, lookAgain, proofOf } from "./looks.ts";
import { expectError, rowsOf, signedDelete } from "./proofs.ts";
import { ATTESTER, append, attested, claim, now, saidBy, somebody, strangersRegistry } from "./stranger.ts";

let named = 0;
const newName = () => `event-${(named += 1)}`;

/** What a proxy in front says of a client. */
const from = (client: string) => ({ "x-forwarded-for": client });

/** Claims of so many people. */
const claims = (count: number): SignedLink[] =>
  Array.from({ length: count }, () => claim(somebody(), { platform: "github", identity: newName() }));

describe("GET /v1/events", () => {
  let test: TestStack;
  let node: Node;
  const ears: Ear[] = [];
  async function listen(query = "", headers: Record<string, string> = {}, where = test.stack): Promise<Ear> {
    const ear = await Ear.open(where, query, headers);
    expect(ear.response.status, query).to.equal(200);
    ears.push(ear);
    return ear;
  }
  before(async () => {
    test = await sharedStack();
    const env = { EVENT_STREAMS_PER_CLIENT: "30", TRUST_PROXY: "1" };
    node = await startNode(test, { name: "events", env });
  });
  afterEach(() => ears.splice(0).forEach((ear) => ear.hangUp()));
  after(() => node.stop());

  /** All that there is, at one node. */
  async function everything(where: { apiUrl: string }): Promise<JournalEvent[]> {
    const { last } = await ends();
    const ear = await Ear.open(where, "?from=start");
    ears.push(ear);
    const events: JournalEvent[] = [];
    while (events.at(-1)?.id !== last) events.push(...(await ear.take(1)));
    return events;
  }

  async function ends(): Promise<{ last: number }> {
    return (
      await rowsOf<{ last: number }>(
        test.stack.databaseUrl,
        "SELECT coalesce(max(id), 0)::integer AS last FROM api.journal",
      )
    )[0]!;
  }

  it("tells of each link and binding when it comes, by the numbers of /v1/proofchain/changes", async () => {
    const ear = await listen();
    const { headers } = ear.response;
    expect(headers.get("content-type")).to.equal("text/event-stream; charset=utf-8");
    expect(headers.get("cache-control")).to.equal("no-store, no-transform");
    expect(headers.get("x-accel-buffering")).to.equal("no");
    const [one, two] = claims(2) as [SignedLink, SignedLink];
    await append(test, [one, two]);
    const events = await ear.take(4);
    expect(events.map(inShort)).to.deep.equal(
      [one, two].flatMap(({ link: { identity } }) => [
        `link create ${identity}`,
        `binding ${identity} claimed false link`,
      ]),
    );
    expect(ear.text).to.match(/^retry: \d+\n\n:\nid: \d+\n\nid: /);
    const { body } = await get(test.stack, `/v1/proofchain/changes?last_id=${events[0]!.id - 1}&count=2`);
    const told = events.filter(({ type }) => type === "link");
    for (const [index, item] of body.links.entries()) {
      for (const field of [
        "id",
        "link_id",
        "avatar",
        "platform",
        "identity",
        "sequence",
        "uuid",
        "created_at",
        "status",
      ]) {
        expect((told[index] as unknown as Record<string, unknown>)[field], field).to.equal(item[field]);
      }
      expect(told[index]).to.include({ block: item.block, tx_hash: item.tx_hash, chain_id: item.chain_id });
    }
  });

  it("tells of every change of a binding, in the order of the chain", async () => {
    const registry = await strangersRegistry(test);
    const person = somebody();
    const identity = newName();
    const ear = await listen(`?avatar=${person.key.compressed}`);
    const bound = attested(person, { platform: "github", identity });
    await append(test, [bound]);
    const key = bindingKey(person.address, "github", identity);
    const seen = now() + 10;
    await registry.suspend(
      key,
      bound.id,
      saidBy({ linkId: bound.id, found: false, accountId: "" }, [[ATTESTER, seen]]),
    );
    const back = { linkId: bound.id, found: true, accountId: "81" };
    await registry.reinstate(key, bound.id, saidBy(back, [[ATTESTER, seen + 1]]));
    await until(async () => (await proofOf(test, { person, login: identity })).status === "confirmed");
    expect((await signedDelete(test, person, { platform: "github", identity })).status).to.equal(201);
    const events = await ear.take(6);
    expect(events.map(inShort)).to.deep.equal([
      `link create ${identity}`,
      `binding ${identity} confirmed true link`,
      `binding ${identity} suspended false attesters`,
      `binding ${identity} confirmed true attesters`,
      `link delete ${identity}`,
      `binding ${identity} deleted false link`,
    ]);
    expect(events[2]).to.deep.include({ attesters: [ATTESTER.wallet], link_id: bound.id, reason: "" });
  });

  it("tells when this node holds a binding for invalid, once, and when not any more", async () => {
    const login = newName();
    const { person, made, gist } = await bindGist(test, login);
    const { link_id: linkId } = await proofOf(test, { person, login });
    const ear = await listen(`?platform=github&identity=${login.toUpperCase()}&types=binding`);
    const publish = (files: Record<string, string>) =>
      test.github.publish(gist, { owner: { login, id: 1191636 }, files });
    publish({});
    await lookAgain(test, { person, login, linkId }, 72);
    await lookAgain(test, { person, login, linkId }, 12);
    const [invalid, suspended] = await ear.take(2);
    expect(inShort(invalid!)).to.equal(`binding ${login} confirmed false node`);
    expect(invalid).to.include({ block: null, tx_hash: null });
    expect((invalid as { reason: string }).reason).to.match(/^withdrawn: /);
    expect(inShort(suspended!)).to.equal(`binding ${login} suspended false attesters`);
    publish({ [fileOf(person)]: made.content });
    const { last_checked_at } = await exists(test, { person, login });
    await until(async () => now() > Number(last_checked_at));
    await age(test, [linkId], 72);
    await exists(test, { person, login });
    expect(inShort((await ear.take(1))[0]!)).to.equal(`binding ${login} confirmed true attesters`);
  });

  it("tells everybody the same in the same order, whichever process, wherever they break off", async () => {
    const before = (await ends()).last;
    const links = claims(12);
    const live = [await listen(`?cursor=${before}`), await listen(`?cursor=${before}`, {}, node as never)];
    await append(test, links);
    const [here, there] = await Promise.all(live.map((ear) => ear.take(24)));
    expect(there).to.deep.equal(here);
    expect(new Set(here!.map(({ id }) => id)).size).to.equal(24);
    // Somebody who is cut off again and again, and comes back to the other process.
    const pieces: JournalEvent[] = [];
    let cursor = before;
    while (pieces.length < 24) {
      const where = pieces.length % 2 === 0 ? test.stack : node;
      const ear = await listen("", { "last-event-id": String(cursor) }, where as never);
      pieces.push(...(await ear.take(Math.min(randomInt(1, 5), 24 - pieces.length))));
      cursor = ear.cursor;
      ear.hangUp();
    }
    expect(pieces).to.deep.equal(here);
    expect(await everything(node)).to.deep.equal(await everything(test.stack));
  });

  it("goes on where it was after the process was started anew, for who keeps the cursor", async () => {
    const [first, second] = claims(2) as [SignedLink, SignedLink];
    const other = await startNode(test, { name: "events-again", env: {} });
    const client = new SyngraphClient({ baseUrl: other.apiUrl });
    const done = new AbortController();
    const events = client.events({ types: ["link"] }, { signal: done.signal });
    const next = async () => (await events.next()).value as JournalEvent;
    const pending = next();
    await until(async () => (await (await fetch(`${other.apiUrl}/metrics`)).text()).includes("event_streams 1"));
    const raw = await Ear.open(other);
    await append(test, [first]);
    expect((await pending).identity).to.equal(first.link.identity);
    const missed = next();
    await other.stop();
    // It ended its streams in order: nothing was cut off in the middle.
    await raw.take(2);
    expect(await raw.next()).to.equal(undefined);
    const port = Number(new URL(other.apiUrl).port);
    const [again] = await Promise.all([
      startNode(test, { name: "events-again", env: {}, port }),
      append(test, [second]),
    ]);
    try {
      expect((await missed).identity).to.equal(second.link.identity);
    } finally {
      done.abort();
      const error = await next().catch((reason: unknown) => reason);
      expect((error as SyngraphError).code).to.equal("aborted");
      await again.stop();
    }
  });

  it("is read by clients of the standard", async () => {
    const [link] = claims(1) as [SignedLink];
    const source = new EventSource(`${test.stack.apiUrl}/v1/events?platform=github&identity=${link.link.identity}`);
    try {
      const heard = new Promise<MessageEvent>((resolve) => source.addEventListener("binding", resolve));
      await new Promise((resolve) => source.addEventListener("open", resolve));
      await append(test, [link]);
      const { data, lastEventId } = await heard;
      expect(JSON.parse(data)).to.include({ id: Number(lastEventId), status: "claimed", link_id: link.id });
    } finally {
      source.close();
    }
  });

  it("tells of the latest events first, as many as are asked for", async () => {
    const before = (await ends()).last;
    await append(test, claims(3));
    // Until the journal has them all.
    await (await listen(`?cursor=${before}`)).take(6);
    const all = await everything(test.stack);
    const latest = await (await listen("?last=4")).take(4);
    expect(latest).to.deep.equal(all.slice(-4));
    // A cursor knows better; and who asks for more than is told, or than there is, is told what there is.
    const cursor = all.at(-2)!.id;
    expect(await (await listen(`?last=4&cursor=${cursor}`)).take(1)).to.deep.equal(all.slice(-1));
    const most = await (await listen("?last=999999999")).take(Math.min(all.length, 500));
    expect(most).to.deep.equal(all.slice(-500));
  });

  it("tells only of what was asked for", async () => {
    const before = (await ends()).last;
    const [person, other] = [somebody(), somebody()];
    const [name, same] = [newName(), newName()];
    const first = claim(person, { platform: "github", identity: name });
    const links = [first, claim(person, { platform: "dns", identity: `${same}.example`, after: first })];
    links.push(claim(other, { platform: "github", identity: name }));
    await append(test, links);
    const told = async (query: string, count: number) => {
      const ear = await listen(`?cursor=${before}${query}`);
      const events = await ear.take(count);
      // Nothing more is behind it: what comes next is the next link.
      return { ear, events: events.map((event) => `${event.type} ${event.platform} ${event.avatar.slice(-6)}`) };
    };
    const [mine, theirs] = [person, other].map(({ key }) => key.compressed.slice(-6));
    const byAvatar = await told(`&avatar=${person.address}`, 4);
    expect(byAvatar.events).to.deep.equal([
      ...[`link github ${mine}`, `binding github ${mine}`, `link dns ${mine}`, `binding dns ${mine}`],
    ]);
    const byName = await told(`&platform=github&identity=@${name.toUpperCase()}&types=binding`, 2);
    expect(byName.events).to.deep.equal([`binding github ${mine}`, `binding github ${theirs}`]);
    const both = await told(`&avatar=${other.key.compressed}&types=link,reorg`, 1);
    expect(both.events).to.deep.equal([`link github ${theirs}`]);
    const next = claim(other, { platform: "github", identity: name, after: links[2]! });
    await append(test, [next]);
    expect(inShort((await byName.ear.take(1))[0]!)).to.equal(`binding ${name} claimed false link`);
    expect((await both.ear.take(1))[0]).to.include({ link_id: next.id });
    expect(byAvatar.ear.text).not.to.include(next.id);
  });

  it("refuses in JSON cursors that are none, and what else is asked wrongly", async () => {
    const { last } = await ends();
    const wrong: [string, Record<string, string>, number, RegExp][] = [
      ...[
        "-1",
        "1.5",
        "0x10",
        "1e3",
        "9999999999999999",
        "9".repeat(5000),
        "1;DROP TABLE api.journal",
        "１",
        "1\n2",
      ].map(
        (cursor) => [`?cursor=${encodeURIComponent(cursor)}`, {}, 400, /^Param error: cursor: must be the id/] as never,
      ),
      ...["x", "1 2", "1\tid: 5", "\u00ff", "1,2"].map(
        (id) => ["", { "last-event-id": id }, 400, /^Param error: cursor: must be the id of an event/] as never,
      ),
      [`?cursor=${last + 1000}`, {}, 410, /is of another journal: the last event here is \d+$/],
      ["", { "last-event-id": "999999999999999" }, 410, /is of another journal/],
      ["?from=yesterday", {}, 400, /^Param error: from/],
      ["?last=many", {}, 400, /^Param error: last/],
      ["?types=links", {}, 400, /types: must be a comma list of link, binding, reorg/],
      ["?types=link,,reorg", {}, 400, /types/],
      ["?platform=github", {}, 400, /^Param missing: identity$/],
      ["?identity=alice", {}, 400, /^Param missing: platform$/],
      ["?avatar=nobody", {}, 400, /neither a public key nor an address/],
    ];
    for (const [query, headers, status, message] of wrong) {
      const response = await fetch(`${test.stack.apiUrl}/v1/events${query}`, { headers });
      const words = `${query} ${JSON.stringify(headers)}`.slice(0, 200);
      expect(response.status, words).to.equal(status);
      const body = (await response.json()) as { message: string };
      expect(body.message, words).to.match(message);
      expect(body.message.length, words).to.be.lessThan(250);
    }
    expect((await fetch(`${test.stack.apiUrl}/v1/events`, { method: "POST" })).status).to.equal(405);
    const head = await fetch(`${test.stack.apiUrl}/v1/events`, { method: "HEAD" });
    expect([head.status, await head.text()]).to.deep.equal([200, ""]);
  });

  it("says so to who comes with a cursor from before what is kept", async () => {
    const links = claims(2);
    await append(test, links);
    const ear = await listen("?from=start&types=binding");
    const [oldest] = await ear.take(1);
    // Whoever asks for changes waits until the journal has all that the index has.
    const { body: before } = await get(test.stack, "/v1/proofchain/changes?count=100");
    const { last } = await ends();
    await rowsOf(
      test.stack.databaseUrl,
      "UPDATE api.journal SET written_at = now() - interval '2 days' WHERE id <= $1",
      [last - 2],
    );
    const db = createPool(test.stack.databaseUrl);
    try {
      const journal = new Journal({ db, keep: 24 * 3600 });
      await journal.compact();
      await journal.compact();
      await journal.advance();
    } finally {
      await db.end();
    }
    const answer = await get(test.stack, `/v1/events?cursor=${oldest!.id}`);
    expect(answer.status).to.equal(410);
    expect(answer.body.message).to.match(/^events up to \d+ are not kept any more, cursor \d+ is older/);
    const client = new SyngraphClient({ baseUrl: test.stack.apiUrl });
    const error = await client
      .events({ cursor: oldest!.id })
      .next()
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(SyngraphError).and.to.include({ code: "refused", status: 410 });
    // What was thrown away is not told again as new, and links keep their numbers.
    const rest = await (await listen("?from=start")).take(2);
    expect(rest.map(inShort)).to.deep.equal([
      `link create ${links[1]!.link.identity}`,
      `binding ${links[1]!.link.identity} claimed false link`,
    ]);
    expect((await ends()).last).to.equal(last);
    expect((await get(test.stack, "/v1/proofchain/changes?count=100")).body).to.deep.equal(before);
  });

  it("has so many streams for one client, whatever it opens, and still room for others", async () => {
    const attacker = from("198.51.100.66");
    const open = await Promise.all(Array.from({ length: 30 }, () => listen("", attacker, node as never)));
    let refused = 0;
    const flood = async () => {
      for (let count = 0; count < 100; count++) {
        const response = await fetch(`${node.apiUrl}/v1/events`, { headers: attacker });
        const { message } = (await response.json()) as { message: string };
        expect(response.status, message).to.equal(429);
        expect(message).to.equal("your address has 30 streams open, which is the most");
        expect(response.headers.get("retry-after")).to.equal("30");
        refused += 1;
      }
    };
    await Promise.all(Array.from({ length: 20 }, flood));
    expect(refused).to.equal(2000);
    await listen("", from("198.51.100.67"), node as never);
    // Who leaves makes room.
    for (const ear of open.slice(0, 2)) ear.hangUp();
    await until(async () => {
      const ear = await Ear.open(node, "", attacker);
      ears.push(ear);
      return ear.response.status === 200;
    });
    expectError(await get(test.stack, "/v1/events?cursor=x"), 400, "cursor");
  });

  it("counts nobody any more who left before there was a stream", async () => {
    const client = "198.51.100.68";
    const { hostname, port } = new URL(node.apiUrl);
    const db = createPool(test.stack.databaseUrl);
    const holder = await db.connect();
    try {
      // Requests wait to be counted, and are left meanwhile.
      await holder.query("BEGIN; LOCK TABLE api.rate_limit IN ACCESS EXCLUSIVE MODE");
      const sockets = Array.from({ length: 40 }, () => connect(Number(port), hostname));
      for (const socket of sockets)
        socket.write(`GET /v1/events HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${client}\r\n\r\n`);
      const waiting = "SELECT FROM pg_locks WHERE relation = 'api.rate_limit'::regclass AND NOT granted";
      await until(async () => (await db.query(waiting)).rowCount! >= 5);
      await Promise.all(sockets.map((socket) => once(socket.resetAndDestroy(), "close")));
      // By then the node has heard of it.
      expect((await fetch(`${node.apiUrl}/healthz`)).status).to.equal(200);
      await holder.query("ROLLBACK");
    } finally {
      holder.release();
      await db.end();
    }
    await until(async () => {
      const open = await Promise.all(Array.from({ length: 30 }, () => Ear.open(node, "", from(client))));
      const all = open.every(({ response }) => response.status === 200);
      for (const ear of open) ear.hangUp();
      return all;
    });
  });

  it("ends in order also while another process holds the journal", async () => {
    const other = await startNode(test, { name: "events-held", env: {} });
    const db = createPool(test.stack.databaseUrl);
    const holder = await db.connect();
    try {
      await holder.query("SELECT pg_advisory_lock(hashtextextended('journal', 0))");
      const client = new AbortController();
      const heard = fetch(`${other.apiUrl}/v1/events`, { signal: client.signal }).catch(() => {});
      const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
      // This one, that of the stack, and that of the other tests.
      await until(async () => (await db.query(waiting)).rowCount! >= 3);
      await other.stop();
      expect(await other.ended).to.equal("exit code 0");
      client.abort();
      await heard;
    } finally {
      await holder.query("SELECT pg_advisory_unlock_all()");
      holder.release();
      await db.end();
    }
  });
});
