import { expect } from "chai";

import type { Fixture } from "./fixtures/fixture.ts";
import { fixture } from "./fixtures/telegram.ts";
import { changed, expectFailure, expectSuccess, lookAt } from "./scene.ts";

describe("telegram", () => {
  it("names the channel by its number, wherever the widget carries it", async () => {
    for (const left of ["data-peer", "data-view"]) {
      const other = left === "data-peer" ? "data-view" : "data-peer";
      const without = rewritten((html) => html.replace(new RegExp(` ${other}="[^"]*"`), ""));
      expect((await expectSuccess(lookAt(without))).accountId, left).to.equal(fixture.accountId);
    }
  });

  it("binds nothing where the widget carries no number: a username alone may change hands", async () => {
    const without = rewritten((html) => html.replaceAll(/ data-(?:peer|view)="[^"]*"/g, ""));
    await expectFailure(lookAt(without), "soft", /named no id of the account/);
    const user = rewritten((html) =>
      html.replaceAll(/ data-view="[^"]*"/g, "").replace('data-peer="c', 'data-peer="u'),
    );
    await expectFailure(lookAt(user), "soft", /named no id of the account/);
  });

  it("reads only the post that was asked for", async () => {
    const other = rewritten((html) => html.replace(/data-post="[^"]*"/, 'data-post="mallory/361"'));
    await expectFailure(lookAt(other), "soft", /about mallory\/361/);
  });

  it("believes no link to the channel but Telegram's", async () => {
    for (const host of ["https://evil.example", "https://t.me.evil.example", "http://t.me", "//t.me"]) {
      const link = rewritten((html) => html.replace('_owner_name" href="https://t.me/', `_owner_name" href="${host}/`));
      await expectFailure(lookAt(link), "soft", /names no channel/);
    }
  });

  it("takes a post's own words for nobody's refusal", async () => {
    await expectSuccess(
      lookAt(fixture, (scene) => {
        const proof = scene.proof(scene.owner, scene.link);
        return { proofs: [{ ...proof, text: `${proof.text}Post not found. Channel with username @x not found` }] };
      }),
    );
  });

  it("reads a signature in bold, in code and as a link's text", async () => {
    for (const tag of ["b", "code", "pre", 'a href="https://example.com"']) {
      const marked = rewritten((html) => html.replace(/(?<=Sig: )([^<]{88})/, `<${tag}>$1</${tag.split(" ")[0]!}>`));
      await expectSuccess(lookAt(marked));
    }
  });

  it("records when the post was made", async () => {
    const { record } = await expectSuccess(lookAt(fixture));
    expect(record.facts).to.deep.equal({ posted_at: "2025-01-03T21:59:29+00:00" });
  });
});

/** The widget with a change to its HTML. */
function rewritten(change: (html: string) => string): Fixture {
  return changed(fixture, (answer) => ({ ...answer, body: change(String(answer.body)) }));
}
