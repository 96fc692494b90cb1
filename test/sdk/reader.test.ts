import { type AvatarReading, RegistryReader, type Rpc } from "@syngraph/sdk/chain";
import { PROOF_REGISTRY_ABI, STATUSES, linkId } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Interface, ZeroHash } from "ethers";

import { readDeployments } from "../../scripts/lib/deploy.ts";
import { InputError, SyngraphError, TrustError, WalletError } from "../../sdk/src/errors.ts";
import { type Person, signRelease } from "../helpers/contractLinks.ts";
import { PageWallet } from "../helpers/pageWallet.ts";
import { RegistryWriter, somebody, writeHistory } from "../helpers/registryHistory.ts";
import { type RpcCall, RpcProxy } from "../helpers/rpcProxy.ts";
import { type Anvil, startAnvil } from "./anvil.ts";
import { failure } from "./failure.ts";
import { StubServer, reply } from "./stubServer.ts";

const PROOFS = new Interface(PROOF_REGISTRY_ABI);
/** anvil's second account, whose word counts in these histories. */
const ATTESTER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** A log as an RPC has it. */
interface RpcLog {
  topics: string[];
  data: string;
}

/** What is wrong, by its kind. */
const kindsOf = ({ problems }: AvatarReading) => [...new Set(problems.map(({ kind }) => kind))].sort();

describe("RegistryReader", function () {
  this.timeout(120_000);
  let chain: Anvil;
  let proxy: RpcProxy;
  let writer: RegistryWriter;
  let registry: string;
  /** Bound to a wallet and an account; another account is only claimed. */
  let alice: Person;
  let wallet: Person;
  const readers: RegistryReader[] = [];

  before(async () => {
    chain = await startAnvil([], [ATTESTER]);
    const [deployment] = await readDeployments(chain.deployments);
    writer = await RegistryWriter.open(chain.provider, deployment!);
    registry = deployment!.contracts.ProofRegistry.address;
    [alice, wallet] = [somebody(), somebody()];
    const first = writer.sign(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
    const attested = (id: string) => writer.attest({ linkId: id, accountId: "4711" });
    const second = writer.sign(alice, { platform: "github", identity: "alice", after: first, attested });
    const third = writer.sign(alice, { platform: "dns", identity: "alice.example", after: second });
    await writer.append(first, second, third);
    proxy = await RpcProxy.start(chain.rpc);
  });
  afterEach(async () => {
    proxy.tamper = (_, ask) => ask();
    for (const reader of readers.splice(0)) await reader.close();
  });
  after(async () => {
    await proxy?.stop();
    await chain?.stop();
  });

  function reading(rpc: Rpc | readonly [Rpc, ...Rpc[]] = proxy.url, options: object = {}): RegistryReader {
    const reader = new RegistryReader({ rpc, registry, ...options });
    readers.push(reader);
    return reader;
  }

  /** Has the server change the answers to one method. */
  const lie = <T>(method: string, change: (answer: T, call: RpcCall) => unknown) => {
    proxy.tamper = async (call, ask) => (call.method === method ? change((await ask()) as T, call) : ask());
  };

  it("answers what the contract says", async () => {
    const reader = reading();
    const { key, address } = alice;
    expect(await reader.isBound(key.compressed, "github", "alice")).to.equal(true);
    expect(await reader.isBound(address, "dns", "alice.example")).to.equal(false);
    const status = await reader.statusOf(key.uncompressed, "dns", "alice.example");
    expect(status).to.include({ status: "claimed", asOf: writer.now });
    expect(await reader.statusOf(address, "dns", "other.example")).to.deep.equal({
      status: "none",
      asOf: 0,
      link: null,
    });
    expect(await reader.lengthOf(address)).to.equal(3);
    expect(await reader.headOf(address)).to.equal(await chain.registry.getFunction("headOf")(address));
    expect([await reader.headOf(wallet.address), await reader.avatarOf(wallet.address)]).to.deep.equal([null, null]);
  });

  it("rebuilds and checks a chain, and says what it cannot check", async () => {
    const read = await reading().chain(alice.key.compressed);
    expect(read.problems).to.deep.equal([]);
    expect([read.verified, read.publicKey, read.chainId]).to.deep.equal([true, alice.key.compressed, 31337]);
    expect(read.links.map(({ sequence, platform, status }) => [sequence, platform, status])).to.deep.equal([
      [1, "ethereum", "confirmed"],
      [2, "github", "confirmed"],
      [3, "dns", "claimed"],
    ]);
    for (const { link, signature, linkId: id } of read.links) expect(linkId(link!, signature!)).to.equal(id);
    const [ofWallet, ofAccount, ofDomain] = read.bindings;
    expect(ofWallet).to.include({ identity: wallet.wallet, status: "confirmed", evidence: "signatures" });
    expect(ofAccount).to.deep.include({
      accountId: "4711",
      evidence: "attesters",
      attesters: [ATTESTER.toLowerCase()],
    });
    expect(ofDomain).to.deep.include({ status: "claimed", asOf: writer.now, problems: [] });
    expect(read.unchecked).to.have.length(2);
    expect(read.unchecked.join()).to.include("kept back").and.to.include("attesters");
  });

  it("asks a browser's wallet as well, on its chain only", async () => {
    const page = new PageWallet(wallet, { 31337: chain.rpc });
    try {
      const reader = reading(page);
      expect(await reader.isBound(alice.address, "github", "alice")).to.equal(true);
      expect((await reader.chain(alice.address)).verified).to.equal(true);
      page.intercept = ({ method }, answer) => (method === "eth_chainId" ? "0x1" : answer());
      expect((await failure(() => reader.lengthOf(alice.address), WalletError)).code).to.equal("wallet_chain");
    } finally {
      page.close();
    }
  });

  it("reads every kind of link, release, list, claim and turn", async () => {
    await writeHistory(writer);
    const bound = writer.sign(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
    // The last link's signature is the one that a further one has to quote.
    const links = (await reading().chain(alice.address)).links;
    const next = writer.sign(alice, { ...bound.link, cosigner: wallet, prev: links.at(-1)!.signature });
    await writer.append(next);
    await writer.write(writer.registry, "release", signRelease(alice, wallet, { createdAt: writer.now }));

    const logs = await chain.provider.getLogs({
      address: registry,
      topics: [PROOFS.getEvent("LinkAppended")!.topicHash],
      fromBlock: 0,
    });
    const avatars = [...new Set(logs.map(({ topics }) => `0x${topics[1]!.slice(-40)}`))];
    const seen = new Set<string>();
    const reader = reading([proxy.url, chain.rpc]);
    for (const avatar of avatars) {
      const { problems, verified, links: read, bindings } = await reader.chain(avatar);
      expect(problems).to.deep.equal([]);
      expect(verified).to.equal(true);
      expect(read.filter(({ sequence }) => sequence !== null).length).to.equal(
        Number(await chain.registry.getFunction("lengthOf")(avatar)),
      );
      for (const { platform, identity, status } of bindings) {
        const [stored] = await chain.registry.getFunction("statusOf")(avatar, platform, identity);
        expect(STATUSES[Number(stored)], `${avatar} ${platform} ${identity}`).to.equal(status);
        seen.add(status);
      }
      for (const { link, signature, linkId: id, action } of read) {
        seen.add(action);
        if (id !== null) expect(linkId(link!, signature!)).to.equal(id);
      }
    }
    expect([...seen].sort()).to.deep.equal([
      "claimed",
      "confirmed",
      "create",
      "delete",
      "deleted",
      "release",
      "suspended",
    ]);
  });

  describe("copes with a server that", () => {
    it("answers for few blocks at once", async () => {
      let refused = 0;
      proxy.tamper = (call, ask) => {
        if (call.method !== "eth_getLogs") return ask();
        const [{ fromBlock, toBlock }] = call.params as [{ fromBlock: string; toBlock: string }];
        if (Number(toBlock) - Number(fromBlock) < 7) return ask();
        refused += 1;
        throw new Error("query exceeds max block range 7");
      };
      const { links, verified } = await reading().chain(alice.address);
      expect([verified, links.length > 2, refused > 0]).to.deep.equal([true, true, true]);
    });

    it("keeps no old state, so that the first block cannot be found, unless it is told", async () => {
      proxy.tamper = (call, ask) => {
        if (call.method === "eth_getCode") throw new Error("missing trie node");
        return ask();
      };
      expect((await reading().chain(alice.address)).verified).to.equal(true);
      proxy.calls.length = 0;
      expect((await reading(proxy.url, { fromBlock: 1 }).chain(alice.address)).verified).to.equal(true);
      expect(proxy.calls.filter(({ method }) => method === "eth_getCode")).to.have.length(0);
    });

    it("does not answer", async () => {
      const nobody = await failure(() => reading("http://127.0.0.1:1").lengthOf(alice.address), SyngraphError);
      expect([nobody.code, nobody.retryable]).to.deep.equal(["network", true]);
      lie("eth_call", () => {
        throw new Error("over the limit");
      });
      expect((await failure(() => reading().lengthOf(alice.address), SyngraphError)).code).to.equal("network");
    });

    it("refuses its user, whose key in its address is told to nobody", async () => {
      const server = await new StubServer().listen();
      server.handler = ({ body }, response) => {
        const calls = [body].flat() as RpcCall[];
        if (calls.some(({ method }) => method !== "eth_chainId")) return void response.writeHead(401).end("no");
        const answers = calls.map(({ id }) => ({ jsonrpc: "2.0", id, result: "0x7a69" }));
        reply(response, 200, Array.isArray(body) ? answers : answers[0]);
      };
      try {
        const { code, message } = await failure(
          () => reading(`${server.origin}/v3/f00dfeed`).lengthOf(alice.address),
          SyngraphError,
        );
        expect(code).to.equal("network");
        expect(message).to.include("401").and.not.to.include("f00dfeed");
      } finally {
        await server.close();
      }
    });

    it("makes up blocks without end, until it is given up", async () => {
      const far = "0x1fffffffffffff";
      proxy.tamper = async ({ method, params }, ask) => {
        if (method === "eth_getLogs") return [];
        if (params.at(-1) === far) params.splice(-1, 1, "latest");
        if (method !== "eth_getBlockByNumber") return ask();
        params[0] = "latest";
        return { ...((await ask()) as object), number: far };
      };
      const [reader, signal] = [reading(proxy.url, { fromBlock: 1 }), AbortSignal.timeout(300)];
      const error = await failure(() => reader.bindings(alice.address, { signal }), SyngraphError);
      expect(error.code).to.equal("aborted");
      expect(proxy.calls.filter(({ method }) => method === "eth_getLogs").length).to.be.above(1);
    });

    it("is of another chain, or knows no such registry", async () => {
      expect(
        (await failure(() => reading(proxy.url, { chainId: 1 }).lengthOf(alice.address), InputError)).field,
      ).to.equal("rpc");
      for (const method of ["lengthOf", "chain"] as const) {
        const reader = reading(proxy.url, { registry: wallet.address });
        expect((await failure(() => reader[method](alice.address), InputError)).field).to.equal("registry");
      }
      expect(() => new RegistryReader({ rpc: proxy.url, registry: "0x1234" })).to.throw(InputError);
      await failure(() => reading().lengthOf("alice"), InputError);
      await failure(() => reading().avatarOf("alice"), InputError);
    });
  });

  describe("catches a server that", () => {
    it("leaves out the last link", async () => {
      lie<RpcLog[]>("eth_getLogs", (logs) => logs.slice(0, -1));
      const read = await reading().chain(alice.address);
      expect([read.verified, kindsOf(read)]).to.deep.equal([false, ["state"]]);
    });

    it("leaves out a link in the middle", async () => {
      lie<RpcLog[]>("eth_getLogs", (logs) => logs.filter((_, index) => index !== 1));
      const read = await reading().chain(alice.address);
      expect([read.verified, kindsOf(read).includes("log")]).to.deep.equal([false, true]);
    });

    it("shows nothing of an avatar that has links", async () => {
      lie("eth_getLogs", () => []);
      const read = await reading().chain(alice.address);
      expect([read.verified, read.publicKey, kindsOf(read)]).to.deep.equal([false, null, ["state"]]);
    });

    it("puts another name into a link", async () => {
      const event = PROOFS.getEvent("LinkAppended")!;
      lie<RpcLog[]>("eth_getLogs", (logs) =>
        logs.map((log) => {
          if (log.topics[0] !== event.topicHash) return log;
          const args = PROOFS.decodeEventLog(event, log.data, log.topics).toArray() as string[];
          if (args[4] !== "github") return log;
          return { ...log, data: PROOFS.encodeEventLog(event, args.with(5, "mallory")).data };
        }),
      );
      const { links, bindings, verified } = await reading().chain(alice.address);
      expect(verified).to.equal(false);
      const bad = links.filter(({ problems }) => problems.length > 0);
      expect(bad.map(({ identity }) => identity)).to.include("mallory");
      expect(bad[0]!.problems.join()).to.include("not signed by its avatar");
      expect(bindings.find(({ identity }) => identity === "mallory")!.problems).not.to.deep.equal([]);
    });

    it("calls a claim confirmed", async () => {
      const event = PROOFS.getEvent("LinkAppended")!;
      lie<RpcLog[]>("eth_getLogs", (logs) =>
        logs.map((log) => {
          if (log.topics[0] !== event.topicHash) return log;
          const args = PROOFS.decodeEventLog(event, log.data, log.topics).toArray() as string[];
          if (args[4] !== "dns") return log;
          return { ...log, data: PROOFS.encodeEventLog(event, args.with(3, `${args[3]!.slice(0, -2)}02`)).data };
        }),
      );
      const bindings = await reading().bindings(alice.address);
      expect(bindings.find(({ platform }) => platform === "dns")!.problems).not.to.deep.equal([]);
    });

    it("makes up an attester", async () => {
      lie<string>("eth_getLogs", (logs, { params }) => {
        const [{ topics }] = params as [{ topics?: unknown }];
        return topics === undefined ? [] : logs;
      });
      const read = await reading().chain(alice.address);
      expect([read.verified, kindsOf(read).includes("state")]).to.deep.equal([false, true]);
    });

    it("answers with logs of another avatar's", async () => {
      const stranger = somebody();
      await writer.append(writer.sign(stranger, { platform: "dns", identity: "stranger.example" }));
      proxy.tamper = async (call, ask) => {
        if (call.method !== "eth_getLogs") return ask();
        const [{ topics }] = call.params as [{ topics?: string[][] }];
        if (topics) topics[1] = [`0x${"0".repeat(24)}${stranger.wallet.slice(2)}`];
        return ask();
      };
      const { message } = await failure(() => reading().chain(alice.address), SyngraphError);
      expect(message).to.include("not asked for");
    });

    it("lies about logs and storage alike only with a second one beside it, and says so without", async () => {
      const none = { lengthOf: [0n], headOf: [`0x${"00".repeat(24)}`], isBound: [false] } as const;
      proxy.tamper = async (call, ask) => {
        if (call.method === "eth_getLogs" && (call.params as [{ topics?: unknown }])[0].topics) return [];
        if (call.method !== "eth_call") return ask();
        const { data } = (call.params as [{ data: string }])[0];
        for (const [method, values] of Object.entries(none)) {
          if (data.startsWith(PROOFS.getFunction(method)!.selector)) return PROOFS.encodeFunctionResult(method, values);
        }
        return ask();
      };
      const alone = await reading().chain(alice.address);
      expect([alone.verified, alone.links.length]).to.deep.equal([true, 0]);
      expect(alone.unchecked.join()).to.include("kept back");
      const both = await reading([chain.rpc, proxy.url]).chain(alice.address);
      expect([both.verified, kindsOf(both)]).to.deep.equal([false, ["rpc"]]);
      expect(both.unchecked.join()).not.to.include("kept back");
      const asked = () => reading([proxy.url, chain.rpc]).isBound(alice.address, "github", "alice");
      expect((await failure(asked, TrustError)).message).to.include("disagree");

      // Also where it says that there was nothing before, so that nobody would be asked about that.
      await chain.provider.send("evm_mine", []);
      const [hide, latest] = [proxy.tamper, await chain.provider.getBlockNumber()];
      proxy.tamper = (call, ask) => {
        const [address, block] = call.params as [string, string];
        const isEarly = call.method === "eth_getCode" && address === registry && Number(block) < latest;
        return isEarly ? "0x" : hide(call, ask);
      };
      const hidden = await reading([proxy.url, chain.rpc]).chain(alice.address);
      expect([hidden.verified, kindsOf(hidden)]).to.deep.equal([false, ["rpc"]]);
      proxy.tamper = (call, ask) =>
        call.method === "eth_call" ? `0x${"0".repeat(24)}${wallet.wallet.slice(2)}` : ask();
      const elsewhere = await failure(() => reading([chain.rpc, proxy.url]).chain(alice.address), TrustError);
      expect(elsewhere.message).to.include("disagree on who attests");
    });
  });

  it("reads again where the chain was reorganised meanwhile", async () => {
    let looks = 0;
    lie<{ hash: string }>("eth_getBlockByNumber", (block, { params }) => {
      // The last look of the first attempt.
      if (params[0] === "latest") looks += 1;
      return block;
    });
    let hashes = 0;
    const whole = proxy.tamper;
    proxy.tamper = async (call, ask) => {
      const answer = (await whole(call, ask)) as { hash: string; number: string };
      const latest = Number(await chain.provider.getBlockNumber());
      const asked = call.method === "eth_getBlockByNumber" && Number(call.params[0]) === latest;
      if (!asked) return answer;
      hashes += 1;
      return hashes === 1 ? { ...answer, hash: ZeroHash } : answer;
    };
    expect((await reading().chain(somebody().address)).verified).to.equal(true);
    expect(looks).to.equal(2 + 1);
  });
});
