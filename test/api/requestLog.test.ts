import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";

import { messageOf } from "../../api/errors.ts";
import { createLog } from "../../api/observe/log.ts";
import { bindWallet, newPerson } from "../helpers/api.ts";
import { type Node, startNode } from "../helpers/node.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

describe("the log", function () {
  this.timeout(60_000);
  let test: TestStack;
  let node: Node;
  before(async () => {
    test = await sharedStack();
    node = await startNode(test, {
      name: "log",
      env: { LOG_LEVEL: "trace", GITHUB_TOKEN: "github-token-of-the-operator" },
    });
  });
  after(() => node.stop());

  async function ask(id: string): Promise<string | null> {
    return (await fetch(`${node.apiUrl}/healthz`, { headers: { "x-request-id": id } })).headers.get("x-request-id");
  }

  async function logged(mark: string): Promise<string> {
    for (let tries = 0; tries < 100; tries++) {
      const text = await readFile(node.logFile, "utf8");
      if (text.includes(mark)) return text;
      await sleep(20);
    }
    throw new Error(`nothing of ${mark} in the log`);
  }

  it("has each request with an id that the answer carries", async () => {
    const response = await fetch(`${node.apiUrl}/v1/proof?identity=whom-somebody-looks-for`);
    const id = response.headers.get("x-request-id")!;
    const text = await logged(id);
    const line = JSON.parse(text.split("\n").find((it) => it.includes(id))!);
    expect(line.req).to.deep.equal({ id, method: "GET", path: "/v1/proof" });
    expect(line.res).to.deep.equal({ status: 200 });
    expect(text).not.to.include("whom-somebody-looks-for");
  });

  it("takes over a request id from in front, but none that could forge a line", async () => {
    expect(await ask("from-the-proxy:0001")).to.equal("from-the-proxy:0001");
    expect(await ask('x","level":60,"msg":"forged')).to.match(/^[0-9a-f-]{36}$/);
    expect(await ask("a".repeat(65))).to.match(/^[0-9a-f-]{36}$/);
  });

  it("holds no key, token, password or header of a request", async () => {
    const [person, wallet] = [newPerson(), Wallet.createRandom()];
    expect((await bindWallet({ apiUrl: node.apiUrl }, person, wallet)).status).to.equal(201);
    const headers = { authorization: "Bearer session-of-somebody", cookie: "secret=cookie" };
    const id = (await fetch(`${node.apiUrl}/v1/nothing`, { headers })).headers.get("x-request-id")!;
    const text = await logged(id);
    for (const secret of ["session-of-somebody", "secret=cookie", "github-token-of-the-operator"]) {
      expect(text).not.to.include(secret);
    }
    const { password } = new URL(test.stack.databaseUrl);
    expect(password).not.to.equal("");
    expect(text).not.to.include(password);
    // anvil's keys of the attester and the relayer.
    for (const key of ["59c6995e998f97a5", "5de4111afa1a4b94"]) expect(text).not.to.include(key);
  });

  it("tells of errors what they are, and keeps the key in the RPC's URL to itself", async () => {
    const server = createServer((_, response) => response.writeHead(403).end("no credit left")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3/key-of-the-operator`;
    const provider = new JsonRpcProvider(url, 31337, { staticNetwork: true });
    try {
      const error: unknown = await provider.getBlockNumber().catch((thrown: unknown) => thrown);
      expect(messageOf(error)).to.include("key-of-the-operator");
      const lines: string[] = [];
      const log = createLog("info", url, { write: (line) => lines.push(line) });
      log.error({ error: new Error("asked in vain", { cause: error }) }, "request failed");
      log.warn({ error: messageOf(error) }, "put off");
      expect(lines).to.have.length(2);
      expect(lines.join("")).not.to.include("key-of-the-operator");
      const [first] = lines.map((line) => JSON.parse(line));
      expect(first.error.stack).to.include("asked in vain").and.to.include("requestLog.test.ts");
      expect(first.error.cause).to.include({ code: "SERVER_ERROR" });
      expect(first.error.cause.stack).to.include("no credit left");
    } finally {
      provider.destroy();
      server.close();
    }
  });
});
