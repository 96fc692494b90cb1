import {
  Avatar,
  type Binding,
  type BindingStep,
  InputError,
  Syngraph,
  SyngraphError,
  WalletError,
} from "@syngraph/sdk";
import { expect } from "chai";
import { Wallet, encodeBase58 } from "ethers";

import { ACCOUNT, newGist } from "../api/gists.ts";
import { type SolanaWallet, newSolanaWallet } from "../helpers/solanaWallet.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { failure } from "./failure.ts";

/** An identity as users may type it, for each platform where something is to be published. */
const IDENTITIES: Readonly<Record<string, string>> = {
  activitypub: "@Alice@social.example",
  discord: "alice.b",
  dns: "Sdk-Posts.example.com",
  dotbit: "alice.bit",
  ens: "alice.eth",
  github: "https://github.com/Alice",
  keybase: "https://keybase.io/alice",
  minds: "@Alice",
  slack: "U012AB3CD",
  steam: "https://steamcommunity.com/profiles/76561197960287930",
  telegram: "https://t.me/alice_channel",
  tiktok: "https://www.tiktok.com/@alice.b",
  twitter: "https://x.com/Alice_B",
};

/** The next step, which has to be this one. */
function stepOf<N extends BindingStep["name"]>(binding: Binding, name: N): Extract<BindingStep, { name: N }> {
  const { step } = binding;
  expect(step.name, JSON.stringify(step)).to.equal(name);
  return step as Extract<BindingStep, { name: N }>;
}

describe("SDK: a binding, step by step", () => {
  let test: TestStack;
  let syngraph: Syngraph;
  before(async () => {
    test = await sharedStack();
    syngraph = new Syngraph({ api: test.stack.apiUrl });
  });

  const isBound = (avatar: Avatar, platform: string, identity: string) =>
    test.registry.isBound(avatar.address, platform, identity);

  /** Publishes what a binding's step says. */
  function publish(binding: Binding, owner = binding.link.identity): string {
    const { post } = stepOf(binding, "publish");
    const gist = newGist();
    test.github.publish(gist, {
      owner: { login: owner, id: ACCOUNT },
      files: { [post.file!]: post.contents.default! },
    });
    return gist;
  }

  it("binds a wallet, takes it back, and tells of each step", async () => {
    const [avatar, wallet] = [Avatar.create(), Wallet.createRandom()];
    const steps: string[] = [];
    const onChange = ({ step }: Binding) => void steps.push(step.name);
    const binding = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address }, { onChange });
    const { by, identity, text } = stepOf(binding, "cosign");
    expect({ by, identity }).to.deep.equal({ by: "wallet", identity: wallet.address.toLowerCase() });
    binding.cosign(await wallet.signMessage(text));
    stepOf(binding, "submit");
    await binding.submit();
    const done = await binding.wait();
    expect(done).to.include({ name: "done", linkId: binding.linkId, chainId: 31337, claimed: false });
    expect(await isBound(avatar, "ethereum", identity)).to.equal(true);
    expect(steps).to.include.ordered.members(["submit", "done"]);

    const revocation = await syngraph.revoke(avatar, { platform: "ethereum", identity: wallet.address });
    expect(revocation).to.include({ action: "delete" });
    await revocation.submit();
    expect(await revocation.wait()).to.include({ name: "done", claimed: false });
    expect(await isBound(avatar, "ethereum", identity)).to.equal(false);
  });

  it("binds a GitHub account: not before its gist is there, and from another page's snapshot", async () => {
    const avatar = Avatar.create();
    const before = await syngraph.bind(avatar, { platform: "github", identity: "@Sdk-Alice" });
    const gist = publish(before, "somebody-else");
    const binding = await syngraph.resume({ publicKey: avatar.publicKey }, JSON.parse(JSON.stringify(before)));
    expect(binding.step).to.deep.equal(before.step);
    binding.published(`https://gist.github.com/sdk-alice/${gist}`);

    const early = await failure(binding.submit(), SyngraphError);
    expect(early).to.include({ code: "refused", status: 400 });
    expect(early.message).to.include("somebody-else");
    stepOf(binding, "submit");
    expect(await binding.check()).to.include({ found: false, reason: early.message });

    const { file, contents } = before.publishing!.post;
    test.github.publish(gist, { owner: { login: "sdk-alice", id: 4711 }, files: { [file!]: contents.default! } });
    expect(await binding.check()).to.deep.equal({
      found: true,
      reason: "",
      attestations: 1,
      quorum: 1,
      accountId: "4711",
    });
    expect(await isBound(avatar, "github", "sdk-alice")).to.equal(false);
    await binding.submit();
    expect(await binding.wait()).to.include({ name: "done", claimed: false });
    expect(await isBound(avatar, "github", "sdk-alice")).to.equal(true);
    // Nothing is taken twice.
    expect(await binding.submit()).to.deep.equal(binding.step);
  });

  it("binds a domain by the strings of its record", async () => {
    const avatar = Avatar.create();
    const binding = await syngraph.bind(avatar, { platform: "dns", identity: "Sdk.Example.com." });
    const { post } = stepOf(binding, "publish");
    expect(post.txt!.join("")).to.equal(post.contents.default);
    test.dns.publish("sdk.example.com", [post.txt!]);
    binding.published();
    await binding.submit();
    expect(await binding.wait()).to.include({ name: "done" });
  });

  it("joins two avatars that both sign", async () => {
    const [avatar, other] = [Avatar.create(), Avatar.create()];
    const binding = await syngraph.bind(avatar, { platform: "nextid", identity: other.publicKey });
    expect(stepOf(binding, "cosign")).to.include({ by: "avatar", identity: other.publicKey });
    binding.cosign(other.sign(binding.text));
    await binding.submit();
    expect(await binding.wait()).to.include({ name: "done" });
    expect(await isBound(avatar, "nextid", other.publicKey)).to.equal(true);
  });

  it("binds a Solana wallet, which signs in its own way", async () => {
    const [avatar, wallet] = [Avatar.create(), newSolanaWallet()];
    const binding = await syngraph.bind(avatar, { platform: "solana", identity: wallet.address });
    expect(stepOf(binding, "cosign")).to.include({ by: "solana", identity: wallet.address });
    const signed = (by: SolanaWallet) => encodeBase58(by.sign(binding.text));
    await failure(() => binding.cosign(signed(newSolanaWallet())), WalletError);
    binding.cosign(signed(wallet));
    await binding.submit();
    expect(await binding.wait()).to.include({ name: "done", claimed: false });
  });

  it("finds nothing to object to in any platform's own posts, first and later ones", async () => {
    const [avatar, wallet] = [Avatar.create(), Wallet.createRandom()];
    const offered = (await syngraph.platforms()).filter(({ side }) => side === "post").map(({ id }) => id);
    expect(Object.keys(IDENTITIES)).to.have.members(offered);
    const bindAll = async () => {
      for (const [platform, typed] of Object.entries(IDENTITIES)) {
        const binding = await syngraph.bind(avatar, { platform, identity: typed });
        for (const [language, content] of Object.entries(binding.publishing!.post.contents)) {
          expect(content, `${platform} ${language}`)
            .to.include(binding.signature)
            .and.to.not.match(/%[A-Z]/);
        }
      }
    };
    await bindAll();
    const first = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address });
    first.cosign(await wallet.signMessage(first.text));
    await first.submit();
    await first.wait();
    await bindAll();
  });

  it("takes no other key's signature, and no other text's", async () => {
    const [avatar, wallet] = [Avatar.create(), Wallet.createRandom()];
    const binding = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address });
    const wrong = [
      await Wallet.createRandom().signMessage(binding.text),
      await wallet.signMessage(`${binding.text} `),
      avatar.sign(binding.text),
      "0x1234",
      "not a signature",
    ];
    for (const signature of wrong) {
      const error = await failure(() => binding.cosign(signature), WalletError);
      expect(error.code, signature).to.equal("wallet_signature");
    }
    stepOf(binding, "cosign");
    expect((await failure(binding.submit(), InputError)).message).to.include("has to sign first");
  });

  it("says that the chain has moved on, where another link was added meanwhile", async () => {
    const [avatar, wallet] = [Avatar.create(), Wallet.createRandom()];
    const late = await syngraph.bind(avatar, { platform: "github", identity: "sdk-late" });
    const gist = publish(late);
    const other = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address });
    other.cosign(await wallet.signMessage(other.text));
    await other.submit();
    await other.wait();
    late.published(gist);
    expect((await failure(late.submit(), SyngraphError)).code).to.equal("outdated");
  });
});
