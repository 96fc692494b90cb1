import { expect } from "chai";

import { fixture } from "./fixtures/tiktok.ts";
import { changed, expectFailure, expectSuccess, lookAt } from "./scene.ts";

describe("tiktok", () => {
  it("takes TikTok's error for no video, whatever the status it comes with", async () => {
    for (const [status, code] of [
      [200, 400],
      [400, 400],
      [400, 404],
    ] as const) {
      const refusing = changed(fixture, () => ({ status, body: { code, message: "Something went wrong" } }));
      await expectFailure(lookAt(refusing), "medium", /shows nobody the video \d+: Something went wrong/);
    }
  });

  it("takes every other error as no answer", async () => {
    for (const body of [{ code: 10_101, message: "Too many requests" }, {}, { title: "", author_unique_id: "" }]) {
      await expectFailure(lookAt(changed(fixture, () => ({ body }))), "soft", /not a video/);
    }
  });

  it("reads nothing of a profile or another video", async () => {
    for (const id of ["alice.b", "7287329983805197614"]) {
      const other = changed(fixture, ({ body }) => ({ body: { ...(body as object), embed_product_id: id } }));
      await expectFailure(lookAt(other), "soft", /TikTok's answer is about/);
    }
  });

  it("records that only the handle names the account", async () => {
    const { accountId, record } = await expectSuccess(lookAt(fixture));
    expect(accountId).to.equal("alice.b");
    expect(record.facts).to.deep.equal({ account_id: "handle" });
  });

  it("reads a title with other words and hashtags around the proof", async () => {
    await expectSuccess(
      lookAt(fixture, ({ owner, link, proof }) => {
        const { avatar, text } = proof(owner, link);
        return { proofs: [{ avatar, text: `my new dance ${text} #nextid #foryou` }] };
      }),
    );
  });
});
