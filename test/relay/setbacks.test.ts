import { expect } from "chai";
import { toQuantity } from "ethers";

import type { OutboxItem } from "../../api/relay/outbox.ts";
import type { Relayer } from "../../api/relay/relayer.ts";
import { signRelease } from "../helpers/contractLinks.ts";
import { type RelayWorld, now, sharedRelayWorld, somebody, walletLink } from "../helpers/relayWorld.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";

describe("a relayer whose chain is not at its service", () => {
  let world: RelayWorld;
  let proxy: RpcProxy;
  before(async function () {
    this.timeout(120_000);
    world = await sharedRelayWorld();
  });
  beforeEach(async () => {
    proxy = await RpcProxy.start(world.anvil.url);
  });
  afterEach(async () => {
    for (const relayer of relayers.splice(0)) await relayer.stop();
    await proxy.stop();
  });

  const relayers: Relayer[] = [];
  /** A relayer with a key of its own. */
  async function started(options: Parameters<RelayWorld["relayer"]>[1] = {}): Promise<Relayer> {
    const relayer = await world.relayer(await world.fundedKey(), options);
    relayers.push(relayer);
    return relayer;
  }

  /** Has the chain answer some methods with an error. */
  function withhold(methods: readonly string[], message: string): void {
    proxy.tamper = ({ method }, ask) => {
      if (methods.includes(method)) throw new Error(message);
      return ask();
    };
  }

  const inState = (item: OutboxItem, wanted: OutboxItem["state"]) =>
    world.until(
      () => world.row(item),
      ({ state }) => state === wanted,
    );
  const asked = (method: string) => proxy.calls.filter((call) => call.method === method).length;
  const expireJobs = () =>
    world.db.query("UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE state = 'active'");

  /** A binding on chain, and its release as it is handed in. */
  async function released() {
    const [person, wallet] = [somebody(), somebody()];
    const link = walletLink(person, { identity: wallet.wallet, cosigner: wallet });
    await (await world.contract.append(link.submission)).wait();
    const submission = signRelease(person, wallet, { createdAt: now() });
    return () => world.accept(link, { method: "release", submission, link_id: `${link.id} released`, uuid: link.id });
  }

  it("asks again, and refuses nothing because of a node that is asked too often", async () => {
    const release = await released();
    withhold(["eth_estimateGas", "eth_call"], "daily request count exceeded, request rate limited");
    const relayer = await started({ rpcUrl: proxy.url });
    const item = await release();
    await world.until(
      () => relayer.status(),
      ({ lastError }) => lastError !== null,
    );
    expect((await world.row(item)).state).to.equal("accepted");
    proxy.tamper = (_, ask) => ask();
    expect((await world.ended([item]))[0]).to.include({ state: "included", reason: "" });
  });

  it("finds who came first also where a node tells of few blocks at once, as far back as the link can lie", async () => {
    const link = walletLink(somebody());
    await (await world.contract.append(link.submission)).wait();
    const ranges: number[] = [];
    proxy.tamper = ({ method, params }, ask) => {
      if (method !== "eth_getLogs") return ask();
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
      const blocks = Number(toBlock) - Number(fromBlock) + 1;
      // Of a single block they all tell, by its hash; Number("latest") is none.
      if (fromBlock !== undefined && !(blocks <= 500)) throw new Error("block range is too wide: at most 500");
      ranges.push(blocks);
      return ask();
    };
    await world.send("anvil_mine", [toQuantity(700), "0x0"]);
    await started({ rpcUrl: proxy.url });
    const [first, stranger] = [await world.accept(link), await world.accept(walletLink(somebody()))];
    expect((await world.ended([first, stranger])).map(({ state }) => state)).to.deep.equal(["included", "included"]);
    expect(ranges.filter((blocks) => blocks > 1)).to.have.length.within(2, 8);
  });

  it("brings others to their end where one link cannot be judged", async () => {
    const [contested, good] = [somebody(), somebody()];
    await (await world.contract.append(walletLink(contested).submission)).wait();
    const items = [await world.accept(walletLink(contested)), await world.accept(walletLink(good))] as const;
    withhold(["eth_getLogs"], "query exceeds the max block range");
    const relayer = await started({ rpcUrl: proxy.url });
    await inState(items[1], "included");
    expect((await world.row(items[0])).state).to.equal("accepted");
    proxy.tamper = (_, ask) => ask();
    expect((await inState(items[0], "refused")).reason).to.match(/^prev is not the latest link/);
    const transactions = await world.transactions(relayer);
    expect(transactions, "what is tried by itself costs nothing").to.have.length(1);
  });

  it("raises no fee where the relayer has no money, and none without end where nothing helps", async () => {
    await world.send("evm_setAutomine", [false]);
    try {
      const relayer = await started({ rpcUrl: proxy.url, raiseAfter: 20 });
      proxy.tamper = ({ method }, ask) => {
        if (method !== "eth_sendRawTransaction") return ask();
        if (asked(method) === 1) throw new Error("insufficient funds for gas * price + value");
        return "0x"; // And never seen again.
      };
      const item = await world.accept(walletLink(somebody()));
      await inState(item, "sent");
      const hashes = async () => (await world.transactions(relayer))[0]?.hashes.length ?? 0;
      const mining = async () => {
        await world.send("evm_mine", []);
        return asked("eth_sendRawTransaction");
      };
      for (let block = 0; block < 10; block++) await mining();
      expect(await hashes()).to.equal(1);
      await world.until(mining, (sent) => sent > 40);
      const raised = await hashes();
      expect(raised).to.be.within(2, 20);
      proxy.tamper = (_, ask) => ask();
      await world.until(
        async () => (await mining(), world.row(item)),
        ({ state }) => state === "included",
      );
      expect(await hashes()).to.equal(raised);
    } finally {
      await world.send("evm_setAutomine", [true]);
    }
  });

  it("keeps what it signed for as long as a reorg may reach it, and signs anew what a longer set-back took", async () => {
    const person = somebody();
    await started();
    const before = await world.send("evm_snapshot", []);
    const item = await world.accept(walletLink(person));
    await inState(item, "included");
    const kept = async () => {
      const { rows } = await world.db.query<{ raw: string }>(
        "SELECT raw FROM api.transaction WHERE items = ARRAY[$1::bigint] AND state = 'included'",
        [item.id],
      );
      return rows[0]?.raw;
    };
    expect(await kept()).to.match(/^0x02/);
    await world.send("anvil_mine", ["0x12c", "0x0"]);
    await world.until(kept, (raw) => raw === "");
    await world.send("evm_revert", [before]);
    expect(await world.lengthOf(person)).to.equal(0);
    await world.until(
      () => world.lengthOf(person),
      (length) => length === 1,
    );
    expect((await inState(item, "included")).block).to.equal(await world.anvil.provider.getBlockNumber());
  });

  it("leaves to another key what a reorg took, where it is gone for good", async () => {
    const person = somebody();
    const dying = await started({ rpcUrl: proxy.url });
    const item = await world.accept(walletLink(person));
    await inState(item, "included");
    withhold(["eth_sendRawTransaction"], "the cable was cut");
    await world.send("anvil_rollback", [1]);
    await inState(item, "sent");
    await world.until(
      async () => (await world.db.query("SELECT FROM pgboss.job WHERE state = 'active'")).rowCount,
      (jobs) => jobs === 1,
    );
    await dying.stop();
    await expireJobs();
    await started();
    await inState(item, "included");
    expect(await world.lengthOf(person)).to.equal(1);
  });

  it("counts a release as included that went out with another key", async () => {
    const release = await released();
    withhold(["eth_sendRawTransaction"], "the cable was cut");
    const dying = await started({ rpcUrl: proxy.url });
    const item = await release();
    const { tx_hash: signed, transaction } = await inState(item, "sent");
    await dying.stop();
    const { rows } = await world.db.query<{ raw: string }>("SELECT raw FROM api.transaction WHERE id = $1", [
      transaction,
    ]);
    await world.send("eth_sendRawTransaction", [rows[0]!.raw]);
    await expireJobs();
    const heir = await started();
    expect((await world.ended([item]))[0]).to.include({ state: "included", reason: "", tx_hash: signed });
    expect(await world.transactions(heir)).to.deep.equal([]);
  });
});
