import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { type SourcesWorld, sharedSources } from "../helpers/sourcesWorld.ts";

const REGISTER = "Register(address indexed to, uint256 indexed id, address recovery)";
const RECOVER = "Recover(address indexed from, address indexed to, uint256 indexed id)";
const TRANSFER = "Transfer(address indexed from, address indexed to, uint256 indexed id)";
const CHANGE_RECOVERY = "ChangeRecoveryAddress(uint256 indexed id, address indexed recovery)";
const MINTED = "HandleMinted(string handle, string namespace, uint256 handleId, address to, uint256 timestamp)";
const LINKED =
  "HandleLinked(tuple(address, uint256) handle, tuple(address, uint256) token, address executor, uint256 timestamp)";
const UNLINKED = LINKED.replace("Linked", "Unlinked");

/** What a profile is called. */
async function called(world: SourcesWorld, profile: string): Promise<unknown> {
  return (await world.name(profile))?.display_name;
}

describe("sources of accounts", () => {
  let world: SourcesWorld;
  before(async function () {
    this.timeout(120_000);
    world = await sharedSources();
  });

  describe("Farcaster", () => {
    it("knows who holds an account and who may take it back", async () => {
      const [alice, bob, carol] = world.people;
      await world.emit(world.at.farcaster, [REGISTER, alice, 3, bob]);
      expect(await world.edges("#3")).to.deep.equal([
        `ethereum ${alice} hold farcaster #3`,
        `ethereum ${bob} recover farcaster #3`,
      ]);
      expect(await world.name("#3")).to.deep.include({ platform: "farcaster", uid: "3", expires_at: null });

      await world.emit(world.at.farcaster, [RECOVER, alice, carol, 3], [TRANSFER, alice, carol, 3]);
      await world.emit(world.at.farcaster, [CHANGE_RECOVERY, 3, ZeroAddress]);
      expect(await world.edges("#3")).to.deep.equal([`ethereum ${carol} hold farcaster #3`]);
      await world.emit(world.at.farcaster, ["AdminReset(uint256 indexed fid)", 3]);
      expect(await world.edges("#3")).to.deep.equal([]);
    });

    it("believes no other contract", async () => {
      const [alice] = world.people;
      await world.emit(world.at.stranger, [REGISTER, alice, 4, alice]);
      expect(await world.edges("#4")).to.deep.equal([]);
      expect(await world.name("#4")).to.equal(undefined);
    });
  });

  describe("Lens", () => {
    it("knows who holds a profile, and what it is called", async () => {
      const [alice, bob] = world.people;
      const { hub, handles, links } = world.at;
      await world.emit(hub, [TRANSFER, ZeroAddress, alice, 70]);
      await world.emit(handles, [TRANSFER, ZeroAddress, alice, 700], [MINTED, "alice", "lens", 700, alice, 1]);
      await world.emit(links, [LINKED, [handles, 700], [hub, 70], alice, 1]);
      expect(await world.edges("#70")).to.deep.equal([`ethereum ${alice} hold lens #70`]);
      expect(await called(world, "#70")).to.equal("alice.lens");

      await world.pass();
      await world.emit(hub, [TRANSFER, alice, bob, 70]);
      await world.emit(links, [UNLINKED, [handles, 700], [hub, 70], alice, 1]);
      expect(await world.edges("#70")).to.deep.equal([`ethereum ${bob} hold lens #70`]);
      expect(await world.edges("#70", "past_edge")).to.deep.equal([`ethereum ${alice} hold lens #70`]);
      expect(await called(world, "#70")).to.equal(null);
    });

    it("follows a handle from profile to profile, and into nothing", async () => {
      const [alice] = world.people;
      const { hub, handles, links } = world.at;
      for (const profile of [71, 72]) await world.emit(hub, [TRANSFER, ZeroAddress, alice, profile]);
      await world.emit(handles, [MINTED, "one", "lens", 701, alice, 1], [MINTED, "two", "lens", 702, alice, 1]);
      await world.emit(
        links,
        [LINKED, [handles, 701], [hub, 71], alice, 1],
        [LINKED, [handles, 702], [hub, 72], alice, 1],
      );
      // The registry says itself what a new link replaces.
      await world.emit(
        links,
        [UNLINKED, [handles, 701], [hub, 71], alice, 1],
        [UNLINKED, [handles, 702], [hub, 72], alice, 1],
        [LINKED, [handles, 701], [hub, 72], alice, 1],
      );
      await world.indexed();
      expect([await called(world, "#71"), await called(world, "#72")]).to.deep.equal([null, "one.lens"]);
      await world.emit(handles, [TRANSFER, alice, ZeroAddress, 701]);
      await world.indexed();
      expect(await called(world, "#72")).to.equal(null);
    });

    it("ends with the profile that is burnt, and believes no other contract", async () => {
      const [alice, , mallory] = world.people;
      const { hub, stranger } = world.at;
      await world.emit(hub, [TRANSFER, ZeroAddress, alice, 73]);
      await world.emit(stranger, [TRANSFER, alice, mallory, 73]);
      expect(await world.edges("#73")).to.deep.equal([`ethereum ${alice} hold lens #73`]);
      await world.emit(hub, [TRANSFER, alice, ZeroAddress, 73]);
      expect(await world.edges("#73")).to.deep.equal([]);
    });
  });
});
