import { signPayload } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { PLATFORMS } from "../../api/platforms/index.ts";
import { checkPost } from "../../sdk/src/binding/post.ts";
import templates from "../vectors/nextid-templates.json" with { type: "json" };
import { newLink, newSigner, sign } from "./claims.ts";

/** What Next.ID has users publish, as far as it is text. */
interface TextTemplates {
  templates: Record<string, string>;
  prev_when_none?: string;
}

describe("what users publish", () => {
  const signer = newSigner();
  const prev = sign(signer, newLink(signer, "dns", "before.example"));
  const known = new Map(Object.entries<object>(templates));
  const texts = PLATFORMS.filter(({ id }) => "templates" in (known.get(id) ?? {}));

  it("is what the SDK has its users publish, whatever else it refuses", () => {
    const typed: Record<string, string> = {
      activitypub: "Al.ice@social.example",
      discord: "john.doe_7.ab",
      tiktok: "a.b.co",
    };
    for (const platform of PLATFORMS.filter(({ needsPost }) => needsPost)) {
      for (const before of [null, prev]) {
        const typedIdentity = typed[platform.id] ?? "Alice_1";
        const link = newLink(signer, platform.id, typedIdentity.toLowerCase(), { prev: before });
        const text = signPayload(link);
        const posts = platform.postContent({ link, avatar: signer.publicKey, typedIdentity, signPayload: text });
        expect(() => checkPost({ link, text, posts }), platform.id).not.to.throw();
      }
    }
  });

  for (const platform of texts) {
    it(`is Next.ID's text on ${platform.name}, byte for byte and in all its languages`, () => {
      const { templates: byLanguage, prev_when_none: none = "" } = known.get(platform.id) as TextTemplates;
      for (const before of [null, prev]) {
        // Braces in an identity must not be taken for a slot.
        const link = newLink(signer, platform.id, "{uuid}", { prev: before });
        const draft = { link, avatar: signer.publicKey, typedIdentity: "@Alice<&>", signPayload: signPayload(link) };
        const expected = Object.entries(byLanguage).map(([language, template]) => [
          language,
          template
            .replace("0x{compressed_public_key_hex}", signer.publicKey.compressed)
            .replace("{identity}", "Alice<&>")
            .replace("{created_at}", String(link.createdAt))
            .replace("{uuid}", link.uuid)
            .replace("{prev_block}", before === null ? "" : `\nPrevious: ${before}`)
            .replace("{prev}", before ?? none),
        ]);
        expect(platform.postContent(draft)).to.deep.equal(Object.fromEntries(expected));
      }
    });
  }
});
