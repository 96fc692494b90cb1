import { type ChainItem, type ItemChecks, checkChains, verifyChain } from "@syngraph/sdk/client";
import { head, linkId, parseSignature, publicKeyOf, signPayload, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, encodeBase58, hexlify } from "ethers";

import { newSolanaWallet } from "../helpers/solanaWallet.ts";
import { type Step, aliasStep, signChain, signRelease, signReleaseOf, walletStep } from "../browser/signedChain.ts";

const OWNER = Wallet.createRandom().privateKey;
const ATTACKER = Wallet.createRandom().privateKey;
const WALLET = Wallet.createRandom().privateKey;
const AVATAR = publicKeyOf(OWNER).compressed;

const STEPS: readonly Step[] = [
  { platform: "github", identity: "alice" },
  walletStep(WALLET),
  { platform: "dns", identity: "example.com" },
  { action: "delete", platform: "github", identity: "alice" },
];

/** For each item the names of its failed checks, `ok` where there are none. */
function failures(items: readonly ChainItem[], avatar = AVATAR): string[] {
  return verifyChain(items, avatar).map(({ ok, checks, problem }) => {
    const failed = Object.entries(checks).filter(([, verdict]) => verdict === "fail" || verdict === "chain");
    expect(ok).to.equal(failed.length === 0);
    expect(problem === null).to.equal(ok);
    return failed.map(([name]) => name).join(" ") || "ok";
  });
}

/** Fits the text and the link id to the fields, as a forger does who cannot sign. */
function redress(item: ChainItem): ChainItem {
  const { action, platform, identity, prev, uuid, signature } = item;
  const link = { action, platform, identity, prev, uuid, avatar: AVATAR, createdAt: Number(item.created_at) };
  return { ...item, signature_payload: signPayload(link), link_id: linkId(link, signature) };
}

/** The items with places in the chain that fit their order here. */
function renumbered(items: readonly ChainItem[]): ChainItem[] {
  return items.map((item, index) => Object.assign({}, item, { sequence: index + 1 }));
}

/** Where an alias's signature stands, made by a key over a text. */
const over = (key: string, text: string) => ({
  wallet_signature: null,
  target_signature: signText(key, text).raw,
});

describe("verifyChain", () => {
  let items: ChainItem[];
  beforeEach(() => {
    items = signChain(OWNER, STEPS);
  });

  it("verifies every item of a good chain, whatever the form of the avatar's key", () => {
    expect(failures(items)).to.deep.equal(["ok", "ok", "ok", "ok"]);
    expect(failures(items, publicKeyOf(OWNER).uncompressed.slice(2))).to.deep.equal(["ok", "ok", "ok", "ok"]);
    const checks: ItemChecks = { text: "pass", signature: "pass", order: "pass", linkId: "pass", cosigner: "pass" };
    expect(verifyChain(items, AVATAR)[1]).to.deep.equal({ ok: true, checks, problem: null });
  });

  it("takes the signatures of prev in either form of v", () => {
    const canonical = items.map((item) => {
      const { canonical: hex } = parseSignature(item.signature);
      return { ...item, signature: parseSignature(hex).base64 };
    });
    expect(canonical[0]!.signature).not.to.equal(items[0]!.signature);
    expect(failures(canonical)).to.deep.equal(["ok", "ok", "ok", "ok"]);
  });

  it("finds an altered identity, also where text and link id were fitted to it", () => {
    items[2]!.identity = "example.org";
    expect(failures(items)).to.deep.equal(["ok", "ok", "text signature linkId", "ok"]);
    items[2] = redress(items[2]!);
    expect(failures(items)).to.deep.equal(["ok", "ok", "signature", "ok"]);
  });

  it("finds an altered action, platform, uuid, time, and prev", () => {
    const alterations: Partial<ChainItem>[] = [
      { action: "delete" },
      { platform: "twitter" },
      { uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf" },
      { created_at: "1770000009" },
      { prev: null },
    ];
    for (const alteration of alterations) {
      const altered = redress({ ...items[0]!, ...alteration });
      const expected = "prev" in alteration ? "ok" : "signature";
      expect(failures([altered, ...items.slice(1)])).to.deep.equal([expected, "ok", "ok", "ok"]);
    }
  });

  it("finds another key's signature over the same text", () => {
    const signature = signText(ATTACKER, items[2]!.signature_payload).base64;
    items[2] = redress({ ...items[2]!, signature });
    expect(failures(items)).to.deep.equal(["ok", "ok", "signature", "order"]);
  });

  it("finds a whole chain that belongs to somebody else", () => {
    const others = signChain(ATTACKER, STEPS);
    expect(verifyChain(others, AVATAR).map(({ ok }) => ok)).to.deep.equal([false, false, false, false]);
  });

  it("finds swapped links, also when they were numbered anew", () => {
    const [first, second, third, fourth] = items as [ChainItem, ChainItem, ChainItem, ChainItem];
    const swapped = [first, third, second, fourth];
    expect(failures(swapped)).to.deep.equal(["ok", "order", "order", "order"]);
    const numbered = renumbered(swapped);
    expect(failures(numbered)).to.deep.equal(["ok", "order", "order", "order"]);
  });

  it("finds a missing link in the middle and at the beginning, also when the rest was numbered anew", () => {
    const middle = items.toSpliced(1, 1);
    expect(failures(middle)).to.deep.equal(["ok", "order", "ok"]);
    expect(verifyChain(middle, AVATAR)[1]!.problem).to.equal("link 2 is missing: this is number 3");
    const numbered = renumbered(middle);
    expect(failures(numbered)).to.deep.equal(["ok", "order", "ok"]);
    const headless = renumbered(items.slice(1));
    expect(failures(headless)).to.deep.equal(["order", "ok", "ok"]);
  });

  it("finds a link that is there twice", () => {
    expect(failures([items[0]!, items[0]!])).to.deep.equal(["ok", "order"]);
  });

  it("finds a time that goes back, though the avatar signed it", () => {
    const link = {
      action: "create" as const,
      platform: "dns",
      identity: "example.net",
      avatar: AVATAR,
      prev: items[3]!.signature,
      createdAt: 1_769_999_999,
      uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf",
    };
    const signature = signText(OWNER, signPayload(link)).base64;
    const late = { ...items[3]!, ...link, created_at: String(link.createdAt), signature, sequence: 5 };
    expect(failures([...items, redress(late)])).to.deep.equal(["ok", "ok", "ok", "ok", "order"]);
  });

  it("finds another link id", () => {
    items[0]!.link_id = head(items[0]!.signature);
    expect(failures(items)).to.deep.equal(["linkId", "ok", "ok", "ok"]);
  });

  it("leaves a wallet's signature that is no key's own to the chain, and does not call it verified", () => {
    const forged = signText(ATTACKER, items[1]!.signature_payload).base64;
    for (const wallet_signature of [forged, Buffer.from("a contract takes anything").toString("base64")]) {
      items[1]!.extra = { wallet_signature, target_signature: null };
      const [, check] = verifyChain(items, AVATAR);
      expect(check!.checks.cosigner).to.equal("chain");
      expect(check!.ok).to.equal(false);
      expect(check!.problem).to.match(/^needs the chain: /);
    }
    items[1]!.extra = { wallet_signature: null, target_signature: null };
    expect(verifyChain(items, AVATAR)[1]).to.deep.include({ ok: false, problem: "the wallet's signature is missing" });
  });

  it("verifies a release by the wallet's signature, and goes on with the link before it", () => {
    const longer = signChain(OWNER, [...STEPS, { platform: "dns", identity: "example.net" }]);
    const before = longer.slice(0, 4);
    const release = signRelease(OWNER, WALLET, before);
    expect(failures([...before, release, longer[4]!])).to.deep.equal(Array(6).fill("ok"));
    const wallet_signature = signText(ATTACKER, release.signature_payload).base64;
    const forged = { ...release, extra: { ...release.extra, wallet_signature } };
    expect(failures([...before, forged])).to.deep.equal(["ok", "ok", "ok", "ok", "cosigner"]);
  });

  it("finds a release that is shown again, where the wallet was bound anew since or was not bound", () => {
    const before = signChain(OWNER, STEPS);
    const release = signRelease(OWNER, WALLET, before);
    expect(failures([release, ...before])).to.deep.equal(["order", "ok", "ok", "ok", "ok"]);
    expect(failures([...before, release, release]).slice(-2)).to.deep.equal(["ok", "order"]);
    const anew = signChain(OWNER, [...STEPS, { platform: "dns", identity: "example.net" }, walletStep(WALLET)]);
    const early = { ...signRelease(OWNER, WALLET, anew.slice(0, 4)) };
    expect(failures([...anew.slice(0, 4), early, ...anew.slice(4)])).to.deep.equal(Array(7).fill("ok"));
    expect(failures([...anew, early]).at(-1)).to.equal("order");
  });

  describe("of an alias", () => {
    const OTHER = Wallet.createRandom().privateKey;
    const step = aliasStep(OTHER);

    it("verifies the other avatar's signature, in the link and in a release", () => {
      const chain = signChain(OWNER, [step]);
      expect(failures([...chain, signReleaseOf(OWNER, step, chain)])).to.deep.equal(["ok", "ok"]);
      expect(verifyChain(chain, AVATAR)[0]!.checks.cosigner).to.equal("pass");
    });

    it("finds it missing, of another key, over another text, or in the wallet's place: no chain would take that", () => {
      const [item] = signChain(OWNER, [step]) as [ChainItem];
      const mine = over(OTHER, item.signature_payload).target_signature;
      for (const extra of [
        { wallet_signature: null, target_signature: null },
        { wallet_signature: mine, target_signature: null },
        over(ATTACKER, item.signature_payload),
        over(OTHER, item.signature_payload.replace("create", "delete")),
        { wallet_signature: null, target_signature: "0x00" },
      ]) {
        expect(failures([{ ...item, extra }])).to.deep.equal(["cosigner"]);
        expect(verifyChain([{ ...item, extra }], AVATAR)[0]!.checks.cosigner).to.equal("fail");
      }
      const chain = [item, signReleaseOf(OWNER, step, [item])];
      chain[1]!.extra = over(OWNER, chain[1]!.signature_payload);
      expect(failures(chain)).to.deep.equal(["ok", "cosigner"]);
    });

    it("finds an avatar that is its own alias", () => {
      expect(failures(signChain(OWNER, [aliasStep(OWNER)]))).to.deep.equal(["cosigner"]);
    });
  });

  describe("of a Solana wallet", () => {
    const solana = newSolanaWallet();
    const step: Step = { platform: "solana", identity: solana.address, solana };

    it("verifies its signature, which no contract did", () => {
      const [create, end] = signChain(OWNER, [
        step,
        { action: "delete", platform: "solana", identity: solana.address },
      ]);
      expect(failures([create!, end!])).to.deep.equal(["ok", "ok"]);
      expect(verifyChain([create!], AVATAR)[0]!.checks.cosigner).to.equal("pass");
    });

    it("finds it missing, of another wallet, over another text, and malformed", () => {
      const [item] = signChain(OWNER, [step]) as [ChainItem];
      const text = item.signature_payload;
      for (const wallet_signature of [
        null,
        "",
        encodeBase58(newSolanaWallet().sign(text)),
        encodeBase58(solana.sign(text.replace("create", "delete"))),
        encodeBase58(new Uint8Array(64).fill(1)),
        "0OIl",
        signText(ATTACKER, text).base64,
      ]) {
        const forged = { ...item, extra: { wallet_signature, target_signature: null } };
        expect(failures([forged])).to.deep.equal(["cosigner"]);
        expect(verifyChain([forged], AVATAR)[0]!.checks.cosigner).to.equal("fail");
      }
    });

    it("does not take a release for one: no contract lets a Solana wallet make it", () => {
      const chain = signChain(OWNER, [step]);
      const release = { ...signRelease(OWNER, WALLET, chain), platform: "solana", identity: solana.address };
      expect(failures([...chain, release]).at(-1)).to.include("signature");
    });
  });

  it("does not take a delete without a signature for a release where it claims a place in the chain", () => {
    const release = { ...signRelease(OWNER, WALLET, items), sequence: 5 };
    expect(failures([...items, release]).at(-1)).to.include("signature");
  });

  it("follows each chain by itself where an avatar stands on several", () => {
    const mirrored = items.map((item) => ({ ...item, chain_id: 10 }));
    const mixed = items.flatMap((item, index) => [item, mirrored[index]!]);
    expect(new Set(failures(mixed))).to.deep.equal(new Set(["ok"]));
    expect(failures([...items.slice(0, 1), ...mirrored.slice(1)])).to.deep.equal(["ok", "order", "ok", "ok"]);
  });

  it("answers for hostile values instead of throwing", () => {
    const hostile: Partial<ChainItem>[] = [
      { signature: "" },
      { signature: "%%%" },
      { signature: Buffer.alloc(65).toString("base64") },
      { prev: "AAAA" },
      { signature: hexlify(new Uint8Array(64)) },
      { created_at: "999999999999999" },
      { sequence: null },
    ];
    for (const values of hostile) {
      const checks = verifyChain([items[0]!, { ...items[1]!, ...values }], AVATAR);
      expect(checks.map(({ ok }) => ok)).to.deep.equal([true, false]);
    }
  });
});

describe("checkChains", () => {
  // On a clock of its own, by which each link takes 5 ms: how fast a machine is does not count.
  const { now } = performance;
  beforeEach(() => {
    let time = 0;
    performance.now = () => (time += 5);
  });
  afterEach(() => {
    performance.now = now;
  });

  it("lets everything else go on, however many links somebody has, and is given up when nobody waits", async () => {
    const steps = Array.from({ length: 20 }, (_, index): Step => ({ platform: "github", identity: `many-${index}` }));
    const items = signChain(OWNER, steps);
    let turns = 0;
    const timer = setInterval(() => (turns += 1));
    try {
      const [chain] = await checkChains(items, AVATAR);
      expect(chain!.links.every(({ outcome }) => outcome === "good")).to.equal(true);
      expect(turns).to.be.at.least(2);
      const signal = AbortSignal.abort();
      const error = await checkChains(items, AVATAR, { signal }).catch((reason: unknown) => reason);
      expect(error).to.include({ code: "aborted" });
    } finally {
      clearInterval(timer);
    }
  });
});
