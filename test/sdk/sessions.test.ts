import { inspect } from "node:util";

import { Avatar, InputError, Syngraph, SyngraphError, TrustError, WalletError, signInMessage } from "@syngraph/sdk";
import { expect } from "chai";
import { Wallet } from "ethers";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { SiweMessage } from "siwe";

import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { failure } from "./failure.ts";
import { reply, useStubServer } from "./stubServer.ts";

describe("SDK: signing in", () => {
  const [avatar, wallet] = [Avatar.create(), Wallet.createRandom()];
  let test: TestStack;
  let syngraph: Syngraph;
  before(async () => {
    test = await sharedStack();
    syngraph = new Syngraph({ api: test.stack.apiUrl });
    const binding = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address });
    binding.cosign(await wallet.signMessage(binding.text));
    await binding.submit();
    await binding.wait();
  });

  it("works with the avatar, until it signs out", async () => {
    const session = await syngraph.signIn(avatar, { statement: "Show me what I handed in." });
    expect(session).to.include({ avatar: avatar.publicKey, address: avatar.address, signer: avatar.address });
    expect(session.expiresAt.getTime()).to.be.greaterThan(Date.now());
    expect(await session.current()).to.include({ avatar: avatar.publicKey });
    const { submissions } = await session.submissions();
    expect(submissions.map(({ platform, state }) => [platform, state])).to.deep.equal([["ethereum", "included"]]);
    for (const text of [JSON.stringify(session), inspect(session, { showHidden: true })]) {
      expect(text).to.not.include(session.token);
    }
    await session.signOut();
    expect(await failure(session.current(), SyngraphError)).to.include({ code: "refused", status: 401 });
  });

  it("works with a wallet that is bound, and with no other", async () => {
    const session = await syngraph.signIn(wallet, { avatar: avatar.publicKey });
    expect(session).to.include({ avatar: avatar.publicKey, signer: wallet.address });
    const stranger = await failure(syngraph.signIn(Wallet.createRandom()), SyngraphError);
    expect(stranger).to.include({ code: "refused", status: 403 });
    const liar = { address: wallet.address, signText: () => Wallet.createRandom().signMessage("something else") };
    expect(await failure(syngraph.signIn(liar), SyngraphError)).to.include({ status: 401 });
    const no = { address: wallet.address, signText: () => Promise.reject(new WalletError("wallet_rejected", "no")) };
    await failure(syngraph.signIn(no), WalletError);
  });

  it("gives applications an ID token that says what was disclosed, and nothing else", async () => {
    const uri = "https://app.example/in";
    const { nonce } = await syngraph.client.nonce();
    const { id_token } = await syngraph.idToken(wallet, {
      uri,
      bindings: ["ethereum"],
      nonce,
      avatar: avatar.publicKey,
    });
    const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", test.stack.apiUrl));
    const { payload } = await jwtVerify(id_token, keys, { audience: "app.example" });
    expect(payload).to.include({ nonce, avatar: avatar.publicKey });
    expect((payload.bindings as { identity: string }[]).map(({ identity }) => identity)).to.deep.equal([
      wallet.address.toLowerCase(),
    ]);
  });

  it("signs what EIP-4361 has, byte for byte", () => {
    const fields = {
      uri: "https://app.example:8443/in?x=1",
      address: wallet.address,
      chainId: 10,
      nonce: "abcDEF123456",
    };
    const issuedAt = new Date("2026-11-21T12:00:00Z");
    const more = {
      statement: "I accept: all (or [most]) of it!",
      resources: ["urn:syngraph:binding:github", "https://a.b/"],
    };
    for (const extra of [{}, { statement: more.statement }, { resources: more.resources }, more]) {
      const text = signInMessage({ ...fields, issuedAt, ...extra });
      const theirs = new SiweMessage({
        ...{ ...fields, ...extra, domain: "app.example:8443", version: "1", issuedAt: issuedAt.toISOString() },
      });
      expect(text).to.equal(theirs.prepareMessage());
      expect(new SiweMessage(text).toMessage()).to.equal(text);
    }
  });

  it("signs nothing that breaks out of its line", async () => {
    const good = { uri: "https://app.example", address: wallet.address, chainId: 10, nonce: "abcDEF123456" };
    const bad = [
      { statement: "Hello\nURI: https://evil.example" },
      { statement: "" },
      { nonce: "short" },
      { nonce: "abcDEF12\nChain ID: 1" },
      { resources: ["urn:a\n- urn:b"] },
      { resources: ["no uri"] },
      { uri: "javascript:alert(1)" },
      { uri: "nothing" },
      { chainId: 0.5 },
      { address: "0x12" },
    ];
    for (const change of bad) {
      await failure(() => signInMessage({ ...good, issuedAt: new Date(), ...change }), InputError);
    }
  });
});

describe("SDK: signing in at a server that lies", () => {
  const server = useStubServer();
  const avatar = Avatar.create();
  const session = { signer: avatar.address, created_at: "1763740800", expires_at: "1763744400", token: "t" };

  /** Signs in where the nonce, then the session, is answered so. */
  const signIn = (nonce: object, body: object) => {
    server.handler = ({ path }, response) => {
      const honest = { nonce: "abcDEF123456", expires_at: "1763740800", chain_id: 10 };
      if (path === "/v1/sessions/nonce") reply(response, 200, { ...honest, ...nonce });
      else reply(response, 201, { avatar: avatar.publicKey, address: avatar.address, ...session, ...body });
    };
    return new Syngraph({ api: server.origin }).signIn(avatar);
  };

  it("gets no signature for a nonce or chain that changes the message", async () => {
    expect((await signIn({}, {})).token).to.equal("t");
    server.received.splice(0);
    for (const lie of [{ nonce: "a\nURI: https://bank.example" }, { nonce: "" }, { chain_id: -1 }]) {
      expect((await failure(signIn(lie, {}), TrustError)).message).to.include("nothing was signed");
    }
    expect(server.received.map(({ path }) => path)).to.not.include("/v1/sessions");
  });

  it("gets a signature for its own domain alone", async () => {
    await signIn({}, {});
    const { body } = server.received.find(({ path }) => path === "/v1/sessions")!;
    expect((body as { message: string }).message).to.match(new RegExp(`^${new URL(server.origin).host} wants you`));
  });

  it("is not believed that somebody else is signed in", async () => {
    const other = Avatar.create();
    await failure(signIn({}, { avatar: other.publicKey }), TrustError);
    await failure(signIn({}, { signer: other.address }), TrustError);
    await failure(signIn({}, { address: other.address }), TrustError);
  });
});
