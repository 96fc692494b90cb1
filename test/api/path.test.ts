import { aliasProof, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { get } from "../helpers/api.ts";
import { type Person, type SignedLink, signLink } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectError } from "./proofs.ts";
import { append, attested, claim, now, somebody } from "./stranger.ts";

/** A link by which one avatar takes another for its alias, with both signatures. */
function joined(avatar: Person, other: Person, after?: SignedLink): SignedLink {
  const fields = { platform: "nextid", identity: other.key.compressed, createdAt: now(), ...(after && { after }) };
  const link = signLink(avatar, fields);
  const proof = aliasProof(other.key.compressed, signText(other.privateKey, link.text).raw);
  return { ...link, submission: { ...link.submission, proof } };
}

describe("whether two identities belong together", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  const pathBetween = (from: string, to: string, query = "") =>
    get(test.stack, `/v1/path?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}&${query}`);

  it("is told with each step in between, and what it rests on", async () => {
    const [one, two, wallet] = [somebody(), somebody(), somebody()];
    const account = attested(one, { platform: "github", identity: "path-one" });
    const alias = joined(two, one);
    const signed = claim(two, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: alias });
    await append(test, [account, alias, signed]);
    const { status, body } = await pathBetween("github,@Path-One", `eth,${wallet.address}`);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body).to.include({ linked: true, level: 4 });
    const ids = [account.id, alias.id, signed.id];
    expect(
      body.steps.map((step: { edge: { references: { link_id: string }[] } }) => step.edge.references[0]!.link_id),
    ).to.deep.equal(ids);
    // Each step goes on where the last one ended, whichever way its connection was made.
    const stops = [
      { platform: "github", identity: "path-one" },
      { platform: "nextid", identity: one.key.compressed },
      { platform: "nextid", identity: two.key.compressed },
      { platform: "ethereum", identity: wallet.wallet },
    ];
    expect(body.steps.map(({ from }: { from: object }) => from)).to.deep.equal(stops.slice(0, -1));
    expect(body.steps.map(({ to }: { to: object }) => to)).to.deep.equal(stops.slice(1));
    for (const [index, { edge }] of body.steps.entries()) {
      const receipt = await test.provider.getTransactionReceipt(edge.references[0].tx_hash);
      expect(receipt!.logs.some(({ topics }) => topics.includes(ids[index]!))).to.equal(true);
    }
    expect((await pathBetween("github,path-one", `eth,${wallet.address}`, "level=5")).body).to.deep.include({
      ...{ linked: false, level: null, steps: [] },
    });
  });

  it("is no where there is none, also past what somebody claims alone", async () => {
    const [victim, attacker] = [somebody(), somebody()];
    const account = attested(victim, { platform: "github", identity: "path-victim" });
    const own = attested(attacker, { platform: "github", identity: "path-attacker" });
    const claimed = claim(attacker, { platform: "github", identity: "path-victim", after: own });
    await append(test, [account, own, claimed]);
    const { body } = await pathBetween("github,path-attacker", "github,path-victim");
    expect(body).to.deep.include({ linked: false, level: null, steps: [] });
    const weak = await pathBetween("github,path-attacker", "github,path-victim", "level=1");
    expect(weak.body).to.include({ linked: true });
    expect(weak.body.level).to.be.below(3);
    expect((await pathBetween("github,path-victim", "github,path-nobody")).body.linked).to.equal(false);
  });

  it("is yes without a step of one and the same", async () => {
    const { body } = await pathBetween("github,alice", "github,@ALICE");
    expect(body).to.deep.include({ linked: true, level: null, steps: [] });
  });

  it("is an error that says which of the two is wrong", async () => {
    expectError(
      await pathBetween("github", "github,bob"),
      400,
      'Param error: from: "github" is not an identity as platform',
    );
    expectError(
      await pathBetween("github,alice", "github,b b"),
      400,
      'Param error: to: identity "b b" is not a GitHub',
    );
    expectError(await get(test.stack, "/v1/path?from=github,alice"), 400, "Param missing: to");
    expectError(await pathBetween("github,alice", "github,bob", "level=9"), 400, "level: must be 1 to 5");
  });
});
