import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";
import { AbiCoder, Interface, Wallet, ZeroAddress, id, keccak256, namehash } from "ethers";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import { platformOf } from "../../api/platforms/index.ts";
import { PlatformInputError, type Claim, type Evidence, type Severity } from "../../api/platforms/types.ts";
import { Ens } from "../standins/ens.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText } from "./claims.ts";

const RECORD = "id.next.proof";
const KELVIN = "\u212a";
const abi = AbiCoder.defaultAbiCoder();

const TEXT = new Interface([
  "function text(bytes32 node, string key) view returns (string)",
  "function set(string[] urls, address sender, uint256 rounds)",
]);
const OWNERS = new Interface(["function set(uint256 id, address owner)"]);

describe("ens", () => {
  const avatar = newSigner();
  const gatewaySigner = Wallet.createRandom();
  let ens: Ens;
  let engine: Engine;
  let gateway: Gateway;
  let [owner, buyer] = ["", ""];
  let offchain = "";
  /** A private server that nobody may be led to. */
  let secret: Gateway | undefined;

  before(async () => {
    [ens, gateway] = await Promise.all([Ens.start(), startGateway()]);
    [, owner, buyer] = ens.accounts as [string, string, string];
    offchain = await ens.deploy("test/OffchainResolver", gatewaySigner.address);
    await ens.giveSubname(ens.accounts[0]!, "", "eth", ens.accounts[0]!);
    engine = engineWith({ gateway: gateway.origin });
  });
  beforeEach(() => gateway.reset());
  after(() => Promise.all([ens.stop(), gateway.stop(), secret?.stop()]));

  const engineWith = (changes: Record<string, string> = {}, timeout = 5000) =>
    createEngine({ upstreams: { ens: ens.upstream(changes) }, timeout });

  const claimed = (name: string): Claim => claimOf(avatar, newLink(avatar, "ens", name), "");
  const textOf = ({ link }: Claim) => publishedText(avatar, link);

  /** A name of its own for each test, with a proof in its record. */
  async function published(label: string): Promise<Claim> {
    const claim = claimed(`${label}.test`);
    await ens.register(label, owner);
    await ens.setText(claim.link.identity, RECORD, textOf(claim));
    return claim;
  }

  const refused = (claim: Claim, severity: Severity, message: string | RegExp, by = engine) =>
    expectRefusal(by.check(claim), severity, new RegExp(message));

  describe("normaliseIdentity", () => {
    const { normaliseIdentity } = platformOf("ens")!;
    for (const [typed, name] of [
      ["Nick.ETH", "nick.eth"],
      ["ens:nick.eth", "nick.eth"],
      ["https://app.ens.domains/Nick.eth?tab=records", "nick.eth"],
      ["app.ens.domains/name/nick.eth", "nick.eth"],
      ["a.b.c.eth", "a.b.c.eth"],
      ["👨‍👩‍👧.eth", "👨‍👩‍👧.eth"],
      ["❤️.eth", "❤.eth"],
      ["bücher.eth", "bücher.eth"],
      ["bu\u0308cher.eth", "bücher.eth"],
      ["example.com", "example.com"],
    ] as const) {
      it(`reads ${JSON.stringify(typed)} as ${name}`, () => {
        expect(normaliseIdentity(typed)).to.equal(name);
        expect(normaliseIdentity(name)).to.equal(name);
      });
    }
    for (const typed of [
      ...["", "eth", ".eth", "nick..eth", "nick.eth.", "nick .eth", "nick\u0000.eth", "nick_.e_th\u200d.eth"],
      ...[`nic${KELVIN}.eth`, "ｎick.eth", "nіck.eth", "ab--cd.eth", "nick.eth/../vitalik.eth", "nick<b>.eth"],
      ...["https://app.ens.domains.evil.example/nick.eth", `${"a.".repeat(10)}eth`, "0.ETH\u212b"],
    ]) {
      it(`refuses ${JSON.stringify(typed)}`, () => {
        expect(() => normaliseIdentity(typed)).to.throw(PlatformInputError, "is not an ENS name");
      });
    }
  });

  describe("the real contracts", () => {
    it("tell of the record and of whose the name is", async () => {
      const claim = await published("real");
      const { accountId, record, location }: Evidence = await engine.check(claim);
      expect([accountId, location, record.handle]).to.deep.equal([owner, "", "real.test"]);
      expect(record.facts).to.deep.equal({ owner, block: await ens.provider.getBlockNumber() });
      expect(record.answers.map(({ source }) => source)).to.deep.equal([
        `ens:real.test?owner&block=${record.facts.block}`,
        `ens:real.test?text=id.next.proof&block=${record.facts.block}`,
      ]);
    });

    it("tell when it was sold: that is another account, whatever its record still says", async () => {
      const claim = await published("sold");
      await ens.transfer("sold.test", buyer);
      expect((await engine.check(claim)).accountId).to.equal(buyer);
      await refused({ ...claim, accountId: owner }, "final", "is another account now");
    });

    it("tell of names that nobody has, and of those without a resolver or record", async () => {
      await refused(claimed("nobody.elsewhere"), "medium", "is not registered");
      await refused(claimed("nobody.test"), "medium", "has no resolver");
      await ens.register("silent", owner);
      await refused(claimed("silent.test"), "medium", "has no resolver");
      await ens.setResolver("silent.test", ens.resolver);
      await refused(claimed("silent.test"), "medium", "no text record id.next.proof of silent.test");
    });

    it("do not lend a name's record to the names below it: that resolver knows no ENSIP-10", async () => {
      const claim = await published("parent");
      const below = claimed("below.parent.test");
      await refused(below, "medium", "has no resolver");
      expect((await engine.check(claim)).accountId).to.equal(owner);
    });

    it("tell of names below by their own owners", async () => {
      await published("above");
      await ens.giveSubname(owner, "above.test", "sub", buyer);
      const claim = claimed("sub.above.test");
      await ens.setText("sub.above.test", RECORD, textOf(claim));
      expect((await engine.check(claim)).accountId).to.equal(buyer);
    });
  });

  describe("resolvers of strangers", () => {
    for (const [contract, values, severity] of [
      ["test/EchoWallet", [], "medium"],
      ["test/SilentDelegate", [], "medium"],
      ["test/HostileWallet", [0, 0], "medium"],
      ["test/TokenOwners", [], "medium"],
    ] as const) {
      it(`that are none (${contract}) have no record`, async () => {
        const claim = await published(contract.slice(5).toLowerCase());
        await ens.setResolver(claim.link.identity, await ens.deploy(contract, ...values));
        await refused(claim, severity, /no readable text record|refuses to answer/);
      });
    }

    it("that are an account without code have no record", async () => {
      const claim = await published("codeless");
      await ens.setResolver("codeless.test", buyer);
      await refused(claim, "medium", "no readable text record");
    });
  });

  describe(".eth", () => {
    let registrar = "";
    let wrapper = "";
    let wrapped: Engine;
    before(async () => {
      [registrar, wrapper] = [await ens.deploy("test/TokenOwners"), await ens.deploy("test/TokenOwners")];
      wrapped = engineWith({ wrapper });
    });

    const give = (contract: string, token: string, to: string) =>
      ens.send(owner, contract, OWNERS.encodeFunctionData("set", [token, to]));

    /** `<label>.eth` with a proof, with the registrar in charge only then. */
    async function publishedEth(name: string): Promise<Claim> {
      await ens.giveSubname(ens.accounts[0]!, "", "eth", ens.accounts[0]!);
      const [label] = name.split(".").slice(-2) as [string];
      const claim = claimed(name);
      await ens.giveSubname(ens.accounts[0]!, "eth", label, owner);
      if (name !== `${label}.eth`) await ens.giveSubname(owner, `${label}.eth`, name.split(".")[0]!, owner);
      await ens.setText(name, RECORD, textOf(claim));
      await give(registrar, id(label), owner);
      await ens.transfer("eth", registrar);
      return claim;
    }

    it("is of who registered it, and not of whom the registry still has as its manager", async () => {
      const claim = await publishedEth("manager.eth");
      await give(registrar, id("manager"), buyer);
      expect((await engine.check(claim)).accountId).to.equal(buyer);
      await refused({ ...claim, accountId: owner }, "final", "is another account now");
    });

    it("is nobody's once it has run out, and neither are the names below it", async () => {
      const claim = await publishedEth("expired.eth");
      expect((await engine.check(claim)).accountId).to.equal(owner);
      const below = await publishedEth("sub.gone.eth");
      expect((await engine.check(below)).accountId).to.equal(owner);
      await give(registrar, id("expired"), ZeroAddress);
      await give(registrar, id("gone"), ZeroAddress);
      await refused(claim, "medium", "the registration of expired.eth has run out");
      await refused(below, "medium", "the registration of gone.eth has run out");
    });

    it("is of who has it wrapped, until that has expired", async () => {
      const claim = await publishedEth("wrapped.eth");
      await give(registrar, id("wrapped"), wrapper);
      await refused(claim, "medium", "is wrapped and has expired", wrapped);
      await give(wrapper, namehash("wrapped.eth"), buyer);
      expect((await wrapped.check(claim)).accountId).to.equal(buyer);
      // Any contract could say whose a name is: only the NameWrapper is asked.
      expect((await engine.check(claim)).accountId).to.equal(wrapper.toLowerCase());
    });
  });

  describe("names at gateways (ENSIP-10, EIP-3668)", () => {
    /** Has a name's parent resolved by a contract that sends us to gateways. */
    async function offered(
      label: string,
      urls = [`${gateway.origin}/{sender}/{data}.json`],
      sender = offchain,
      rounds = 1,
    ) {
      await ens.register(label, owner);
      await ens.setResolver(`${label}.test`, offchain);
      await ens.send(owner, offchain, TEXT.encodeFunctionData("set", [urls, sender, rounds]));
      const claim = claimed(`someone.${label}.test`);
      gateway.answer = signed(textOf(claim));
      return claim;
    }

    /** A gateway's answer: a text, signed for this resolver and question. */
    const signed =
      (text: string, signer = gatewaySigner): Gateway["answer"] =>
      ({ data }) => {
        const answer = TEXT.encodeFunctionResult("text", [text]);
        const digest = keccak256(abi.encode(["address", "bytes", "bytes"], [offchain, data, answer]));
        const { serialized } = signer.signingKey.sign(digest);
        return { body: JSON.stringify({ data: abi.encode(["bytes", "bytes"], [answer, serialized]) }) };
      };

    it("are read by GET, and the contract judges the answer", async () => {
      const claim = await offered("names");
      const { accountId, record } = await engine.check(claim);
      expect(accountId).to.equal(`${owner}/${namehash("someone.names.test")}`);
      expect(record.facts).to.include({ owner, ownerOf: "names.test" });
      expect(record.answers.map(({ source }) => source)).to.include(gateway.origin);
      expect(gateway.asked).to.have.length(1);
      expect(gateway.asked[0]).to.include({ method: "GET", sender: offchain.toLowerCase() });
    });

    it("are read by POST where the URL has no place for the question", async () => {
      const claim = await offered("posted", [`${gateway.origin}/lookup`]);
      await engine.check(claim);
      expect(gateway.asked[0]).to.include({ method: "POST", sender: offchain.toLowerCase() });
    });

    it("are another account when the parent is sold", async () => {
      const claim = await offered("parentsold");
      const { accountId } = await engine.check(claim);
      await ens.transfer("parentsold.test", buyer);
      await refused({ ...claim, accountId }, "final", "is another account now");
    });

    it("are not believed where the gateway lies", async () => {
      const claim = await offered("lied");
      gateway.answer = signed(textOf(claim), Wallet.createRandom() as never);
      await refused(claim, "medium", "refuses to answer");
      gateway.answer = signed(textOf(claimed("other.lied.test")));
      await refused(claim, "medium", "no text record");
    });

    it("never lead to a private address or another port, except where the operator said so", async () => {
      const stranger = await startGateway();
      secret = stranger;
      const { port } = new URL(stranger.origin);
      const hostile = [
        `${stranger.origin}/{sender}/{data}`,
        `http://localhost:${port}/{data}`,
        `https://127.0.0.1:${port}/{data}`,
        "https://169.254.169.254/latest/{data}",
        "https://[::ffff:127.0.0.1]/{data}",
        `http://0x7f000001:${port}/{data}`,
        "file:///etc/passwd",
        'data:application/json,{"data":"0x"}',
        "not a url {data}",
        // The node that we ask ourselves may be private; for strangers it is not there.
        `${ens.url}/{sender}/{data}`,
        ens.url,
      ];
      for (const url of hostile) await refused(await offered("ssrf", [url]), "soft", /./);
      expect(stranger.asked).to.deep.equal([]);
      // Nor does the trusted one send us there.
      await offered("ssrf");
      gateway.answer = () => ({ status: 302, headers: { location: `${stranger.origin}/` }, body: "" });
      await refused(claimed("someone.ssrf.test"), "soft", "redirect");
      expect(stranger.asked).to.deep.equal([]);
      const strict = engineWith();
      gateway.reset();
      await refused(await offered("ssrf"), "soft", /./, strict);
      expect(gateway.asked).to.deep.equal([]);
    });

    it("are not asked for in another contract's name", async () => {
      const claim = await offered("spoofed", undefined, ens.resolver);
      await refused(claim, "medium", "in the name of");
      expect(gateway.asked).to.deep.equal([]);
    });

    it("may be asked for again, but not for ever", async () => {
      await engine.check(await offered("again", undefined, offchain, 4));
      expect(gateway.asked).to.have.length(4);
      gateway.reset();
      await refused(await offered("forever", undefined, offchain, 1000), "medium", "more than 4 look-ups");
      expect(gateway.asked).to.have.length(4);
    });

    it("are looked for at the next gateway where one fails, and not where one refuses", async () => {
      const claim = await offered("several", [`${gateway.origin}/broken/{data}`, `${gateway.origin}/{data}`]);
      const good = gateway.answer;
      gateway.answer = (question) => (question.path.startsWith("/broken") ? { status: 500, body: "" } : good(question));
      await engine.check(claim);
      for (const [status, severity] of [
        [404, "medium"],
        [400, "medium"],
        [429, "soft"],
        [401, "soft"],
      ] as const) {
        gateway.answer = () => ({ status, body: "{}" });
        await refused(claim, severity, `HTTP ${status}`);
      }
    });

    it("are not there where gateways talk nonsense, and time is up where one hangs", async () => {
      const claim = await offered("nonsense");
      for (const body of ["", "null", "[]", "{}", '{"data":"0xzz"}', '{"data":7}', "<html>"]) {
        gateway.answer = () => ({ body });
        await refused(claim, "soft", "does not answer as EIP-3668");
      }
      gateway.answer = () => ({ body: '{"data":"0x"}' });
      await refused(claim, "medium", "refuses to answer");
      gateway.answer = () => ({ body: `{"data":"0x${"00".repeat(300_000)}"}` });
      await refused(claim, "medium", "larger than");
      gateway.answer = () => null;
      await refused(claim, "soft", "no whole answer", engineWith({ gateway: gateway.origin }, 300));
      await refused(await offered("none", []), "medium", "names no gateway");
    });
  });

  describe("the node", () => {
    it("is needed, which is said", async () => {
      const without = createEngine();
      expect(without.statusOf(platformOf("ens")!)).to.equal("needs credential");
      expect(engine.statusOf(platformOf("ens")!)).to.equal("live");
      await refused(claimed("any.eth"), "soft", "no Ethereum node", without);
    });

    it("must be of Ethereum mainnet unless another registry is named, and must not lag", async () => {
      const mainnet = createEngine({ upstreams: { ens: ens.url } });
      await refused(claimed("any.eth"), "soft", "is not of Ethereum mainnet", mainnet);
      const old = await startNode({
        eth_chainId: "0x1",
        eth_getBlockByNumber: { number: "0x10", timestamp: "0x5f5e1000" },
      });
      await refused(claimed("any.eth"), "soft", /lags \d+ s behind/, createEngine({ upstreams: { ens: old.origin } }));
      await old.stop();
      const elsewhere = engineWith({ registry: buyer });
      await refused(claimed("any.test"), "soft", "there is no ENS registry", elsewhere);
    });

    it("keeps its URL, which may hold a key, to itself", async () => {
      const server = await startNode({ eth_getBlockByNumber: null });
      const keyed = createEngine({ upstreams: { ens: `${server.origin}/v3/SECRET?key=SECRET` } });
      const error: unknown = await keyed.check(claimed("any.eth")).catch((reason: unknown) => reason);
      expect(String(error)).to.include("names no latest block").and.not.include("SECRET");
      expect(server.asked[0]!.path).to.equal("/v3/SECRET?key=SECRET");
      await server.stop();
      const down: unknown = await keyed.check(claimed("any.eth")).catch((reason: unknown) => reason);
      expect(String(down)).not.to.include("SECRET");
    });

    for (const upstream of ["ws://127.0.0.1", "nonsense", "http://a/?registry=0x12", "http://a/?gateway=http://b/c"]) {
      it(`refuses ${upstream} at the start`, () => {
        expect(() => createEngine({ upstreams: { ens: upstream } })).to.throw("upstream of ens");
      });
    }
  });
});

/** A question as it came to a gateway. */
interface Question {
  method: string;
  path: string;
  sender: string | undefined;
  data: string;
}

/** A gateway on loopback, as a resolver's operator runs it. */
interface Gateway {
  origin: string;
  asked: Question[];
  /** Null for no answer ever. */
  answer: (question: Question) => { status?: number; headers?: Record<string, string>; body: string } | null;
  reset(): void;
  stop(): Promise<void>;
}

async function startGateway(): Promise<Gateway> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "" } = request;
      const [, first, second] = /^\/(?:(0x[0-9a-f]{40})\/)?(?:\w+\/)?(0x[0-9a-f]*)/.exec(path) ?? [];
      const posted = method === "POST" ? JSON.parse(Buffer.concat(chunks).toString()) : { sender: first, data: second };
      const question: Question = { method, path, sender: posted.sender, data: posted.data };
      gateway.asked.push(question);
      const answer = gateway.answer(question);
      if (answer) response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    });
  });
  const gateway: Gateway = {
    origin: await listen(server),
    asked: [],
    answer: () => ({ status: 404, body: "" }),
    reset: () => {
      gateway.asked.length = 0;
    },
    stop: () => stop(server),
  };
  return gateway;
}

/** A node with the same answers always. */
async function startNode(results: Record<string, unknown>) {
  const asked: { path: string }[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? "" });
    let body = "";
    request.on("data", (chunk: Buffer) => (body += String(chunk)));
    request.on("end", () => {
      const { method } = JSON.parse(body) as { method: string };
      response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result: results[method] }));
    });
  });
  return { origin: await listen(server), asked, stop: () => stop(server) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
