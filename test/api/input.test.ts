import { signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { type Person, get, newPerson, payload, post, proofBody } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectError, expectRefused } from "./proofs.ts";

const DAY = 24 * 3600;

/** A good body of POST /v1/proof/payload, for somebody new. */
function good() {
  return { action: "create", platform: "github", identity: "alice", public_key: newPerson().key.compressed };
}

describe("ProofService: what it is sent", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  /** A wallet's create with both signatures over a text that `change` was applied to, as its body is. */
  async function signedBody(person: Person, change: { created_at?: string; uuid?: string } = {}) {
    const wallet = Wallet.createRandom();
    const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
    const answer = await payload(test.stack, person, fields);
    const text = answer.sign_payload.replace(answer.created_at, change.created_at ?? answer.created_at);
    const extra = {
      signature: signText(person.privateKey, text).base64,
      wallet_signature: signText(wallet.privateKey, text).base64,
    };
    return { ...proofBody(person, fields, answer), extra, ...change };
  }

  const ask = (body: object) => post(test.stack, "/v1/proof/payload", body);

  describe("in a payload", () => {
    it("must have every field", async () => {
      for (const field of ["action", "platform", "identity", "public_key"]) {
        for (const empty of ["", null, "null", undefined].filter((value) => value !== "null" || field !== "identity")) {
          expectError(await ask({ ...good(), [field]: empty }), 400, `param invalid: ${field}`);
        }
      }
    });

    it("must be create or delete, of a known platform, for a key", async () => {
      for (const action of ["add", "CREATE", "create ", "constructor"]) {
        expectError(await ask({ ...good(), action }), 400, `unknown action: ${action}`);
      }
      for (const platform of ["myspace", "GitHub", "__proto__", "constructor", "github\u0000"]) {
        expectError(await ask({ ...good(), platform }), 400, /^unknown platform$/);
      }
      const { compressed, uncompressed } = newPerson().key;
      for (const public_key of [
        ...["aaa", "0x", `0x04${"00".repeat(64)}`, `0x02${"ff".repeat(32)}`, `${compressed}00`, ` ${compressed}`],
        ...[uncompressed.slice(0, -2), newPerson().privateKey],
      ]) {
        expectError(await ask({ ...good(), public_key }), 400, /^public key not recognized: /);
      }
    });

    it("takes a key in every form, and makes of it the same", async () => {
      const { compressed, uncompressed } = newPerson().key;
      const personas = new Set<string>();
      for (const form of [compressed, uncompressed, compressed.slice(2), uncompressed.slice(2).toUpperCase()]) {
        const { body } = await ask({ ...good(), public_key: form });
        personas.add(JSON.parse(body.post_content.default).persona);
      }
      expect([...personas]).to.deep.equal([compressed]);
    });

    it("must be an identity of its platform, without wildcards, quotes, or what JSON escapes", async () => {
      for (const identity of [
        ...["%", "_", "a%", "o'reilly", 'a"b', "a\\b", "a b", "a,b", "<b>", "a\u0000", "\ud800", "ali\u202ece", "a/b"],
        ...["\u212aate", "-alice", "a".repeat(40), "https://evil.example/alice", "{identity}", "${x}", "a\nb"],
      ]) {
        expectError(await ask({ ...good(), identity }), 400, /^identity: .* is not a GitHub login/s);
      }
      for (const identity of ["0x", `0x${"g".repeat(40)}`, `0x${"ab".repeat(21)}`, "vitalik.eth", "\ud800"]) {
        expectError(await ask({ ...good(), platform: "ethereum", identity }), 400, "is not an Ethereum address");
      }
      // One letter of the checksum is wrong.
      const identity = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96046";
      expectError(await ask({ ...good(), platform: "ethereum", identity }), 400, "EIP-55");
    });
  });

  describe("in a submission", () => {
    it("must have a time, in seconds, of the last 30 days and not of the future", async () => {
      const person = newPerson();
      const now = Math.floor(Date.now() / 1000);
      for (const [created_at, words] of [
        ["", "error when parsing created_at"],
        ["yesterday", "error when parsing created_at: yesterday not recognized"],
        ["-1", "not recognized"],
        ["1e9", "not recognized"],
        [`${now}.5`, "not recognized"],
        [` ${now}`, "not recognized"],
        ["9".repeat(400), "not recognized"],
        [String(Date.now()), "is in milliseconds; it must be in seconds"],
        [String(now - 30 * DAY - 60), "is more than 30 days ago: ask for a new payload"],
        ["0", "is more than 30 days ago"],
        [String(now + 660), "lies in the future"],
      ] as const) {
        const body = await signedBody(person, { created_at });
        await expectRefused(test, person, () => post(test.stack, "/v1/proof", body), 400, words);
      }
      for (const created_at of [String(now - 30 * DAY + 600), String(now + 540)]) {
        const body = await signedBody(newPerson(), { created_at });
        const answer = await post(test.stack, "/v1/proof", body);
        expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      }
    });

    it("takes a uuid in every form, and none that is none", async () => {
      const person = newPerson();
      const { uuid } = await signedBody(person);
      for (const bad of [
        "",
        "1",
        `${uuid}0`,
        uuid.replace("-", "_"),
        `{${uuid}`,
        uuid.replaceAll("-", " "),
        `${uuid}\u0000`,
      ]) {
        const body = await signedBody(person, { uuid: bad });
        await expectRefused(test, person, () => post(test.stack, "/v1/proof", body), 400, "error when parsing uuid: ");
      }
      for (const form of [
        (text: string) => text.toUpperCase(),
        (text: string) => `{${text}}`,
        (text: string) => `urn:uuid:${text}`,
        (text: string) => text.replaceAll("-", ""),
      ]) {
        const body = await signedBody(newPerson());
        const answer = await post(test.stack, "/v1/proof", { ...body, uuid: form(body.uuid) });
        expect(answer.status, `${form} ${JSON.stringify(answer.body)}`).to.equal(201);
        expect(answer.headers.get("location")).to.match(new RegExp(`^/v1/submissions/${body.uuid}[?]avatar=0x0[23]`));
        const { body: standing } = await get(test.stack, `/v1/submissions/${form(body.uuid)}`);
        expect(standing).to.include({ uuid: body.uuid, state: "included", chain_id: 31337, reason: "" });
      }
    });

    it("says of each field that it cannot take which one it is", async () => {
      const person = newPerson();
      const body = await signedBody(person);
      const { signature, wallet_signature } = body.extra;
      const bytes = Buffer.from(signature, "base64");
      for (const [change, words] of [
        [{ action: "" }, /^parse request failed: action$/],
        [{ action: "add" }, /^unknown action: add$/],
        [{ platform: "" }, /^parse request failed: platform$/],
        [{ platform: "toString" }, /^platform not supported: toString$/],
        [{ public_key: "aaa" }, /^public key not recognized: /],
        [{ identity: "" }, /^parse request failed: identity$/],
        [{ extra: { wallet_signature } }, /extra\.signature of the avatar is missing/],
        [{ extra: { signature } }, /^wallet_signature not found$/],
        [{ extra: null }, /^wallet_signature not found$/],
        [{ extra: { signature: "%%", wallet_signature } }, /^error when decoding persona signature: .*Base64/],
        [
          { extra: { signature: bytes.subarray(1).toString("base64"), wallet_signature } },
          /^error when decoding persona signature: .*Signature length invalid: 64 instead of 65/,
        ],
        [
          { extra: { signature: Buffer.from([...bytes.subarray(0, 64), 29]).toString("base64"), wallet_signature } },
          /Signature Recovery ID not supported: 29/,
        ],
        [{ extra: { signature, wallet_signature: "%%" } }, /^error when decoding wallet sig: /],
        [{ extra: { signature, wallet_signature: signature } }, /not signed by this wallet: found 0x/],
      ] as const) {
        const request = () => post(test.stack, "/v1/proof", { ...body, ...change });
        await expectRefused(test, person, request, 400, words);
      }
      expect((await post(test.stack, "/v1/proof", body)).status).to.equal(201);
    });
  });
});
