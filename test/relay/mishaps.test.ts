import { expect } from "chai";

import type { OutboxItem } from "../../api/relay/outbox.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";
import { type RelayWorld, sharedRelayWorld, chainOf, somebody, walletLink } from "../helpers/relayWorld.ts";

describe("a relayer", () => {
  let world: RelayWorld;
  before(async function () {
    this.timeout(120_000);
    world = await sharedRelayWorld();
  });

  const sent = (item: OutboxItem) =>
    world.until(
      () => world.row(item),
      ({ state }) => state === "sent",
    );

  it("raises the fee of what is stuck, and has it included once", async () => {
    const person = somebody();
    await world.send("evm_setAutomine", [false]);
    try {
      const relayer = await world.relayer(await world.fundedKey(), { raiseAfter: 150 });
      const item = await world.accept(walletLink(person));
      await sent(item);
      await world.send("anvil_setNextBlockBaseFeePerGas", ["0x2e90edd000"]); // 200 gwei.
      await world.send("evm_mine", []);
      expect((await world.row(item)).state).to.equal("sent");
      const ended = await world.until(
        async () => {
          await world.send("evm_mine", []);
          return world.row(item);
        },
        ({ state }) => state === "included",
      );
      const [transaction, ...more] = await world.transactions(relayer);
      expect(more).to.deep.equal([]);
      expect(transaction!.hashes.length).to.be.greaterThan(1);
      expect(transaction!.hashes).to.include(ended.tx_hash);
      expect(await world.lengthOf(person)).to.equal(1);
      expect(await world.anvil.provider.getTransactionCount(relayer.address)).to.equal(1);
      await relayer.stop();
    } finally {
      await world.send("evm_setAutomine", [true]);
    }
  });

  it("brings again what a reorg took away, in the order that it had", async () => {
    const person = somebody();
    const relayer = await world.relayer(await world.fundedKey());
    const items: OutboxItem[] = [];
    for (const link of chainOf(person, 3)) {
      items.push(await world.accept(link));
      await world.ended(items);
    }
    const block = await world.anvil.provider.getBlockNumber();
    await world.send("anvil_rollback", [2]);
    expect(await world.lengthOf(person)).to.equal(1);
    await world.until(
      () => world.lengthOf(person),
      (length) => length === 3,
    );
    const ended = await world.ended(items);
    expect(ended.map(({ state }) => state)).to.deep.equal(["included", "included", "included"]);
    expect(await world.anvil.provider.getBlockNumber()).to.equal(block);
    expect(await world.contract.queryFilter(world.contract.filters.LinkAppended(person.address))).to.have.length(3);
    expect(await world.transactions(relayer)).to.have.length(3);
    await relayer.stop();
  });

  it("sends what was signed before it died, as it was signed", async () => {
    const person = somebody();
    const key = await world.fundedKey();
    const proxy = await RpcProxy.start(world.anvil.url);
    try {
      proxy.tamper = ({ method }, ask) => {
        if (method === "eth_sendRawTransaction") throw new Error("the cable was cut");
        return ask();
      };
      const dying = await world.relayer(key, { rpcUrl: proxy.url });
      const item = await world.accept(walletLink(person));
      const { tx_hash: signed } = await sent(item);
      await dying.stop();
      expect(await world.lengthOf(person)).to.equal(0);

      const next = await world.relayer(key);
      const [ended] = await world.ended([item]);
      expect(ended).to.include({ state: "included", tx_hash: signed });
      expect(await world.transactions(next)).to.have.length(1);
      await next.stop();
    } finally {
      await proxy.stop();
    }
  });

  it("takes over what another one with another key left lying, whether or not that was sent", async () => {
    const [person, other] = [somebody(), somebody()];
    const proxy = await RpcProxy.start(world.anvil.url);
    try {
      proxy.tamper = ({ method }, ask) => {
        if (method === "eth_sendRawTransaction") throw new Error("the cable was cut");
        return ask();
      };
      const dying = await world.relayer(await world.fundedKey(), { rpcUrl: proxy.url });
      const links = [walletLink(person), walletLink(other)];
      const items = await Promise.all(links.map((link) => world.accept(link)));
      for (const item of items) await sent(item);
      await dying.stop();
      // One of them did arrive.
      await (await world.contract.append(links[1]!.submission)).wait();
      // As if it had been silent for long.
      await world.db.query("UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE state = 'active'");
      const heir = await world.relayer(await world.fundedKey());
      const ended = await world.ended(items);
      expect(ended.map(({ state }) => state)).to.deep.equal(["included", "included"]);
      expect(await world.lengthOf(person)).to.equal(1);
      expect(await world.lengthOf(other)).to.equal(1);
      await heir.stop();
    } finally {
      await proxy.stop();
    }
  });

  it("leaves the nonces of a key to one of two processes, and leaves it the key when it ends", async () => {
    const key = await world.fundedKey();
    const relayers = [await world.relayer(key), await world.relayer(key)];
    const leading = async () => {
      const all = await Promise.all(relayers.map((relayer) => relayer.status()));
      return relayers.filter((_, index) => all[index]!.leading);
    };
    const [first] = await world.until(leading, ({ length }) => length > 0);
    const accept = (count: number) =>
      Promise.all(Array.from({ length: count }, () => world.accept(walletLink(somebody()))));
    const before = await accept(5);
    await world.ended(before);
    expect(await leading()).to.deep.equal([first]);
    const between = await accept(5);
    await first!.stop();
    const after = await accept(5);
    const ended = await world.ended([...before, ...between, ...after]);
    expect(ended.every(({ state }) => state === "included")).to.equal(true);
    expect(await leading()).not.to.include(first);
    const nonces = (await world.transactions(first!)).map(({ nonce }) => nonce);
    expect(nonces).to.deep.equal(nonces.map((_, index) => index));
    for (const relayer of relayers) await relayer.stop();
  });

  it("works beside one with another key, and each avatar's links keep their order", async () => {
    const relayers = [await world.relayer(await world.fundedKey()), await world.relayer(await world.fundedKey())];
    const items: OutboxItem[] = [];
    const people: ReturnType<typeof somebody>[] = [];
    // Which of them is first is for the database to say; sooner or later it is the one and the other.
    const worked = () => Promise.all(relayers.map(async (relayer) => (await world.transactions(relayer)).length > 0));
    for (let round = 0; round < 40 && !(await worked()).every(Boolean); round++) {
      const person = somebody();
      people.push(person);
      for (const link of chainOf(person, 4)) items.push(await world.accept(link));
    }
    const ended = await world.ended(items);
    expect(ended.every(({ state }) => state === "included")).to.equal(true);
    for (const person of people) expect(await world.lengthOf(person)).to.equal(4);
    expect(await worked()).to.deep.equal([true, true]);
    for (const relayer of relayers) await relayer.stop();
  });

  it("tells what waits, since when, and what it has to pay with", async () => {
    const proxy = await RpcProxy.start(world.anvil.url);
    try {
      proxy.tamper = ({ method }, ask) => {
        if (method === "eth_sendRawTransaction") throw new Error("insufficient funds for gas");
        return ask();
      };
      const relayer = await world.relayer(await world.fundedKey(), { rpcUrl: proxy.url });
      await sent(await world.accept(walletLink(somebody())));
      const status = await world.until(
        () => relayer.status(),
        ({ lastError }) => lastError !== null,
      );
      expect(status).to.deep.include({
        address: relayer.address,
        leading: true,
        inFlight: 1,
        balance: 100n * 10n ** 18n,
      });
      expect(status.submissions).to.deep.equal({ accepted: 0, sent: 1 });
      expect(status.oldestWaiting).to.be.greaterThan(0);
      expect(status.lastError).to.include("insufficient funds");
      proxy.tamper = () => {
        throw new Error("nobody there");
      };
      expect((await relayer.status()).balance).to.equal(null);
      await relayer.stop();
    } finally {
      await proxy.stop();
    }
  });
});
