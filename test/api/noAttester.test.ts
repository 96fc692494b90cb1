import { signText, unpackAttestations } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { get, newPerson, payload, post, proofBody } from "../helpers/api.ts";
import { type Node, startNode } from "../helpers/node.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { until } from "../helpers/until.ts";

describe("a node whose key is no attester's", function () {
  this.timeout(60_000);
  let test: TestStack;
  let node: Node;
  before(async () => {
    test = await sharedStack();
    const env = { ATTESTER_KEY: Wallet.createRandom().privateKey, WATCH_INTERVAL_MS: "3600000" };
    node = await startNode(test, { name: "stranger", env });
  });
  after(() => node.stop());

  it("makes claims, and says so; an attester's node sees them and confirms", async () => {
    const person = newPerson();
    const fields = { action: "create", platform: "github", identity: "by-stranger" } as const;
    const answer = await payload(node, person, fields);
    const { base64 } = signText(person.privateKey, answer.sign_payload);
    const gist = person.key.compressed.slice(2, 34);
    test.github.publish(gist, {
      owner: { login: "by-stranger", id: 4712 },
      files: { [`${person.key.compressed}.json`]: answer.post_content.default.replace("%SIG_BASE64%", base64) },
    });
    const body = proofBody(person, fields, answer, { proof_location: gist });
    const statusOf = async () => (await test.registry.statusOf(person.key.address, "github", "by-stranger"))[0];

    const made = await post(node, "/v1/proof", body);
    expect(made.status, JSON.stringify(made.body)).to.equal(202);
    expect(made.body).to.deep.equal({ status: "claimed", attestations: 1, quorum: 1 });
    const [log] = await test.registry.queryFilter(test.registry.filters.LinkAppended(person.key.address));
    expect(unpackAttestations(log!.args.proof).attestations).to.have.length(1);
    const submission = () => get(node, made.headers.get("location")!);
    expect((await submission()).body).to.include({ state: "included" });

    await until(async () => (await statusOf()) === STATUS.confirmed);
    const found = async () => (await get(node, "/v1/proof?identity=by-stranger&exact=true")).body.ids;
    await until(async () => (await found()).length === 1);
    expect((await found())[0].proofs[0]).to.include({ is_valid: true, alt_id: "4712" });
  });
});
