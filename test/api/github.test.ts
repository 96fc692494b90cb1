import {
  ATTESTER_REGISTRY_ABI,
  recoverAttester,
  recoverPublicKey,
  signText,
  unpackAttestations,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Contract } from "ethers";

import { readDeployments } from "../../scripts/lib/deploy.ts";
import { get, newPerson, payload } from "../helpers/api.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { ACCOUNT, bindGist, draftGist, fileOf, publishGist } from "./gists.ts";
import { draftProof, expectRefused, filled, signedDelete, submit, submitWell } from "./proofs.ts";

describe("ProofService: github", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  describe("a gist of one's own", () => {
    it("binds the account: found by login in any case and by number, and bound on chain by a quorum of one", async () => {
      const person = newPerson();
      const made = await draftGist(test, person, "Octo-Alice");
      const document = JSON.parse(made.content);
      expect(document).to.include({
        version: "1",
        persona: person.key.compressed,
        github_username: "octo-alice",
        sign_payload: made.answer.sign_payload,
        signature: made.signature.base64,
        uuid: made.answer.uuid,
        created_at: made.answer.created_at,
      });
      expect(JSON.parse(made.answer.sign_payload).identity).to.equal("octo-alice");
      const gist = publishGist(test, "Octo-Alice", person, made.content);
      await submitWell(test, made, { proof_location: `https://gist.github.com/Octo-Alice/${gist}` });

      for (const typed of ["octo-alice", "OCTO-ALICE", "Octo-Alice", "@octo-alice", String(ACCOUNT)]) {
        const { body } = await get(
          test.stack,
          `/v1/proof?platform=github&identity=${encodeURIComponent(typed)}&exact=true`,
        );
        const record = body.ids.find(({ avatar }: { avatar: string }) => avatar === person.key.compressed);
        expect(record?.proofs, typed).to.have.length(1);
        expect(record.proofs[0]).to.include({
          platform: "github",
          identity: "octo-alice",
          alt_id: String(ACCOUNT),
          proof_location: gist,
          is_valid: true,
          invalid_reason: "",
        });
      }

      expect(await test.registry.isBound(person.key.address, "github", "octo-alice")).to.equal(true);
      const [deployment] = await readDeployments(test.stack.deploymentsDir);
      const { address } = deployment!.contracts.AttesterRegistry;
      const attesters = new Contract(address, ATTESTER_REGISTRY_ABI, test.provider);
      expect(await attesters.getFunction("quorumOf").staticCall("github")).to.equal(1n);
      const [log] = await test.registry.queryFilter(test.registry.filters.LinkAppended(person.key.address));
      const { linkId, proof } = log!.args;
      const { accountId, attestations } = unpackAttestations(proof);
      expect(accountId).to.equal(String(ACCOUNT));
      const [attestation, ...more] = attestations;
      expect(more).to.deep.equal([]);
      const { checkedAt, signature } = attestation!;
      const attester = recoverAttester({ linkId, found: true, accountId, checkedAt }, signature);
      expect(await attesters.getFunction("isAttester").staticCall(attester)).to.equal(true);
    });

    it("shows in the chain with the gist's signature, and the next payload quotes it", async () => {
      const { person, made } = await bindGist(test, "quoting");
      const { body } = await get(test.stack, `/v1/proofchain?public_key=${person.key.compressed}`);
      const [item] = body.proof_chain;
      expect(item).to.include({ signature_payload: made.answer.sign_payload, status: "confirmed" });
      expect(item.extra).to.deep.equal({});
      expect(recoverPublicKey(item.signature_payload, item.signature).compressed).to.equal(person.key.compressed);
      const next = await payload(test.stack, person, { action: "create", platform: "github", identity: "another" });
      expect(JSON.parse(next.sign_payload).prev).to.equal(item.signature);
    });

    it("is taken back by the avatar's signature, after the gist is gone; by no signature and no one else's it is not", async () => {
      const attacker = newPerson();
      const { person, gist, made } = await bindGist(test, "leaving");
      test.github.publish(gist, { owner: null, files: {} });
      const fields = { platform: "github", identity: "leaving" };

      const unsigned = await draftProof(test, person, { ...fields, action: "delete" });
      await expectRefused(test, person, () => submit(test, unsigned), 400, "bad signature");
      const republished = publishGist(test, "leaving", person, unsigned.content);
      const asNextId = () => submit(test, unsigned, { proof_location: republished });
      await expectRefused(test, person, asNextId, 400, "extra.signature");
      const forged = () => signedDelete(test, { ...person, privateKey: attacker.privateKey }, fields);
      await expectRefused(test, person, forged, 400, attacker.key.compressed);
      const theirs = () => signedDelete(test, attacker, fields);
      await expectRefused(test, attacker, theirs, 400, "there is no proof of github: leaving");
      // The create's signature is public; it is none of a delete.
      const replayed = () => submit(test, unsigned, { extra: { signature: made.signature.base64 } });
      await expectRefused(test, person, replayed, 400, "bad signature");
      expect(await test.registry.isBound(person.key.address, "github", "leaving")).to.equal(true);

      expect((await signedDelete(test, person, fields)).status).to.equal(201);
      const [status] = await test.registry.statusOf(person.key.address, "github", "leaving");
      expect(status).to.equal(STATUS.deleted);
      expect((await get(test.stack, "/v1/proof?identity=leaving&platform=github")).body.ids).to.deep.equal([]);
    });
  });

  describe("a gist that proves nothing", () => {
    it("is refused where its content carries another key, under the one or the other name", async () => {
      const [person, other] = [newPerson(), newPerson()];
      const [mine, theirs] = [await draftGist(test, person, "swapped"), await draftGist(test, other, "swapped")];
      const content = publishGist(test, "swapped", person, theirs.content);
      const words = `carries the key ${other.key.compressed} instead of ${person.key.compressed}`;
      await expectRefused(test, person, () => submit(test, mine, { proof_location: content }), 400, words);
      const named = publishGist(test, "swapped", other, theirs.content);
      const file = `the gist has no file ${person.key.compressed}.json: it carries the key ${other.key.compressed}`;
      await expectRefused(test, person, () => submit(test, mine, { proof_location: named }), 400, file);
    });

    it("is refused where its owner is not the identity", async () => {
      const person = newPerson();
      const made = await draftGist(test, person, "torvalds");
      const gist = publishGist(test, "mallory", person, made.content);
      const request = () => submit(test, made, { proof_location: gist });
      await expectRefused(test, person, request, 400, "the gist belongs to mallory, not to torvalds");
      test.github.publish(gist, { owner: null, files: { [fileOf(person)]: made.content } });
      await expectRefused(test, person, request, 400, "no owner");
    });

    it("is refused where an attacker names the file after a victim's key, around a proof of their own key", async () => {
      // nextid.md 4.1: Next.ID's server appends this to the victim's chain, without any signature of the victim.
      const [victim, attacker] = [newPerson(), newPerson()];
      const { answer } = await draftGist(test, victim, "mallory");
      const own = await draftGist(test, attacker, "mallory");
      const attack = (content: string) => () => {
        const gist = publishGist(test, "mallory", victim, content);
        return submit(
          test,
          { ...own, person: victim, answer },
          { proof_location: gist, extra: { signature: own.signature.base64 } },
        );
      };
      const byAttacker = signText(attacker.privateKey, answer.sign_payload);
      // The whole of their own proof; with the victim's key in it; the victim's own text under their signature.
      await expectRefused(test, victim, attack(own.content), 400, `carries the key ${attacker.key.compressed}`);
      const claimed = own.content.replaceAll(attacker.key.compressed, victim.key.compressed);
      await expectRefused(test, victim, attack(claimed), 400, `its uuid is ${own.answer.uuid}`);
      const words = `was made by ${attacker.key.compressed} instead of ${victim.key.compressed}`;
      await expectRefused(test, victim, attack(filled(answer, byAttacker)), 400, words);
      expect((await get(test.stack, "/v1/proof?identity=mallory&status=any&exact=true")).body.ids).to.deep.equal([]);
    });

    it("is refused where it was made for another uuid, also of the same person and account", async () => {
      const { person, gist } = await bindGist(test, "replayed");
      const again = await draftGist(test, person, "replayed");
      const request = () => submit(test, again, { proof_location: gist });
      await expectRefused(test, person, request, 400, `instead of ${again.answer.uuid}`);
    });

    it("cannot bring back what was deleted since", async () => {
      const { person, gist, made } = await bindGist(test, "regretted");
      expect((await signedDelete(test, person, { platform: "github", identity: "regretted" })).status).to.equal(201);
      const replay = () => submit(test, made, { proof_location: gist });
      await expectRefused(test, person, replay, 400, /its prev is null|uuid .* was used already/);
      expect(await test.registry.isBound(person.key.address, "github", "regretted")).to.equal(false);
    });

    it("is refused where the request's created_at is another", async () => {
      const person = newPerson();
      const made = await draftGist(test, person, "dated");
      const gist = publishGist(test, "dated", person, made.content);
      const { created_at } = made.answer;
      const altered = { ...made, answer: { ...made.answer, created_at: String(Number(created_at) - 1) } };
      const words = `its created_at is ${created_at} instead of ${Number(created_at) - 1}`;
      await expectRefused(test, person, () => submit(test, altered, { proof_location: gist }), 400, words);
      const silent = publishGist(
        test,
        "dated",
        person,
        JSON.stringify({ ...JSON.parse(made.content), created_at: undefined }),
      );
      await expectRefused(test, person, () => submit(test, altered, { proof_location: silent }), 400, "created_at");
    });

    it("is refused where the placeholder was left in it", async () => {
      const person = newPerson();
      const made = await draftGist(test, person, "hasty");
      const gist = publishGist(test, "hasty", person, made.answer.post_content.default);
      await expectRefused(test, person, () => submit(test, made, { proof_location: gist }), 400, "%SIG_BASE64%");
    });
  });
});
