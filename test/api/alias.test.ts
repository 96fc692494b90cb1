import { verifyChain } from "@syngraph/sdk/client";
import { type Link, aliasProof, signPayload, signText, toSubmission } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import type { ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { get } from "../helpers/api.ts";
import { type Person, type SignedLink, signLink } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { draftProof, expectRefused, submit, submitWell } from "./proofs.ts";
import { append, claim, indexed, now, somebody, strangersRegistry } from "./stranger.ts";

/** A link by which one avatar takes another for its alias, with both signatures. */
function joined(avatar: Person, other: Person, after?: SignedLink): SignedLink {
  const fields = { platform: "nextid", identity: other.key.compressed, createdAt: now(), ...(after && { after }) };
  const link = signLink(avatar, fields);
  const proof = aliasProof(other.key.compressed, signText(other.privateKey, link.text).raw);
  return { ...link, submission: { ...link.submission, proof } };
}

/** Their names. */
const keys = (...people: Person[]) => people.map(({ key }) => key.compressed);

describe("an avatar's alias", () => {
  let test: TestStack;
  let registry: ProofRegistry;
  before(async () => {
    test = await sharedStack();
    registry = await strangersRegistry(test);
  });

  /** What GET /v1/proof says of an avatar. */
  const recordOf = async ({ key }: Person, status = "") =>
    (await get(test.stack, `/v1/proof?platform=nextid&identity=${key.compressed}&status=${status}`)).body.ids[0];

  it("is told of all that are joined, whoever made the link, and directly or not", async () => {
    const [one, two, three, apart] = [somebody(), somebody(), somebody(), somebody()];
    const first = joined(one, two);
    const second = joined(three, two);
    // A claim on another platform, and somebody of no part in it.
    const claimed = claim(two, { platform: "github", identity: "alias-two" });
    const third = joined(apart, somebody());
    await append(test, [first, second, claimed, third]);
    const record = await recordOf(one);
    expect(record.alias).to.have.members(keys(two, three));
    expect(record.proofs[0]).to.include({ platform: "nextid", identity: two.key.compressed, is_valid: true });
    expect((await recordOf(two, "any")).alias).to.have.members(keys(one, three));
    expect((await recordOf(three)).alias).to.have.members(keys(one, two));
    expect((await recordOf(apart)).alias).to.have.length(1);
    const query = `platform=nextid&identity=${two.key.uncompressed}&public_key=${one.key.compressed}`;
    expect((await get(test.stack, `/v1/proof/exists?${query}`)).body).to.include({ is_valid: true });
  });

  it("shows with the other's signature, so that anybody can verify it, and so does its release", async () => {
    const [avatar, other] = [somebody(), somebody()];
    const bound = joined(avatar, other);
    await append(test, [bound]);
    const link: Link = { ...bound.link, action: "delete", uuid: bound.link.uuid.replace(/^./, "0"), createdAt: now() };
    const released = toSubmission(link, {
      ...{ signature: "0x", withKey: true },
      proof: aliasProof(other.key.compressed, signText(other.privateKey, signPayload(link)).raw),
    });
    await indexed(test, (await registry.release(released)).hash);
    const { body } = await get(test.stack, `/v1/proofchain?avatar=${avatar.key.compressed}`);
    const [create, release] = body.proof_chain;
    expect(create.extra).to.deep.equal({ target_signature: signText(other.privateKey, bound.text).raw });
    expect([create.status, release.status, release.sequence]).to.deep.equal(["confirmed", "deleted", null]);
    const checks = verifyChain(body.proof_chain, avatar.key.compressed);
    expect(checks.map(({ ok, problem }) => problem ?? ok)).to.deep.equal([true, true]);
    expect((await recordOf(avatar, "any")).alias).to.deep.equal([]);
  });

  it("is told no more than a hundred times, whatever somebody with many keys joins", async () => {
    const avatar = somebody();
    const links: SignedLink[] = [];
    while (links.length < 105) links.push(joined(avatar, somebody(), links.at(-1)));
    const { hash } = await registry.appendBatch(
      links.map(({ submission }) => submission),
      "0x",
    );
    await indexed(test, hash);
    const { alias, proofs } = await recordOf(avatar);
    expect(new Set(alias).size).to.equal(100);
    expect(proofs).to.have.length(105);
    expect(alias).not.to.include(avatar.key.compressed);
  });

  describe("through the API", () => {
    const drafted = (avatar: Person, other: string, action: "create" | "delete" = "create") =>
      draftProof(test, avatar, { action, platform: "nextid", identity: other });
    type Draft = Awaited<ReturnType<typeof drafted>>;
    const signatureOf = ({ answer }: Draft, { privateKey }: Person) => signText(privateKey, answer.sign_payload);
    const extraOf = (draft: Draft, other: Person) => ({
      signature: draft.signature.base64,
      target_signature: signatureOf(draft, other).base64,
    });

    it("is made with both signatures, whatever form the other key and its signature have", async () => {
      const [one, two, three] = [somebody(), somebody(), somebody()];
      const first = await drafted(one, two.key.uncompressed.slice(2).toUpperCase());
      expect(JSON.parse(first.answer.sign_payload).identity).to.equal(two.key.compressed);
      await submitWell(test, first, { extra: extraOf(first, two) });
      const second = await drafted(one, three.key.compressed);
      const hex = signatureOf(second, three).raw.slice(2);
      await submitWell(test, second, { extra: { ...extraOf(second, three), target_signature: hex } });
      expect((await recordOf(one)).alias).to.have.members(keys(two, three));
      expect(await registry.isBound(one.address, "nextid", two.key.compressed)).to.equal(true);
    });

    it("is refused with a stranger's signature, without one, and of oneself, and changes nothing", async () => {
      const [one, two, attacker] = [somebody(), somebody(), somebody()];
      const draft = await drafted(one, two.key.compressed);
      const refusals: [extra: object, message: string][] = [
        [extraOf(draft, attacker), `not signed by ${two.key.compressed}`],
        [extraOf(draft, one), `not signed by ${two.key.compressed}`],
        [{ signature: draft.signature.base64 }, "target_signature not found"],
        [{ ...extraOf(draft, two), signature: signatureOf(draft, attacker).base64 }, "bad signature"],
        [{ target_signature: signatureOf(draft, two).base64 }, "bad signature"],
        [{ ...extraOf(draft, two), target_signature: "AAAA" }, "target_signature"],
      ];
      for (const [extra, message] of refusals) {
        await expectRefused(test, one, () => submit(test, draft, { extra }), 400, message);
      }
      const own = await drafted(one, one.key.compressed);
      await expectRefused(test, one, () => submit(test, own, { extra: extraOf(own, one) }), 400, "no alias of itself");
    });

    it("is ended by either of the two, and by nobody else", async () => {
      const [one, two, three, attacker] = [somebody(), somebody(), somebody(), somebody()];
      for (const other of [two, three]) {
        const draft = await drafted(one, other.key.compressed);
        await submitWell(test, draft, { extra: extraOf(draft, other) });
      }
      const byAvatar = await drafted(one, two.key.compressed, "delete");
      const byOther = await drafted(one, three.key.compressed, "delete");
      for (const name of ["signature", "target_signature"]) {
        const extra = { [name]: signatureOf(byOther, attacker).base64 };
        await expectRefused(test, one, () => submit(test, byOther, { extra }), 400, /not signed by|bad signature/);
      }
      await submitWell(test, byOther, { extra: { target_signature: signatureOf(byOther, three).base64 } });
      await submitWell(test, byAvatar, { extra: { signature: byAvatar.signature.base64 } });
      for (const other of [two, three]) {
        expect(await registry.isBound(one.address, "nextid", other.key.compressed)).to.equal(false);
      }
      const { body } = await get(test.stack, `/v1/proofchain?avatar=${one.key.compressed}`);
      expect(verifyChain(body.proof_chain, one.key.compressed).map(({ problem, ok }) => problem ?? ok)).to.deep.equal(
        Array.from({ length: 4 }, () => true),
      );
    });
  });
});
