/**
 * A process that asks one server for proofs of random accounts, as fast as it answers. Arguments: origin, how many accounts
 * there are, connections, milliseconds. Prints JSON: how many it answered, and after how many milliseconds each.
 */
import { Pool } from "undici";

import { handleOf } from "./rows.ts";

const [origin, avatars, connections, duration] = [process.argv[2]!, ...process.argv.slice(3).map(Number)] as [
  string,
  number,
  number,
  number,
];
const pool = new Pool(origin, { connections });
const times: number[] = [];
const started = performance.now();
await Promise.all(
  Array.from({ length: connections }, async () => {
    while (performance.now() - started < duration) {
      const handle = handleOf(1 + Math.floor(Math.random() * avatars));
      const asked = performance.now();
      const path = `/v1/proof?platform=github&exact=true&identity=${handle}`;
      const { statusCode, body } = await pool.request({ path, method: "GET" });
      const text = await body.text();
      if (statusCode !== 200 || !text.includes(`"${handle}"`)) throw new Error(`${path}: ${statusCode} ${text}`);
      times.push(performance.now() - asked);
    }
  }),
);
const milliseconds = performance.now() - started;
await pool.close();
process.stdout.write(JSON.stringify({ milliseconds, times }));
