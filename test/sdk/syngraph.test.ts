import { setImmediate } from "node:timers/promises";

import { Avatar, InputError, Syngraph, SyngraphError, TrustError } from "@syngraph/sdk";
import { head } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, parseEther, toQuantity } from "ethers";

import { ACCOUNT, newGist } from "../api/gists.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { failure } from "./failure.ts";
import { chainDocument } from "./stubApi.ts";
import { reply, useStubServer } from "./stubServer.ts";

const LOGIN = "sdk-looked-up";

/** A wallet that can pay. */
async function funded({ provider }: TestStack): Promise<Wallet> {
  const wallet = new Wallet(Wallet.createRandom().privateKey, provider);
  await provider.send("anvil_setBalance", [wallet.address, toQuantity(parseEther("1"))]);
  return wallet;
}

describe("SDK: what can be looked up", () => {
  const [avatar, wallet] = [Avatar.create(), Wallet.createRandom()];
  const address = wallet.address.toLowerCase();
  let test: TestStack;
  let syngraph: Syngraph;

  before(async () => {
    test = await sharedStack();
    syngraph = new Syngraph({ api: test.stack.apiUrl });
    const first = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address });
    first.cosign(await wallet.signMessage(first.text));
    await first.submit();
    await first.wait();
    const second = await syngraph.bind(avatar, { platform: "github", identity: LOGIN });
    const { file, contents } = second.publishing!.post;
    const gist = newGist();
    test.github.publish(gist, { owner: { login: LOGIN, id: ACCOUNT }, files: { [file!]: contents.default! } });
    second.published(gist);
    await second.submit();
    await second.wait();
  });

  it("lists platforms, with what users have to do and tell", async () => {
    const platforms = await syngraph.platforms();
    expect(platforms).to.equal(await syngraph.platforms());
    expect(platforms.find(({ id }) => id === "ethereum")).to.deep.include({ side: "wallet", location: null });
    expect(platforms.find(({ id }) => id === "github")!.location!.rule).to.include("gist");
    const binding = await syngraph.bind(avatar, { platform: "github", identity: "somebody" });
    expect(binding.publishing!.location).to.deep.include({ needed: true });
    const untold = await failure(async () => binding.published(" "), InputError);
    expect(untold.message).to.include("gist");
    expect((await failure(binding.submit(), InputError)).message).to.include("published first");
  });

  it("finds avatars by identity, and an avatar by key or address", async () => {
    const found = await Array.fromAsync(syngraph.proofs({ platform: "github", identity: LOGIN, exact: true }));
    expect(found.map((each) => each.avatar)).to.deep.equal([avatar.publicKey]);
    for (const key of [avatar.publicKey, avatar.address, avatar.address.toLowerCase()]) {
      expect((await syngraph.avatar(key))!.bindings.map(({ platform }) => platform)).to.have.members([
        "ethereum",
        "github",
      ]);
    }
    expect(await syngraph.avatar(Avatar.create().publicKey)).to.equal(null);
  });

  it("verifies each link of a chain here", async () => {
    for (const key of [avatar.publicKey, avatar.address]) {
      const { items, chains } = await syngraph.chain(key);
      expect(items).to.have.length(2);
      expect(chains.map(({ chainId, links }) => [chainId, links.map(({ outcome }) => outcome)])).to.deep.equal([
        [31337, ["good", "good"]],
      ]);
    }
    expect(await syngraph.chain(Avatar.create().address)).to.deep.equal({ items: [], chains: [] });
    await failure(syngraph.chain("0x1234"), InputError);
  });

  it("tells who is behind an identity, and draws that as a graph", async () => {
    const card = await syngraph.identity("github", `@${LOGIN.toUpperCase()}`);
    expect(card.avatars.map(({ public_key }) => public_key)).to.deep.equal([avatar.publicKey]);
    expect(card.identities.map(({ identity }) => identity)).to.have.members([LOGIN, address]);
    const graph = await syngraph.graph({ platform: "github", identity: LOGIN });
    expect(graph.root).to.deep.equal({ platform: "github", identity: LOGIN });
    expect(graph.vertices.map(({ id, distance }) => [id, distance])).to.deep.equal([
      [`github,${LOGIN}`, 0],
      [`nextid,${avatar.publicKey}`, 1],
      [`ethereum,${address}`, 2],
    ]);
    expect(graph.edges).to.have.length(2);
    const near = await syngraph.graph({ platform: "github", identity: LOGIN }, { depth: 1 });
    expect([near.vertices.length, near.edges.length]).to.deep.equal([2, 1]);
    const sure = await syngraph.graph({ platform: "github", identity: LOGIN }, { level: 5 });
    expect(sure.vertices.map(({ id }) => id)).to.deep.equal([`github,${LOGIN}`]);
  });

  it("says why two identities are one person's", async () => {
    const [from, to] = [
      { platform: "github", identity: LOGIN },
      { platform: "ethereum", identity: wallet.address },
    ];
    const { linked, steps } = await syngraph.path(from, to);
    expect(linked).to.equal(true);
    expect(steps.map((step) => step.to.platform)).to.deep.equal(["nextid", "ethereum"]);
    expect(await syngraph.path(from, { platform: "github", identity: "nobody-here" })).to.include({ linked: false });
    const found = await syngraph.client.search({ prefix: LOGIN.slice(0, -2), platform: "github" });
    expect(found).to.deep.equal([{ platform: "github", identity: LOGIN }]);
  });

  it("tells of events as they come", async () => {
    const stop = new AbortController();
    for await (const event of syngraph.events({ from: "start", avatar: avatar.publicKey }, stop)) {
      if (event.type === "link" && event.platform === "github") {
        expect(event).to.include({ action: "create", identity: LOGIN });
        break;
      }
    }
  });

  it("brings a binding on chain from the user's own wallet, which another page sees too", async () => {
    const registry = await syngraph.direct(await funded(test));
    const [person, other] = [Avatar.create(), Wallet.createRandom()];
    const binding = await syngraph.bind(person, { platform: "ethereum", identity: other.address });
    binding.cosign(await other.signMessage(binding.text));
    expect(await binding.attestations()).to.equal(null);
    const sent = await binding.submitDirect(registry);
    expect(sent).to.include({ name: "pending", state: "sent" });
    const resumed = await syngraph.resume(person, JSON.parse(JSON.stringify(binding)));
    const done = await binding.wait();
    expect(done).to.include({ name: "done", linkId: binding.linkId, claimed: false });
    expect(await test.registry.isBound(person.address, "ethereum", other.address.toLowerCase())).to.equal(true);
    // Another page knows nothing of the transaction, and finds the link in the avatar's chain.
    expect(await resumed.wait()).to.deep.equal(done);
  });

  it("brings a GitHub account on chain from there, with attestations that the API collects", async () => {
    const registry = await syngraph.direct(await funded(test));
    const person = Avatar.create();
    const binding = await syngraph.bind(person, { platform: "github", identity: "sdk-direct" });
    const { file, contents } = binding.publishing!.post;
    const gist = newGist();
    binding.published(gist);
    expect((await failure(binding.submitDirect(registry), SyngraphError)).code).to.equal("refused");
    test.github.publish(gist, { owner: { login: "sdk-direct", id: 77 }, files: { [file!]: contents.default! } });
    await binding.submitDirect(registry);
    expect(await binding.wait()).to.include({ name: "done", claimed: false });
    expect(await test.registry.isBound(person.address, "github", "sdk-direct")).to.equal(true);
  });

  it("needs no API at all for what both sides sign: an RPC, and a wallet that pays", async () => {
    const { proof_registry: registry } = (await syngraph.client.health()).chain!;
    const alone = new Syngraph({ rpc: test.stack.rpcUrl, registry });
    const [person, other] = [Avatar.create(), Wallet.createRandom()];
    const wanted = { platform: "ethereum", identity: other.address };
    const direct = await alone.direct(await funded(test));
    const binding = await alone.bind(person, wanted);
    binding.cosign(await other.signMessage(binding.text));
    expect((await failure(binding.submit(), InputError)).message).to.include("no API");
    await binding.submitDirect(direct);
    expect(await binding.wait()).to.include({ name: "done", linkId: binding.linkId });

    const reader = await alone.reader();
    expect(await reader.isBound(person.address, "ethereum", other.address.toLowerCase())).to.equal(true);
    const revocation = await alone.revoke(person, wanted);
    expect(head(revocation.link.prev!)).to.equal(head(binding.signature));
    await revocation.submitDirect(direct);
    await revocation.wait();
    expect(await reader.isBound(person.address, "ethereum", other.address.toLowerCase())).to.equal(false);
    await reader.close();

    await failure(alone.bind(person, { platform: "github", identity: "alice" }), InputError);
    await failure(async () => alone.client, InputError);
    await failure(alone.signIn(person), InputError);
    await failure(alone.platforms(), InputError);
    await failure(syngraph.reader(), InputError);
  });

  it("is asked for at an address of the web only", () => {
    for (const api of ["", "ftp://example.com", "not an address"]) {
      expect(() => new Syngraph({ api }), api).to.throw(InputError);
    }
  });
});

describe("SDK: a server that lies about what there is", () => {
  const server = useStubServer();
  const avatar = Avatar.create();
  const answer = (body: unknown) => {
    server.handler = (_request, response) => reply(response, 200, body);
    return new Syngraph({ api: server.origin });
  };

  it("is noticed where it names another avatar", async () => {
    const other = Avatar.create();
    const syngraph = answer({ avatar: other.publicKey, address: avatar.address, length: 1, bindings: [] });
    await failure(syngraph.avatar(avatar.address), TrustError);
    await failure(syngraph.avatar(avatar.publicKey), TrustError);
    await failure(syngraph.chain(avatar.address), TrustError);
    // The key, and another's address beside it.
    await failure(syngraph.avatar(other.publicKey), TrustError);
    const nobody = answer({ avatar: "nobody", address: avatar.address, length: 1, bindings: [] });
    await failure(nobody.avatar(avatar.address), TrustError);
    const honest = answer({ avatar: other.publicKey, address: other.address, length: 1, bindings: [] });
    expect((await honest.avatar(other.publicKey))!.avatar).to.equal(other.publicKey);
  });

  it("is shown to, in the links of a chain", async () => {
    const item = {
      ...{ action: "create", platform: "github", identity: "alice", alt_id: "", proof_location: "" },
      ...{ created_at: "1763740800", signature: avatar.sign("something else"), signature_payload: "{}" },
      ...{ uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf", extra: {}, prev: null, link_id: `0x${"00".repeat(32)}` },
      ...{ sequence: 1, status: "confirmed", chain_id: 1, block: 1, tx_hash: "0x" },
    };
    const { chains } = await answer(chainDocument([item as never])).chain(avatar.publicKey);
    expect(chains[0]!.links[0]!.outcome).to.equal("bad");
  });

  it("is asked again by who did not give up, where another did", async () => {
    const asked: (() => void)[] = [];
    server.handler = (_request, response) => void asked.push(() => reply(response, 200, { platforms: [] }));
    const syngraph = new Syngraph({ api: server.origin });
    const impatient = new AbortController();
    const [first, second] = [syngraph.platforms({ signal: impatient.signal }), syngraph.platforms()];
    const given = failure(first, SyngraphError);
    while (asked.length === 0) await setImmediate();
    impatient.abort();
    expect((await given).code).to.equal("aborted");
    while (asked.length < 2) await setImmediate();
    asked[1]!();
    expect(await second).to.deep.equal([]);
  });

  it("is refused with what is no reply", async () => {
    const syngraph = answer({ platform: "github", identity: "alice", identities: "all" });
    expect((await failure(syngraph.identity("github", "alice"), SyngraphError)).code).to.equal("bad_reply");
    expect((await failure(syngraph.platforms(), SyngraphError)).code).to.equal("bad_reply");
    expect((await failure(syngraph.direct(Wallet.createRandom()), SyngraphError)).code).to.equal("bad_reply");
  });
});
