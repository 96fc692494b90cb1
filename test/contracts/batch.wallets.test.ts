import { expect } from "chai";

import { REFUSAL, abbreviated, attestList, covered, eventsOf, findingsOf, statusOf } from "../helpers/contractBatch.ts";
import { type SignedLink, attest, person, signLink } from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");
const attester = person("attester");

/** What a contract wallet may use, as ProofRegistry.sol has it, and what has to be left before it is asked. */
const WALLET_GAS = 400_000;
const CALL_RESERVE = 520_000n;

/** The modes of contracts/test/HostileWallet.sol. */
const MODE = { burn: 0, bomb: 1, revertBomb: 2, short: 3, slow: 4 } as const;

/** As much as can be answered with what a wallet may use. */
const BOMB_BYTES = 400_000;

/** The proof of a link that its batch's attestations cover. */
const attested = () => covered("7");

const good = signLink(alice, { platform: "dns", identity: "alice.example" });
const last = signLink(bob, { platform: "dns", identity: "bob.example" });

describe("ProofRegistry", () => {
  const world = useRegistries();

  /** Alice's next link: a contract wallet, which takes anything for a signature, or nothing. */
  async function bindContract(mode: keyof typeof MODE, effort = 0): Promise<SignedLink> {
    const wallet = await world().ethers.deployContract("HostileWallet", [MODE[mode], effort]);
    const identity = (await wallet.getAddress()).toLowerCase();
    return signLink(alice, { platform: "ethereum", identity, after: good, attested: () => "0x01" });
  }

  describe("appendBatch: contract wallets", () => {
    for (const [mode, effort, used] of [
      ["burn", 0, WALLET_GAS],
      ["revertBomb", BOMB_BYTES, WALLET_GAS],
      ["short", 0, 5_000],
      ["slow", WALLET_GAS, WALLET_GAS],
    ] as const) {
      it(`refuses one that does its worst (${mode}), bounds what it costs, and goes on`, async () => {
        const { registry, networkHelpers } = world();
        const hostile = await bindContract(mode, effort);
        const { restore } = await networkHelpers.takeSnapshot();
        const without = (await (await registry.appendBatch([good.submission, last.submission], "0x")).wait())!.gasUsed;
        await restore();
        const sent = registry.appendBatch([good.submission, hostile.submission, last.submission], "0x");
        const told = await eventsOf(world(), sent);
        expect(told.filter(([name]) => name === "LinkRefused")).to.deep.equal([
          ["LinkRefused", 1n, hostile.id, REFUSAL.invalidProof],
        ]);
        expect([await statusOf(world(), good), await statusOf(world(), last)]).to.deep.equal([
          STATUS.claimed,
          STATUS.claimed,
        ]);
        const cost = Number((await (await sent).wait())!.gasUsed - without);
        expect(cost, "gas of the refused link").to.be.below(used + 40_000);
      });
    }

    it("lets none starve the rest: twenty that burn all they are given, beside links that need a call", async () => {
      const { registry, ethers } = world();
      await addAttesters(world(), [attester]);
      const burner = await ethers.deployContract("HostileWallet", [MODE.burn, 0]);
      const identity = (await burner.getAddress()).toLowerCase();
      const hostile = Array.from({ length: 20 }, (_, index) =>
        signLink(person(`hostile ${index}`), { platform: "ethereum", identity, attested: () => "0x" }),
      );
      const own = signLink(alice, {
        platform: "github",
        identity: "alice",
        after: good,
        attested: (linkId) => attest([attester], { linkId }),
      });
      const listed = signLink(bob, { platform: "github", identity: "bob", attested: () => covered() });
      const all = [good, ...hostile.slice(0, 10), own, ...hostile.slice(10), listed];
      const sent = registry.appendBatch(
        all.map(({ submission }) => submission),
        attestList([attester], findingsOf([listed])),
      );
      const told = await eventsOf(world(), sent);
      expect(told.filter(([name]) => name === "LinkRefused")).to.have.length(20);
      expect(await Promise.all([good, own, listed].map((link) => statusOf(world(), link)))).to.deep.equal([
        STATUS.claimed,
        STATUS.confirmed,
        STATUS.confirmed,
      ]);
      const { gasUsed } = (await (await sent).wait())!;
      expect(Number(gasUsed)).to.be.below(20 * (WALLET_GAS + 40_000) + 500_000);
    });

    it("binds one that takes long, and one that says much, the right word first", async () => {
      for (const [mode, effort] of [
        ["slow", 380_000],
        ["bomb", 300_000],
      ] as const) {
        const wallet = await bindContract(mode, effort);
        const { registry, networkHelpers } = world();
        const { restore } = await networkHelpers.takeSnapshot();
        await registry.appendBatch([good.submission, abbreviatedWithKey(wallet), last.submission], "0x");
        expect(await statusOf(world(), wallet), mode).to.equal(STATUS.confirmed);
        await restore();
      }
    });
  });

  describe("appendBatch: too little gas", () => {
    it("reverts, whatever the limit, rather than refuse what is good", async () => {
      const { registry, networkHelpers, stranger } = world();
      const wallet = await bindContract("slow", 380_000);
      const batch = [good.submission, abbreviatedWithKey(wallet), last.submission];
      const outcomes = new Set<string>();
      for (let gasLimit = 60_000n; gasLimit < 1_000_000n; gasLimit += 20_000n) {
        const { restore } = await networkHelpers.takeSnapshot();
        let outcome = "done";
        try {
          const told = await eventsOf(world(), registry.connect(stranger).appendBatch(batch, "0x", { gasLimit }));
          expect(
            told.filter(([name]) => name === "LinkRefused"),
            `refused with ${gasLimit}`,
          ).to.deep.equal([]);
          expect(await statusOf(world(), wallet)).to.equal(STATUS.confirmed);
        } catch (error) {
          const { message } = error as Error;
          outcome = /ProofRegistryOutOfGas\("?1"?\)|ran out of gas|without a reason/.exec(message)?.[0] ?? message;
        }
        outcomes.add(outcome);
        await restore();
      }
      expect([...outcomes]).to.include.members(["ProofRegistryOutOfGas(1)", "done"]);
      expect([...outcomes].filter((it) => !/^(Proof|ran out|without|done)/.test(it))).to.deep.equal([]);
    });

    it("names the link before which too little was left", async () => {
      const { registry } = world();
      const wallet = await bindContract("slow", 100_000);
      const sent = registry.appendBatch.staticCall([good.submission, abbreviatedWithKey(wallet)], "0x", {
        gasLimit: CALL_RESERVE,
      });
      await expect(sent).to.be.revertedWithCustomError(registry, "ProofRegistryOutOfGas").withArgs(1);
    });

    it("needs no reserve for links that make no call", async () => {
      const { registry } = world();
      const claims = [good.submission, last.submission];
      const { gasUsed } = (await (await registry.appendBatch(claims, "0x")).wait())!;
      expect(gasUsed < CALL_RESERVE, String(gasUsed)).to.equal(true);
    });

    it("takes what was estimated", async () => {
      const { registry, networkHelpers } = world();
      const wallet = await bindContract("slow", 380_000);
      const batch = [good.submission, abbreviatedWithKey(wallet), last.submission];
      const gasLimit = await registry.appendBatch.estimateGas(batch, "0x");
      const { restore } = await networkHelpers.takeSnapshot();
      await registry.appendBatch(batch, "0x", { gasLimit });
      expect(await statusOf(world(), wallet)).to.equal(STATUS.confirmed);
      await restore();
    });
  });

  it("takes a batch of a hundred, of one avatar's links and of a hundred avatars", async () => {
    const { registry } = world();
    await addAttesters(world(), [attester]);
    const chain: SignedLink[] = [];
    for (let index = 0; index < 100; index++) {
      const after = chain.at(-1);
      chain.push(
        signLink(alice, { platform: "github", identity: `alice-${index}`, attested, ...(after ? { after } : {}) }),
      );
    }
    const firsts = Array.from({ length: 100 }, (_, index) =>
      signLink(person(`one of a hundred: ${index}`), { platform: "github", identity: `one-${index}`, attested }),
    );
    for (const links of [chain, firsts]) {
      const told = await eventsOf(
        world(),
        registry.appendBatch(
          links.map(({ submission }, index) => (links === chain && index > 0 ? abbreviated(submission) : submission)),
          attestList([attester], findingsOf(links, "7")),
        ),
      );
      expect(told.filter(([name]) => name === "LinkRefused")).to.deep.equal([]);
      const found = await Promise.all(links.map((link) => statusOf(world(), link)));
      expect(found.every((status) => status === STATUS.confirmed)).to.equal(true);
    }
    expect(await registry.lengthOf(alice.address)).to.equal(100n);
  });
});

/** A wallet's link in a batch: without the previous signature, but with the key, which its text names. */
function abbreviatedWithKey({ submission }: SignedLink) {
  const { publicKeyX, publicKeyY } = submission;
  return { ...abbreviated(submission), publicKeyX, publicKeyY };
}
