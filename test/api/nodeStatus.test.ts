import { SyngraphClient } from "@syngraph/sdk/client";
import { expect } from "chai";
import { Wallet, computeAddress } from "ethers";

import { publishedOrigin, stateOfChain } from "../../api/observe/status.ts";
import { get } from "../helpers/api.ts";
import { type Node, startNode } from "../helpers/node.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { TcpProxy } from "../helpers/tcpProxy.ts";
import { eventually } from "../helpers/until.ts";

/** What the operator knows and nobody else may: in the shapes in which the node is told it. */
const SECRETS = {
  rpcKey: "rpc-key-5b3acc09d25242950e4b7ea0ee707ada",
  ensKey: "ens-key-78fe0d86c1444b3ab80c0ec39c9a4b26",
  token: "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
  attester: Wallet.createRandom().privateKey,
  relayer: Wallet.createRandom().privateKey,
};
const PEER = "http://10.20.30.40:3000";
const PUBLIC_PEER = "https://peer.example.org";

describe("GET /v1/status", function () {
  this.timeout(60_000);

  let test: TestStack;
  let rpc: RpcProxy;
  let database: TcpProxy;
  let node: Node;
  let hidden: string[];

  before(async () => {
    test = await sharedStack();
    rpc = await RpcProxy.start(test.stack.rpcUrl);
    const url = new URL(test.stack.databaseUrl);
    database = await TcpProxy.start(url.hostname, Number(url.port));
    url.host = `127.0.0.1:${database.port}`;
    node = await startNode(test, {
      name: "status",
      env: {
        ...{ DATABASE_URL: url.href, RPC_URL_31337: `${rpc.url}/v2/${SECRETS.rpcKey}?key=${SECRETS.rpcKey}` },
        ...{ ATTESTER_KEY: SECRETS.attester, RELAYER_KEY: SECRETS.relayer, GITHUB_TOKEN: SECRETS.token },
        ...{ UPSTREAM_ENS: `http://127.0.0.1:9/v3/${SECRETS.ensKey}`, ATTESTER_PEERS: `${PEER},${PUBLIC_PEER}` },
      },
    });
    hidden = [
      ...Object.values(SECRETS),
      ...Object.values(SECRETS).map((secret) => secret.replace(/^0x/, "")),
      ...[url.password, url.host, new URL(rpc.url).host, new URL(test.github.origin).host, test.dns.upstream],
      ...["10.20.30.40", "127.0.0.1", "postgres", "ECONNREFUSED", "/v2/", "/v3/"],
    ].filter((text) => text !== "");
  });
  after(async () => {
    await node?.stop();
    await Promise.all([rpc?.stop(), database?.cut()]);
  });

  async function status(): Promise<ReturnType<typeof JSON.parse>> {
    const answer = await get(node, "/v1/status");
    expect(answer.status).to.equal(200);
    const text = JSON.stringify(answer.body);
    for (const secret of hidden) expect(text.toLowerCase()).to.not.include(secret.toLowerCase());
    return answer.body;
  }

  it("says how each part stands, as it is", async () => {
    const body = await eventually(status, ({ indexer }) => indexer.lag === 0);
    expect(body.chain).to.include({ state: "ok", chain_id: 31337, block: await test.provider.getBlockNumber() });
    expect(body.chain.proof_registry).to.equal(await test.registry.getAddress());
    expect(body.indexer).to.deep.equal({ state: "ok", block: body.chain.block, lag: 0 });
    expect(body.database).to.deep.equal({ state: "ok" });
    // Nobody has given this relayer anything, and its attester is none of the registry's.
    expect(body.relayer).to.deep.include({ state: "low", balance: "0.0", minimum: "0.01", in_flight: 0 });
    expect(body.relayer.address).to.equal(computeAddress(SECRETS.relayer));
    expect(body.attesters).to.deep.include({ self: computeAddress(SECRETS.attester), active: false });
    expect(body.attesters.all).to.have.length(1);
    expect(body.state).to.equal("degraded");
    expect(body.queue).to.have.keys("state", "accepted", "sent", "oldest");
    const platform = (id: string) => body.platforms.find((one: { id: string }) => one.id === id);
    expect(platform("github")).to.deep.equal({
      ...{ id: "github", name: "GitHub", status: "live", resting: null, quorum: 1 },
    });
    expect(platform("discord")).to.include({ status: "needs credential" });
  });

  it("is what the SDK reads", async () => {
    const read = await new SyngraphClient({ baseUrl: node.apiUrl }).status();
    const { as_of: _, uptime: __, ...body } = await status();
    expect({ ...read, chain: { ...read.chain, age: body.chain.age } }).to.deep.include(body);
  });

  it("names peers that are public, and of the others only how they are", async () => {
    const { peers } = await status();
    const unasked = { state: "unasked", last_success: null, last_failure: null, failures: 0, latency: null };
    expect(peers).to.deep.equal([
      { origin: null, ...unasked },
      { origin: PUBLIC_PEER, ...unasked },
    ]);
  });

  it("costs no more however many ask", async () => {
    await status();
    const calls = rpc.calls.length;
    const answers = await Promise.all(Array.from({ length: 200 }, () => get(node, "/v1/status")));
    expect(new Set(answers.map(({ body }) => body.as_of)).size).to.be.at.most(3);
    expect(rpc.calls.length - calls).to.be.below(120);
    expect(answers[0]!.headers.get("cache-control")).to.equal("public, max-age=1");
  });

  it("answers while the chain cannot be asked, and gives none of its addresses away", async () => {
    rpc.tamper = () => {
      throw new Error(`no such project: ${rpc.url}/v2/${SECRETS.rpcKey}`);
    };
    const body = await eventually(status, ({ state }) => state === "down");
    expect(body.chain).to.deep.include({ state: "down", chain_id: 31337, block: null, age: null });
    expect(body.indexer).to.deep.include({ state: "unknown", lag: null });
    expect(body.indexer.block).to.be.a("number");
    expect(body.database.state).to.equal("ok");
    rpc.tamper = (_, ask) => ask();
    await eventually(status, ({ chain }) => chain.state === "ok");
  });

  it("answers while the database cannot be asked", async () => {
    await database.cut();
    const body = await eventually(status, ({ state }) => state === "down");
    expect(body.database).to.deep.equal({ state: "down" });
    expect(body.chain.state).to.equal("ok");
    expect(body.indexer).to.deep.equal({ state: "unknown", block: null, lag: null });
    expect(body.queue).to.deep.equal({ state: "unknown", accepted: null, sent: null, oldest: null });
    expect(body.relayer).to.include({ leading: null, in_flight: null });
  });

  it("hands on of what an attester calls its endpoint only a host of the web", () => {
    for (const [endpoint, origin] of [
      ["https://node.example/v1?key=1", "https://node.example"],
      ["https://user:word@node.example:8443/", "https://node.example:8443"],
      ["http://node.example", null],
      ["javascript:alert(1)//https://node.example", null],
      ["data:text/html,<script>alert(1)</script>", null],
      ["https://", null],
      ["", null],
    ] as const) {
      expect(publishedOrigin(endpoint), endpoint).to.equal(origin);
    }
  });

  it("takes a public chain that makes no blocks for one that is stale, and a local one not", () => {
    expect(stateOfChain(84532, 4)).to.equal("ok");
    expect(stateOfChain(84532, 3600)).to.equal("stale");
    expect(stateOfChain(31337, 3600)).to.equal("ok");
    expect(stateOfChain(84532, null)).to.equal("down");
  });
});
