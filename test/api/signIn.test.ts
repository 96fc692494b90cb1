import { createHmac, generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";

import { didKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";
import {
  type JSONWebKeySet,
  SignJWT,
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
} from "jose";

import { createPool } from "../../api/db/pool.ts";
import { SigningKeys } from "../../api/sessions/signingKeys.ts";
import { type Answer, type Person, bindWallet, get, newPerson, post } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { bindGist } from "./gists.ts";
import { expectError, rowsOf, signedDelete } from "./proofs.ts";
import { asUser, minutes, newNonce, signIn, signInAt, signedMessage } from "./siwe.ts";

const APP = "app.example";
const GITHUB = "urn:syngraph:binding:github";
const ETHEREUM = "urn:syngraph:binding:ethereum";

/** The least that a token says. */
const least = () => ({ iat: Math.floor(Date.now() / 1000) });
const kids = ({ keys }: { keys: { kid?: string }[] }) => keys.map(({ kid }) => kid);
/** A part of a JWT. */
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

const keyOf = (person: Person) => new Wallet(person.privateKey);

function tokenOf(answer: Answer): string {
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  return answer.body.id_token;
}

/** The bindings that a token tells. */
const bindingsIn = (answer: Answer) =>
  (decodeJwt(tokenOf(answer)).bindings as { platform: string; identity: string }[]).map(
    ({ platform, identity }) => `${platform} ${identity}`,
  );

describe("sign in with avatar", () => {
  let test: TestStack;
  let issuer: string;
  before(async () => {
    test = await sharedStack();
    issuer = `http://localhost:${new URL(test.stack.apiUrl).port}`;
  });

  /** Verifies a token as an application does that knows this node's address alone. */
  function verify(token: string, { audience = APP, nonce }: { audience?: string; nonce?: string } = {}) {
    const keys = createRemoteJWKSet(new URL(`${test.stack.apiUrl}/.well-known/jwks.json`));
    return jwtVerify(token, keys, { issuer, audience, algorithms: ["ES256"] }).then(({ payload }) => {
      if (nonce !== undefined) expect(payload.nonce).to.equal(nonce);
      return payload;
    });
  }

  /** An avatar with an account and a wallet. */
  async function bound(login: string) {
    const { person, ...published } = await bindGist(test, login);
    const wallet = new Wallet(Wallet.createRandom().privateKey);
    expect((await bindWallet(test.stack, person, wallet)).status).to.equal(201);
    return { person, wallet, ...published };
  }

  it("tells an application the avatar and the bindings that its user named, in a token that it can verify", async () => {
    const { person } = await bound("si-alice");
    const nonce = await newNonce(test);
    const answer = await signInAt(test, APP, keyOf(person), { nonce, resources: [GITHUB] });
    expect(answer.headers.get("cache-control")).to.equal("no-store");
    expect(answer.body.expires_in).to.equal(300);
    const claims = await verify(tokenOf(answer), { nonce });
    expect(claims).to.include({ iss: issuer, aud: APP, sub: didKey(person.key), avatar: person.key.compressed });
    expect(claims.exp! - claims.iat!).to.equal(300);
    expect(claims.iat).to.be.closeTo(Date.now() / 1000, 60);
    const { body } = await get(test.stack, "/v1/proof?identity=si-alice&exact=true&platform=github");
    const { last_checked_at } = body.ids[0].proofs.find(({ platform }: { platform: string }) => platform === "github");
    expect(claims.bindings).to.deep.equal([
      { platform: "github", identity: "si-alice", alt_id: "1191636", last_checked_at: Number(last_checked_at) },
    ]);
    expect(Object.keys(claims).sort()).to.deep.equal(
      ["aud", "avatar", "bindings", "exp", "iat", "iss", "nonce", "sub"].sort(),
    );
  });

  it("tells nothing that was not asked for, and refuses to guess", async () => {
    const { person, wallet } = await bound("si-few");
    const key = keyOf(person);
    expect(bindingsIn(await signInAt(test, APP, key))).to.deep.equal([]);
    expect(bindingsIn(await signInAt(test, APP, key, { resources: ["https://app.example/terms"] }))).to.deep.equal([]);
    expect(bindingsIn(await signInAt(test, APP, key, { resources: [ETHEREUM] }))).to.deep.equal([
      `ethereum ${wallet.address.toLowerCase()}`,
    ]);
    expect(bindingsIn(await signInAt(test, APP, key, { resources: [ETHEREUM, GITHUB] }))).to.have.length(2);
    for (const platform of ["*", "", "GitHub", "github/", "__proto__"]) {
      const answer = await signInAt(test, APP, key, { resources: [`urn:syngraph:binding:${platform}`] });
      expectError(answer, 400, "names no platform");
    }
  });

  it("tells no binding that is deleted, or that this node saw gone", async () => {
    const { person } = await bound("si-gone");
    const key = keyOf(person);
    const asked = () => signInAt(test, APP, key, { resources: [GITHUB] });
    expect(bindingsIn(await asked())).to.deep.equal(["github si-gone"]);
    const { body } = await get(test.stack, "/v1/proof?identity=si-gone&exact=true&platform=github");
    const { link_id } = body.ids[0].proofs.find(({ platform }: { platform: string }) => platform === "github");
    const strikes = "UPDATE api.checks SET strikes = $2, reason = 'withdrawn: x' WHERE link_id = $1";
    await rowsOf(test.stack.databaseUrl, strikes, [link_id, 2]);
    expect(bindingsIn(await asked())).to.deep.equal([]);
    await rowsOf(test.stack.databaseUrl, strikes, [link_id, 0]);
    expect(bindingsIn(await asked())).to.deep.equal(["github si-gone"]);
    await signedDelete(test, person, { platform: "github", identity: "si-gone" });
    expect(bindingsIn(await asked())).to.deep.equal([]);
  });

  it("works by a bound wallet, for the avatar that its user chose, and not by one that was taken back", async () => {
    const { person: one, wallet } = await bound("si-wallet");
    const other = newPerson();
    expect((await bindWallet(test.stack, other, wallet)).status).to.equal(201);
    expectError(await signInAt(test, APP, wallet), 400, "choose one");
    const choice = `urn:syngraph:avatar:${one.key.compressed}`;
    const chosen = await signInAt(test, APP, wallet, { resources: [choice, GITHUB] });
    expect(decodeJwt(tokenOf(chosen))).to.include({ avatar: one.key.compressed });
    // What the user did not sign for, the application cannot choose.
    expectError(await signInAt(test, APP, wallet, {}, { avatar: one.key.compressed }), 400, "choose one");
    const both = [choice, `urn:syngraph:avatar:${other.key.compressed}`];
    expectError(await signInAt(test, APP, wallet, { resources: both }), 400, "several avatars");
    await signedDelete(test, one, { platform: "ethereum", identity: wallet.address });
    expectError(await signInAt(test, APP, wallet, { resources: [choice] }), 403, "neither the key of avatar");
    expect(decodeJwt(tokenOf(await signInAt(test, APP, wallet)))).to.include({ avatar: other.key.compressed });
  });

  it("gives a token for the message's own domain or origin, and for no other application", async () => {
    const { person } = await bound("si-audience");
    const key = keyOf(person);
    const origin = tokenOf(await signInAt(test, APP, key, {}, { audience: "https://app.example" }));
    expect(decodeJwt(origin).aud).to.equal("https://app.example");
    for (const audience of ["evil.example", "https://evil.example", "http://app.example", "app.example.evil.example"]) {
      expectError(await signInAt(test, APP, key, {}, { audience }), 400, "the message was signed for app.example");
    }
    const theirs = tokenOf(await signInAt(test, "evil.example", key));
    expect(await verify(theirs, { audience: "evil.example" })).to.include({ aud: "evil.example" });
    const refused = await verify(theirs).catch((error: Error) => error);
    expect(refused).to.have.property("code", "ERR_JWT_CLAIM_VALIDATION_FAILED");
    expectError(await signInAt(test, APP, key, { uri: "https://evil.example/" }), 401, "is not on its domain");
  });

  it("takes each message once: of 20 at once, one wins; and no message that was for here", async () => {
    const { person } = await bound("si-once");
    const signed = await signedMessage(test, keyOf(person), { domain: APP, uri: `https://${APP}/` });
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(test.stack, "/v1/sign-in", signed)));
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectError(answer, 401, "was used already");
    // An application that has a message for itself cannot be its user here.
    const forApp = await signedMessage(test, keyOf(person), { domain: APP, uri: `https://${APP}/` });
    expectError(await post(test.stack, "/v1/sessions", forApp), 401, "the message is for app.example");
    const { body } = await signIn(test, keyOf(person));
    const token = tokenOf(await post(test.stack, "/v1/sign-in", forApp));
    expectError(await asUser(test, token.slice(0, 43), "/v1/sessions/current"), 401, "sign in first");
    expectError(await asUser(test, token, "/v1/sessions/current"), 401, "sign in first");
    expect((await asUser(test, body.token, "/v1/sessions/current")).status).to.equal(200);
  });

  it("refuses what is over, to come, forged or altered, and uses up no nonce with it", async () => {
    const { person } = await bound("si-bad");
    const key = keyOf(person);
    expectError(await signInAt(test, APP, key, { expirationTime: minutes(-2) }), 401, "expired");
    expectError(await signInAt(test, APP, key, { notBefore: minutes(2) }), 401, "not valid before");
    const nonce = await newNonce(test);
    const forged = await signInAt(test, APP, Wallet.createRandom(), { address: key.address, nonce });
    expectError(forged, 401, "did not sign this message");
    const signed = await signedMessage(test, key, { domain: APP, uri: `https://${APP}/`, nonce, resources: [GITHUB] });
    const greedy = { ...signed, message: signed.message.replace(GITHUB, ETHEREUM) };
    expectError(await post(test.stack, "/v1/sign-in", greedy), 401, "did not sign this message");
    expectError(await post(test.stack, "/v1/sign-in", { ...signed, audience: "evil.example" }), 400, "audience");
    expect((await post(test.stack, "/v1/sign-in", signed)).status).to.equal(200);
  });

  it("signs with a key that only it has: none, another algorithm, another key and an altered token fail", async () => {
    const { person } = await bound("si-alg");
    const token = tokenOf(await signInAt(test, APP, keyOf(person), { resources: [GITHUB] }));
    const { keys } = (await get(test.stack, "/.well-known/jwks.json")).body as JSONWebKeySet;
    const { kid, alg } = decodeProtectedHeader(token);
    const published = keys.find((key) => key.kid === kid)!;
    expect(alg).to.equal("ES256");
    expect(Object.keys(published).sort()).to.deep.equal(["alg", "crv", "kid", "kty", "use", "x", "y"]);

    const forged = { ...decodeJwt(token), avatar: newPerson().key.compressed };
    const none = `${part({ alg: "none", kid })}.${part(forged)}.`;
    const body = `${part({ alg: "HS256", kid })}.${part(forged)}`;
    const confused = `${body}.${createHmac("sha256", JSON.stringify(published)).update(body).digest("base64url")}`;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const own = await new SignJWT(forged).setProtectedHeader({ alg: "ES256", kid: kid! }).sign(privateKey);
    const [head, , signature] = token.split(".");
    const altered = `${head}.${part(forged)}.${signature}`;
    const local = createLocalJWKSet({ keys });
    for (const bad of [none, confused, own, altered]) {
      const outcome = await jwtVerify(bad, local, { issuer, audience: APP }).then(
        () => "taken",
        (error: { code: string }) => error.code,
      );
      expect(outcome, bad.slice(0, 40)).to.match(/^ERR_J/);
    }
    expect((await jwtVerify(token, local, { issuer, audience: APP })).payload.avatar).to.equal(person.key.compressed);
    const later = new Date(Date.now() + 301_000);
    const over = await jwtVerify(token, local, { currentDate: later }).catch((error: { code: string }) => error.code);
    expect(over).to.equal("ERR_JWT_EXPIRED");
  });

  describe("its keys", () => {
    const { privateKey: ed25519 } = generateKeyPairSync("ed25519");
    const { privateKey: p256 } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = ed25519.export({ type: "pkcs8", format: "pem" }) as string;
    const jwk = JSON.stringify(p256.export({ format: "jwk" }));
    let db: ReturnType<typeof createPool>;
    before(() => {
      db = createPool(test.stack.databaseUrl);
    });
    after(() => db.end());

    const age = (kid: string, seconds: number) =>
      db.query("UPDATE api.signing_key SET created_at = created_at - $2, used_until = used_until - $2 WHERE kid = $1", [
        ...[kid, seconds],
      ]);

    it("may be the operator's, as PEM or JWK, and stay published until their last token is past", async () => {
      const before = new SigningKeys(db, pem);
      const token = await before.sign(least(), 300);
      const after = new SigningKeys(db, jwk);
      const next = await after.sign(least(), 300);
      const set = await after.published();
      for (const [one, alg] of [
        [token, "EdDSA"],
        [next, "ES256"],
      ] as const) {
        expect(decodeProtectedHeader(one).alg).to.equal(alg);
        await jwtVerify(one, createLocalJWKSet(set as JSONWebKeySet));
      }
      const { rows } = await db.query("SELECT private_jwk FROM api.signing_key WHERE kid = $1", [
        decodeProtectedHeader(token).kid,
      ]);
      expect(rows).to.deep.equal([{ private_jwk: null }]);
      const old = decodeProtectedHeader(token).kid!;
      await age(old, 599);
      expect(kids(await after.published())).to.include(old);
      await age(old, 2);
      expect(kids(await after.published())).not.to.include(old);
      // The node of the stack has its own key, and publishes this one too.
      const { body } = await get(test.stack, "/.well-known/jwks.json");
      expect(kids(body)).to.include(decodeProtectedHeader(next).kid);
      for (const key of body.keys) expect(key).not.to.have.any.keys("d", "p", "q", "k");
    });

    it("are made once for all processes, and anew after 90 days, with the old one published meanwhile", async () => {
      const processes = Array.from({ length: 5 }, () => new SigningKeys(db, undefined));
      const tokens = await Promise.all(processes.map((keys) => keys.sign(least(), 300)));
      const [kid, ...others] = new Set(tokens.map((token) => decodeProtectedHeader(token).kid!));
      expect(others).to.deep.equal([]);
      await db.query("UPDATE api.signing_key SET created_at = created_at - $2 WHERE kid = $1", [kid, 92 * 24 * 3600]);
      const fresh = new SigningKeys(db, undefined);
      const next = await fresh.sign(least(), 300);
      expect(decodeProtectedHeader(next).kid).not.to.equal(kid);
      expect(kids(await fresh.published())).to.include.members([kid, decodeProtectedHeader(next).kid]);
      await jwtVerify(tokens[0]!, createLocalJWKSet((await fresh.published()) as JSONWebKeySet));
    });

    it("are published for a day before they sign, while the one before goes on", async () => {
      const now = new SigningKeys(db, undefined);
      const { kid } = decodeProtectedHeader(await now.sign(least(), 300));
      const seen = new Set(kids(await now.published()));
      await db.query("UPDATE api.signing_key SET created_at = created_at - $2 WHERE kid = $1", [
        kid,
        90 * 24 * 3600 + 1,
      ]);
      const signer = async () => decodeProtectedHeader(await new SigningKeys(db, undefined).sign(least(), 300)).kid!;
      expect(await signer()).to.equal(kid);
      const [next, ...others] = kids(await now.published()).filter((one) => one !== kid && !seen.has(one));
      expect([next, others]).to.deep.equal([next, []]);
      expect(next).to.be.a("string");
      await age(next!, 24 * 3600 - 60);
      expect(await signer()).to.equal(kid);
      await age(next!, 61);
      expect(await signer()).to.equal(next);
      expect(kids(await now.published())).to.include.members([kid, next]);
    });

    it("are of P-256 or Ed25519, and private", () => {
      const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
      const k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey;
      const { d: _d, ...publicOnly } = p256.export({ format: "jwk" });
      const wrong = [
        ...[rsa, k1].map((key) => key.export({ type: "pkcs8", format: "pem" }) as string),
        ...[JSON.stringify(publicOnly), "{}", "secret", '{"kty":"oct","k":"c2VjcmV0"}'],
      ];
      for (const text of wrong) expect(() => new SigningKeys(db, text), text).to.throw(/^ID_TOKEN_KEY: no private key/);
      // What is only mistyped is a secret still.
      const mistyped = '{"kty":"EC","d":c2VjcmV0c2VjcmV0}';
      expect(() => new SigningKeys(db, mistyped))
        .to.throw(/^ID_TOKEN_KEY: no private key/)
        .that.satisfies((error: Error) => !inspect(error).includes("c2Vjcm"));
      expect(() => new SigningKeys(db, pem.replaceAll("\n", "\\n"))).not.to.throw();
    });
  });
});
