import { signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { type Answer, type Person, bindWallet, get, newPerson, payload, post, proofBody } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

/** How many are handed in at once. */
const AT_ONCE = 24;

describe("submissions of one avatar at once", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  /** A bind of a new wallet, signed and not handed in yet. */
  async function prepared(person: Person) {
    const wallet = Wallet.createRandom();
    const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
    const answer = await payload(test.stack, person, fields);
    const sign = (key: string) => signText(key, answer.sign_payload).base64;
    const extra = { signature: sign(person.privateKey), wallet_signature: sign(wallet.privateKey) };
    return proofBody(person, fields, answer, { extra });
  }

  /** Hands in many with the same `prev`. Expects one to win, and the others to be told of the link that did. */
  async function race(person: Person): Promise<Answer> {
    const bodies = await Promise.all(Array.from({ length: AT_ONCE }, () => prepared(person)));
    const answers = await Promise.all(bodies.map((body) => post(test.stack, "/v1/proof", body)));
    const winners = answers.filter(({ status }) => status === 201);
    expect(winners, JSON.stringify(answers.map(({ body }) => body))).to.have.length(1);
    const { proof_chain } = (await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`)).body;
    for (const { status, body } of answers.filter((answer) => answer !== winners[0])) {
      expect(status).to.equal(400);
      expect(body.message).to.include("another link was added meanwhile").and.include(proof_chain.at(-1).signature);
      expect(body.prev).to.equal(proof_chain.at(-1).signature);
    }
    return winners[0]!;
  }

  it("fork no chain: one wins, the others are told of it and of the prev to quote now", async () => {
    const person = newPerson();
    for (let length = 1n; length <= 3n; length++) {
      await race(person);
      expect(await test.registry.lengthOf(person.key.address)).to.equal(length);
    }
    // What they were told will do.
    expect((await bindWallet(test.stack, person, Wallet.createRandom())).status).to.equal(201);
    const { proof_chain } = (await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`)).body;
    const signatures = proof_chain.map(({ signature }: { signature: string }) => signature);
    const quoted = proof_chain.map(({ prev }: { prev: string | null }) => prev);
    expect(quoted).to.deep.equal([null, ...signatures.slice(0, -1)]);
  });

  it("are one, where they are the same", async () => {
    const person = newPerson();
    const body = await prepared(person);
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => post(test.stack, "/v1/proof", body)));
    for (const { status, body: said } of answers) {
      // Whoever comes when it is on chain already hears that it is used.
      if (status !== 201) expect(said.message).to.match(/was used already|another link was added/);
    }
    expect(answers.some(({ status }) => status === 201)).to.equal(true);
    expect(await test.registry.lengthOf(person.key.address)).to.equal(1n);
  });

  it("tell where they stand", async () => {
    const person = newPerson();
    const answer = await bindWallet(test.stack, person, Wallet.createRandom());
    const { body } = await get(test.stack, answer.headers.get("location")!);
    const [link] = (await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`)).body.proof_chain;
    expect(body).to.deep.include({ state: "included", method: "append", reason: "", link_id: link.link_id });
    expect(body.tx_hash).to.match(/^0x[0-9a-f]{64}$/);
    expect(body.block).to.be.greaterThan(0);
    for (const time of [body.accepted_at, body.changed_at]) expect(Math.abs(Date.now() / 1000 - time)).to.be.below(60);
  });
});
