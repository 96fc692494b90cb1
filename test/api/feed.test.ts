import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type Server, type ServerResponse, createServer, get as httpGet } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { pino } from "pino";

import { EVENT_TYPES } from "../../api/live/events.ts";
import { Feed } from "../../api/live/feed.ts";
import { Journal } from "../../api/live/journal.ts";
import { EventStream } from "../../api/live/stream.ts";
import { type Postgres, startPostgres } from "../../scripts/lib/stack/postgres.ts";
import { messagesOf } from "../../sdk/src/client/messages.ts";
import { type GraphDatabase, createGraphDatabase } from "../graph/database.ts";
import { until } from "../helpers/until.ts";

const filter = { types: new Set(EVENT_TYPES) };

/** A journal that can be held up where it says how far it goes. */
class SlowJournal extends Journal {
  holdUp: Promise<void> | undefined;
  asked = 0;

  override async ends() {
    const ends = await super.ends();
    this.asked += 1;
    await this.holdUp;
    return ends;
  }
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("the feed of events", () => {
  let folder: string;
  let postgres: Postgres;
  let database: GraphDatabase;
  let server: Server;
  let journal: SlowJournal;
  let feed: Feed;
  /** What the server does with who asks. */
  let handle: (response: ServerResponse) => void;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "syngraph-feed-"));
    postgres = await startPostgres(folder);
    server = createServer((_, response) => handle(response));
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  beforeEach(async () => {
    database = await createGraphDatabase(postgres.url);
    // Of Ponder, which is ready, and has no chain yet.
    await database.db.query(`
      CREATE TABLE indexer._ponder_meta (key text PRIMARY KEY, value jsonb);
      INSERT INTO indexer._ponder_meta VALUES ('app', '{"build_id": "one", "is_ready": 1}');
      CREATE TABLE indexer._ponder_checkpoint (chain_id integer, safe_checkpoint text, latest_checkpoint text)`);
    const { db, url: databaseUrl } = database;
    journal = new SlowJournal({ db, keep: 1_000_000 });
    feed = new Feed({ databaseUrl, db, journal, log: pino({ level: "silent" }) });
  });
  afterEach(async () => {
    await feed.stop();
    server.closeAllConnections();
    await database.drop();
  });
  after(async () => {
    server.close();
    await postgres.part.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Writes so many links, whose identities are so long. */
  async function write(count: number, length = 10): Promise<void> {
    await database.db.query(
      `INSERT INTO api.journal (type, cause, chain_id, link_id, block, block_time, tx_hash, log_index, avatar, public_key,
         platform, identity, status, is_valid, data)
       SELECT 'link', 'link', 1, gen_random_uuid()::text, 1, 1, 'tx', n, 'avatar', 'key', 'github', repeat('x', $2), 'claimed',
         false, '{"action": "create", "sequence": 0, "uuid": "", "created_at": 1}'
       FROM generate_series(1, $1) n`,
      [count, length],
    );
  }

  /** Somebody who listens from a cursor on, and the ids that they are told. */
  async function listen(after: number): Promise<{ ids: number[]; stream: EventStream }> {
    const begun = Promise.withResolvers<EventStream>();
    handle = (response) => {
      const stream = new EventStream(response);
      response.once("close", () => feed.left(stream));
      void feed.follow(after, filter, stream);
      begun.resolve(stream);
    };
    const ids: number[] = [];
    httpGet({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" }, async (reply) => {
      for await (const { data } of messagesOf(reply)) if (data !== undefined) ids.push(JSON.parse(data).id);
    }).on("error", () => {});
    return { ids, stream: await begun.promise };
  }

  it("tells all to who begins to listen while it looks for where the journal ends", async () => {
    await write(600);
    const { promise, resolve } = Promise.withResolvers<void>();
    journal.holdUp = promise;
    const placed = feed.place("now");
    await until(() => Promise.resolve(journal.asked > 0));
    const { ids } = await listen(0);
    resolve();
    await placed;
    await write(1);
    await feed.place("now");
    await until(() => Promise.resolve(ids.at(-1) === 601));
    expect(ids).to.deep.equal(upTo(601));
  });

  it("tells who was away of everything that it remembers, also where that is more than may wait for anybody", async () => {
    await feed.place("now");
    for (let round = 0; round < 4; round++) {
      await write(400, 2_000);
      await feed.place("now");
    }
    const { ids, stream } = await listen(0);
    await until(() => Promise.resolve(stream.ended || ids.length === 1600));
    expect(ids).to.deep.equal(upTo(1600));
    await write(1);
    await feed.place("now");
    await until(() => Promise.resolve(ids.length > 1600));
    expect(ids.at(-1)).to.equal(1601);
  });

  it("reads on whatever the length of what is told", async () => {
    await write(3_000, 3_000);
    await feed.place("now");
    const { ids, stream } = await listen(0);
    await until(() => Promise.resolve(stream.ended || ids.length === 3_000));
    expect(ids).to.deep.equal(upTo(3_000));
  });

  it("works again where it stood in the way of somebody else, as of the indexer that follows a reorg", async () => {
    await write(1);
    const other = await database.db.connect();
    try {
      await other.query("BEGIN; LOCK TABLE api.journal IN ACCESS EXCLUSIVE MODE");
      const advanced = journal.advance();
      await until(async () => {
        const { rows } = await database.db.query("SELECT FROM pg_locks WHERE NOT granted");
        return rows.length > 0;
      });
      // Each waits for the other now: who has waited for longer gives up (PostgreSQL manual, section 13.3.4).
      await other.query("LOCK TABLE indexer._ponder_checkpoint IN ACCESS EXCLUSIVE MODE");
      await other.query("COMMIT");
      expect(await advanced).to.equal(false);
    } finally {
      other.release();
    }
  });
});
