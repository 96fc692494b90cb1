import { publicKeyOf } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { append, attested, claim, somebody } from "../api/stranger.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { runExample } from "./runs.ts";

describe("the examples for Node", function () {
  this.timeout(120_000);
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  it("node-script binds a wallet and prints the chain that it verified", async () => {
    const [avatar, wallet] = [Wallet.createRandom(), Wallet.createRandom()];
    const env = { AVATAR_KEY: avatar.privateKey, WALLET_KEY: wallet.privateKey };
    const printed = await runExample("node-script/bind.js", [test.stack.apiUrl], env);
    expect(printed).to.include(`#1 create ethereum/${wallet.address.toLowerCase()}: verified\n`);
    expect(await test.registry.isBound(avatar.address, "ethereum", wallet.address.toLowerCase())).to.equal(true);
    expect(printed).to.include(publicKeyOf(avatar.privateKey).compressed);
  });

  it("node-script says why it ends where no node answers", async () => {
    const failed = await runExample("node-script/bind.js", ["http://127.0.0.1:1"]).catch((error: Error) => error);
    expect(String(failed)).to.include("SyngraphError").and.to.include("network");
  });

  it("nextid-client finds by Next.ID's calls who is behind an account", async () => {
    const [person, wallet] = [somebody(), somebody()];
    const login = `example-${person.wallet.slice(2, 10)}`;
    const account = attested(person, { platform: "github", identity: login });
    const owned = claim(person, { platform: "ethereum", identity: wallet.wallet, after: account, cosigner: wallet });
    await append(test, [account, owned]);
    const services = { PROOF_SERVICE: test.stack.apiUrl, RELATION_SERVICE: test.stack.apiUrl };
    const lines = (await runExample("nextid-client/lookup.js", ["github", login], services)).trimEnd().split("\n");
    expect(lines.slice(0, 5)).to.have.members([
      `avatar ${person.key.compressed}`,
      `  github ${login} valid`,
      `  ethereum ${wallet.wallet} valid`,
      `  signed: create github ${login}`,
      `  signed: create ethereum ${wallet.wallet}`,
    ]);
    const related = lines.slice(5);
    expect(related.some((line) => line.includes(wallet.wallet) && line.endsWith("(nextid)"))).to.equal(true);
    const nobody = await runExample("nextid-client/lookup.js", ["github", `${login}-2`], services);
    expect(nobody).to.equal("");
  });
});
