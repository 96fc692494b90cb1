import { expect } from "chai";

import { giveUpLostBlocks } from "../../indexer/lostBlocks.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

const LOST = `0x${"ab".repeat(32)}`;

describe("an indexer that asks for a block which its chain has lost", () => {
  let test: TestStack;
  let proxy: RpcProxy;
  let putBack: () => void;
  before(async () => {
    test = await sharedStack();
    proxy = await RpcProxy.start(test.stack.rpcUrl);
    putBack = giveUpLostBlocks([proxy.url]);
  });
  after(async () => {
    putBack();
    await proxy.stop();
  });
  beforeEach(() => {
    proxy.calls.length = 0;
    proxy.tamper = (_, ask) => ask();
  });

  /** As Ponder asks. */
  async function call(method: string, params: unknown[], url = proxy.url) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(new Request(url, { method: "POST", body }));
    return { status: response.status, answer: (await response.json()) as { result?: unknown; error?: unknown } };
  }

  it("is told so in a way that it takes for final", async () => {
    const { status, answer } = await call("eth_getLogs", [{ blockHash: LOST }]);
    expect(status).to.equal(404);
    expect(answer.error).to.include({ message: "unknown block" });
    expect(proxy.calls.map(({ method }) => method)).to.deep.equal(["eth_getLogs", "eth_getBlockByHash"]);
  });

  it("asks again where the node is merely behind, or in other trouble", async () => {
    proxy.tamper = ({ method }) => {
      if (method === "eth_getBlockByHash") return { hash: LOST };
      throw new Error("unknown block");
    };
    expect((await call("eth_getLogs", [{ blockHash: LOST }])).status).to.equal(200);
    proxy.tamper = () => {
      throw new Error("too many requests");
    };
    expect((await call("eth_getLogs", [{ blockHash: LOST }])).status).to.equal(200);
    expect(proxy.calls.map(({ method }) => method)).to.deep.equal(["eth_getLogs", "eth_getBlockByHash", "eth_getLogs"]);
  });

  it("gets the logs of blocks that are there, and all else as it was", async () => {
    const { hash } = (await call("eth_getBlockByNumber", ["latest", false])).answer.result as { hash: string };
    const found = await call("eth_getLogs", [{ blockHash: hash }]);
    expect(found.status).to.equal(200);
    expect(found.answer.result).to.be.an("array");
    expect((await call("eth_getBlockByHash", [LOST, false])).answer.result).to.equal(null);
    expect((await call("eth_getLogs", [{ blockHash: LOST }], test.stack.rpcUrl)).status).to.equal(200);
  });
});
