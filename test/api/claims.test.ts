import { type Link, bindingKey, linkId, signText, toSubmission } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import type { ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { type Answer, type Person, get, newPerson, payload, post, proofBody } from "../helpers/api.ts";
import { attest } from "../helpers/contractLinks.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { mined, somebody, strangersRegistry } from "./stranger.ts";

describe("ProofService: a link that somebody else brought on chain first", () => {
  let test: TestStack;
  let strangers: ProofRegistry;
  const stranger = somebody();
  before(async () => {
    test = await sharedStack();
    strangers = await strangersRegistry(test);
  });

  /** Publishes a gist, and gives it away before it is submitted. */
  async function publish(person: Person, login: string) {
    const fields = { action: "create", platform: "github", identity: login } as const;
    const answer = await payload(test.stack, person, fields);
    const { base64, raw: signature } = signText(person.privateKey, answer.sign_payload);
    const gist = person.key.compressed.slice(2, 34);
    test.github.publish(gist, {
      owner: { login, id: 4711 },
      files: { [`${person.key.compressed}.json`]: answer.post_content.default.replace("%SIG_BASE64%", base64) },
    });
    const createdAt = Number(answer.created_at);
    const link: Link = { ...fields, avatar: person.key.compressed, prev: null, createdAt, uuid: answer.uuid };
    const front = toSubmission(link, {
      signature,
      withKey: true,
      // The stranger attests it, under a number of their own.
      proof: attest([stranger], { linkId: linkId(link, signature), accountId: "666", checkedAt: createdAt }),
      proofLocation: "https://attacker.example/",
    });
    const submit = () => post(test.stack, "/v1/proof", proofBody(person, fields, answer, { proof_location: gist }));
    return { gist, front, submit };
  }

  async function expectConfirmed(person: Person, login: string, gist: string, answer: Answer): Promise<void> {
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    const [status] = await test.registry.statusOf(person.key.address, "github", login);
    expect(status).to.equal(STATUS.confirmed);
    expect(await test.registry.lengthOf(person.key.address)).to.equal(1n);
    const { body } = await get(test.stack, `/v1/proof?platform=github&identity=${login}&exact=true`);
    expect(body.ids[0].proofs[0]).to.include({ alt_id: "4711", proof_location: gist, is_valid: true });
  }

  it("is no proof before attesters saw it, and says nothing that the stranger made up", async () => {
    const person = newPerson();
    const { front } = await publish(person, "claimed-only");
    await mined(test, (await strangers.append(front)).hash);
    const any = () => get(test.stack, "/v1/proof?platform=github&identity=claimed-only&exact=true&status=any");
    let found = await any();
    while (found.body.ids.length === 0) found = await any();
    expect(found.body.ids[0].proofs[0]).to.include({ status: "claimed", is_valid: false, alt_id: "claimed-only" });
    expect((await get(test.stack, "/v1/proof?platform=github&identity=claimed-only")).body.ids).to.deep.equal([]);
  });

  it("is confirmed at the location where we saw it, before the index knows of the stranger's", async () => {
    const person = newPerson();
    const { gist, front, submit } = await publish(person, "front-run");
    await mined(test, (await strangers.append(front)).hash);
    await expectConfirmed(person, "front-run", gist, await submit());
  });

  it("is confirmed as well after the index knows of it, and once only", async () => {
    const person = newPerson();
    const { gist, front, submit } = await publish(person, "imported");
    await mined(test, (await strangers.append(front)).hash);
    const known = () => get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`);
    while ((await known()).body.pagination.total === 0);
    await expectConfirmed(person, "imported", gist, await submit());
    const again = await submit();
    expect(again.status).to.equal(400);
    const confirmed = test.registry.filters.BindingConfirmed(bindingKey(person.key.address, "github", "imported"));
    expect(await test.registry.queryFilter(confirmed)).to.have.length(1);
  });

  it("stays a claim where the post is somebody else's", async () => {
    const person = newPerson();
    const { gist, front, submit } = await publish(person, "not-mine");
    const theirs = { [`${person.key.compressed}.json`]: "{}" };
    test.github.publish(gist, { owner: { login: "somebody", id: 1 }, files: theirs });
    await mined(test, (await strangers.append(front)).hash);
    const answer = await submit();
    expect(answer.status).to.equal(400);
    expect(answer.body.message).to.include("somebody");
    const [status] = await test.registry.statusOf(person.key.address, "github", "not-mine");
    expect(status).to.equal(STATUS.claimed);
  });
});
