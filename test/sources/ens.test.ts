import { expect } from "chai";
import { EventFragment, ZeroAddress, dnsEncode, id, keccak256, namehash, toUtf8Bytes } from "ethers";

import { ROOT, type SourcesWorld, YEAR, sharedSources } from "../helpers/sourcesWorld.ts";

const ADDRESS = "AddrChanged(bytes32 indexed node, address a)";
const TEXT = "TextChanged(bytes32 indexed node, string indexed indexedKey, string key, string value)";
const NAME = "NameChanged(bytes32 indexed node, string name)";
const VERSION = "VersionChanged(bytes32 indexed node, uint64 newVersion)";
const DAY = 24 * 60 * 60;

/** NameWrapper's fuse without which the parent can take a name back. */
const PARENT_CANNOT_CONTROL = 1 << 16;

/** The node of an address's reverse record (EIP-181). */
function reverseNode(address: string): string {
  return keccak256(namehash("addr.reverse") + keccak256(toUtf8Bytes(address.slice(2))).slice(2));
}

function text(name: string, key: string, value: string): [string, ...unknown[]] {
  return [TEXT, namehash(name), key, key, value];
}

function topicOf(declaration: string): string {
  return EventFragment.from(declaration).topicHash;
}

describe("source ENS", () => {
  let world: SourcesWorld;
  let [alice, bob, carol, dave, mallory] = ["", "", "", "", ""];
  before(async function () {
    this.timeout(120_000);
    world = await sharedSources();
    [alice, bob, carol, dave, mallory] = world.people;
  });

  describe("holders", () => {
    it("knows who has a token, from when its name is spelled out, and who had it", async () => {
      await world.register("token.eth", alice, { isSpelled: false });
      expect(await world.edges("token.eth")).to.deep.equal([]);
      await world.spell("token.eth", "token");
      expect(await world.edges("token.eth")).to.deep.equal([`ethereum ${alice} hold ens token.eth`]);
      const { uid, registered_at, expires_at, platform } = (await world.name("token.eth"))!;
      expect({ uid, platform }).to.deep.equal({ uid: namehash("token.eth"), platform: "ens" });
      expect(Number(expires_at)).to.equal(Number(registered_at) + 10 * YEAR);

      await world.pass();
      await world.call(alice, world.at.registrar, "transferFrom", alice, bob, id("token"));
      expect(await world.edges("token.eth")).to.deep.equal([`ethereum ${bob} hold ens token.eth`]);
      expect(await world.edges("token.eth", "past_edge")).to.deep.equal([`ethereum ${alice} hold ens token.eth`]);
      // Who may set its records, which the registry keeps, holds no name that is sold.
      await world.own(world.at.registry, "managed.token.eth", carol, alice);
      await world.call(alice, world.at.registry, "setOwner", namehash("token.eth"), mallory);
      expect(await world.edges("token.eth")).to.deep.equal([`ethereum ${bob} hold ens token.eth`]);
    });

    it("makes no vertex of a name that nobody reaches by typing it, or that is too long", async () => {
      for (const label of ["BigLetters", "nul\0nul", "zero\u200dwidth", "\uff41scii", "l".repeat(3_000)]) {
        await world.register(`${label}.eth`, mallory);
      }
      await world.indexed();
      const rows = await world.query(
        "SELECT FROM indexer.name WHERE lower(identity) ~ 'bigletters|nul|width|scii' OR length(identity) > 255",
      );
      expect(rows).to.deep.equal([]);
      expect((await world.edges(mallory)).filter((edge) => edge.includes("hold"))).to.deep.equal([]);
    });

    it("knows names of the old registry until the new one has them", async () => {
      const { oldRegistry, registry, resolver } = world.at;
      await world.own(oldRegistry, "xyz", world.deployer);
      await world.own(oldRegistry, "legacy.xyz", alice);
      await world.call(alice, oldRegistry, "setResolver", namehash("legacy.xyz"), world.at.texts);
      await world.emit(world.at.texts, [ADDRESS, namehash("legacy.xyz"), carol]);
      // Whoever spells it out: the hash proves it.
      await world.emit(world.at.stranger, [NAME, ROOT, "legacy.xyz"]);
      const hold = `ethereum ${alice} hold ens legacy.xyz`;
      expect(await world.edges("legacy.xyz")).to.deep.equal([`ens legacy.xyz resolve ethereum ${carol}`, hold]);

      await world.own(registry, "xyz", world.deployer);
      await world.own(registry, "legacy.xyz", alice);
      expect(await world.edges("legacy.xyz")).to.deep.equal([hold]);
      await world.call(alice, oldRegistry, "setOwner", namehash("legacy.xyz"), mallory);
      await world.call(mallory, oldRegistry, "setResolver", namehash("legacy.xyz"), resolver);
      expect(await world.edges("legacy.xyz")).to.deep.equal([hold]);
      await world.call(alice, registry, "setOwner", namehash("legacy.xyz"), ZeroAddress);
      expect(await world.edges("legacy.xyz")).to.deep.equal([]);
    });

    it("follows wrapped names, their transfers, and names below them with their own end", async () => {
      const { registry, registrar, wrapper } = world.at;
      const node = namehash("wrapped.eth");
      await world.register("wrapped.eth", alice, { isSpelled: false });
      await world.call(alice, registry, "setOwner", node, wrapper);
      await world.call(alice, registrar, "approve", wrapper, id("wrapped"));
      await world.call(alice, wrapper, "wrapSold", node, id("wrapped"), dnsEncode("wrapped.eth"), bob, 2n ** 64n - 1n);
      expect(await world.edges("wrapped.eth")).to.deep.equal([`ethereum ${bob} hold ens wrapped.eth`]);

      await world.call(bob, wrapper, "safeTransferFrom", bob, carol, node, 1, "0x");
      expect(await world.edges("wrapped.eth")).to.deep.equal([`ethereum ${carol} hold ens wrapped.eth`]);

      const sub = async (label: string, fuses: number) =>
        world.call(
          carol,
          wrapper,
          "setSubnode",
          node,
          id(label),
          dnsEncode(`${label}.wrapped.eth`),
          dave,
          fuses,
          4_000_000_000,
        );
      await sub("own", PARENT_CANNOT_CONTROL);
      await sub("lent", 0);
      expect(await world.edges("own.wrapped.eth")).to.deep.equal([`ethereum ${dave} hold ens own.wrapped.eth`]);
      expect((await world.name("own.wrapped.eth"))!.expires_at).to.equal("4000000000");
      expect((await world.name("lent.wrapped.eth"))!.expires_at).to.equal(null);
      const [row] = await world.query("SELECT rests_on FROM indexer.edge WHERE to_identity = 'own.wrapped.eth'");
      expect(row).to.deep.equal({ rests_on: ["own.wrapped.eth", "wrapped.eth"] });

      await world.call(
        carol,
        wrapper,
        "setChildFuses",
        namehash("lent.wrapped.eth"),
        PARENT_CANNOT_CONTROL,
        4_100_000_000,
      );
      expect((await world.name("lent.wrapped.eth"))!.expires_at).to.equal("4100000000");
      const both = ["own", "lent"].map((label) => namehash(`${label}.wrapped.eth`));
      await world.call(dave, wrapper, "safeBatchTransferFrom", dave, bob, both, [1, 1], "0x");
      for (const name of ["own.wrapped.eth", "lent.wrapped.eth"]) {
        expect(await world.edges(name)).to.deep.equal([`ethereum ${bob} hold ens ${name}`]);
      }

      // A stranger's contract says the same of them as the wrapper would.
      const single =
        "TransferSingle(address indexed o, address indexed f, address indexed t, uint256 id, uint256 value)";
      const wrapped = "NameWrapped(bytes32 indexed node, bytes name, address owner, uint32 fuses, uint64 expiry)";
      await world.emit(world.at.stranger, [single, carol, carol, mallory, node, 1]);
      await world.emit(world.at.stranger, [wrapped, node, dnsEncode("wrapped.eth"), mallory, 0, 1]);
      expect(await world.edges("wrapped.eth")).to.deep.equal([`ethereum ${carol} hold ens wrapped.eth`]);

      await world.call(carol, wrapper, "unwrap", node, id("wrapped"), dave);
      expect(await world.edges("wrapped.eth")).to.deep.equal([`ethereum ${dave} hold ens wrapped.eth`]);
    });

    it("keeps what is renewed, and begins it anew where that was too late", async () => {
      const { registrar } = world.at;
      await world.register("renewed.eth", alice, { duration: 30 * DAY });
      const first = (await world.name("renewed.eth"))!;
      await world.call(bob, registrar, "renew", id("renewed"), 5 * DAY);
      const second = (await world.name("renewed.eth"))!;
      expect(Number(second.expires_at) - Number(first.expires_at)).to.equal(5 * DAY);
      expect(second.registered_at).to.equal(first.registered_at);
      expect(await world.edges("renewed.eth", "past_edge")).to.deep.equal([]);
      await world.pass(40 * DAY);
      await world.call(bob, registrar, "renew", id("renewed"), YEAR);
      const hold = `ethereum ${alice} hold ens renewed.eth`;
      expect(await world.edges("renewed.eth")).to.deep.equal([hold]);
      expect(await world.edges("renewed.eth", "past_edge")).to.deep.equal([hold]);
      const [gap] = await world.query<{ until: number; since: number }>(
        `SELECT past.until, edge.since FROM indexer.past_edge past JOIN indexer.edge USING (chain_id, slot)
         WHERE past.to_identity = 'renewed.eth'`,
      );
      expect(gap!.until).to.equal(Number(second.expires_at));
      expect(gap!.since).to.be.greaterThan(gap!.until);
    });

    it("ends what has expired when it expired, not when somebody else took the name", async () => {
      const { registry, resolver } = world.at;
      const node = namehash("brief.eth");
      await world.register("brief.eth", alice, { duration: 30 * DAY });
      await world.call(alice, resolver, "setAddr", node, alice);
      await world.call(alice, registry, "setResolver", node, resolver);
      const first = (await world.name("brief.eth"))!;
      await world.pass(121 * DAY);
      await world.register("brief.eth", bob);
      // The registry still has the old resolver, and that the old address.
      const [held, resolved] = [`ethereum ${alice} hold ens brief.eth`, `ens brief.eth resolve ethereum ${alice}`];
      expect(await world.edges("brief.eth")).to.deep.equal([resolved, `ethereum ${bob} hold ens brief.eth`]);
      expect(await world.edges("brief.eth", "past_edge")).to.deep.equal([resolved, held]);
      const ends = await world.query<{ until: number }>(
        "SELECT DISTINCT until FROM indexer.past_edge WHERE 'brief.eth' IN (from_identity, to_identity)",
      );
      expect(ends).to.deep.equal([{ until: Number(first.expires_at) }]);
      const again = (await world.name("brief.eth"))!;
      expect(Number(again.expires_at)).to.equal(Number(again.registered_at) + 10 * YEAR);
    });
  });

  describe("records", () => {
    it("count of the resolver that the registry names, also those from before it did", async () => {
      const { registry, resolver, stranger } = world.at;
      const node = namehash("records.eth");
      await world.register("records.eth", alice);
      const hold = `ethereum ${alice} hold ens records.eth`;
      await world.call(alice, resolver, "setAddr", node, bob);
      await world.emit(stranger, [ADDRESS, node, mallory], text("records.eth", "com.github", "mallory"));
      expect(await world.edges("records.eth")).to.deep.equal([hold]);

      await world.call(alice, registry, "setResolver", node, resolver);
      expect(await world.edges("records.eth")).to.deep.equal([`ens records.eth resolve ethereum ${bob}`, hold]);
      await world.emit(stranger, [ADDRESS, node, mallory], text("records.eth", "com.github", "mallory"));
      expect(await world.edges("records.eth")).to.deep.equal([`ens records.eth resolve ethereum ${bob}`, hold]);
      expect((await world.name("records.eth"))!.texts).to.deep.equal({});

      // She may choose whichever she likes.
      await world.call(alice, registry, "setResolver", node, stranger);
      expect(await world.edges("records.eth")).to.deep.equal([
        "ens records.eth claim github mallory",
        `ens records.eth resolve ethereum ${mallory}`,
        hold,
      ]);
      await world.pass();
      await world.call(alice, registry, "setResolver", node, resolver);
      expect(await world.edges("records.eth")).to.deep.equal([`ens records.eth resolve ethereum ${bob}`, hold]);
      expect(await world.name("records.eth")).to.deep.include({ texts: {}, resolver });
      expect(await world.edges("records.eth", "past_edge")).to.include(`ens records.eth resolve ethereum ${mallory}`);
      await world.call(alice, resolver, "setAddr", node, ZeroAddress);
      expect(await world.edges("records.eth")).to.deep.equal([hold]);
    });

    it("make claims of texts that name an account, and keep others within bounds", async () => {
      const { registry, texts } = world.at;
      const node = namehash("texts.eth");
      await world.register("texts.eth", alice);
      await world.call(alice, registry, "setResolver", node, texts);
      await world.emit(
        texts,
        text("texts.eth", "com.twitter", " https://x.com/Alice_1 "),
        text("texts.eth", "com.github", "../evil"),
        text("texts.eth", "org.telegram", "@Alice"),
        text("texts.eth", "description", "hello"),
        text("texts.eth", "nul", "a\0b"),
        text("texts.eth", "n\0l", "ab"),
        text("texts.eth", "long", "l".repeat(5_000)),
        text("texts.eth", "__proto__", "own"),
      );
      const claims = async () => (await world.edges("texts.eth")).filter((edge) => edge.includes(" claim "));
      expect(await claims()).to.deep.equal([
        "ens texts.eth claim telegram alice",
        "ens texts.eth claim twitter alice_1",
      ]);
      const { texts: kept } = (await world.name("texts.eth"))! as { texts: object };
      expect(Object.entries(kept)).to.have.deep.members([
        ["com.twitter", " https://x.com/Alice_1 "],
        ["com.github", "../evil"],
        ["org.telegram", "@Alice"],
        ["description", "hello"],
        ["__proto__", "own"],
      ]);
      await world.emit(texts, text("texts.eth", "org.telegram", ""));
      expect(await claims()).to.deep.equal(["ens texts.eth claim twitter alice_1"]);
      const many = Array.from({ length: 60 }, (_, index) => text("texts.eth", `key${index}`, "x"));
      await world.emit(texts, ...many);
      expect(Object.keys((await world.name("texts.eth"))!.texts as object)).to.have.length(50);
      await world.emit(texts, [VERSION, node, 1]);
      expect(await claims()).to.deep.equal([]);
      expect((await world.name("texts.eth"))!.texts).to.deep.equal({});
    });

    it("say nothing where the resolver does not log what they say, or logs what cannot be read", async () => {
      const { registry, resolver, texts } = world.at;
      await world.register("mute.eth", alice);
      await world.call(alice, registry, "setResolver", namehash("mute.eth"), resolver);
      await world.call(alice, resolver, "setText", namehash("mute.eth"), "com.github", "alice");
      const hold = `ethereum ${alice} hold ens mute.eth`;
      expect(await world.edges("mute.eth")).to.deep.equal([hold]);
      const node = namehash("mute.eth");
      const endless = `0x${"20".padStart(64, "0")}${"f".repeat(64)}`;
      const notUtf8 = `0x${"20".padStart(64, "0")}${"2".padStart(64, "0")}${"c328".padEnd(64, "0")}`;
      await world.call(alice, registry, "setResolver", node, texts);
      await world.emitRaw(
        texts,
        { topics: [topicOf(NAME), node], data: endless },
        { topics: [topicOf(NAME), node], data: notUtf8 },
        { topics: [topicOf(NAME), node], data: "0x" },
        { topics: [topicOf(TEXT), node, ROOT], data: endless },
        { topics: [topicOf(ADDRESS)], data: "0x" },
        { topics: [topicOf(ADDRESS), node], data: "0x1234" },
        { topics: [topicOf(ADDRESS), node], data: `0x${"f".repeat(64)}` },
      );
      await world.emit(texts, [ADDRESS, node, carol]);
      expect(await world.edges("mute.eth")).to.deep.equal([`ens mute.eth resolve ethereum ${carol}`, hold]);
    });
  });

  describe("reverse records", () => {
    it("join an address and what it calls itself, whosever that is", async () => {
      const { oldReverseRegistrar, stranger } = world.at;
      await world.register("primary.eth", carol);
      const hold = `ethereum ${carol} hold ens primary.eth`;
      await world.call(carol, oldReverseRegistrar, "setName", "primary.eth");
      await world.call(mallory, oldReverseRegistrar, "setName", "primary.eth");
      const both = [
        hold,
        `ethereum ${mallory} reverse_resolve ens primary.eth`,
        `ethereum ${carol} reverse_resolve ens primary.eth`,
      ].sort();
      expect(await world.edges("primary.eth")).to.deep.equal(both);

      // What a stranger's contract says of her reverse record, or whose that is, counts for nothing.
      await world.emit(stranger, [NAME, reverseNode(carol), "mallory.eth"]);
      await world.emit(stranger, [NAME, reverseNode(dave), "primary.eth"]);
      const claimed = "ReverseClaimed(address indexed addr, bytes32 indexed node)";
      await world.emit(world.at.speller, [claimed, dave, reverseNode(carol)]);
      expect(await world.edges("primary.eth")).to.deep.equal(both);

      await world.call(carol, oldReverseRegistrar, "setName", "");
      await world.call(mallory, oldReverseRegistrar, "setName", "Primary.eth");
      expect(await world.edges("primary.eth")).to.deep.equal([hold]);
    });

    it("of a registrar that says whose they are, and of one that keeps them itself", async () => {
      const { registry, speller, resolver, oldReverseRegistrar } = world.at;
      const contract = world.at.hub;
      const node = reverseNode(contract);
      await world.register("contract.eth", alice);
      await world.emit(speller, ["ReverseClaimed(address indexed addr, bytes32 indexed node)", contract, node]);
      // As a newer reverse registrar does for a contract that its owner names.
      await world.own(registry, "addr.reverse", world.deployer);
      await world.call(
        world.deployer,
        registry,
        "setSubnodeOwner",
        namehash("addr.reverse"),
        id(contract.slice(2)),
        alice,
      );
      await world.own(registry, "addr.reverse", oldReverseRegistrar);
      await world.call(alice, registry, "setResolver", node, world.at.texts);
      await world.emit(world.at.texts, [NAME, node, "contract.eth"]);
      const edge = `ethereum ${contract} reverse_resolve ens contract.eth`;
      expect(await world.edges("contract.eth")).to.include(edge);
      await world.call(alice, registry, "setResolver", node, resolver);
      expect(await world.edges("contract.eth")).not.to.include(edge);

      await world.emit(speller, ["NameForAddrChanged(address indexed addr, string name)", dave, "contract.eth"]);
      await world.emit(world.at.stranger, [
        "NameForAddrChanged(address indexed addr, string name)",
        bob,
        "contract.eth",
      ]);
      expect((await world.edges("contract.eth")).filter((it) => it.includes("reverse"))).to.deep.equal([
        `ethereum ${dave} reverse_resolve ens contract.eth`,
      ]);
    });

    it("spell out names below others, which the registry knows by their hashes only", async () => {
      await world.register("parent.eth", alice);
      await world.own(world.at.registry, "child.parent.eth", dave, alice);
      expect(await world.edges("child.parent.eth")).to.deep.equal([]);
      await world.call(dave, world.at.oldReverseRegistrar, "setName", "child.parent.eth");
      expect(await world.edges("child.parent.eth")).to.deep.equal([
        `ethereum ${dave} hold ens child.parent.eth`,
        `ethereum ${dave} reverse_resolve ens child.parent.eth`,
      ]);
    });
  });

  for (const depth of [1, 4]) {
    it(`takes back what a reorg of ${depth} undid`, async () => {
      const name = `reorg${depth}.eth`;
      const { registrar, registry, resolver } = world.at;
      await world.register(name, alice);
      await world.call(alice, resolver, "setAddr", namehash(name), alice);
      await world.call(alice, registry, "setResolver", namehash(name), resolver);
      const look = async () => [await world.edges(name), await world.edges(name, "past_edge"), await world.name(name)];
      const before = await look();
      await world.pass();
      const undone = [
        () => world.call(alice, registry, "setResolver", namehash(name), world.at.texts),
        () => world.call(alice, registrar, "transferFrom", alice, mallory, id(name.split(".")[0]!)),
        () => world.emit(world.at.texts, [ADDRESS, namehash(name), mallory]),
        () => world.emit(world.at.texts, [TEXT, namehash(name), "com.github", "com.github", "mallory"]),
      ];
      for (const undo of undone.slice(0, depth)) await undo();
      expect(await look()).not.to.deep.equal(before);
      await world.reorg(depth);
      expect(await look()).to.deep.equal(before);
      await world.call(alice, registrar, "transferFrom", alice, carol, id(name.split(".")[0]!));
      expect(await world.edges(name)).to.include(`ethereum ${carol} hold ens ${name}`);
    });
  }
});
