import { expect } from "chai";
import { ContractFactory, Wallet, ZeroHash } from "ethers";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { type Person, bindWallet, get, newPerson, payload, post, proofBody } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { signText } from "@syngraph/sdk/protocol";
import { expectError, rowsOf, signedDelete } from "./proofs.ts";
import { asUser, messageFor, minutes, newNonce, signIn, signedMessage } from "./siwe.ts";
import { indexed, strangersRegistry } from "./stranger.ts";

const send = ({ stack }: TestStack, body: unknown) => post(stack, "/v1/sessions", body);
const keyOf = (person: Person) => new Wallet(person.privateKey);

describe("sessions", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  /** An avatar with a bound wallet. */
  async function bound(wallet = new Wallet(Wallet.createRandom().privateKey), person = newPerson()) {
    const answer = await bindWallet(test.stack, person, wallet);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return { person, wallet };
  }

  const current = (token: string, method = "GET") => asUser(test, token, "/v1/sessions/current", method);

  it("is an avatar's by its own key, for a day", async () => {
    const { person } = await bound();
    const { status, body, headers } = await signIn(test, keyOf(person));
    expect(status, JSON.stringify(body)).to.equal(201);
    expect(headers.get("cache-control")).to.equal("no-store");
    expect(body.token).to.match(/^[A-Za-z0-9_-]{43}$/);
    expect(body).to.include({ avatar: person.key.compressed, address: person.key.address.toLowerCase() });
    expect(Number(body.expires_at) - Number(body.created_at)).to.equal(24 * 3600);
    const { token, ...session } = body;
    expect((await current(token)).body).to.deep.equal(session);
    const rows = await rowsOf<object>(test.stack.databaseUrl, "SELECT * FROM api.session");
    expect(JSON.stringify(rows), "the token is nowhere").not.to.include(token);
  });

  it("is an avatar's by a wallet that is bound to it, and ends with the binding", async () => {
    const { person, wallet } = await bound();
    const { body } = await signIn(test, wallet);
    expect(body).to.include({ avatar: person.key.compressed, signer: wallet.address.toLowerCase() });
    expect((await current(body.token)).status).to.equal(200);
    await signedDelete(test, person, { platform: "ethereum", identity: wallet.address });
    expectError(await current(body.token), 401, "sign in first");
    expectError(await signIn(test, wallet), 403, "neither an avatar's key nor a wallet bound to an avatar");
  });

  it("is nobody's by a wallet that took itself back", async () => {
    const { person, wallet } = await bound();
    const fields = { action: "delete", platform: "ethereum", identity: wallet.address } as const;
    const asked = await payload(test.stack, person, fields);
    const extra = { wallet_signature: signText(wallet.privateKey, asked.sign_payload).base64 };
    expect((await post(test.stack, "/v1/proof", proofBody(person, fields, asked, { extra }))).status).to.equal(201);
    expectError(await signIn(test, wallet), 403, wallet.address);
  });

  it("is a contract wallet's by what the contract takes for a signature (ERC-1271)", async () => {
    const owner = Wallet.createRandom();
    const { abi, bytecode } = await readArtifact("test/OwnedWallet");
    const payer = await test.provider.getSigner(5);
    const contract = await new ContractFactory(abi, bytecode, payer).deploy(owner.address, ZeroHash);
    await contract.waitForDeployment();
    const address = await contract.getAddress();
    const person = newPerson();
    expect((await bindWallet(test.stack, person, { address, privateKey: owner.privateKey })).status).to.equal(201);
    const { status, body } = await signIn(test, { address, privateKey: owner.privateKey });
    expect(status, JSON.stringify(body)).to.equal(201);
    expect(body).to.include({ avatar: person.key.compressed, signer: address.toLowerCase() });
    const thief = Wallet.createRandom();
    expectError(await signIn(test, { address, privateKey: thief.privateKey }), 401, "did not sign this message");
    await indexed(
      test,
      (await (contract.connect(payer) as typeof contract).getFunction("setOwner")(thief.address)).hash,
    );
    expectError(await signIn(test, { address, privateKey: owner.privateKey }), 401, "did not sign this message");
  });

  it("lets who stands for several avatars choose, or takes the one that the wallet named on chain", async () => {
    const { person: one, wallet } = await bound();
    const { person: other } = await bound(wallet);
    const names = [one.key.compressed, other.key.compressed].sort();
    expectError(await signIn(test, wallet), 400, `choose one: ${names.join(", ")}`);
    const chosen = await signIn(test, wallet, {}, { avatar: other.key.uncompressed });
    expect(chosen.body.avatar).to.equal(other.key.compressed);
    const stranger = newPerson();
    const wrong = await signIn(test, wallet, {}, { avatar: stranger.key.compressed });
    expectError(wrong, 403, `neither the key of avatar ${stranger.key.compressed}`);
    expectError(await signIn(test, wallet, {}, { avatar: "0x12" }), 400, "is no public key");

    await test.provider.send("anvil_setBalance", [wallet.address, "0xde0b6b3a7640000"]);
    const registry = (await strangersRegistry(test)).connect(wallet.connect(test.provider));
    await indexed(test, (await registry.setAvatar(one.key.address)).hash);
    expect((await signIn(test, wallet)).body.avatar).to.equal(one.key.compressed);
  });

  it("is not for who never had anything to do with an avatar, unless as their own", async () => {
    const person = newPerson();
    expectError(await signIn(test, keyOf(person)), 403, "neither an avatar's key nor a wallet");
    const own = await signIn(test, keyOf(person), {}, { avatar: person.key.compressed });
    expect(own.body.avatar).to.equal(person.key.compressed);
  });

  it("begins once with a message: of 20 that send it at once, one gets in", async () => {
    const { person } = await bound();
    const signed = await signedMessage(test, keyOf(person));
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(test.stack, "/v1/sessions", signed)));
    expect(answers.filter(({ status }) => status === 201)).to.have.length(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) expectError(answer, 401, "was used already");
    expectError(await post(test.stack, "/v1/sessions", signed), 401, "was used already");
  });

  it("takes no nonce that it did not give out, or long ago", async () => {
    const { person } = await bound();
    const unknown = await signIn(test, keyOf(person), { nonce: "0123456789abcdef0123456789abcdef" });
    expectError(unknown, 401, "nonce 0123456789abcdef0123456789abcdef was not given out here");
    const nonce = await newNonce(test);
    await rowsOf(test.stack.databaseUrl, "UPDATE api.nonce SET expires_at = expires_at - 601 WHERE nonce = $1", [
      nonce,
    ]);
    expectError(await signIn(test, keyOf(person), { nonce }), 401, "more than 10 minutes old");
  });

  it("is not to be had with another's key or an altered text, and neither uses up the nonce", async () => {
    const { person } = await bound();
    const attacker = Wallet.createRandom();
    const nonce = await newNonce(test);
    const { address } = person.key;
    const forged = await signIn(test, attacker, { address, nonce });
    expectError(forged, 401, `${address} did not sign this message`);
    const signed = await signedMessage(test, keyOf(person), { nonce, statement: "Sign in to read." });
    const altered = { ...signed, message: signed.message.replace("read", "write") };
    expectError(await post(test.stack, "/v1/sessions", altered), 401, "did not sign this message");
    const swapped = { ...signed, message: await messageFor(test, attacker.address, { nonce }) };
    expectError(await post(test.stack, "/v1/sessions", swapped), 401, "did not sign this message");
    for (const signature of ["0x", "0xzz", signed.signature.slice(0, -2), `${signed.signature}00`, "AAAA"]) {
      const { status, body } = await post(test.stack, "/v1/sessions", { ...signed, signature });
      expect([400, 401], `${signature} ${JSON.stringify(body)}`).to.include(status);
    }
    expect((await post(test.stack, "/v1/sessions", signed)).status).to.equal(201);
  });

  it("is not to be had with a message that was signed for somebody else's page, chain or time", async () => {
    const key = keyOf((await bound()).person);
    const elsewhere = await signIn(test, key, { domain: "evil.example", uri: "https://evil.example/" });
    expectError(elsewhere, 401, "the message is for evil.example");
    expectError(await signIn(test, key, { uri: "https://evil.example/" }), 401, "is not on its domain");
    expectError(await signIn(test, key, { chainId: 1 }), 401, "chain 1");
    expectError(await signIn(test, key, { expirationTime: minutes(-5) }), 401, "expired");
    expectError(await signIn(test, key, { notBefore: minutes(5) }), 401, "not valid before");
    expectError(await signIn(test, key, { issuedAt: minutes(-20) }), 401, "10 minutes old");
  });

  it("takes no huge messages, and no nonsense", async () => {
    const signature = `0x${"11".repeat(65)}`;
    expectError(await send(test, { message: "x".repeat(3000), signature }), 400, "longer than 2048");
    expectError(await send(test, { message: "x".repeat(100_000), signature }), 413, /large/);
    expectError(await send(test, { message: "x", signature: `0x${"1".repeat(60_000)}` }), 400, "EIP-4361");
    expectError(await send(test, { message: { text: "x" }, signature }), 400, "message");
    expectError(await send(test, { signature }), 400, "message");
    expectError(await send(test, "no JSON"), 400, "not JSON");
  });

  it("ends when its user signs out, and no other session with it", async () => {
    const { person } = await bound();
    const [one, other] = [(await signIn(test, keyOf(person))).body, (await signIn(test, keyOf(person))).body];
    expect((await current(one.token, "DELETE")).status).to.equal(200);
    for (const method of ["GET", "DELETE"]) expectError(await current(one.token, method), 401, "sign in first");
    expect((await current(other.token)).status).to.equal(200);
  });

  it("ends after a day", async () => {
    const { person } = await bound();
    const { body } = await signIn(test, keyOf(person));
    const sql = "UPDATE api.session SET expires_at = expires_at - 86401 WHERE public_key = $1";
    await rowsOf(test.stack.databaseUrl, sql, [person.key.compressed]);
    expectError(await current(body.token), 401, "sign in first");
  });

  it("is nobody's without its token, with half of it, or under another scheme", async () => {
    const { body } = await signIn(test, keyOf((await bound()).person));
    const answer = await get(test.stack, "/v1/sessions/current");
    expectError(answer, 401, "sign in first");
    expect(answer.headers.get("www-authenticate")).to.equal("Bearer");
    for (const token of ["", body.token.slice(0, -1), `${body.token}A`, "%00", "' OR 1=1 --", "x".repeat(5000)]) {
      const refused = await current(token);
      expectError(refused, 401, "sign in first");
      expect(refused.headers.get("www-authenticate")).to.match(/^Bearer/);
    }
    const headers = { Authorization: `Basic ${body.token}` };
    expect((await fetch(`${test.stack.apiUrl}/v1/sessions/current`, { headers })).status).to.equal(401);
  });

  it("shows its avatar's own submissions, a page at a time, and nobody else's", async () => {
    const { person, wallet } = await bound();
    await bound(undefined, person);
    const stranger = await bound();
    const history = async (who: Person, page = "") => {
      const { body } = await signIn(test, keyOf(who));
      return (await asUser(test, body.token, `/v1/sessions/current/submissions${page}`)).body;
    };
    const { pagination, submissions } = await history(person);
    expect(pagination).to.deep.equal({ total: 2, per: 40, current: 1, next: 0 });
    expect(submissions[1]).to.include({
      identity: wallet.address.toLowerCase(),
      platform: "ethereum",
      method: "append",
    });
    expect(submissions[1]).to.include({ state: "included", reason: "" });
    expect(Number(submissions[0].created_at)).to.be.closeTo(Date.now() / 1000, 600);
    expect((await history(person, "?page=2")).submissions).to.deep.equal([]);
    const theirs = await history(stranger.person);
    expect(theirs.submissions).to.have.length(1);
    expect(theirs.submissions[0].identity).to.equal(stranger.wallet.address.toLowerCase());
    expectError(await get(test.stack, "/v1/sessions/current/submissions"), 401, "sign in first");
  });

  it("may be used by pages of any origin", async () => {
    const response = await fetch(`${test.stack.apiUrl}/v1/sessions/current`, {
      ...{ method: "OPTIONS", headers: { Origin: "https://app.example" } },
    });
    expect(response.headers.get("access-control-allow-headers")).to.include("Authorization");
  });
});
