import { expect } from "chai";

import type { Fixture } from "./fixtures/fixture.ts";
import { fixture } from "./fixtures/minds.ts";
import { changed, expectFailure, expectSuccess, lookAt } from "./scene.ts";

describe("minds", () => {
  it("reads nothing of another post than was asked for", async () => {
    await expectFailure(lookAt(rewritten({ guid: "1" })), "soft", /about 1, not/);
  });

  it("takes a remind as another's words, even of a post of the same guid", async () => {
    await expectFailure(lookAt(rewritten({ subtype: "remind" })), "medium", /is a remind/);
  });

  it("takes an error with HTTP 200 as no answer", async () => {
    const failing = changed(fixture, () => ({ body: { status: "error", message: "You must be logged in" } }));
    await expectFailure(lookAt(failing), "soft", /no list of posts/);
  });

  it("records whether the post was edited", async () => {
    for (const [edited, expected] of [
      ["1", true],
      [true, true],
      ["", false],
    ] as const) {
      const { record } = await expectSuccess(lookAt(rewritten({ edited })));
      expect(record.facts).to.deep.equal({ edited: expected });
    }
  });

  it("finds nothing in a post without text", async () => {
    await expectFailure(lookAt(rewritten({ message: null })), "medium", /no signature/);
  });
});

/** The answer with a change to its one post. */
function rewritten(members: object): Fixture {
  return changed(fixture, ({ body }) => {
    const { entities, ...others } = body as { entities: object[] };
    return { body: { ...others, entities: [{ ...entities[0], ...members }] } };
  });
}
