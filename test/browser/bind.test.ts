import { randomBytes } from "node:crypto";

import { wrapSignature } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, ZeroHash } from "ethers";

import { expectAccessible } from "../helpers/accessibility.ts";
import { installSolanaWallet } from "../helpers/browserSolanaWallet.ts";
import { type Node, startNode } from "../helpers/node.ts";
import { walletError } from "../helpers/pageWallet.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";
import { newSolanaWallet } from "../helpers/solanaWallet.ts";
import { deployWalletFactory } from "../helpers/walletFactory.ts";
import { ACCOUNT, newGist } from "../api/gists.ts";
import { unlock } from "./heldAvatar.ts";
import { REFUSED, UNREACHABLE, fund, useOwnPages } from "./ownPage.ts";

/** IProofRegistry's statuses, as `statusOf` numbers them. */
const CONFIRMED = 2n;

/** What a wallet does whose user says no. */
function refuse(): never {
  throw walletError(4001, "User rejected the request.");
}

const HOSTILE = `<img src=x onerror="alert(1)">`;

describe("The binding wizard", function () {
  this.timeout(120_000);
  const setup = useOwnPages();

  function statusOf(address: string, platform: string, identity: string) {
    return setup.test.registry.statusOf(address, platform, identity);
  }

  it("binds a GitHub account: from its name to the chain, with honest words on the way", async () => {
    const login = `octo-${randomBytes(4).toString("hex")}`;
    const { page, avatar, expectQuietBut } = await setup.open("/me/bind");
    const { github } = setup.test;
    const file = `${avatar.publicKey}.json`;
    await page.getByRole("link", { name: "GitHub" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "GitHub" }).click();

    await page.getByLabel("GitHub login").fill(HOSTILE);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText(`“${HOSTILE}” is not a GitHub login`).waitFor();
    await expectAccessible(page);
    await page.getByLabel("GitHub login").fill(` @${login.toUpperCase()}`);
    await page.getByRole("button", { name: "Continue" }).click();

    await expectAccessible(page);
    await unlock(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).click();

    await page.getByText(file, { exact: true }).waitFor();
    await expectAccessible(page);
    expect(await page.getByRole("link", { name: "Open GitHub" }).getAttribute("href")).to.equal(
      "https://gist.github.com/",
    );
    const content = (await page.locator("[data-post]").textContent())!;
    expect(JSON.parse(content)).to.include({ github_username: login, persona: avatar.publicKey });
    await page.getByLabel("Address of what you published").fill("javascript:alert(1)");
    await page.getByRole("button", { name: "I have published it" }).click();
    await page.getByText("“javascript:alert(1)” is not a gist's id").waitFor();

    // Somebody else's gist, whose owner's name would be markup.
    const gist = newGist();
    github.publish(gist, { owner: { login: HOSTILE, id: ACCOUNT }, files: { [file]: content } });
    await page.getByLabel("Address of what you published").fill(gist);
    await page.getByRole("button", { name: "I have published it" }).click();
    await page.getByText(`the gist belongs to ${HOSTILE}, not to ${login}`).waitFor();
    await expectAccessible(page);

    github.publish(gist, { owner: { login, id: ACCOUNT }, files: { [file]: content } });
    await page.getByRole("button", { name: "Look now" }).click();
    await page.getByText("1 of 1 attesters have seen it.").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Bring on chain" }).click();
    await page.getByRole("heading", { name: "It is bound" }).waitFor();
    await expectAccessible(page);
    expect((await statusOf(avatar.address, "github", login))[0]).to.equal(CONFIRMED);

    await page.getByRole("link", { name: "My bindings" }).click();
    const row = page.getByRole("article", { name: `GitHub ${login}` });
    await row.getByText("Confirmed").waitFor();
    await row.getByText("Checked now").waitFor();
    await row.getByText("1 attester", { exact: true }).waitFor();
    await expectAccessible(page);
    expectQuietBut(REFUSED);
  });

  it("binds a wallet by EIP-6963, over a reload in the middle and in two tabs at once", async () => {
    const { page, context, avatar, wallet, expectQuietBut } = await setup.open("/me/bind/ethereum");
    await page.getByRole("button", { name: "Use Test <b>Wallet</b>" }).click();
    await unlock(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).click();
    await page.getByRole("button", { name: "Sign with Test <b>Wallet</b>" }).waitFor();
    await expectAccessible(page);

    // The avatar is locked again, and need not be unlocked: it has signed.
    await page.reload();
    wallet.intercept = ({ method }, answer) => {
      if (method === "personal_sign") return refuse();
      return answer();
    };
    await page.getByRole("button", { name: "Sign with Test <b>Wallet</b>" }).click();
    await page.getByText("The wallet said no.").waitFor();
    // Another key's signature, as a wallet gives that has switched its account.
    const stranger = avatar.sign("something else");
    wallet.intercept = ({ method }, answer) =>
      method === "personal_sign" ? `0x${Buffer.from(stranger, "base64").toString("hex")}` : answer();
    await page.getByRole("button", { name: "Sign with Test <b>Wallet</b>" }).click();
    await page.getByText("The wallet’s signature does not fit.").waitFor();
    wallet.intercept = (_request, answer) => answer();

    const second = await context.newPage();
    second.setDefaultTimeout(30_000);
    await second.goto(page.url());
    await second.getByText("This is open in another tab of yours.").waitFor();
    expect(await second.getByRole("button", { name: "Sign with Test <b>Wallet</b>" }).count()).to.equal(0);
    await page.getByRole("button", { name: "Sign with Test <b>Wallet</b>" }).click();
    await page.getByRole("button", { name: "Bring on chain" }).waitFor();

    await second.getByRole("button", { name: "Continue here" }).click();
    await second.getByRole("button", { name: "Bring on chain" }).click();
    await second.getByRole("heading", { name: "It is bound" }).waitFor();
    await page.getByRole("heading", { name: "It is bound" }).waitFor();
    expect((await statusOf(avatar.address, "ethereum", wallet.address.toLowerCase()))[0]).to.equal(CONFIRMED);
    expectQuietBut();
  });

  it("binds a Solana wallet that it finds by Wallet Standard, and takes no signature but its account's of this text", async () => {
    const { page, context, avatar, expectQuietBut } = await setup.open("/me");
    const [wallet, other] = [newSolanaWallet(), newSolanaWallet()];
    const solana = {
      name: "Sol <b>Wallet</b>",
      accounts: [other, wallet],
      signMessage: (message: Uint8Array) => wallet.sign(new TextDecoder().decode(message)),
    };
    await installSolanaWallet(context, solana);
    await page.goto("/me/bind/solana");
    await page.getByRole("button", { name: /^Use / }).waitFor();
    expect(await page.getByRole("button", { name: /^Use / }).allTextContents()).to.deep.equal([`Use ${solana.name}`]);
    await page.getByRole("button", { name: `Use ${solana.name}` }).click();
    await page.getByText("Which of its accounts?").waitFor();
    await expectAccessible(page);
    await page
      .getByRole("button")
      .filter({ has: page.getByTitle(wallet.address) })
      .click();
    await unlock(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).click();

    const sign = page.getByRole("button", { name: `Sign with ${solana.name}` });
    const { signMessage } = solana;
    const refusals: [says: string, does: Partial<typeof solana>][] = [
      ["The wallet said no.", { signMessage: refuse }],
      ["The wallet’s signature does not fit.", { signMessage: (text) => signMessage(Uint8Array.of(...text, 32)) }],
      [`${solana.name} is at another account.`, { accounts: [other] }],
      ["The wallet’s signature does not fit.", { signMessage: (text) => other.sign(new TextDecoder().decode(text)) }],
      ["The wallet did not do it.", { accounts: [] }],
    ];
    for (const [says, does] of refusals) {
      Object.assign(solana, { accounts: [wallet, other], signMessage, ...does });
      await sign.click();
      await page.getByText(says).waitFor();
    }
    await expectAccessible(page);
    // What was signed elsewhere can be pasted still.
    await page.getByText("Sign it elsewhere and paste the signature").click();
    await page.getByLabel("Signature", { exact: true }).waitFor();
    Object.assign(solana, { accounts: [wallet, other], signMessage });
    await sign.click();
    await page.getByRole("button", { name: "Bring on chain" }).click();
    await page.getByRole("heading", { name: "It is bound" }).waitFor();
    expect((await statusOf(avatar.address, "solana", wallet.address))[0]).to.equal(CONFIRMED);
    expectQuietBut();
  });

  it("sends from one's own wallet, and says before what it costs", async () => {
    const { page, avatar, wallet, expectQuietBut } = await setup.open("/me/bind/ethereum");
    const { provider, registry } = setup.test;
    await page.getByRole("button", { name: "Use Test <b>Wallet</b>" }).click();
    await unlock(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).click();
    await page.getByRole("button", { name: "Sign with Test <b>Wallet</b>" }).click();
    await page.getByRole("radio", { name: /^From my own wallet/ }).check();
    await page.getByText("The account cannot pay for this.").waitFor();
    await fund(setup.test, wallet.address);
    await page.getByRole("button", { name: "Ask again" }).click();
    const confirm = page.getByRole("button", { name: /^Send for about 0\.0\d+ ETH$/ });
    await page.getByText("The account cannot pay for this.").waitFor({ state: "detached" });
    await expectAccessible(page);
    const shown = await page.locator(".facts").filter({ hasText: "Costs about" }).innerText();
    expect(wallet.count("eth_sendTransaction")).to.equal(0);
    await confirm.click();
    await page.getByRole("heading", { name: "It is bound" }).waitFor();

    expect(wallet.count("eth_sendTransaction")).to.equal(1);
    expect((await statusOf(avatar.address, "ethereum", wallet.address.toLowerCase()))[0]).to.equal(CONFIRMED);
    const block = (await provider.getBlock("latest", true))!;
    const sent = block.prefetchedTransactions.find(({ from }) => from === wallet.address)!;
    expect(sent.to).to.equal(await registry.getAddress());
    const receipt = (await provider.getTransactionReceipt(sent.hash))!;
    // What was shown is what the chain then took, but for what the first link's storage costs more or less.
    const gas = Number(/([\d,]+)(?= units)/.exec(shown)![1]!.replaceAll(",", ""));
    expect(gas).to.be.within(Number(receipt.gasUsed) * 0.9, Number(receipt.gasUsed) * 1.3);
    expectQuietBut();
  });

  it("has a contract wallet deployed that is not there yet, before it sends its link from one's own wallet", async () => {
    const { page, avatar, wallet, expectQuietBut } = await setup.open("/me/bind/ethereum");
    const { provider } = setup.test;
    const owner = Wallet.createRandom();
    const { plan } = await deployWalletFactory(provider);
    const { address, deployer } = await plan("test/OwnedWallet", owner.address, ZeroHash);
    await fund(setup.test, wallet.address);
    await page.getByLabel("Wallet address").fill(address);
    await page.getByRole("button", { name: "Continue" }).click();
    await unlock(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).click();
    await page.getByText("The text that is signed").click();
    const text = (await page.locator("pre.copyable").textContent())!;
    await page.getByText("Sign it elsewhere and paste the signature").click();
    await page.getByLabel("Signature", { exact: true }).fill(wrapSignature(await owner.signMessage(text), deployer));
    await page.getByRole("button", { name: "Take this signature" }).click();
    await page.getByRole("button", { name: /^It is a contract’s wallet/ }).click();

    await page.getByRole("radio", { name: /^From my own wallet/ }).check();
    await page.getByRole("button", { name: "Connect Test <b>Wallet</b>" }).click();
    await page.getByText("The wallet is a contract that is not deployed on this chain yet.").waitFor();
    await expectAccessible(page);
    expect(wallet.count("eth_sendTransaction")).to.equal(0);
    await page.getByRole("button", { name: "Have it deployed" }).click();
    await page.getByRole("button", { name: /^Send for about/ }).click();
    await page.getByRole("heading", { name: "It is bound" }).waitFor();
    expect(wallet.count("eth_sendTransaction")).to.equal(2);
    expect((await statusOf(avatar.address, "ethereum", address.toLowerCase()))[0]).to.equal(CONFIRMED);
    expectQuietBut();
  });

  it("shows that the API is down, and goes on when it is back", async () => {
    const { page, expectQuietBut } = await setup.open("/me/bind");
    await page.getByRole("link", { name: "DNS" }).click();
    await page.getByLabel("Domain name").fill("example.com");
    await page.getByRole("button", { name: "Continue" }).click();
    await unlock(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).waitFor();
    await page.route("**/v1/**", (route) => route.abort("connectionrefused"));
    await page.getByRole("button", { name: "Sign with my avatar" }).click();
    await page.getByText("The API cannot be reached.").waitFor();
    await page.unroute("**/v1/**");
    await page.getByRole("button", { name: "Sign with my avatar" }).click();
    await page.getByText("ps:true;v:1;sig:").first().waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "I have published it" }).click();
    await page.getByText("Not found yet.").waitFor();
    expectQuietBut(UNREACHABLE, REFUSED);
  });

  describe("at a node whose chain goes away", () => {
    let rpc: RpcProxy;
    let node: Node;
    before(async () => {
      const { test } = setup;
      rpc = await RpcProxy.start(test.stack.rpcUrl);
      // Else this one would bring on chain what the other has stored.
      await test.stack.api.stop();
      const env = { RPC_URL_31337: rpc.url, SUBMIT_TIMEOUT_MS: "250" };
      node = await startNode(test, { name: "chain-away", env });
    });
    after(async () => {
      await node?.stop();
      await rpc?.stop();
      await setup.test.stack.startApi();
    });

    it("says so to its operator and in the wizard, loses nothing over a reload, and goes on when it is back", async () => {
      const { page, context, avatar, wallet, expectQuietBut } = await setup.open("/me/bind/ethereum", {}, node.apiUrl);
      const status = () => statusOf(avatar.address, "ethereum", wallet.address.toLowerCase());
      const operator = await context.newPage();
      operator.setDefaultTimeout(30_000);
      await operator.goto("/operator");
      const chain = operator.getByRole("region", { name: "Chain", exact: true });
      await chain.getByText("OK", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Use Test <b>Wallet</b>" }).click();
      await unlock(page);
      await page.getByRole("button", { name: "Sign with my avatar" }).click();
      await page.getByRole("button", { name: "Sign with Test <b>Wallet</b>" }).click();
      await page.getByRole("button", { name: "Bring on chain" }).waitFor();

      await rpc.stop();
      await operator.getByText("Chain or database cannot be asked").waitFor();
      await chain.getByText("Not reachable").waitFor();
      await page.getByRole("button", { name: "Bring on chain" }).click();
      await page.getByText("The node has stored it").waitFor();
      await page.getByText("The chain does not answer the node at present.").waitFor();
      await page.reload();
      await page.getByText("The chain does not answer the node at present.").waitFor();
      await expectAccessible(page);
      expect((await status())[0]).to.equal(0n);

      rpc = await RpcProxy.start(setup.test.stack.rpcUrl, Number(new URL(rpc.url).port));
      await page.getByRole("heading", { name: "It is bound" }).waitFor();
      await chain.getByText("OK", { exact: true }).waitFor();
      expect((await status())[0]).to.equal(CONFIRMED);
      expectQuietBut();
    });
  });

  it("does not go on with what somebody else put into the browser's storage", async () => {
    const { page, expectQuietBut } = await setup.open("/me/bind/dns");
    await page.getByLabel("Domain name").fill("example.com");
    await page.getByRole("button", { name: "Continue" }).click();
    await unlock(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).click();
    await page.getByText("ps:true;v:1;sig:").first().waitFor();
    await page.evaluate(`{
      const [key] = Object.keys(localStorage).filter((name) => name.startsWith("syngraph.binding."));
      const draft = JSON.parse(localStorage.getItem(key));
      draft.snapshot.link.identity = "evil.example";
      draft.savedAt += 1;
      localStorage.setItem(key, JSON.stringify(draft));
    }`);
    await page.reload();
    await page.getByText("the saved binding cannot be resumed").waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByText("This was finished or discarded").waitFor();
    expectQuietBut();
  });
});
