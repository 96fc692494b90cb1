import { expect } from "chai";
import { hexlify } from "ethers";

import { person, signLink } from "../helpers/contractLinks.ts";
import { useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");

/** Alice's link for an identity, as anybody may hand it in. */
function submission(platform: string, identity: string) {
  return signLink(alice, { platform, identity }).submission;
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("append: texts", () => {
    it("takes an identity in any script, and emits it as signed", async () => {
      const { registry } = world();
      for (const [index, identity] of ["alice", "élan vital", "ヴィタリク", "🎭", "a/b:c#d@e'f", " ", "{}"].entries()) {
        const who = person(`script ${index}`);
        const { submission: link } = signLink(who, { platform: "minds", identity });
        const receipt = await (await registry.append(link)).wait();
        const [, appended] = receipt!.logs.map((log) => registry.interface.parseLog(log));
        expect(appended!.args.identity).to.equal(identity);
      }
    });

    it("refuses every character that JSON escapes, by which two identities could share one text", async () => {
      const { registry } = world();
      const escaped = ['"', "\\", "<", ">", "&", "\u2028", "\u2029", "\u0000", "\u0001", "\t", "\n", "\r", "\u001f"];
      for (const character of [...escaped, "\u007f"]) {
        for (const identity of [character, `alice${character}`, `ü${character}alice`, "a".repeat(40) + character]) {
          await expect(registry.append(submission("minds", identity)))
            .to.be.revertedWithCustomError(registry, "TextInvalidCharacter")
            .withArgs(Buffer.from(identity).indexOf(character));
        }
      }
    });

    it("refuses an attacker's identity that would close the string and forge the rest of the text", async () => {
      const { registry } = world();
      const victim = signLink(alice, { platform: "twitter", identity: "alice" });
      const identity = 'alice","platform":"twitter","prev":null,"uuid":"';
      await expect(registry.append({ ...victim.submission, identity })).to.be.revertedWithCustomError(
        registry,
        "TextInvalidCharacter",
      );
      await expect(
        registry.append({ ...victim.submission, platform: 'twitter","prev":null' }),
      ).to.be.revertedWithCustomError(registry, "TextInvalidCharacter");
    });

    it("refuses malformed UTF-8, which an indexer could not store", async () => {
      const { registry, ethers } = world();
      for (const bytes of ["ff", "c080", "c3", "eda080", "f4908080", "e280", "61c3", "80"]) {
        // A string and bytes have one encoding, and only bytes may be malformed for ethers.
        const fragment = ethers.FunctionFragment.from(
          registry.interface.getFunction("append").format("full").replace("string identity", "bytes identity"),
        );
        const lax = new ethers.Interface([fragment]);
        const link = { ...submission("minds", "alice"), identity: `0x${bytes}` };
        const data = hexlify(
          registry.interface.getFunction("append").selector + lax.encodeFunctionData("append", [link]).slice(10),
        );
        await expect(
          world().admin.sendTransaction({ to: await registry.getAddress(), data }),
        ).to.be.revertedWithCustomError(registry, "TextInvalidCharacter");
      }
    });

    it("takes 255 bytes of identity, counted in bytes, and refuses more and none", async () => {
      const { registry } = world();
      for (const [identity, length] of [
        ["a".repeat(256), 256],
        [`a${"é".repeat(128)}`, 257],
        ["🎭".repeat(64), 256],
        ["", 0],
      ] as const) {
        await expect(registry.append(submission("minds", identity)))
          .to.be.revertedWithCustomError(registry, "TextInvalidLength")
          .withArgs(length, 255);
      }
      await registry.append(submission("minds", `a${"é".repeat(127)}`));
    });

    it("takes platform names of 1 to 32 of a-z, 0-9, _ and -, and no others", async () => {
      const { registry } = world();
      for (const platform of [
        "GitHub",
        "git hub",
        "github.com",
        "gïthub",
        "github\u0000",
        "/",
        ":",
        "`",
        "{",
        "^",
        ",",
        ".",
      ]) {
        await expect(registry.append(submission(platform, "alice"))).to.be.revertedWithCustomError(
          registry,
          "TextInvalidCharacter",
        );
      }
      for (const platform of ["", "a".repeat(33), "a".repeat(64)]) {
        await expect(registry.append(submission(platform, "alice")))
          .to.be.revertedWithCustomError(registry, "TextInvalidLength")
          .withArgs(platform.length, 32);
      }
      for (const platform of ["a", "z09_-", "-".repeat(32), "0"]) {
        const { submission: link } = signLink(person(platform), { platform, identity: "alice" });
        await registry.append(link);
      }
    });

    it("takes a location of printable ASCII, at most 1024 characters", async () => {
      const { registry } = world();
      const link = submission("github", "alice");
      for (const proofLocation of [
        "a b",
        "\n",
        "\u007f",
        "é",
        "\u0000",
        `${"a".repeat(32)} `,
        `${"a".repeat(40)}\u0080`,
      ]) {
        await expect(registry.append({ ...link, proofLocation })).to.be.revertedWithCustomError(
          registry,
          "TextInvalidCharacter",
        );
      }
      await expect(registry.append({ ...link, proofLocation: "a".repeat(1025) }))
        .to.be.revertedWithCustomError(registry, "TextInvalidLength")
        .withArgs(1025, 1024);
      await registry.append({ ...link, proofLocation: "~".repeat(1024) });
    });
  });
});
