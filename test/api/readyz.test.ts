import { expect } from "chai";

import { get } from "../helpers/api.ts";
import { startNode } from "../helpers/node.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";
import { sharedStack } from "../helpers/stack.ts";

describe("GET /readyz", function () {
  this.timeout(60_000);

  it("says what there is, and what stands in the way", async () => {
    const test = await sharedStack();
    const rpc = await RpcProxy.start(test.stack.rpcUrl);
    const env = { RPC_URL_31337: rpc.url, RELAYER_MIN_BALANCE: "10001" };
    const node = await startNode(test, { name: "readyz", env });
    try {
      const poor = await get(node, "/readyz");
      expect(poor.status).to.equal(503);
      expect(poor.body.message).to.match(/^the relayer 0x\w{40} has only \d+\.\d+ ether left$/);
      expect(poor.body.chain_block).to.be.at.least(poor.body.indexed_block);

      // Nobody is refused here, and so nobody must be able to make much work.
      const calls = rpc.calls.length;
      await Promise.all(Array.from({ length: 60 }, () => get(node, "/readyz")));
      expect(rpc.calls.length - calls).to.be.below(30);

      rpc.tamper = async ({ method }, ask) => (method === "eth_blockNumber" ? "0xffffff" : ask());
      const behind = await get(node, "/readyz");
      expect(behind.status).to.equal(503);
      expect(behind.body.message).to.match(/the index is at block \d+, the chain at 16777215/);

      await rpc.stop();
      const deaf = await get(node, "/readyz");
      expect(deaf.status).to.equal(503);
      expect(deaf.body.message).to.include("the chain does not answer");
      expect(deaf.body).to.include({ chain_block: null }).and.have.property("indexed_block").that.is.a("number");
      expect((await get(node, "/healthz")).status).to.equal(200);
    } finally {
      await node.stop();
      await rpc.stop();
    }
  });
});
