import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { ChainItem } from "@syngraph/sdk/client";
import { type Link, publicKeyOf, signPayload, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { type Step, aliasStep, signChain, signRelease, walletStep } from "../browser/signedChain.ts";
import { startAnvil } from "./anvil.ts";
import { REAL_CHAINS, expectEnd, freshChain, useImportRuns } from "./importRuns.ts";
import { chainDocument } from "./stubApi.ts";

/** The contract's `Status.Confirmed`. */
const CONFIRMED = 2;
const WALLET = Wallet.createRandom().privateKey;
const GITHUB: Step = { platform: "github", identity: "alice" };
const FORGER = Wallet.createRandom().privateKey;

/** What an attacker changes in a link of somebody's account `alice`. */
const ATTACKS = {
  alterIdentity: () => ({ identity: "mallory" }),
  alterPrev: () => ({ prev: signText(FORGER, "x").base64 }),
  fitText: ({ signature_payload }: ChainItem) => ({
    identity: "mallory",
    signature_payload: signature_payload.replace("alice", "mallory"),
  }),
  leaveTextOut: () => ({ identity: "mallory", signature_payload: "" }),
  signAsAnother: ({ signature_payload }: ChainItem) => ({ signature: signText(FORGER, signature_payload).base64 }),
  leaveWalletOut: () => ({ extra: {} }),
  signAsAnotherWallet: ({ signature_payload }: ChainItem) => ({
    extra: { wallet_signature: signText(FORGER, signature_payload).base64 },
  }),
  firstGeneration: () => ({ signature_payload: "", uuid: "", created_at: "1650000000" }),
};

describe("import of what must not go in", function () {
  this.timeout(120_000);
  const runs = useImportRuns();

  /** Imports one altered link of a fresh chain, which must be refused and leave nothing. */
  async function expectRefusal(step: Step, change: (item: ChainItem) => object, reason: string): Promise<void> {
    const { avatar, items } = freshChain([step]);
    const finished = await runs.value({ proof_chain: [{ ...items[0]!, ...change(items[0]!) }] }, avatar);
    expectEnd(finished, 1, "0 appended, 0 already there, 1 refused");
    expect(finished.stdout).to.include(`: ${reason}`);
    expect(await runs.lengthOf(avatar)).to.equal(0);
  }

  describe("forged and unfit links", () => {
    it("refuses a field that the signed text does not bear out", async () => {
      await expectRefusal(GITHUB, ATTACKS.alterIdentity, "altered: the signed text does not say");
      await expectRefusal(GITHUB, ATTACKS.alterPrev, "altered: prev is not that");
    });

    it("refuses a text that was fitted to the field, or left out", async () => {
      await expectRefusal(GITHUB, ATTACKS.fitText, "forged or altered: the avatar did not sign it");
      await expectRefusal(GITHUB, ATTACKS.leaveTextOut, "forged or altered: no text of these fields was signed");
    });

    it("refuses another key's signature", async () => {
      await expectRefusal(GITHUB, ATTACKS.signAsAnother, "forged or altered: the avatar did not sign it");
    });

    it("refuses an attacker's chain under another avatar's key", async () => {
      const { items } = freshChain([GITHUB]);
      const victim = publicKeyOf(Wallet.createRandom().privateKey).compressed;
      const finished = await runs.items(items, victim);
      expectEnd(finished, 1, "0 appended, 0 already there, 1 refused");
      expect(await runs.lengthOf(victim)).to.equal(0);
    });

    it("refuses a wallet without its signature, and with another wallet's", async () => {
      const step = walletStep(WALLET);
      await expectRefusal(step, ATTACKS.leaveWalletOut, "no signature of the wallet");
      await expectRefusal(step, ATTACKS.signAsAnotherWallet, "the other side's signature is not good");
    });

    it("refuses an alias without the other avatar's signature, and with another key's", async () => {
      const step = aliasStep(Wallet.createRandom().privateKey);
      await expectRefusal(step, ATTACKS.leaveWalletOut, "no signature of the other avatar in extra.target_signature");
      const asAnother = ({ signature_payload }: ChainItem) => ({
        extra: { target_signature: signText(FORGER, signature_payload).raw },
      });
      await expectRefusal(step, asAnother, "forged or altered: the other avatar did not sign it");
      const own = aliasStep(FORGER);
      const itself = signChain(FORGER, [own]);
      const finished = await runs.items(itself, own.identity);
      expectEnd(finished, 1, "0 appended, 0 already there, 1 refused");
      expect(finished.stdout).to.include("is not good");
    });

    it("refuses a release that the wallet did not sign", async () => {
      const { privateKey, avatar, items } = freshChain([walletStep(WALLET)]);
      const release = signRelease(privateKey, WALLET, items);
      release.extra.wallet_signature = signText(FORGER, release.signature_payload).base64;
      const asNextId = { ...release, uuid: release.uuid, signature: release.extra.wallet_signature };
      const finished = await runs.items([...items, release, asNextId], avatar);
      expectEnd(finished, 1, "1 appended, 0 already there, 2 refused");
      expect(await runs.statusOf(avatar, "ethereum", publicKeyOf(WALLET).address.toLowerCase())).to.equal(CONFIRMED);
    });

    it("refuses what the contract cannot rebuild, with the reason", async () => {
      await expectRefusal({ platform: "slack", identity: `a"b` }, () => ({}), "identity: must not contain U+0022");
      await expectRefusal(GITHUB, () => ({ action: "add" }), `action "add" is neither create nor delete`);
      await expectRefusal(GITHUB, () => ({ signature: "" }), "no signature of the avatar");
      await expectRefusal(GITHUB, ATTACKS.firstGeneration, "no uuid: a link of the first generation");
    });

    it("refuses everything behind a missing link, and one of two that fork", async () => {
      const { privateKey, avatar, items } = freshChain(
        ["a", "b", "c"].map((name) => ({ platform: "dns", identity: `${name}.example.com` })),
      );
      const link: Link = { ...(JSON.parse(items[1]!.signature_payload) as Link), avatar, createdAt: 1_770_000_001 };
      link.identity = "fork.example.com";
      const text = signPayload(link);
      const fork = { ...items[1]!, identity: link.identity, signature_payload: text };
      fork.signature = signText(privateKey, text).base64;
      const missing = await runs.items([items[0]!, items[2]!], avatar);
      expectEnd(missing, 1, "1 appended, 0 already there, 1 refused");
      expect(missing.stdout).to.include("the one between is missing, or went elsewhere");
      // The branch that its owner went on with is the one that goes in.
      const forked = await runs.items([fork, ...items], avatar);
      expectEnd(forked, 1, "2 appended, 1 already there, 1 refused");
      expect(forked.stdout).to.match(/^refused .*fork\.example\.com/m);
      expect(await runs.lengthOf(avatar)).to.equal(3);
    });
  });

  describe("settings", () => {
    it("ends with 2 and a reason where it is called wrongly", async () => {
      const broken = join(runs.folder, "broken.json");
      await writeFile(broken, "{");
      const { items } = freshChain([{ platform: "dns", identity: "example.com" }]);
      const nameless = await runs.value(chainDocument(items));
      expect(nameless).to.include({
        code: 2,
        stderr: "link 1 does not say whose it is: give the public key with --avatar\n",
      });
      expect(await runs.value({ hello: 1 })).to.include({ code: 2, stdout: "" });
      expect(await runs.file(broken)).to.include({ code: 2, stderr: `${broken} is no JSON\n` });
      expect((await runs.file(join(runs.folder, "none.json"))).stderr).to.include("cannot be read: ENOENT");
      expect((await runs.file(REAL_CHAINS, ["--deployments", runs.folder])).stderr).to.include("31337.json is missing");
      expect((await runs.file(REAL_CHAINS, ["--rpc", "http://127.0.0.1:1"])).stderr).to.include("no chain answers");
      expect((await runs.file(REAL_CHAINS, ["--nope"])).code).to.equal(2);
    });

    it("never prints a key, and wants one that is not published where the chain is not local", async () => {
      const secret = "0xdeadbeefdeadbeef";
      const bad = await runs.file(REAL_CHAINS, [], { RELAYER_KEY: secret });
      expect(bad.code).to.equal(2);
      expect(bad.stderr).to.include("RELAYER_KEY is no private key").and.not.to.include("deadbeef");

      const elsewhere = await startAnvil(["--chain-id", "8453"]);
      try {
        const args = ["--rpc", elsewhere.rpc, "--deployments", elsewhere.deployments];
        expect((await runs.file(REAL_CHAINS, args)).stderr).to.include("RELAYER_KEY is not set");
        const published = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
        const refused = await runs.file(REAL_CHAINS, args, { RELAYER_KEY: published });
        expect(refused).to.include({ code: 2, stdout: "" });
        expect(refused.stderr).to.include("is published; chain 8453");
      } finally {
        await elsewhere.stop();
      }
    });
  });
});
