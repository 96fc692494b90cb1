import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import express from "express";
import { Client, type Pool } from "pg";
import { pino } from "pino";

import { createGraphPool } from "../../api/db/pool.ts";
import { answerError } from "../../api/routes/http.ts";
import { type Postgres, startPostgres } from "../../scripts/lib/stack/postgres.ts";
import { until } from "../helpers/until.ts";

/** How the API answers where that fails. */
async function answerTo(ask: () => Promise<unknown>): Promise<{ status: number; message: string }> {
  const app = express();
  app.locals.log = pino({ level: "silent" });
  app.get("/", async () => {
    await ask();
  });
  app.use(answerError);
  const server = app.listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const { message } = (await answer.json()) as { message: string };
    return { status: answer.status, message };
  } finally {
    server.close();
  }
}

describe("the connections over which the graph is asked", () => {
  let folder: string;
  let postgres: Postgres;
  let pool: Pool;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "syngraph-pool-"));
    postgres = await startPostgres(folder);
    pool = createGraphPool(postgres.url);
    // Of connections that are lost while nobody uses them.
    pool.on("error", () => {});
  });
  after(async () => {
    await pool.end();
    await postgres.part.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const failure = async (sql: string): Promise<unknown> => pool.query(sql).catch((reason: unknown) => reason);

  it("only read, and no statement outlives who asked by much", async () => {
    expect(await failure("CREATE TABLE t ()")).to.include({ code: "25006" });
    expect(await failure("SELECT pg_sleep(600)")).to.include({ code: "57014" });
  });

  const LATER = { status: 503, message: "the chain or its index cannot be asked just now: try again later" };

  it("are waited for no longer than a statement may take, which is told as 503", async () => {
    const held = await Promise.all(Array.from({ length: 5 }, () => pool.connect()));
    try {
      expect(await answerTo(() => pool.query("SELECT 1"))).to.deep.equal(LATER);
    } finally {
      for (const client of held) client.release();
    }
  });

  it("are not had where the server has too many, which is told as 503", async () => {
    const owner = new Client({ connectionString: postgres.url });
    await owner.connect();
    await owner.query("CREATE ROLE guest LOGIN PASSWORD 'guest' CONNECTION LIMIT 0");
    await owner.end();
    const guests = createGraphPool(Object.assign(new URL(postgres.url), { username: "guest", password: "guest" }).href);
    expect(await guests.query("SELECT 1").catch((reason: unknown) => reason)).to.include({ code: "53300" });
    expect(await answerTo(() => guests.query("SELECT 1"))).to.deep.equal(LATER);
    await guests.end();
  });

  it("are lost where the server crashes, which is told as 503", async () => {
    const [one, other] = await Promise.all([pool.connect(), pool.connect()]);
    const lost = [one, other].map((client) => once(client, "error"));
    try {
      const { rows } = await one.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const asleep = [one, other].map((client) => answerTo(() => client.query("SELECT pg_sleep(4)")));
      await until(async () => {
        const { rowCount } = await pool.query("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
        return rowCount === 2;
      });
      process.kill(rows[0]!.pid, "SIGKILL");
      expect(await Promise.all(asleep)).to.deep.equal([LATER, LATER]);
      await Promise.all(lost);
      expect(await answerTo(() => one.query("SELECT 1"))).to.deep.equal(LATER);
    } finally {
      one.release(true);
      other.release(true);
    }
  });
});
