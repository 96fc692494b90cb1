/** Started by floor.ts: reads a bind, recovers both signatures, answers 201. Prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

import { recoverPublicKey } from "@syngraph/sdk/protocol";

interface Body {
  sign_payload: string;
  extra: { signature: string; wallet_signature: string };
}

const server = createServer((request, response) => {
  void (async () => {
    const { sign_payload, extra } = (await json(request)) as Body;
    recoverPublicKey(sign_payload, extra.signature);
    recoverPublicKey(sign_payload, extra.wallet_signature);
    response.writeHead(201, { "content-type": "application/json" }).end("{}");
  })();
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
