import { setTimeout as sleep } from "node:timers/promises";

import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { bindWallet, get, newPerson, post, proofBody } from "../helpers/api.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import type { Gist } from "../standins/github.ts";
import { ACCOUNT, bindGist, fileOf, newGist } from "./gists.ts";
import { type Bound, age, checkOf, exists, lookAgain, proofOf, withChecks } from "./looks.ts";
import { expectError, rowsOf, signedDelete, submit } from "./proofs.ts";
import { ATTESTER, indexed, now, saidBy, strangersRegistry } from "./stranger.ts";

const DAY = 24;

describe("revalidation", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });
  afterEach(() => test.github.trouble(null));

  type Published = Bound & Pick<Awaited<ReturnType<typeof bindGist>>, "made" | "gist">;

  async function bind(login: string): Promise<Published> {
    const { person, made, gist } = await bindGist(test, login);
    const { link_id: linkId } = await proofOf(test, { person, login });
    return { person, login, made, gist, linkId };
  }

  /** Puts another document where the proof was. */
  function replace({ person, login, made, gist }: Published, other: Partial<Gist> & { content?: string } = {}): void {
    const { content = made.content, ...rest } = other;
    test.github.publish(gist, { owner: { login, id: ACCOUNT }, files: { [fileOf(person)]: content }, ...rest });
  }

  const takeAway = (bound: Published) => replace(bound, { files: {} });

  async function becomes(bound: Published, status: bigint): Promise<void> {
    for (;;) {
      const [found] = await test.registry.statusOf(bound.person.key.address, "github", bound.login);
      if (found === status) return;
      await sleep(20);
    }
  }

  /** Two looks that lie apart. */
  async function twoLooks(bound: Published): Promise<void> {
    await lookAgain(test, bound, 3 * DAY);
    await lookAgain(test, bound, 12);
  }

  /** The node's own word on a binding, as somebody asks for it who says where to look. */
  function wordOn({ person, made: { fields, answer } }: Published, location: string, signature: string | null) {
    const body = proofBody(person, fields, answer, { proof_location: location });
    const extra = signature === null ? {} : { extra: { signature } };
    return post(test.stack, "/v1/attestations", { ...body, ...extra, peers: false });
  }

  async function untilExists(bound: Published, valid: boolean) {
    for (;;) {
      const answer = await exists(test, bound);
      if (answer.is_valid === valid) return answer;
      await sleep(20);
    }
  }

  it("is recorded with the submission, and stays away while that is fresh", async () => {
    const bound = await bind("rv-fresh");
    const row = (await checkOf(test, bound.linkId))!;
    expect(row).to.include({ strikes: 0, reason: "", location: bound.gist });
    expect(row.next_due - now()).to.be.within(2.6 * DAY * 3600, 3.4 * DAY * 3600);
    const asked = test.github.requests.length;
    await exists(test, bound);
    await get(test.stack, "/v1/proof?platform=github&identity=rv-fresh");
    expect(await checkOf(test, bound.linkId)).to.deep.equal(row);
    expect(test.github.requests.slice(asked).filter(({ url }) => url.pathname.includes(bound.gist))).to.deep.equal([]);
  });

  it("suspends what is gone twice, apart in time, and reinstates what is back", async () => {
    const bound = await bind("rv-gone");
    takeAway(bound);
    const first = await lookAgain(test, bound, 3 * DAY);
    expect(first).to.include({ strikes: 1, severity: "medium" });
    const still = await exists(test, bound);
    expect(still).to.include({ is_valid: true, invalid_reason: "", last_checked_at: String(first.last_checked_at) });

    expect(await lookAgain(test, bound, 1)).to.include({ strikes: 1 });
    expect(await exists(test, bound)).to.include({ is_valid: true });

    expect(await lookAgain(test, bound, 12)).to.include({ strikes: 2 });
    const gone = await exists(test, bound);
    expect(gone.is_valid).to.equal(false);
    expect(gone.invalid_reason).to.match(/withdrawn: the gist has no file/);
    await becomes(bound, STATUS.suspended);
    while ((await proofOf(test, bound)).status !== "suspended") await sleep(20);
    const proof = await proofOf(test, bound);
    expect(proof).to.include({ is_valid: false });
    expect(proof.invalid_reason).to.match(/confirmation is gone: withdrawn/);
    const { body } = await get(test.stack, `/v1/avatars/${bound.person.key.compressed}`);
    expect(body.bindings[0]).to.include({ is_valid: false, status: "suspended" });

    replace(bound);
    expect(await lookAgain(test, bound, 3 * DAY)).to.include({ strikes: 0, reason: "" });
    await becomes(bound, STATUS.confirmed);
    expect(await untilExists(bound, true)).to.include({ invalid_reason: "" });

    takeAway(bound);
    await twoLooks(bound);
    await becomes(bound, STATUS.suspended);
  });

  it("reinstates at once what its owner submits again, also from where it stands now", async () => {
    const bound = await bind("rv-again");
    takeAway(bound);
    await twoLooks(bound);
    await becomes(bound, STATUS.suspended);
    while ((await proofOf(test, bound)).status !== "suspended") await sleep(20);
    const moved = newGist();
    const owner = { login: "rv-again", id: ACCOUNT };
    test.github.publish(moved, { owner, files: { [fileOf(bound.person)]: bound.made.content } });
    while (now() <= Number((await exists(test, bound)).last_checked_at)) await sleep(20);
    const answer = await submit(test, bound.made, { proof_location: moved });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    expect(await exists(test, bound)).to.include({ is_valid: true, invalid_reason: "" });
    // From now on it is looked at there.
    expect(await lookAgain(test, bound, 3 * DAY)).to.include({ strikes: 0, location: moved });
    expect(test.github.requests.at(-1)!.url.pathname).to.include(moved);
    expect(await test.registry.lengthOf(bound.person.key.address)).to.equal(1n);
  });

  it("holds nothing against a binding that it never saw where a stranger says that its proof is", async () => {
    const bound = await bind("rv-unseen");
    // As on another node, which knows the place from the chain alone: no signature covers that.
    const forget = "UPDATE api.checks SET last_confirmed_at = NULL, location = NULL WHERE link_id = $1";
    await rowsOf(test.stack.databaseUrl, forget, [bound.linkId]);
    takeAway(bound);
    await twoLooks(bound);
    const row = (await checkOf(test, bound.linkId))!;
    expect(row).to.include({ strikes: 0, reason: "" });
    expect(row.trouble).to.match(/^never seen by this node where the chain says it is: /);
    expect(await exists(test, bound)).to.include({ is_valid: true, invalid_reason: "" });
    await becomes(bound, STATUS.confirmed);
  });

  it("does not hand a suspended binding to the next owner of its handle, who publishes the same proof", async () => {
    const bound = await bind("rv-heir");
    takeAway(bound);
    await twoLooks(bound);
    await becomes(bound, STATUS.suspended);
    while ((await proofOf(test, bound)).status !== "suspended") await sleep(20);
    const theirs = newGist();
    const owner = { login: "rv-heir", id: ACCOUNT + 1 };
    test.github.publish(theirs, { owner, files: { [fileOf(bound.person)]: bound.made.content } });
    const answer = await submit(test, bound.made, { proof_location: theirs });
    expectError(answer, 400, `rv-heir is another account now: its id is ${ACCOUNT + 1}, not ${ACCOUNT}`);
    replace(bound, { owner });
    expect(await lookAgain(test, bound, 3 * DAY)).to.include({ strikes: 2 });
    expect((await exists(test, bound)).invalid_reason).to.match(/reused/);
    const [status] = await test.registry.statusOf(bound.person.key.address, "github", bound.login);
    expect(status).to.equal(STATUS.suspended);
  });

  it("has no word for the next owner of a handle either, whatever the asker leaves out", async () => {
    const bound = await bind("rv-heirs-word");
    takeAway(bound);
    await twoLooks(bound);
    await becomes(bound, STATUS.suspended);
    while ((await proofOf(test, bound)).status !== "suspended") await sleep(20);
    const theirs = newGist();
    const owner = { login: "rv-heirs-word", id: ACCOUNT + 1 };
    test.github.publish(theirs, { owner, files: { [fileOf(bound.person)]: bound.made.content } });
    const words = `rv-heirs-word is another account now: its id is ${ACCOUNT + 1}, not ${ACCOUNT}`;
    expectError(await wordOn(bound, theirs, null), 400, words);
    // As on a node that knows the binding from the chain alone.
    await rowsOf(test.stack.databaseUrl, "DELETE FROM api.checks WHERE link_id = $1", [bound.linkId]);
    for (const signature of [null, bound.made.signature.base64]) {
      expectError(await wordOn(bound, theirs, signature), 400, words);
    }
  });

  it("finds a proof where the chain says, though a stranger led it to a copy that is gone since", async () => {
    const bound = await bind("rv-copy");
    const copy = newGist();
    const leadAway = async () => {
      const owner = { login: "rv-copy", id: ACCOUNT };
      test.github.publish(copy, { owner, files: { [fileOf(bound.person)]: bound.made.content } });
      const { body } = await wordOn(bound, copy, bound.made.signature.base64);
      expect(body).to.include({ found: true, proof_location: copy });
      expect(await checkOf(test, bound.linkId)).to.include({ location: copy });
      test.github.publish(copy, { owner, files: {} });
    };
    await leadAway();
    expect(await lookAgain(test, bound, 3 * DAY)).to.include({ strikes: 0, location: bound.gist });
    await leadAway();
    const { status, body } = await wordOn(bound, copy, bound.made.signature.base64);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body).to.include({ found: true, proof_location: bound.gist });
    // Where it stands nowhere any more, it is missed.
    await leadAway();
    takeAway(bound);
    expect(await lookAgain(test, bound, 3 * DAY)).to.include({ strikes: 1 });
  });

  it("looks when it wants to, however often a stranger asks for its word", async () => {
    const bound = await bind("rv-put-off");
    takeAway(bound);
    const due = now() + 3600;
    await rowsOf(
      test.stack.databaseUrl,
      `UPDATE api.checks SET strikes = 1, severity = 'medium', first_failed_at = last_checked_at - 86400, next_due = $2
       WHERE link_id = $1`,
      [bound.linkId, due],
    );
    const { status, body } = await wordOn(bound, bound.gist, bound.made.signature.base64);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body).to.include({ found: false });
    expect(await checkOf(test, bound.linkId)).to.include({ strikes: 2, next_due: due });
  });

  it("holds nothing against a binding that a quorum has seen since", async () => {
    const bound = await bind("rv-seen-since");
    takeAway(bound);
    await twoLooks(bound);
    await becomes(bound, STATUS.suspended);
    while ((await proofOf(test, bound)).status !== "suspended") await sleep(20);
    const back = { linkId: bound.linkId, found: true, accountId: String(ACCOUNT) };
    const key = bindingKey(bound.person.key.address, "github", bound.login);
    const registry = await strangersRegistry(test);
    const seen = now() + 10;
    await indexed(test, (await registry.reinstate(key, bound.linkId, saidBy(back, [[ATTESTER, seen]]))).hash);
    const answer = await exists(test, bound);
    expect(answer).to.include({ is_valid: true, invalid_reason: "", last_checked_at: String(seen) });
  });

  it("tells renamed from reused, and neither is anybody's binding; what comes back is valid again", async () => {
    const [renamed, reused] = [await bind("rv-renamed"), await bind("rv-reused")];
    replace(renamed, { owner: { login: "rv-new-name", id: ACCOUNT } });
    replace(reused, { owner: { login: "rv-reused", id: 666 } });
    for (const bound of [renamed, reused]) {
      expect(await lookAgain(test, bound, 3 * DAY)).to.include({ strikes: 1 });
      expect(await exists(test, bound)).to.include({ is_valid: true });
      await lookAgain(test, bound, 12);
    }
    expect((await exists(test, renamed)).invalid_reason).to.match(/renamed: .*rv-new-name.*account 1191636/);
    expect((await exists(test, reused)).invalid_reason).to.match(
      /reused: rv-reused is another account now: its id is 666/,
    );
    const { body } = await get(test.stack, "/v1/proof?platform=github&identity=rv-new-name&exact=true&status=any");
    expect(body.ids).to.deep.equal([]);
    expect((await proofOf(test, reused)).alt_id).to.equal(String(ACCOUNT));
    replace(renamed);
    await becomes(renamed, STATUS.suspended);
    while ((await proofOf(test, renamed)).status !== "suspended") await sleep(20);
    await lookAgain(test, renamed, 3 * DAY);
    await untilExists(renamed, true);
  });

  it("sees through a post that another account took over, or that holds another signature", async () => {
    const [other, edited, odd] = [await bind("rv-other"), await bind("rv-edited"), await bind("rv-odd")];
    const stranger = await bind("rv-stranger");
    replace(other, { owner: { login: "rv-attacker", id: 666 } });
    replace(edited, { content: stranger.made.content });
    // PostgreSQL has no such character in its texts.
    replace(odd, { owner: { login: "rv\0odd", id: 666 } });
    for (const bound of [other, edited, odd]) await twoLooks(bound);
    expect((await exists(test, odd)).invalid_reason).to.match(/changed: the gist belongs to rv\ufffdodd/);
    expect((await exists(test, other)).invalid_reason).to.match(/changed: the gist belongs to rv-attacker/);
    expect((await exists(test, edited)).invalid_reason).to.match(/changed: .*carries the key/);
    expect(await exists(test, stranger)).to.include({ is_valid: true });
  });

  it("invalidates nothing while the platform cannot be asked, for weeks, and does not claim to have looked", async () => {
    const bound = await bind("rv-soft");
    const { last_confirmed_at } = (await checkOf(test, bound.linkId))!;
    // Of those after which the host is asked again at once.
    const troubles = ["sends HTML", "sends null", "refuses the credential", "redirects to a private address"] as const;
    let days = 0;
    for (const trouble of troubles) {
      test.github.trouble(trouble);
      const row = await lookAgain(test, bound, 7 * DAY);
      days += 7;
      expect(row, trouble).to.include({ strikes: 0, reason: "", soft_failures: days / 7 });
      expect(row.trouble).not.to.equal("");
      const seen = last_confirmed_at! - days * DAY * 3600;
      expect(row.last_checked_at, trouble).to.equal(seen);
      expect(await exists(test, bound)).to.include({ is_valid: true, invalid_reason: "" });
    }
    const [status] = await test.registry.statusOf(bound.person.key.address, "github", bound.login);
    expect(status).to.equal(STATUS.confirmed);
    test.github.trouble(null);
    expect(await lookAgain(test, bound, 7 * DAY)).to.include({ strikes: 0, soft_failures: 0, trouble: "" });
  });

  it("forgets what was deleted, and never looks at what a key signed itself", async () => {
    const bound = await bind("rv-deleted");
    await signedDelete(test, bound.person, { platform: "github", identity: bound.login });
    const wallet = Wallet.createRandom();
    expect((await bindWallet(test.stack, newPerson(), wallet)).status).to.equal(201);
    const found = await get(test.stack, `/v1/proof?platform=ethereum&identity=${wallet.address}`);
    const { link_id } = found.body.ids[0].proofs[0];
    await withChecks(test, 4 * DAY, (checks) => checks.enrol());
    await age(test, [bound.linkId], 3 * DAY);
    while (await checkOf(test, bound.linkId)) await sleep(20);
    expect(await checkOf(test, link_id)).to.equal(undefined);
  });

  it("sorts by when it was last looked at", async () => {
    const [older, newer] = [await bind("rv-sort-a"), await bind("rv-sort-b")];
    const order = async () => {
      const path = "/v1/proof?platform=github&identity=rv-sort-&sort=last_checked_at&order=desc";
      const { ids } = (await get(test.stack, path)).body;
      return ids.map(({ proofs }: { proofs: { identity: string }[] }) => proofs[0]!.identity);
    };
    while (now() <= Number((await exists(test, newer)).last_checked_at)) await sleep(20);
    await lookAgain(test, older, 3 * DAY);
    expect(await order()).to.deep.equal(["rv-sort-a", "rv-sort-b"]);
    while (now() <= Number((await exists(test, older)).last_checked_at)) await sleep(20);
    await lookAgain(test, newer, 3 * DAY);
    expect(await order()).to.deep.equal(["rv-sort-b", "rv-sort-a"]);
  });
});
