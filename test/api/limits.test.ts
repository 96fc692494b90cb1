import { linkId, signAttesterRequest, signText, toSubmission } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { clientOf } from "../../api/limits/clients.ts";
import { type Answer, bindWallet, get, newPerson, payload, post, proofBody } from "../helpers/api.ts";
import { attest } from "../helpers/contractLinks.ts";
import { type Node, type NodeOptions, startNode } from "../helpers/node.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { mined, somebody, strangersRegistry } from "./stranger.ts";

describe("limits", function () {
  this.timeout(60_000);
  let test: TestStack;
  let node: Node;
  let other: Node;
  before(async () => {
    test = await sharedStack();
    const env = {
      ...{ RATE_LIMIT_READS: "20", RATE_LIMIT_WRITES: "6", TRUST_PROXY: "1" },
    };
    [node, other] = await Promise.all([
      startNode(test, { name: "limits-1", env }),
      startNode(test, { name: "limits-2", env }),
    ]);
  });
  const further: Node[] = [];
  async function startFurther(options: NodeOptions): Promise<Node> {
    const started = await startNode(test, options);
    further.push(started);
    return started;
  }
  after(() => Promise.all([node, other, ...further].map((it) => it.stop())));

  let clients = 0;
  /** Speaks for a client whom nobody has counted yet, as a proxy in front would. */
  function newClient() {
    const headers = { "x-forwarded-for": `198.51.100.${++clients}` };
    const ask = async (where: Node, path: string, init: RequestInit = {}): Promise<Answer> => {
      const response = await fetch(where.apiUrl + path, { ...init, headers });
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
    return { ask, write: (where: Node) => ask(where, "/v1/proof", { method: "POST", body: "{}" }) };
  }

  it("refuse who reads too much, in JSON and with the time to wait, and nobody else", async () => {
    const { ask } = newClient();
    const answers: Answer[] = [];
    for (let count = 0; count < 30; count++) answers.push(await ask(node, "/v1/proof?identity=nobody"));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).to.have.length(10);
    expect(refused[0]!.body.message).to.match(/^too many requests from your address; ask again in \d+ s$/);
    expect(Number(refused[0]!.headers.get("retry-after"))).to.be.within(1, 60);
    expect((await newClient().ask(node, "/v1/proof?identity=nobody")).status).to.equal(200);
    expect((await ask(node, "/healthz")).status).to.equal(200);
  });

  it("refuse who opens pages too often by a page that says so in their language, and programs in JSON", async () => {
    const { ask } = newClient();
    const forwarded = { "x-forwarded-for": `198.51.100.${clients}` };
    const open = (path: string, language: string, init: RequestInit = {}) => {
      const headers = { ...forwarded, accept: "text/html,*/*;q=0.8", "accept-language": language };
      return fetch(node.apiUrl + path, { ...init, headers });
    };
    const opened = await open("/", "en");
    expect(opened.status).to.equal(200);
    for (let count = 0; count < 20; count++) await ask(node, "/v1/proof?identity=nobody");
    const bait = encodeURIComponent("<script>alert(1)</script>");
    for (const path of [
      "/",
      "/me",
      "/@alice",
      `/@${bait}`,
      `/avatar/${newPerson().key.compressed}`,
      `/avatar/${bait}`,
    ]) {
      const refused = await open(path, "en");
      const named = ["content-type", "cache-control"].map((name) => refused.headers.get(name));
      expect([refused.status, ...named], path).to.deep.equal([429, "text/html; charset=utf-8", "no-cache"]);
      const seconds = refused.headers.get("retry-after")!;
      expect(Number(seconds), path).to.be.within(1, 60);
      const html = await refused.text();
      expect(html, path).to.include("<title>Too many requests · Syngraph</title>");
      expect(html, path).to.include(`try again in ${seconds} s.</bdi></p></main>`).and.to.include('content="noindex"');
      expect(html, path).not.to.include("alert(1)");
    }
    const chinese = await (await open("/@alice", "zh-CN,zh;q=0.9")).text();
    expect(chinese).to.include('<html lang="zh-Hans">').and.to.include("<h1><bdi>请求过多</bdi></h1>");
    const head = await open("/@alice", "en", { method: "HEAD" });
    expect([head.status, head.headers.get("content-type")]).to.deep.equal([429, "text/html; charset=utf-8"]);
    for (const path of [
      "/v1/proof?identity=nobody",
      "/badge/github/alice.svg",
      "/nowhere",
      "/avatar/0x02/preview.png",
    ]) {
      const refused = await open(path, "en");
      expect([refused.status, refused.headers.get("content-type")], path).to.deep.equal([
        429,
        "application/json; charset=utf-8",
      ]);
      const { message } = (await refused.json()) as Answer["body"];
      expect(message, path).to.match(/^too many requests from your address/);
    }
  });

  it("count what writes apart, and over all processes on one database", async () => {
    const { ask, write } = newClient();
    const statuses: number[] = [];
    for (const where of [node, other, node, other, node, other, node, other])
      statuses.push((await write(where)).status);
    expect(statuses).to.deep.equal([400, 400, 400, 400, 400, 400, 429, 429]);
    expect((await ask(node, "/v1/proof?identity=nobody")).status).to.equal(200);
  });

  it("count a path in every form in which it is served", async () => {
    const { ask } = newClient();
    const send = (path: string) => ask(node, path, { method: "POST", body: "{}" });
    for (const path of ["/v1/proof/payload", "/V1/Proof/Payload/", "/v1/subkey/payload/", "/v1/attestations/"]) {
      for (let count = 0; count < 2; count++) expect((await send(path)).status, path).to.equal(400);
    }
    const statuses = [];
    for (let count = 0; count < 4; count++)
      statuses.push((await send("/V1/PROOF/")).status, (await send("/v1/proof")).status);
    expect(statuses).to.deep.equal([400, 400, 400, 400, 400, 400, 429, 429]);
  });

  it("count each identity of a batch", async () => {
    const { ask } = newClient();
    const batch = (count: number) => {
      const ids = Array.from({ length: count }, (_, index) => `github,limits-${index}`);
      return ask(node, "/v1/identities", { method: "POST", body: JSON.stringify({ ids }) });
    };
    expect((await batch(15)).status).to.equal(200);
    expect((await batch(15)).status).to.equal(429);
    expect((await ask(node, "/v1/identities/github/limits-0")).status).to.equal(429);
  });

  it("count a query to the graph for what it read, and refuse the next one as GraphQL's clients want it", async () => {
    const { ask } = newClient();
    const paths = Array.from(
      { length: 9 },
      (_path, index) => `a${index}: path(from: "github,a", to: "github,b") { level }`,
    );
    const send = (query: string) => ask(node, "/graphql", { method: "POST", body: JSON.stringify({ query }) });
    expect((await send("{ ping }")).status).to.equal(200);
    expect((await send(`{ ${paths.join(" ")} }`)).body.data).to.have.keys(paths.map((_path, index) => `a${index}`));
    const refused = await send("{ ping }");
    expect(refused.status).to.equal(429);
    expect(refused.body.errors).to.deep.equal([{ message: refused.body.message }]);
    expect(Number(refused.headers.get("retry-after"))).to.be.within(1, 60);
  });

  it("cannot be escaped by a header from behind the proxy's own", async () => {
    const { write } = newClient();
    const address = `198.51.100.${clients}`;
    const forged = async (claimed: string) => {
      const headers = { "x-forwarded-for": `${claimed}, ${address}` };
      return (await fetch(`${node.apiUrl}/v1/proof`, { method: "POST", body: "{}", headers })).status;
    };
    for (let count = 0; count < 6; count++) expect(await forged(`203.0.113.${count}`)).to.equal(400);
    expect(await forged("203.0.113.77")).to.equal(429);
    expect((await write(node)).status).to.equal(429);
  });

  it("end what this node pays for one avatar in a day, and leave others theirs", async () => {
    const person = newPerson();
    const origin = await startFurther({ name: "limits-3", env: { SPONSORED_LINKS_PER_AVATAR: "2" } });
    for (let count = 0; count < 2; count++) {
      expect((await bindWallet(origin, person, Wallet.createRandom())).status).to.equal(201);
    }
    const refused = await bindWallet(origin, person, Wallet.createRandom());
    expect(refused.status).to.equal(429);
    expect(refused.body.message).to.match(/pays for no more links of this avatar today/);
    expect(await test.registry.lengthOf(person.key.address)).to.equal(2n);
    expect((await bindWallet(origin, newPerson(), Wallet.createRandom())).status).to.equal(201);
  });

  it("are not used up by strangers who name the avatar without its signature", async () => {
    const victim = newPerson();
    for (let count = 0; count < 3; count++) {
      const junk = { action: "create", platform: "ethereum", identity: Wallet.createRandom().address };
      const body = { ...junk, public_key: victim.key.compressed, uuid: crypto.randomUUID(), created_at: "1" };
      expect((await post(test.stack, "/v1/proof", body)).status).to.equal(400);
    }
    expect((await bindWallet(test.stack, victim, Wallet.createRandom())).status).to.equal(201);
  });

  it("are not used up by strangers who hand in again what is on its way", async () => {
    const [victim, wallet] = [newPerson(), Wallet.createRandom()];
    const env = { SPONSORED_LINKS_PER_AVATAR: "2", SUBMIT_TIMEOUT_MS: "1" };
    const origin = await startFurther({ name: "limits-5", env });
    const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
    const answer = await payload(origin, victim, fields);
    const signed = ({ privateKey }: { privateKey: string }) => signText(privateKey, answer.sign_payload).base64;
    const extra = { signature: signed(victim), wallet_signature: signed(wallet) };
    const body = proofBody(victim, fields, answer, { extra });
    expect((await post(origin, "/v1/proof", body)).status).to.equal(202);
    const again: number[] = [];
    for (let count = 0; count < 4; count++) again.push((await post(origin, "/v1/proof", body)).status);
    expect(again).not.to.include(429);
    expect((await bindWallet(origin, victim, Wallet.createRandom())).status).to.equal(202);
  });

  it("are not used up by strangers who hand in a claim again that its avatar signed", async () => {
    const [person, stranger] = [newPerson(), somebody()];
    const env = { ATTESTER_KEY: Wallet.createRandom().privateKey, SPONSORED_LINKS_PER_AVATAR: "1" };
    const origin = await startFurther({ name: "limits-4", env });
    const fields = { action: "create", platform: "github", identity: "claims-again" } as const;
    const answer = await payload(origin, person, fields);
    const { base64, raw: signature } = signText(person.privateKey, answer.sign_payload);
    const gist = person.key.compressed.slice(2, 34);
    test.github.publish(gist, {
      owner: { login: "claims-again", id: 4713 },
      files: { [`${person.key.compressed}.json`]: answer.post_content.default.replace("%SIG_BASE64%", base64) },
    });
    const createdAt = Number(answer.created_at);
    const link = { ...fields, avatar: person.key.compressed, prev: null, createdAt, uuid: answer.uuid };
    const proof = attest([stranger], { linkId: linkId(link, signature), accountId: "666", checkedAt: createdAt });
    // Where no attester finds it, so that it stays a claim.
    const claim = toSubmission(link, { signature, withKey: true, proof, proofLocation: "https://attacker.example/" });
    await mined(test, (await (await strangersRegistry(test)).append(claim)).hash);
    const known = () => get(origin, `/v1/proofchain?avatar=${person.key.compressed}`);
    while ((await known()).body.pagination.total === 0);

    const body = proofBody(person, fields, answer, { proof_location: gist });
    for (let count = 0; count < 3; count++) {
      const { status, body: said } = await post(origin, "/v1/proof", body);
      expect(status, JSON.stringify(said)).not.to.equal(429);
    }
    expect((await bindWallet(origin, person, Wallet.createRandom())).status).to.equal(201);
  });

  it("do not hold attesters back, who sign their requests; and nobody who only says so", async () => {
    const address = newClient();
    const fields = { action: "create", platform: "github", identity: "alice", public_key: "0x02" };
    const body = JSON.stringify({ ...fields, uuid: crypto.randomUUID(), created_at: "1763740800" });
    const send = async (authorization: string) => {
      const headers = { "x-forwarded-for": `198.51.100.${clients}`, authorization };
      return (await fetch(`${node.apiUrl}/v1/attestations`, { method: "POST", body, headers })).status;
    };
    // anvil's second key, which attests on the local chain.
    const attester = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
    for (let count = 0; count < 10; count++) expect(await send(signAttesterRequest(attester, body))).to.equal(400);
    const stranger = Wallet.createRandom().privateKey;
    const statuses = [];
    for (let count = 0; count < 8; count++) statuses.push(await send(signAttesterRequest(stranger, body)));
    expect(statuses).to.deep.equal([400, 400, 400, 400, 400, 400, 429, 429]);
    expect(await send(signAttesterRequest(attester, `${body} `))).to.equal(429);
    expect((await address.write(node)).status).to.equal(429);
  });

  it("count an IPv6 network as one, and an address in both its forms", () => {
    expect(clientOf("2001:db8:1:2:3:4:5:6")).to.equal(clientOf("2001:db8:1:2::1"));
    expect(clientOf("2001:db8:1:3::1")).not.to.equal(clientOf("2001:db8:1:2::1"));
    expect(clientOf("fe80::1%eth0")).to.equal(clientOf("fe80::2"));
    expect(clientOf("::ffff:192.0.2.1")).to.equal("192.0.2.1");
    expect(clientOf(undefined)).to.equal(clientOf("no address"));
  });
});

describe("GET /metrics", () => {
  it("tells Prometheus of requests by route, of the relayer's purse and of the index", async () => {
    const test = await sharedStack();
    await get(test.stack, "/v1/proof?identity=a-secret-of-somebody");
    const response = await fetch(`${test.stack.apiUrl}/metrics`);
    const text = await response.text();
    expect(response.headers.get("content-type")).to.match(/^text\/plain/);
    expect(text).to.match(
      /syngraph_http_request_duration_seconds_count\{method="GET",route="\/v1\/proof",status="200"\} \d/,
    );
    expect(text).to.match(/^syngraph_relayer_balance_ether (?:10000|99\d\d\.\d+)$/m);
    for (const gauge of ["index_lag_blocks", "oldest_submission_seconds", "transactions_in_flight"]) {
      expect(text).to.match(new RegExp(`^syngraph_${gauge} [\\d.]+$`, "m"));
    }
    expect(text).to.match(/^syngraph_submissions\{state="accepted"\} \d+$/m);
    expect(text).not.to.include("a-secret-of-somebody");
  });
});
