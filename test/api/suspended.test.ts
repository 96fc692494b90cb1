import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import type { ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { get } from "../helpers/api.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import type { Person, SignedLink } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { signedDelete } from "./proofs.ts";
import { ATTESTER, append, attested, indexed, now, saidBy, somebody, strangersRegistry } from "./stranger.ts";

/** The avatars of records. */
const names = (ids: { avatar: string }[]) => ids.map(({ avatar }) => avatar);

describe("a suspended binding", () => {
  let test: TestStack;
  let registry: ProofRegistry;
  before(async () => {
    test = await sharedStack();
    registry = await strangersRegistry(test);
  });

  /** Binds an account, and has the attester see its proof gone. */
  async function suspendedBinding(person: Person, identity: string) {
    const bound = attested(person, { platform: "github", identity });
    await append(test, [bound]);
    const key = bindingKey(person.address, "github", identity);
    const gone = { linkId: bound.id, found: false, accountId: "" };
    const seen = now() + 10;
    await indexed(test, (await registry.suspend(key, bound.id, saidBy(gone, [[ATTESTER, seen]]))).hash);
    return { bound, key, seen };
  }

  /** Who is found under a name by GET /v1/proof. */
  const list = async (identity: string, status: string) =>
    (await get(test.stack, `/v1/proof?exact=true&identity=${identity}&status=${status}`)).body.ids;

  const exists = async ({ key }: Person, identity: string) =>
    (await get(test.stack, `/v1/proof/exists?platform=github&identity=${identity}&public_key=${key.compressed}`)).body;

  it("is listed as not valid, with the reason and the time, where one does not ask for valid ones alone", async () => {
    const person = somebody();
    const { bound, seen } = await suspendedBinding(person, "susp-gone");
    for (const status of ["", "suspended", "any"]) {
      const [record] = await list("susp-gone", status);
      expect(record.avatar, status).to.equal(person.key.compressed);
      expect(record.proofs).to.have.length(1);
      expect(record.proofs[0]).to.deep.include({
        ...{ status: "suspended", is_valid: false, last_checked_at: String(seen), link_id: bound.id },
        attesters: [ATTESTER.wallet],
      });
      expect(record.proofs[0].invalid_reason).to.match(/gone/);
    }
    expect(await list("susp-gone", "confirmed")).to.deep.equal([]);
    const found = await exists(person, "susp-gone");
    expect(found).to.include({ is_valid: false, last_checked_at: String(seen) });
    expect(found.invalid_reason).to.match(/gone/);
    const { body } = await get(test.stack, `/v1/avatars/${person.address}`);
    expect(body.bindings[0]).to.include({ status: "suspended", as_of: String(seen) });
  });

  it("stands alone under status=suspended, and hides nobody who is confirmed", async () => {
    const [person, owner] = [somebody(), somebody()];
    const { bound } = await suspendedBinding(person, "susp-name");
    const other: SignedLink = attested(person, { platform: "dns", identity: "susp-name.example", after: bound });
    await append(test, [other, attested(owner, { platform: "github", identity: "susp-name" })]);
    expect(names(await list("susp-name", "confirmed"))).to.deep.equal([owner.key.compressed]);
    expect(names(await list("susp-name", ""))).to.have.members([person.key.compressed, owner.key.compressed]);
    const [record, ...more] = await list("susp-name", "suspended");
    expect(more).to.deep.equal([]);
    expect(record.proofs.map(({ identity }: { identity: string }) => identity)).to.deep.equal(["susp-name"]);
  });

  it("is valid again once it is reinstated", async () => {
    const person = somebody();
    const { bound, key, seen } = await suspendedBinding(person, "susp-back");
    const back = { linkId: bound.id, found: true, accountId: "81" };
    await indexed(test, (await registry.reinstate(key, bound.id, saidBy(back, [[ATTESTER, seen + 10]]))).hash);
    const [record] = await list("susp-back", "confirmed");
    expect(record.proofs[0]).to.include({ is_valid: true, invalid_reason: "", last_checked_at: String(seen + 10) });
  });

  it("can be deleted, and is no more listed then", async () => {
    const person = somebody();
    await suspendedBinding(person, "susp-deleted");
    const answer = await signedDelete(test, person, { platform: "github", identity: "susp-deleted" });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    const [status] = await test.registry.statusOf(person.address, "github", "susp-deleted");
    expect(status).to.equal(STATUS.deleted);
    for (const filter of ["", "suspended", "confirmed"]) expect(await list("susp-deleted", filter)).to.deep.equal([]);
  });
});
