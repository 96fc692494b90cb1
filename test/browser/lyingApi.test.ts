import type { ChainItem } from "@syngraph/sdk/client";
import { publicKeyOf, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { bindingsOf, checksOf, expectQuiet, useWebPage } from "./page.ts";
import { type Step, aliasStep, signChain, signRelease, walletStep } from "./signedChain.ts";

const AVATAR = Wallet.createRandom();
const ATTACKER = Wallet.createRandom();
const WALLET = Wallet.createRandom();
const KEY = publicKeyOf(AVATAR.privateKey).compressed;
const SHOWN = `/?q=${KEY}`;

const STEPS: readonly Step[] = [
  walletStep(WALLET.privateKey),
  { platform: "github", identity: "alice", status: "confirmed" },
  { platform: "dns", identity: "example.com", status: "confirmed" },
];

describe("Page over an API that lies", function () {
  this.timeout(60_000);
  const { api, open } = useWebPage();

  /** Serves a chain after an attack on it. */
  function serve(attack: (items: ChainItem[]) => void, steps = STEPS): ChainItem[] {
    const items = signChain(AVATAR.privateKey, steps);
    attack(items);
    api.chains.set(KEY, items);
    return items;
  }

  it("marks a link whose identity was altered, in the fields alone and in the text too", async () => {
    for (const inText of [false, true]) {
      serve((items) => {
        items[1]!.identity = "mallory";
        if (inText) items[1]!.signature_payload = items[1]!.signature_payload.replace("alice", "mallory");
      });
      const watched = await open(SHOWN);
      const { page } = watched;
      await page.getByText("1 of 3 links did not verify in this browser.").waitFor();
      const checks = await checksOf(page, "link 2");
      expect(checks.Signature).to.equal("✘ not this avatar’s over this text");
      expect(checks.Text).to.equal(inText ? "✔ says what is shown here" : "✘ says something else than is shown here");
      expect((await checksOf(page, "link 3")).Signature).to.match(/^✔/);
      expect((await bindingsOf(page)).map((row) => row.at(-1))).to.deep.equal([
        "✔ signed in link 1",
        "✘ link 2 does not verify",
        "✔ signed in link 3",
      ]);
      expectQuiet(watched);
    }
  });

  it("marks a link that another key signed", async () => {
    serve((items) => {
      items[2]!.signature = signText(ATTACKER.privateKey, items[2]!.signature_payload).base64;
    });
    const { page } = await open(SHOWN);
    expect((await checksOf(page, "link 3")).Signature).to.equal("✘ not this avatar’s over this text");
    await page.getByText("Not verified: the avatar did not sign this.").waitFor();
  });

  it("marks a whole chain of another avatar, served under this one's key", async () => {
    api.chains.set(KEY, signChain(ATTACKER.privateKey, STEPS));
    const { page } = await open(SHOWN);
    await page.getByText("3 of 3 links did not verify in this browser.").waitFor();
  });

  it("marks the gap where a link was left out", async () => {
    serve((items) => items.splice(1, 1));
    const { page } = await open(SHOWN);
    const checks = await checksOf(page, "link 3");
    expect(checks["Previous link"]).to.equal("✘ does not follow the link before it");
    expect(checks.Signature).to.match(/^✔/);
    await page.getByText("Not verified: link 2 is missing: this is number 3.").waitFor();
  });

  it("marks the gap also when the numbers were made to fit", async () => {
    serve((items) => {
      items.splice(1, 1);
      items[1]!.sequence = 2;
    });
    const { page } = await open(SHOWN);
    expect((await checksOf(page, "link 2"))["Previous link"]).to.equal("✘ does not follow the link before it");
  });

  it("does not call a wallet's signature good that another key made", async () => {
    serve((items) => {
      items[0]!.extra.wallet_signature = signText(ATTACKER.privateKey, items[0]!.signature_payload).base64;
    });
    const { page } = await open(SHOWN);
    expect((await checksOf(page, "link 1"))["Wallet signature"]).to.match(/^\? not by the wallet’s own key/);
    await page.getByText("2 of 3 links verified in this browser.").waitFor();
    expect((await bindingsOf(page))[0]!.at(-1)).to.match(/^\? signed in link 1; the wallet’s signature can only/);
  });

  it("marks a wallet's binding without the wallet's signature", async () => {
    serve((items) => {
      items[0]!.extra.wallet_signature = null;
    });
    const { page } = await open(SHOWN);
    expect((await checksOf(page, "link 1"))["Wallet signature"]).to.equal("✘ missing");
    expect((await bindingsOf(page))[0]!.at(-1)).to.equal("✘ link 1 does not verify");
  });

  it("marks an alias that the other avatar did not sign", async () => {
    for (const forge of [() => null, (text: string) => signText(ATTACKER.privateKey, text).raw]) {
      serve(
        (items) => {
          items[0]!.extra.target_signature = forge(items[0]!.signature_payload);
        },
        [aliasStep(WALLET.privateKey)],
      );
      const { page } = await open(SHOWN);
      expect((await checksOf(page, "link 1"))["Other avatar’s signature"]).to.match(/^✘ missing, or not/);
      await page.getByText("1 of 1 link did not verify in this browser.").waitFor();
      expect((await bindingsOf(page))[0]!.at(-1)).to.equal("✘ link 1 does not verify");
    }
  });

  it("contradicts a status that the chain does not bear out", async () => {
    serve(() => undefined, [...STEPS, { ...STEPS[1]!, action: "delete", status: "deleted" }]);
    // A binding that the avatar took back is kept alive, and another is called deleted.
    api.bindingsInstead = (bindings) =>
      bindings.map((binding) =>
        Object.assign(binding, { status: binding.platform === "dns" ? "deleted" : "confirmed" }),
      );
    const { page } = await open(SHOWN);
    expect((await bindingsOf(page)).map((row) => row.at(-1))).to.deep.equal([
      "✔ signed in link 1",
      "✘ deleted by link 4",
      "✘ no deletion in the proof chain",
    ]);
  });

  it("shows a binding that nobody signed for as such", async () => {
    serve(() => undefined);
    api.bindingsInstead = ([first]) => [{ ...first!, platform: "github", identity: "torvalds", status: "confirmed" }];
    const { page } = await open(SHOWN);
    expect((await bindingsOf(page))[0]!.at(-1)).to.equal("✘ no such link in the proof chain");
  });

  it("verifies nothing where no link is served, and does not say that it did", async () => {
    serve((items) => items.splice(0));
    const [served] = signChain(AVATAR.privateKey, STEPS);
    const { platform, identity, alt_id, proof_location, link_id, chain_id } = served!;
    const times = { as_of: "1770000100", last_checked_at: "1770000100" };
    api.bindingsInstead = () => [
      {
        ...{ platform, identity, alt_id, proof_location, link_id, chain_id, ...times },
        ...{ status: "confirmed", attesters: [], is_valid: true, invalid_reason: "", uri: null, proof_uri: null },
      },
    ];
    const { page } = await open(SHOWN);
    await page.getByText("The server shows no link that could be verified.").waitFor();
    expect(await page.getByText("verified in this browser").count()).to.equal(0);
    expect((await bindingsOf(page))[0]!.at(-1)).to.equal("✘ no such link in the proof chain");
  });

  it("does not take a forged release for a deletion", async () => {
    for (const forged of [null, signText(ATTACKER.privateKey, "anything").base64]) {
      const items = serve((all) => all.splice(1));
      const release = signRelease(AVATAR.privateKey, WALLET.privateKey, items);
      release.extra.wallet_signature = forged;
      items.push(release);
      const { page } = await open(SHOWN);
      expect((await bindingsOf(page))[0]!.at(-1)).to.match(
        forged === null ? /^✘ no deletion/ : /^\? deleted by the wallet’s release; the wallet’s signature can only/,
      );
    }
  });

  for (const [name, hostile] of [
    ["markup", `<img src=x onerror="alert(1)"><script>alert(2)</script>`],
    ["a script address", "javascript:alert(1)"],
    ["characters that turn the writing direction", "\u202egro.elpmaxe\u2066"],
  ] as const) {
    it(`shows ${name} in an identity, a location and a platform as text`, async () => {
      serve(() => undefined, [{ platform: hostile, identity: hostile, location: hostile, status: "confirmed" }]);
      const onPage = await open(SHOWN);
      const inResults = await open(`/?q=${encodeURIComponent(hostile)}&any=1&platform=${encodeURIComponent(hostile)}`);
      for (const watched of [onPage, inResults]) {
        const { page } = watched;
        await page.getByText("The only link verified in this browser.").waitFor();
        expect((await bindingsOf(page))[0]!.slice(0, 2)).to.deep.equal([hostile, hostile]);
        expect(await page.locator("main img, main script, main a[href^='javascript' i]").count()).to.equal(0);
        expectQuiet(watched);
      }
    });
  }
});
