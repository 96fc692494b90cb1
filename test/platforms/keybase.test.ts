import { signPayload } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { newLink, newSigner, publishedText, sign } from "./claims.ts";
import type { Fixture } from "./fixtures/fixture.ts";
import { fixture } from "./fixtures/keybase.ts";
import { changed, expectFailure, expectSuccess, lookAt } from "./scene.ts";

const OK = { code: 0, name: "OK" };

describe("keybase", () => {
  it("has a proof to publish that fits into a bio of 256 characters, where Next.ID's file does not", () => {
    const owner = newSigner();
    const prev = sign(owner, newLink(owner, "github", "someone"));
    const link = newLink(owner, "keybase", "abcdefghijklmnop", { prev });
    expect(publishedText(owner, link)).to.have.length.within(200, 256);
    // Next.ID's file holds the text and its signature, whatever its comments say.
    expect(signPayload(link).length + prev.length).to.be.greaterThan(256);
  });

  it("reads one user as well as a list", async () => {
    const one = changed(fixture, (answer) => {
      const { them, ...others } = answer.body as { them: object[] };
      return { body: { ...others, them: them[0] } };
    });
    expect((await expectSuccess(lookAt(one))).accountId).to.equal(fixture.accountId);
  });

  it("knows a user who is not there by Keybase's own codes, which come with HTTP 200", async () => {
    for (const status of [
      { code: 205, name: "NOT_FOUND" },
      { code: 216, name: "DELETED" },
    ]) {
      await expectFailure(lookAt(lookup({ status })), "medium", /no such user/);
    }
    await expectFailure(lookAt(lookup({ status: OK, them: [null] })), "medium", /no such user/);
    await expectFailure(lookAt(lookup({ status: OK, them: null })), "medium", /no such user/);
  });

  it("takes every other code as no answer", async () => {
    for (const status of [
      { code: 100, name: "INPUT_ERROR" },
      { code: 602, name: "RATE_LIMIT" },
    ]) {
      await expectFailure(lookAt(lookup({ status })), "soft", new RegExp(`does not answer now \\(${status.name}\\)`));
    }
    await expectFailure(lookAt(lookup({ status: OK, them: [] })), "soft", /does not answer now/);
    await expectFailure(lookAt(lookup({ status: OK, them: [{ id: 7 }] })), "soft", /not as its API documents it/);
  });

  it("finds nothing in a profile that was never written", async () => {
    for (const profile of [null, { bio: null }, { bio: "" }]) {
      const blank = lookup({ status: OK, them: [{ id: fixture.accountId, basics: { username: "alice" }, profile }] });
      await expectFailure(lookAt(blank), "medium", /has no bio/);
    }
  });
});

/** Keybase, where it answers this whatever is published. */
function lookup(body: object): Fixture {
  return changed(fixture, () => ({ body }));
}
