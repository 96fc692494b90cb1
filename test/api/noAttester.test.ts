import { signText, unpackAttestations } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { get, newPerson, payload, post, proofBody } from "../helpers/api.ts";
import { type FurtherNode, startFurtherNode } from "../helpers/furtherNode.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

describe("a node whose key is no attester's", function () {
  this.timeout(60_000);
  let test: TestStack;
  let node: FurtherNode;
  let apiUrl: string;
  before(async () => {
    test = await sharedStack();
    node = await startFurtherNode(test, "stranger", { ATTESTER_KEY: Wallet.createRandom().privateKey });
    ({ apiUrl } = node);
  });
  after(() => node.part.stop());

  it("makes claims, which another node confirms, and whose confirmations the contract does not take", async () => {
    const person = newPerson();
    const fields = { action: "create", platform: "github", identity: "by-stranger" } as const;
    const answer = await payload({ apiUrl }, person, fields);
    const { base64 } = signText(person.privateKey, answer.sign_payload);
    const gist = person.key.compressed.slice(2, 34);
    test.github.publish(gist, {
      owner: { login: "by-stranger", id: 4712 },
      files: { [`${person.key.compressed}.json`]: answer.post_content.default.replace("%SIG_BASE64%", base64) },
    });
    const body = proofBody(person, fields, answer, { proof_location: gist });
    const statusOf = async () => (await test.registry.statusOf(person.key.address, "github", "by-stranger"))[0];

    const made = await post({ apiUrl }, "/v1/proof", body);
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    expect(await statusOf()).to.equal(STATUS.claimed);
    const [log] = await test.registry.queryFilter(test.registry.filters.LinkAppended(person.key.address));
    expect(unpackAttestations(log!.args.proof).attestations).to.have.length(1);
    expect((await get({ apiUrl }, "/v1/proof?identity=by-stranger&exact=true")).body.ids).to.deep.equal([]);

    const again = await post({ apiUrl }, "/v1/proof", body);
    expect(again.status).to.equal(400);
    expect(again.body.message).to.include("too few attesters stand for it");
    expect(await statusOf()).to.equal(STATUS.claimed);

    const confirmed = await post(test.stack, "/v1/proof", body);
    expect(confirmed.status, JSON.stringify(confirmed.body)).to.equal(201);
    expect(await statusOf()).to.equal(STATUS.confirmed);
    const { body: found } = await get({ apiUrl }, "/v1/proof?identity=by-stranger&exact=true");
    expect(found.ids[0].proofs[0]).to.include({ is_valid: true, alt_id: "4712" });
  });
});
