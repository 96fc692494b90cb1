/** Answers GET /v1/proof with what the API's own statement finds, and nothing else around it. Prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createReadPool } from "../../api/db/pool.ts";
import { searchStatement } from "../../api/proofs/read/search.ts";

const db = createReadPool(process.env.DATABASE_URL!);

const server = createServer((request, response) => {
  void (async () => {
    const identity = new URL(request.url!, "http://localhost").searchParams.get("identity")!;
    const { rows } = await db.query(
      searchStatement({
        ...{ identities: [identity], platform: "github", page: 1, exact: true },
        ...{ sort: "", order: "desc", statuses: ["confirmed", "suspended"] },
      }),
    );
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(rows));
  })();
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
