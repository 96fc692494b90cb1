import { expect } from "chai";

import { standBefore } from "../../indexer/transport.ts";
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
    putBack = standBefore([{ url: proxy.url, blocksAtOnce: 1 }]);
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

describe("an indexer that asks for blocks", () => {
  let test: TestStack;
  let proxy: RpcProxy;
  let putBack: () => void;
  let last: number;
  before(async () => {
    test = await sharedStack();
    proxy = await RpcProxy.start(test.stack.rpcUrl);
    last = Number((await ask(test.stack.rpcUrl, "eth_blockNumber", [])).result);
    // Those of the deployment, which have transactions with data.
    while (inputs(await block(last, test.stack.rpcUrl)).length === 0) last--;
    expect(last).to.be.at.least(7);
  });
  after(() => proxy.stop());
  beforeEach(() => {
    proxy.calls.length = 0;
    proxy.requests = 0;
    proxy.tamper = (_, forward) => forward();
    putBack = standBefore([{ url: proxy.url, blocksAtOnce: 4 }]);
  });
  afterEach(() => putBack());

  interface Answer {
    id?: unknown;
    result?: unknown;
    error?: unknown;
  }

  async function ask(url: string, method: string, params: unknown[], signal?: AbortSignal): Promise<Answer> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method, params });
    const response = await fetch(
      new Request(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        ...(signal && { signal }),
      }),
    );
    return (await response.json()) as Answer;
  }

  const block = (number: number, url = proxy.url) =>
    ask(url, "eth_getBlockByNumber", [`0x${number.toString(16)}`, true]);
  const blocks = (count: number) => Promise.all(Array.from({ length: count }, (_, index) => block(last - index)));
  const transactionsOf = ({ result }: Answer) => (result as { transactions: { input: string }[] }).transactions;
  const inputs = (answer: Answer) => transactionsOf(answer).filter(({ input }) => input !== "0x");
  /** What the chain says, without the data of transactions. */
  async function expected(count: number): Promise<Answer[]> {
    const numbers = Array.from({ length: count }, (_, index) => last - index);
    const answers = await Promise.all(numbers.map((number) => block(number, test.stack.rpcUrl)));
    for (const transaction of answers.flatMap(transactionsOf)) transaction.input = "0x";
    return answers;
  }

  it("gets them several at a time, each as if asked alone, but for the data of transactions", async () => {
    const [answers, alone] = [await blocks(8), await expected(8)];
    expect(answers).to.deep.equal(alone);
    expect(proxy.requests).to.be.below(8);
    expect(new Set(proxy.calls.map(({ id }) => id)).size).to.be.above(1);
  });

  it("gets one by itself as it was asked", async () => {
    expect([await block(last)]).to.deep.equal(await expected(1));
    expect(proxy.calls.map(({ id }) => id)).to.deep.equal([7]);
    const { result } = await ask(proxy.url, "eth_getBlockByNumber", ["latest", false]);
    expect(result).to.have.property("hash");
  });

  it("asks by itself for what a node did not answer in a batch, and passes on what that says", async () => {
    proxy.tamper = (call, forward) => {
      if (call.id !== 7) throw new Error("no batches here");
      return Number(call.params[0]) === last ? null : forward();
    };
    const answers = await blocks(4);
    expect(answers[0]).to.deep.equal({ jsonrpc: "2.0", id: 7, result: null });
    expect(answers.slice(1)).to.deep.equal((await expected(4)).slice(1));
  });

  it("takes nobody's block for another's from a node that mixes up its answers", async () => {
    proxy.mix = (answers) => [{ jsonrpc: "2.0", id: 99, result: { number: "0x1" } }, null, ...answers.toReversed()];
    expect(await blocks(4)).to.deep.equal(await expected(4));
    proxy.mix = () => ({ jsonrpc: "2.0", id: null, error: { code: -32600, message: "batches are off" } });
    expect(await blocks(4)).to.deep.equal(await expected(4));
    proxy.mix = undefined;
  });

  it("gives up one that it no longer waits for, and no other", async () => {
    const gone = new AbortController();
    proxy.tamper = async (_, forward) => {
      gone.abort();
      return await forward();
    };
    const params = [`0x${last.toString(16)}`, true];
    const [first, second] = await Promise.allSettled([
      ask(proxy.url, "eth_getBlockByNumber", params, gone.signal),
      block(last - 1),
    ]);
    expect(first.status).to.equal("rejected");
    expect(second).to.deep.equal({ status: "fulfilled", value: (await expected(2))[1] });
  });
});
