import { once } from "node:events";
import { type Server, type ServerResponse, createServer, get as httpGet } from "node:http";
import { type AddressInfo, connect } from "node:net";

import { expect } from "chai";
import { pino } from "pino";

import { createPool } from "../../api/db/pool.ts";
import { EVENT_TYPES, type EventRow, frame } from "../../api/live/events.ts";
import { Feed } from "../../api/live/feed.ts";
import { Journal } from "../../api/live/journal.ts";
import { EventStream, MOST_WAITING } from "../../api/live/stream.ts";
import { messagesOf } from "../../sdk/src/client/messages.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";
import { sharedStack } from "../helpers/stack.ts";
import { until } from "../helpers/until.ts";
import { append, claim, somebody } from "./stranger.ts";

const ROW: EventRow = {
  ...{ id: 17, type: "binding", cause: "link", chain_id: 1, link_id: `0x${"1".repeat(64)}`, block: 5, block_time: 6 },
  ...{ tx_hash: `0x${"2".repeat(64)}`, avatar: `0x${"3".repeat(40)}`, public_key: `0x02${"4".repeat(64)}` },
  ...{ platform: "github", identity: "alice", status: "claimed", is_valid: false, data: {} },
};

/** Texts by which a stranger might end a line, an event or the whole. */
const HOSTILE = [
  "a\n\nid: 99\nevent: reorg\ndata: {}\n\n",
  "\r\r\ndata: x\r\n\r\n",
  "\u2028\u2029\u0085",
  "\0\ud800",
  '"}\n\n',
  ": comment\nretry: 0\n",
];

/** A server that hands each request on. */
async function serve(handle: (response: ServerResponse) => void): Promise<{ server: Server; port: number }> {
  const server = createServer((_, response) => handle(response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

describe("a stream of events", () => {
  it(`is not broken by what strangers call themselves, however it is cut (FUZZ_SEED=${fuzzSeed()})`, async () => {
    const random = new Random(fuzzSeed());
    const rows = HOSTILE.flatMap((text, index) => [
      { ...ROW, id: 2 * index + 1, identity: text, platform: text },
      { ...ROW, id: 2 * index + 2, cause: "node" as const, data: { reason: text } },
    ]);
    const bytes = Buffer.from(`retry: 5\n\n${rows.map(frame).join("")}`);
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length;) {
        const end = at + random.between(1, 40);
        yield bytes.subarray(at, end);
        at = end;
      }
    }
    const messages = [];
    for await (const message of messagesOf(pieces())) messages.push(message);
    expect(messages.shift()).to.deep.equal({ retry: 5 });
    expect(messages.map(({ id }) => Number(id))).to.deep.equal(rows.map(({ id }) => id));
    for (const [index, { data }] of messages.entries()) {
      const { identity, reason } = JSON.parse(data!);
      const { cause, identity: called, data: told } = rows[index]!;
      expect(cause === "node" ? reason : identity).to.equal(cause === "node" ? told.reason : called);
    }
  });

  it("is ended for who does not read, and keeps little for them meanwhile", async () => {
    let response: ServerResponse | undefined;
    const { server, port } = await serve((each) => {
      response = each;
    });
    const deaf = connect(port, "127.0.0.1");
    try {
      deaf.pause().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await once(server, "request");
      const stream = new EventStream(response!);
      const text = "x".repeat(64 * 1024);
      let [sent, most] = [0, 0];
      while (!stream.ended) {
        stream.push(text);
        sent += text.length;
        most = Math.max(most, response!.writableLength);
        // What the system buffers for a connection ends somewhere, too.
        expect(sent, "bytes that nobody read").to.be.lessThan(256 * 1024 * 1024);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(most).to.be.at.most(MOST_WAITING + 1024);
      expect(response!.destroyed).to.equal(true);
    } finally {
      deaf.destroy();
      server.close();
    }
  });

  it("waits for who reads slowly while there is more, and loses nothing", async () => {
    let response: ServerResponse | undefined;
    const { server, port } = await serve((each) => {
      response = each;
    });
    try {
      const asked = httpGet({ port, host: "127.0.0.1" });
      await once(server, "request");
      const stream = new EventStream(response!);
      const [reply] = (await once(asked, "response")) as [AsyncIterable<Buffer>];
      const text = `data: ${"x".repeat(200_000)}\n\n`;
      const sending = (async () => {
        for (let count = 0; count < 200; count++) await stream.send(text);
        stream.end();
      })();
      let heard = 0;
      for await (const message of messagesOf(reply)) if (message.data?.length === 200_000) heard += 1;
      await sending;
      expect(heard).to.equal(200);
    } finally {
      server.close();
    }
  });

  it("costs no query of its own: many who listen cost what one does", async () => {
    const LISTENERS = 300;
    const test = await sharedStack();
    const db = createPool(test.stack.databaseUrl);
    let queries = 0;
    const query = db.query.bind(db) as (...values: unknown[]) => unknown;
    db.query = ((...values: unknown[]) => {
      queries += 1;
      return query(...values);
    }) as typeof db.query;
    const options = { databaseUrl: test.stack.databaseUrl, db, log: pino({ level: "silent" }) };
    const feed = new Feed({ ...options, journal: new Journal({ db, keep: 1_000_000 }) });
    feed.start();
    const { server, port } = await serve((response) => {
      const stream = new EventStream(response);
      response.once("close", () => feed.left(stream));
      void feed.place("now").then((after) => feed.follow(after, { types: new Set(EVENT_TYPES) }, stream));
    });
    try {
      const heard = Array.from({ length: LISTENERS }, () => [] as number[]);
      const requests = heard.map((ids) =>
        httpGet({ port, host: "127.0.0.1" }, async (reply) => {
          for await (const { data } of messagesOf(reply)) if (data !== undefined) ids.push(JSON.parse(data).id);
        }).on("error", () => {}),
      );
      await until(() => Promise.resolve(feed.listeners === LISTENERS));
      queries = 0;
      const [one, two] = [somebody(), somebody()];
      await append(test, [
        claim(one, { platform: "github", identity: "many-1" }),
        claim(two, { platform: "github", identity: "many-2" }),
      ]);
      await until(() => Promise.resolve(heard.every((ids) => ids.length === 4)));
      expect(new Set(heard.map((ids) => ids.join())).size).to.equal(1);
      expect(queries)
        .to.be.greaterThan(0)
        .and.lessThan(LISTENERS / 2);
      for (const request of requests) request.destroy();
      await until(() => Promise.resolve(feed.listeners === 0));
    } finally {
      await feed.stop();
      server.closeAllConnections();
      server.close();
      await db.end();
    }
  });
});
