import { type Signature, parseSignature, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { SigningKey, Wallet, getAddress, hashMessage, id } from "ethers";

import {
  type PayloadAnswer,
  type Person,
  bindWallet,
  get,
  newPerson,
  payload,
  post,
  proofBody,
} from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectRefused } from "./proofs.ts";
import { append, claim, somebody } from "./stranger.ts";

const WORDS = "bad signature: it was made for another payload: ";

/** A signature by a key over a digest, as it is. */
function signDigest({ privateKey }: Person, digest: string): Signature {
  return parseSignature(new SigningKey(privateKey).sign(digest).serialized);
}

/** Writes JSON in lines. */
const pretty = (indent: number | string) => (value: object) => JSON.stringify(value, null, indent);

describe("ProofService: a bad signature is explained", function () {
  this.timeout(60_000);
  let test: TestStack;
  const person = newPerson();
  const wallet = Wallet.createRandom();
  const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
  let answer: PayloadAnswer;
  /** Of the avatar's links, the oldest first. */
  let chain: { uuid: string; created_at: string; signature: string }[];

  before(async () => {
    test = await sharedStack();
    for (let links = 0; links < 4; links++) await bindWallet(test.stack, person, Wallet.createRandom());
    chain = (await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`)).body.proof_chain;
    answer = await payload(test.stack, person, fields);
  });

  /** Hands in the link with an avatar's signature, which must be refused with these words. */
  async function explained(signature: Signature, words: RegExp | string): Promise<void> {
    const extra = {
      signature: signature.base64,
      wallet_signature: signText(wallet.privateKey, answer.sign_payload).base64,
    };
    const request = () => post(test.stack, "/v1/proof", proofBody(person, fields, answer, { extra }));
    await expectRefused(test, person, request, 400, words);
  }

  /** The same, of a signature over the payload with some of its members changed, and in another writing. */
  async function ofPayload(
    change: Record<string, unknown>,
    words: string,
    write: (value: object) => string = (value) => JSON.stringify(value),
  ): Promise<void> {
    const text = write({ ...JSON.parse(answer.sign_payload), ...change });
    expect(text).not.to.equal(answer.sign_payload);
    await explained(signText(person.privateKey, text), WORDS + words);
  }

  it("prev: none, empty, that of an older link in either form, hex, Base64url", async () => {
    const latest = chain.at(-1)!.signature;
    const must = `it must be ${latest}`;
    await ofPayload({ prev: null }, `prev is null there, but this avatar has links already; ${must}`);
    await ofPayload({ prev: "" }, `prev is "" there, ${must}`);
    await ofPayload({ prev: "null" }, `prev is null there, `);
    const [oldest, , second] = chain;
    for (const v of [0, 27]) {
      const form = (signature: string) => {
        const bytes = Buffer.from(signature, "base64");
        return Buffer.from([...bytes.subarray(0, 64), (bytes[64]! % 27) + v]).toString("base64");
      };
      const prev = form(oldest!.signature);
      await ofPayload({ prev }, `prev is ${prev} there, which is not the latest link any more; ${must}`);
      // Just behind the latest it is most likely that two were at it at once: the answer has what to quote now.
      const text = JSON.stringify({ ...JSON.parse(answer.sign_payload), prev: form(second!.signature) });
      const extra = { signature: signText(person.privateKey, text).base64, wallet_signature: "AA==" };
      const { status, body } = await post(test.stack, "/v1/proof", proofBody(person, fields, answer, { extra }));
      expect({ status, prev: body.prev }).to.deep.equal({ status: 400, prev: latest });
      expect(body.message).to.include("bad signature: prev is not the latest link any more");
    }
    const hex = `0x${Buffer.from(latest, "base64").toString("hex")}`;
    await ofPayload({ prev: hex }, `prev is ${hex} there, ${must}`);
    const bare = latest.replace(/=+$/, "");
    await ofPayload({ prev: bare }, `prev is ${bare} there, ${must}`);
  });

  it("created_at: milliseconds, a number, a date, a second later", async () => {
    const { created_at } = answer;
    const must = `it must be ${created_at}`;
    const milliseconds = `created_at is in milliseconds there, it must be in seconds: ${must}`;
    await ofPayload({ created_at: `${created_at}000` }, milliseconds);
    await ofPayload({ created_at: Number(created_at) * 1000 }, milliseconds);
    await ofPayload({ created_at: Number(created_at) }, `created_at is the number ${created_at} there, ${must}`);
    const date = new Date(Number(created_at) * 1000).toISOString();
    await ofPayload({ created_at: date }, `created_at is ${date} there, ${must}`);
    const later = String(Number(created_at) + 1);
    await ofPayload({ created_at: later }, `created_at is ${later} there, ${must}`);
  });

  it("uuid: upper case, without hyphens, as a URN, that of a link on chain", async () => {
    const { uuid } = answer;
    for (const other of [uuid.toUpperCase(), uuid.replaceAll("-", ""), `{${uuid}}`, `urn:uuid:${uuid}`]) {
      await ofPayload({ uuid: other }, `uuid is ${other} there, it must be ${uuid}`);
    }
    const [, before] = chain;
    const words = `uuid is ${before!.uuid} there, which is that of a link on chain; it must be ${uuid}`;
    await ofPayload({ uuid: before!.uuid }, words);
    await ofPayload({ uuid: before!.uuid, created_at: before!.created_at }, words);
  });

  it("identity: the checksum's capitals, capitals alone, a leading @, without 0x", async () => {
    const identity = wallet.address.toLowerCase();
    for (const other of [getAddress(identity), identity.toUpperCase(), `@${identity}`, identity.slice(2)]) {
      await ofPayload({ identity: other }, `identity is ${other} there, it must be ${identity}`);
    }
  });

  it("action, platform and persona", async () => {
    await ofPayload({ action: "delete" }, "action is delete there, it must be create");
    await ofPayload({ action: "add" }, "action is add there, it must be create");
    const { compressed, uncompressed } = person.key;
    const must = `it must be ${compressed}`;
    await ofPayload({ platform: "github", persona: undefined }, "platform is github there, it must be ethereum");
    await ofPayload({ persona: undefined }, `persona is missing there, ${must}`);
    for (const persona of [uncompressed, uncompressed.slice(2), compressed.slice(2)]) {
      await ofPayload({ persona }, `persona is ${persona} there, ${must}`);
    }
  });

  it("persona on a platform that has none in its texts", async () => {
    const avatar = somebody();
    const identity = `explain-${avatar.address.slice(2, 10).toLowerCase()}`;
    await append(test, [claim(avatar, { platform: "github", identity })]);
    const about = { action: "delete", platform: "github", identity } as const;
    const asked = await payload(test.stack, avatar, about);
    const { prev, uuid, ...rest } = JSON.parse(asked.sign_payload);
    const { action, created_at, platform } = rest;
    const text = JSON.stringify({ action, created_at, identity, persona: avatar.key.compressed, platform, prev, uuid });
    const extra = { signature: signText(avatar.privateKey, text).base64 };
    const { body } = await post(test.stack, "/v1/proof", proofBody(avatar, about, asked, { extra }));
    expect(body.message).to.equal(`${WORDS}persona is there, which payloads of github have not`);
  });

  it("the writing of the text: line breaks, blanks, an end of line, quotes around it, hex", async () => {
    await ofPayload({}, "its text is written with line breaks and two blanks there", pretty(2));
    await ofPayload({}, "its text is written with line breaks and four blanks there", pretty(4));
    await ofPayload({}, "its text is written with line breaks and tabs there", pretty("\t"));
    await ofPayload({}, "its text is written with blanks behind colons and commas there", () =>
      answer.sign_payload.replaceAll('":', '": ').replaceAll(',"', ', "'),
    );
    await ofPayload({}, "its text is written with a line break at its end there", () => `${answer.sign_payload}\n`);
    await ofPayload({}, "its text is written as a JSON string in quotes there", () =>
      JSON.stringify(answer.sign_payload),
    );
    const hex = `0x${Buffer.from(answer.sign_payload).toString("hex")}`;
    await ofPayload({}, "its text is written in hex there", () => hex);
  });

  it("the way of signing: without EIP-191's prefix, or of a digest", async () => {
    const text = answer.sign_payload;
    const must = "it must be signed with EIP-191 (personal_sign)";
    const bare = `${WORDS}its text was signed without the prefix of EIP-191; ${must}`;
    await explained(signDigest(person, id(text)), bare);
    const hashed = `${WORDS}the keccak256 of its text was signed, not the text; ${must}`;
    await explained(signDigest(person, hashMessage(Buffer.from(id(text).slice(2), "hex"))), hashed);
    const inHex = `${WORDS}the keccak256 of its text in hex was signed, not the text; ${must}`;
    await explained(signText(person.privateKey, id(text)), inHex);
  });

  it("the signature of a link on chain, of the wallet, or of somebody else", async () => {
    const old = parseSignature(chain[0]!.signature);
    await explained(old, `bad signature: it is that of the link with uuid ${chain[0]!.uuid}, which is on chain`);
    await explained(
      signText(wallet.privateKey, answer.sign_payload),
      "the wallet's: extra.signature is to be the avatar's",
    );
    const stranger = newPerson();
    const words = `it was not made by ${person.key.compressed} for this payload; it recovers to ${stranger.key.compressed}`;
    await explained(signText(stranger.privateKey, answer.sign_payload), words);
    // Nothing near it: whoever has the key may have signed anything.
    await explained(signText(person.privateKey, "hello"), /it recovers to 0x0[23][0-9a-f]{64}$/);
  });

  it("takes the right one after all that", async () => {
    const extra = {
      signature: signText(person.privateKey, answer.sign_payload).base64,
      wallet_signature: signText(wallet.privateKey, answer.sign_payload).base64,
    };
    const { status, body } = await post(test.stack, "/v1/proof", proofBody(person, fields, answer, { extra }));
    expect(status, JSON.stringify(body)).to.equal(201);
  });
});
