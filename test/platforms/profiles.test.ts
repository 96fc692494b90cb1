import { newLink } from "./claims.ts";
import { fixture as keybase } from "./fixtures/keybase.ts";
import { fixture as steam } from "./fixtures/steam.ts";
import { expectSuccess, lookAt } from "./scene.ts";

describe("profiles", () => {
  for (const fixture of [steam, keybase]) {
    it(`reads the proof of this link among several in one text (${fixture.platform})`, async () => {
      await expectSuccess(
        lookAt(fixture, ({ owner, attacker, link, proof }) => {
          const older = proof(owner, newLink(owner, link.platform, link.identity));
          const strange = proof(attacker, link, "no signature at all");
          const text = `hi ${older.text} and ${strange.text}, ${proof(owner, link).text}\nbye`;
          return { proofs: [{ avatar: older.avatar, text }] };
        }),
      );
    });
  }

  it("finds a proof with a line break in its signature", async () => {
    for (const fixture of [steam, keybase]) {
      await expectSuccess(
        lookAt(fixture, ({ owner, link, proof }) => {
          const { text, avatar } = proof(owner, link);
          return { proofs: [{ avatar, text: text.replace(/(proof: .{40})/, "$1\n") }] };
        }),
      );
    }
  });
});
