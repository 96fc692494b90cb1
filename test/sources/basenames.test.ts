import { expect } from "chai";
import { id, keccak256, namehash, toUtf8Bytes } from "ethers";

import { type SourcesWorld, sharedSources } from "../helpers/sourcesWorld.ts";

const ADDRESS = "AddrChanged(bytes32 indexed node, address a)";
const NAME = "NameChanged(bytes32 indexed node, string name)";
const CLAIMED = "BaseReverseClaimed(address indexed addr, bytes32 indexed node)";

describe("source Basenames", () => {
  let world: SourcesWorld;
  before(async function () {
    this.timeout(120_000);
    world = await sharedSources();
  });

  it("knows holder, address and primary name of names below base.eth", async () => {
    const [alice, bob, , , mallory] = world.people;
    const { baseRegistry, baseRegistrar, speller, texts, stranger } = world.at;
    const node = namehash("alice.base.eth");
    await world.register("alice.base.eth", alice);
    await world.call(alice, baseRegistry, "setResolver", node, texts);
    await world.emit(texts, [ADDRESS, node, alice]);
    await world.emit(stranger, [ADDRESS, node, mallory]);
    const label = keccak256(toUtf8Bytes(alice.slice(2)));
    const reverse = keccak256(namehash("80002105.reverse") + label.slice(2));
    await world.emit(speller, [CLAIMED, alice, reverse]);
    await world.call(world.deployer, baseRegistry, "setSubnodeOwner", namehash("80002105.reverse"), label, alice);
    await world.call(alice, baseRegistry, "setResolver", reverse, texts);
    await world.emit(texts, [NAME, reverse, "alice.base.eth"]);
    expect(await world.edges("alice.base.eth")).to.deep.equal([
      `basenames alice.base.eth resolve ethereum ${alice}`,
      `ethereum ${alice} hold basenames alice.base.eth`,
      `ethereum ${alice} reverse_resolve basenames alice.base.eth`,
    ]);
    const row = (await world.name("alice.base.eth"))!;
    expect(row).to.deep.include({ platform: "basenames", uid: node, resolver: texts });
    expect(Number(row.expires_at)).to.be.greaterThan(Number(row.registered_at));

    await world.pass();
    await world.call(alice, baseRegistrar, "transferFrom", alice, bob, id("alice"));
    expect(await world.edges("alice.base.eth")).to.include(`ethereum ${bob} hold basenames alice.base.eth`);
    expect(await world.edges("alice.base.eth", "past_edge")).to.deep.equal([
      `ethereum ${alice} hold basenames alice.base.eth`,
    ]);
  });

  it("decides nothing of names that are ENS's", async () => {
    const [, , carol, , mallory] = world.people;
    const { baseRegistry, texts } = world.at;
    await world.register("mainnet.eth", carol);
    await world.own(baseRegistry, "mainnet.eth", mallory);
    await world.call(mallory, baseRegistry, "setResolver", namehash("mainnet.eth"), texts);
    await world.emit(texts, [ADDRESS, namehash("mainnet.eth"), mallory]);
    expect(await world.edges("mainnet.eth")).to.deep.equal([`ethereum ${carol} hold ens mainnet.eth`]);
  });
});
