import { expect } from "chai";

import { get } from "../helpers/api.ts";
import { type Person, attest } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectError } from "./proofs.ts";
import { ATTESTER, accountIdOf, append, attested, claim, now, somebody } from "./stranger.ts";

/** The fields of GET /v1/proof/exists that Next.ID's clients know. */
const EXISTS = ["created_at", "last_checked_at", "is_valid", "invalid_reason"];

describe("what is not confirmed", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  const list = async (query: string) => (await get(test.stack, `/v1/proof?exact=true&${query}`)).body.ids;
  const exists = (person: Person, platform: string, identity: string) =>
    get(test.stack, `/v1/proof/exists?platform=${platform}&identity=${identity}&public_key=${person.key.uncompressed}`);

  it("is in no answer for who does not ask for it: a claim that a stranger brought on chain", async () => {
    const [impostor, owner] = [somebody(), somebody()];
    const real = attested(owner, { platform: "github", identity: "status-owner", accountId: "80000001" });
    const own = attested(impostor, { platform: "github", identity: "status-impostor" });
    // It names the account, its number and a place, none of which anybody has looked at.
    const untrue = claim(impostor, {
      platform: "github",
      identity: "status-owner",
      attested: (linkId) => attest([impostor], { linkId, accountId: "80000001", checkedAt: now() }),
      proofLocation: "aa00",
      after: own,
    });
    await append(test, [real, own, untrue]);

    for (const identity of ["status-owner", "80000001"]) {
      const ids = await list(`platform=github&identity=${identity}`);
      expect(ids.map(({ avatar }: { avatar: string }) => avatar)).to.deep.equal([owner.key.compressed]);
    }
    const [record] = await list("identity=status-impostor");
    expect(record.proofs.map(({ identity }: { identity: string }) => identity)).to.deep.equal(["status-impostor"]);
    expectError(await exists(impostor, "github", "status-owner"), 404, /^Record not found for github: status-owner$/);

    const any = await list("identity=status-owner&status=any");
    expect(any).to.have.length(2);
    const shown = any.find(({ avatar }: { avatar: string }) => avatar === impostor.key.compressed);
    const proof = shown.proofs.find(({ identity }: { identity: string }) => identity === "status-owner");
    expect(proof).to.include({ status: "claimed", is_valid: false, alt_id: "status-owner", link_id: untrue.id });
    expect(proof.invalid_reason).to.match(/not confirmed/);
    // Not even then is it found by the number that it gave itself.
    expect(await list("identity=80000001&status=any")).to.have.length(1);
  });

  it("is no more in them once it was deleted, but in the chain", async () => {
    const person = somebody();
    const created = attested(person, { platform: "dns", identity: "status.example.com" });
    const deleted = claim(person, {
      action: "delete",
      platform: "dns",
      identity: "status.example.com",
      after: created,
      createdAt: now() + 1,
    });
    await append(test, [created]);
    expect((await exists(person, "dns", "Status.Example.COM")).body).to.have.keys(EXISTS);
    await append(test, [deleted]);
    expect(await list("identity=status.example.com")).to.deep.equal([]);
    expect(await list(`platform=nextid&identity=${person.key.compressed}`)).to.deep.equal([]);
    expectError(await exists(person, "dns", "status.example.com"), 404, "Record not found");
    const [record] = await list("identity=status.example.com&status=any");
    expect(record.proofs[0]).to.include({ status: "deleted", is_valid: false, invalid_reason: "deleted" });
    const { body } = await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`);
    expect(body.proof_chain.map(({ status }: { status: string }) => status)).to.deep.equal(["confirmed", "deleted"]);
  });

  it("is told apart by GET /v1/avatars, which finds an avatar by key and by address", async () => {
    const person = somebody();
    const bound = attested(person, { platform: "github", identity: "status-bound", proofLocation: "bb11" });
    const claimed = claim(person, { platform: "twitter", identity: "status-claimed", after: bound });
    await append(test, [bound, claimed]);
    const { compressed, uncompressed } = person.key;
    for (const name of [compressed, uncompressed.slice(2), person.address, person.address.toLowerCase()]) {
      const { status, body } = await get(test.stack, `/v1/avatars/${name}`);
      expect(status).to.equal(200);
      expect(body).to.include({ avatar: compressed, address: person.wallet, length: 2 });
      const notCompared = { as_of: undefined, last_checked_at: undefined };
      expect(body.bindings.map((binding: object) => ({ ...binding, ...notCompared }))).to.deep.equal([
        {
          ...{ platform: "twitter", identity: "status-claimed", alt_id: "status-claimed", status: "claimed" },
          ...{ proof_location: "", link_id: claimed.id, chain_id: 31337, attesters: [], ...notCompared },
          ...{ is_valid: false, invalid_reason: "claimed by the avatar, not confirmed by the other side yet" },
          ...{ chains: [{ chain_id: 31337, status: "claimed", link_id: claimed.id }], disputed_by: [] },
          ...{ uri: null, proof_uri: null },
        },
        {
          ...{ platform: "github", identity: "status-bound", alt_id: accountIdOf(person), status: "confirmed" },
          ...{ proof_location: "bb11", link_id: bound.id, chain_id: 31337, ...notCompared },
          ...{ is_valid: true, invalid_reason: "", attesters: [ATTESTER.wallet] },
          ...{ chains: [{ chain_id: 31337, status: "confirmed", link_id: bound.id }], disputed_by: [] },
          ...{ uri: "https://github.com/status-bound", proof_uri: "https://gist.github.com/bb11" },
        },
      ]);
      for (const { as_of, last_checked_at } of body.bindings) {
        expect(Number(as_of)).to.be.closeTo(now(), 600);
        expect(last_checked_at).to.equal(as_of);
      }
    }
    const stranger = somebody();
    expectError(await get(test.stack, `/v1/avatars/${stranger.address}`), 404, `no avatar ${stranger.address}`);
  });

  it("exists for nobody but the avatar that has it, under any form of key and identity", async () => {
    const [person, other] = [somebody(), somebody()];
    await append(test, [attested(person, { platform: "github", identity: "status-exists" })]);
    for (const identity of ["status-exists", "Status-EXISTS", "@status-exists"]) {
      const { status, body } = await exists(person, "github", encodeURIComponent(identity));
      expect(status).to.equal(200);
      expect(body).to.have.keys(EXISTS);
      expect(body).to.include({ is_valid: true, invalid_reason: "" });
      expect(Number(body.last_checked_at)).to.be.closeTo(now(), 600);
      expect(Number(body.created_at)).to.be.closeTo(now(), 600);
    }
    expectError(await exists(other, "github", "status-exists"), 404, "Record not found");
    expectError(await exists(person, "twitter", "status-exists"), 404, "Record not found");
    expectError(await exists(person, "github", "status-exist"), 404, "Record not found");
  });
});
