import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import express from "express";
import type { Pool } from "pg";
import { pino } from "pino";

import { createGraphPool } from "../../api/db/pool.ts";
import { answerError } from "../../api/routes/http.ts";
import { type Postgres, startPostgres } from "../../scripts/lib/stack/postgres.ts";

describe("the connections over which the graph is asked", () => {
  let folder: string;
  let postgres: Postgres;
  let pool: Pool;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "syngraph-pool-"));
    postgres = await startPostgres(folder);
    pool = createGraphPool(postgres.url);
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

  it("are waited for no longer than a statement may take, which is told as 503", async () => {
    const held = await Promise.all(Array.from({ length: 5 }, () => pool.connect()));
    const app = express();
    app.locals.log = pino({ level: "silent" });
    app.get("/", async () => {
      await pool.query("SELECT 1");
    });
    app.use(answerError);
    const server = app.listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect(answer.status).to.equal(503);
      expect(await answer.json()).to.deep.equal({
        message: "the chain or its index cannot be asked just now: try again later",
      });
    } finally {
      for (const client of held) client.release();
      server.close();
    }
  });
});
