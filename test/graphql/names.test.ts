import { expect } from "chai";

import { answer } from "../../api/graphql/execute.ts";
import { DAY, GraphWorld, alice, now, other, wallet } from "./graphWorld.ts";
import { documents } from "./vectors.ts";

/** A graph's fields. */
const graph = (reverse: string) => `identityGraph${reverse} { vertices { id } edges { source target } }`;

/** Ids of a graph's vertices. */
const ids = ({ vertices }: { vertices: { id: string }[] }) => vertices.map(({ id }) => id);

/** What is answered of a name that is looked for in ENS. */
const entry = (name: string, status: string) => [
  { platform: "ens", name, tld: "eth", availability: status === "available", status },
];

describe("GraphQL: names", function () {
  this.timeout(60_000);
  let world: GraphWorld;
  before(async function () {
    this.timeout(120_000);
    world = await GraphWorld.start();
  });
  after(() => world?.drop());

  it("of an address: those it holds, the one it calls its own, and an account elsewhere", async () => {
    const { identity } = await world.data(`{ identity(platform: ethereum, identity: "${wallet}") {
      displayName primaryName isPrimary reverse network
      nft(category: ["ENS"]) { id category chain owner { identity } expiredAt symbol address }
      page: nft(limit: 1, offset: 1) { id } none: nft(category: [erc721]) { id }
      reverseRecords { system name reverse source }
      resolvedAddress { address } ownerAddress { address network } avatar { id }
    } }`);
    expect(identity).to.deep.equal({
      ...{ displayName: "alice.eth", primaryName: "alice.eth", isPrimary: true, reverse: true, network: "ethereum" },
      nft: [
        {
          ...{ id: "alice.eth", category: "ens", chain: "ethereum", owner: { identity: wallet } },
          ...{ expiredAt: now + 100 * DAY, symbol: null, address: "" },
        },
        {
          ...{ id: "second.eth", category: "ens", chain: "ethereum", owner: { identity: wallet } },
          ...{ expiredAt: 2 ** 31 - 1, symbol: null, address: "" },
        },
      ],
      ...{ page: [{ id: "second.eth" }], none: [] },
      reverseRecords: [{ system: "ens", name: "alice.eth", reverse: true, source: "ens" }],
      resolvedAddress: [{ address: wallet }],
      ownerAddress: [{ address: wallet, network: "ethereum" }],
      avatar: { id: `nextid,${alice.publicKey}` },
    });
  });

  it("by themselves: whose they are, and what they stand for, which need not be the same", async () => {
    const { first, second, none } = await world.data(`{
      first: domain(domainSystem: "ENS", name: "Alice.eth") { ...D }
      second: domain(domainSystem: ens, name: "second.eth") { ...D }
      none: domain(domainSystem: "dotbit", name: "alice.bit") { ...D }
    } fragment D on ResolveEdge { system name source reverse expiredAt resolved { identity } owner { identity } reverseRecord { identity } }`);
    expect(first).to.deep.equal({
      ...{ system: "ens", name: "alice.eth", source: "ens", reverse: true, expiredAt: now + 100 * DAY },
      ...{ resolved: { identity: wallet }, owner: { identity: wallet }, reverseRecord: { identity: "alice.eth" } },
    });
    expect(second).to.deep.include({
      ...{ reverse: false, resolved: { identity: other }, owner: { identity: wallet }, reverseRecord: null },
    });
    expect(none).to.equal(null);
    const { identity, nft } = await world.data(`{
      identity(platform: ens, identity: "alice.eth") {
        ownedBy { identity } ownerAddress { address } resolveAddress { chain address } reverse avatarUrl
        profile { address displayName description texts addresses { address } }
      }
      nft(chain: "ethereum", category: ENS, id: "second.eth") { owner { identity } id transaction }
    }`);
    expect(identity).to.deep.equal({
      ...{ ownedBy: { identity: wallet }, ownerAddress: [{ address: wallet }], reverse: true },
      ...{ resolveAddress: [{ chain: "ethereum", address: wallet }], avatarUrl: "https://alice.example/me.png" },
      profile: {
        ...{ address: wallet, displayName: "alice.eth", description: "Alice", addresses: [{ address: wallet }] },
        texts: { avatar: "https://alice.example/me.png", description: "Alice", "com.twitter": "not_me" },
      },
    });
    expect(nft).to.deep.include({ owner: { identity: wallet }, id: "second.eth" });
  });

  it("join nobody where only one side says so", async () => {
    const { identity } = await world.data(`{ identity(platform: ethereum, identity: "${other}") {
      identityGraph { vertices { id } } primaryName all: identityGraph(level: 2) { vertices { id } }
    } }`);
    expect(identity.identityGraph.vertices).to.deep.equal([{ id: `ethereum,${other}` }]);
    expect(identity.primaryName).to.equal(null);
    expect(identity.all.vertices).to.deep.include({ id: "ens,alice.eth" });
  });

  it("are asked for by the address that holds them, and left out where not primary ones are asked for", async () => {
    const { identities } = await world.data(
      `{ identities(ids: ["farcaster,${wallet}", "ens,${wallet}", "lens,${wallet}"]) { id aliases } }`,
    );
    expect(identities.map(({ id }: { id: string }) => id)).to.deep.equal(["farcaster,#3", "ens,alice.eth"]);
    expect(identities[0].aliases).to.include(`farcaster,${wallet}`);
    const { identity } = await world.data(`{ identity(platform: twitter, identity: "alice") {
      all: ${graph("")} primary: ${graph("(reverse: true)")} others: ${graph("(reverse: false)")}
      neighbor(depth: 5, reverse: true) { identity { id } }
    } }`);
    expect(ids(identity.all)).to.include.members(["ens,alice.eth", "ens,second.eth", "twitter,alice"]);
    expect(ids(identity.primary)).to.include("ens,alice.eth").and.not.include("ens,second.eth");
    expect(ids(identity.others)).to.include("ens,second.eth").and.not.include("ens,alice.eth");
    expect(JSON.stringify(identity.primary.edges)).not.to.include("second.eth");
    expect(JSON.stringify(identity.neighbor)).to.include("alice.eth").and.not.include("second.eth");
  });

  it("are free only where the registry is indexed and has none", async () => {
    const search = async (name: string) =>
      (
        await world.data(
          "query ($n: String) { domainAvailableSearch(name: $n) { platform name tld availability status } }",
          { n: name },
        )
      ).domainAvailableSearch;
    expect(await search("Alice")).to.deep.equal(entry("alice.eth", "taken"));
    expect(await search("alice.lens")).to.deep.equal(entry("alice.eth", "taken"));
    expect(await search("late")).to.deep.equal(entry("late.eth", "protected"));
    expect(await search("gone.eth")).to.deep.equal(entry("gone.eth", "available"));
    expect(await search("nobody-has-this")).to.deep.equal(entry("nobody-has-this.eth", "available"));
    expect(await search("no name")).to.deep.equal([]);
    const lists = await world.data(
      '{ availableNameSystem availableUpstreams availablePlatforms nameSuggest(name: "AL") { platform name } }',
    );
    expect(lists.availableNameSystem).to.deep.equal(["ens"]);
    expect(lists.availableUpstreams).to.deep.equal(["nextid", "ens", "farcaster"]);
    expect(lists.availablePlatforms).to.include.members(["twitter", "farcaster"]).and.not.include("basenames");
    expect(lists.nameSuggest).to.deep.equal([{ platform: "ens", name: "alice.eth" }]);
  });

  it("and accounts say how old what is known of them is", async () => {
    const status = async (platform: string, identity: string) =>
      (await world.data(`{ identity(platform: ${platform}, identity: "${identity}") { status } }`)).identity.status;
    expect(await status("twitter", "alice")).to.deep.equal(["cached"]);
    expect(await status("github", "stale")).to.deep.equal(["outdated"]);
    const following = world.following({ indexed: 10, head: 100 });
    const behind = await answer(
      { query: '{ identity(platform: twitter, identity: "alice") { status } }' },
      { ...world.sources, following },
    );
    expect(JSON.stringify(behind.data)).to.include("fetching");
  });

  it("answers the documents of all clients for somebody with names", async () => {
    const words: Record<string, string> = {
      wallet,
      handle: "alice",
      github: "stale",
      name: "alice.eth",
      uuid: crypto.randomUUID(),
    };
    const named = (text: string) =>
      text.replace(/@(wallet|handle|github|name|uuid)\b/g, (_all, word: string) => words[word]!);
    for (const { name, text, variables } of documents()) {
      const { errors, data: found } = await world.ask(named(text), JSON.parse(named(variables)));
      expect(errors, `${name} ${JSON.stringify(errors)}`).to.equal(undefined);
      if (name === "maskbook-2024")
        expect(JSON.stringify(found)).to.include('"id":"second.eth"').and.include("HoldRecord");
      if (name.endsWith("-nft") || name === "web3bio-2023-ens") expect(JSON.stringify(found), name).to.include(wallet);
    }
  });
});
