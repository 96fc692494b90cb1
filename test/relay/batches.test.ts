import { linkId as linkIdOf, packAttestations, signAttestation } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ContractFactory, ZeroHash } from "ethers";

import type { OutboxItem } from "../../api/relay/outbox.ts";
import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type Person, type SignedLink, signLink, signRelease } from "../helpers/contractLinks.ts";
import {
  ATTESTER,
  type RelayWorld,
  sharedRelayWorld,
  chainOf,
  now,
  somebody,
  walletLink,
} from "../helpers/relayWorld.ts";

/** HostileWallet.Mode. */
const BURN = 0;
const SLOW = 4;

describe("a relayer's batches", () => {
  let world: RelayWorld;
  before(async function () {
    this.timeout(120_000);
    world = await sharedRelayWorld();
  });

  /** Deploys one of the wallets for tests. */
  async function deployed(name: string, ...args: unknown[]): Promise<string> {
    const { abi, bytecode } = await readArtifact(`test/${name}`);
    const contract = await new ContractFactory(abi, bytecode, world.stranger).deploy(...args);
    await contract.waitForDeployment();
    return (await contract.getAddress()).toLowerCase();
  }

  /** Hands in links before there is a relayer, has one work, and tells how they ended. */
  async function relayed(accepting: readonly Promise<OutboxItem>[]) {
    const accepted = await Promise.all(accepting);
    const relayer = await world.relayer(await world.fundedKey());
    const items = await world.ended(accepted);
    const transactions = await world.transactions(relayer);
    await relayer.stop();
    return { items, transactions };
  }

  const onChain = (link: SignedLink) =>
    world.contract.queryFilter(world.contract.filters.LinkAppended(undefined, link.id));

  it("are of a hundred links at most", async () => {
    const { items, transactions } = await relayed(
      Array.from({ length: 130 }, () => world.accept(walletLink(somebody()))),
    );
    expect(items.every(({ state }) => state === "included")).to.equal(true);
    expect(transactions.map(({ nonce, items }) => [nonce, items.length])).to.deep.equal([
      [0, 100],
      [1, 30],
    ]);
  });

  it("bring what waits in one transaction, links of one avatar in their order", async () => {
    const people = Array.from({ length: 8 }, somebody);
    const accepted: Promise<OutboxItem>[] = [];
    for (const person of people)
      for (const link of chainOf(person, 3)) accepted.push(Promise.resolve(await world.accept(link)));
    const { items, transactions } = await relayed(accepted);
    expect(items.map(({ state }) => state)).to.deep.equal(items.map(() => "included"));
    expect(transactions).to.have.length(1);
    expect(transactions[0]).to.include({ kind: "appendBatch", nonce: 0, state: "included" });
    for (const person of people) expect(await world.lengthOf(person)).to.equal(3);
  });

  it("count a link as included that somebody else brought first, and say of a stale one what the contract says", async () => {
    const [front, stale, good] = [somebody(), somebody(), somebody()];
    const [brought, first, rival, fine] = [walletLink(front), walletLink(stale), walletLink(stale), walletLink(good)];
    for (const link of [brought, rival]) await (await world.contract.append(link.submission)).wait();
    const { items, transactions } = await relayed([brought, first, fine].map((link) => world.accept(link)));
    expect(transactions).to.have.length(1);
    expect(items.map(({ state }) => state)).to.deep.equal(["included", "refused", "included"]);
    const [theirs, refused, ours] = items as [OutboxItem, OutboxItem, OutboxItem];
    expect(refused.reason).to.match(/^prev is not the latest link of this avatar on chain: another link was added/);
    expect(theirs.tx_hash).to.equal((await onChain(brought))[0]!.transactionHash);
    expect(ours.tx_hash).to.equal((await onChain(fine))[0]!.transactionHash);
    for (const link of [brought, rival, fine]) expect(await onChain(link)).to.have.length(1);
  });

  it("confirm a claim that somebody else made of an attested link, in front of it", async () => {
    const person = somebody();
    const fields = { platform: "github", identity: "relay-front-run", createdAt: now() };
    const proof = (linkId: string) => {
      const statement = { linkId, found: true, accountId: "7", checkedAt: now() };
      return packAttestations("7", [
        { checkedAt: statement.checkedAt, signature: signAttestation(ATTESTER, statement) },
      ]);
    };
    const link = signLink(person, { ...fields, attested: proof });
    expect(link.id).to.equal(linkIdOf(link.link, link.signature.raw));
    await (
      await world.contract.append({ ...link.submission, proof: "0x", proofLocation: "https://attacker.example/" })
    ).wait();
    const { items, transactions } = await relayed([world.accept(link)]);
    expect(items[0]).to.include({ state: "included", method: "confirm" });
    expect(transactions.map(({ kind }) => kind)).to.deep.equal(["appendBatch", "confirm"]);
    const [status] = await world.contract.statusOf(person.address, "github", fields.identity);
    expect(status).to.equal(STATUS.confirmed);
  });

  it("stand where a wallet burns all gas it gets, or takes long, or has changed its mind meanwhile", async () => {
    const owner = somebody();
    const [burning, slow, fickle] = [
      await deployed("HostileWallet", BURN, 0),
      await deployed("HostileWallet", SLOW, 300_000),
      await deployed("OwnedWallet", owner.address, ZeroHash),
    ];
    const contractWallet = (identity: string, cosigner: Person) =>
      world.accept(walletLink(somebody(), { identity, cosigner }), { contractWallet: true });
    const { items, transactions } = await relayed([
      world.accept(walletLink(somebody())),
      ...Array.from({ length: 3 }, () => contractWallet(burning, somebody())),
      contractWallet(slow, somebody()),
      contractWallet(fickle, owner).then(async (item) => {
        const { abi } = await readArtifact("test/OwnedWallet");
        const wallet = new ContractFactory(abi, "0x", world.stranger).attach(fickle);
        await (await wallet.getFunction("setOwner")(somebody().address)).wait();
        return item;
      }),
      world.accept(walletLink(somebody())),
    ]);
    const states = ["included", "refused", "refused", "refused", "included", "refused", "included"];
    expect(items.map(({ state }) => state)).to.deep.equal(states);
    for (const { state, reason } of items) {
      if (state === "refused") expect(reason).to.include("ETH wallet signature validation failed");
    }
    expect(transactions.map(({ kind, state }) => [kind, state])).to.deep.equal([["appendBatch", "included"]]);
  });

  it("leave to itself what is no link, and keep it behind the link that it is about", async () => {
    const [person, wallet] = [somebody(), somebody()];
    const link = walletLink(person, { identity: wallet.wallet, cosigner: wallet });
    const submission = signRelease(person, wallet, { createdAt: now() });
    const accepted = await world.accept(link);
    const release = await world.accept(link, {
      method: "release",
      submission,
      link_id: `${link.id} released`,
      uuid: "r",
    });
    const again = await world.accept(link, { method: "release", submission, link_id: "again", uuid: "s" });
    const { items, transactions } = await relayed([accepted, release, again].map((item) => Promise.resolve(item)));
    expect(items.map(({ state }) => state)).to.deep.equal(["included", "included", "refused"]);
    expect(items[2]!.reason).to.include("deleted");
    // Of what the contract refuses beforehand, nothing is sent.
    expect(transactions.map(({ kind }) => kind)).to.deep.equal(["appendBatch", "release"]);
    const [status] = await world.contract.statusOf(person.address, "ethereum", wallet.wallet);
    expect(status).to.equal(STATUS.deleted);
  });
});
