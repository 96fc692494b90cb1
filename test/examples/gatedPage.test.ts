import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { DirectRegistry } from "@syngraph/sdk/chain";
import { PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { build } from "esbuild";
import { Interface, Wallet, parseEther, toQuantity } from "ethers";
import type { Browser } from "playwright-core";

import { append, attested, claim, somebody } from "../api/stranger.ts";
import { type WatchedPage, launchBrowser, watchPage } from "../helpers/browser.ts";
import { installWallet } from "../helpers/browserWallet.ts";
import type { Person } from "../helpers/contractLinks.ts";
import { PageWallet } from "../helpers/pageWallet.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { EXAMPLES } from "./runs.ts";

/** A log as an RPC has it. */
interface RpcLog {
  topics: string[];
  data: string;
}

const PROOFS = new Interface(PROOF_REGISTRY_ABI);

/** What makes a link's claim look confirmed: the last byte of its header. */
function confirmed(log: RpcLog): RpcLog {
  const event = PROOFS.getEvent("LinkAppended")!;
  if (log.topics[0] !== event.topicHash) return log;
  const args = PROOFS.decodeEventLog(event, log.data, log.topics).toArray() as string[];
  const { data } = PROOFS.encodeEventLog(event, args.with(3, `${args[3]!.slice(0, -2)}02`));
  return { ...log, data };
}

const PAGE = join(EXAMPLES, "gated-page");

/** Somebody with a wallet that is bound to their avatar, and with a GitHub account where they have one. */
interface Visitor {
  avatar: Person;
  wallet: Person;
  login: string;
}

/** Serves the page from an origin of its own, as any static host does. */
async function serve(): Promise<Server> {
  const { outputFiles } = await build({
    ...{ entryPoints: [join(PAGE, "main.js")], bundle: true, format: "esm", platform: "browser", write: false },
  });
  const html = await readFile(join(PAGE, "index.html"));
  const listening = createServer(({ url }, response) => {
    const script = url === "/main.js";
    response.setHeader("content-type", script ? "text/javascript" : "text/html; charset=utf-8");
    response.end(script ? outputFiles[0]!.contents : html);
  }).listen(0, "127.0.0.1");
  await once(listening, "listening");
  return listening;
}

async function choose({ page }: WatchedPage, key: string): Promise<void> {
  await page.getByLabel("Your avatar's public key").fill(key);
  await page.getByRole("button", { name: "Look" }).click();
}

describe("the example of a gated page", function () {
  this.timeout(120_000);
  let test: TestStack;
  let browser: Browser;
  let server: Server;
  let origin: string;
  let registry: string;
  const opened: { close: () => Promise<void> | void }[] = [];

  before(async () => {
    test = await sharedStack();
    browser = await launchBrowser();
    registry = await test.registry.getAddress();
    server = await serve();
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  async function visitor(account: "attested" | "claimed" | "none" = "attested"): Promise<Visitor> {
    const [avatar, wallet] = [somebody(), somebody()];
    const login = `gated-${avatar.wallet.slice(2, 10)}`;
    const owned = claim(avatar, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
    const fields = { platform: "github", identity: login, after: owned };
    const links = { attested: [attested(avatar, fields)], claimed: [claim(avatar, fields)], none: [] };
    await append(test, [owned, ...links[account]]);
    return { avatar, wallet, login };
  }

  /** Opens the page with somebody's wallet in it, and connects it. */
  async function visit({ wallet }: Pick<Visitor, "wallet">, rpc = test.stack.rpcUrl): Promise<WatchedPage> {
    const watched = await watchPage(browser, origin);
    const own = new PageWallet(wallet, { 31337: test.stack.rpcUrl });
    opened.push(watched.context, own);
    await installWallet(
      watched.context,
      { uuid: "6f2f4d7c-7d3c-4b8e-9d0e-3a5b7c9d1e2f", name: "Test Wallet", rdns: "test" },
      own,
    );
    await watched.page.goto(`/?${new URLSearchParams({ rpc, registry })}`);
    await watched.page.getByRole("button", { name: "Connect Test Wallet" }).click();
    return watched;
  }

  it("opens for the avatar that the wallet names on chain", async () => {
    const { avatar, wallet, login } = await visitor();
    await test.provider.send("anvil_setBalance", [wallet.address, toQuantity(parseEther("1"))]);
    const direct = await DirectRegistry.connect(new Wallet(wallet.privateKey, test.provider), { registry });
    await (await direct.setAvatar(avatar.key.compressed)).wait();
    const { page, complaints, strayRequests } = await visit({ wallet });
    await page.getByRole("heading", { name: `Welcome, ${login}` }).waitFor();
    expect(complaints).to.deep.equal([]);
    // An RPC is all that it needs.
    expect(new Set(strayRequests.map((url) => new URL(url).origin))).to.deep.equal(new Set([test.stack.rpcUrl]));
  });

  it("asks for the avatar where the wallet names none, and takes nobody else's", async () => {
    const [owner, thief] = [await visitor(), await visitor("none")];
    const theirs = await visit(thief);
    await choose(theirs, owner.avatar.key.compressed);
    await theirs.page.getByText("not bound to this wallet").waitFor();
    await choose(theirs, thief.avatar.key.compressed);
    await theirs.page.getByText("no GitHub account").waitFor();
    expect(await theirs.page.getByText("You are in.").isVisible()).to.equal(false);
    const own = await visit(owner);
    await choose(own, owner.avatar.key.compressed);
    await own.page.getByText("You are in.").waitFor();
  });

  it("stays shut where the RPC lies, or does not answer", async () => {
    const mallory = await visitor("claimed");
    const proxy = await RpcProxy.start(test.stack.rpcUrl);
    opened.push({ close: () => proxy.stop() });
    proxy.tamper = async (call, ask) => {
      const answer = await ask();
      return call.method === "eth_getLogs" ? (answer as RpcLog[]).map(confirmed) : answer;
    };
    const lied = await visit(mallory, proxy.url);
    await choose(lied, mallory.avatar.key.compressed);
    await lied.page.getByText("not as it must be").waitFor();
    const { page } = await visit(mallory, "http://127.0.0.1:1");
    await page.getByText("Try again later.").waitFor();
    expect(await page.getByText("You are in.").isVisible()).to.equal(false);
  });
});
