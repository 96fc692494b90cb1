import {
  type Link,
  ProtocolError,
  assertAppendable,
  goString,
  isTwoSided,
  parseUuid,
  payloadHash,
  signPayload,
  uuidBytes,
  uuidFromBytes,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { hashMessage } from "ethers";

import { person } from "../helpers/contractLinks.ts";

const UUID = "353449e6-3a6f-4ac8-ae65-ba14bf466baf";
const avatar = person("alice").key;

const link: Link = {
  action: "create",
  platform: "twitter",
  identity: "alice",
  avatar: avatar.compressed,
  prev: null,
  createdAt: 1656843378,
  uuid: UUID,
};

/** The field that a refusal names. */
function refusedField(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ProtocolError) return error.field;
    throw error;
  }
  return "";
}

describe("signPayload", () => {
  it("is compact JSON with sorted keys, and times in a string", () => {
    expect(signPayload(link)).to.equal(
      `{"action":"create","created_at":"1656843378","identity":"alice","platform":"twitter","prev":null,"uuid":"${UUID}"}`,
    );
  });

  it("is JSON for every identity, and says what went in", () => {
    for (const identity of ['"', "\\", "</script>", "a&b", "\u2028", "\n\t\r\b\f\u0000", "🎭é"]) {
      expect(JSON.parse(signPayload({ ...link, identity })).identity).to.equal(identity);
    }
  });

  it("names the avatar as persona where the identity is a key that signs too, whatever form its key is in", () => {
    for (const platform of ["ethereum", "solana", "nextid"]) {
      const expected = `"identity":"alice","persona":"${avatar.compressed}","platform":"${platform}"`;
      for (const form of [avatar.compressed, avatar.uncompressed, avatar.compressed.slice(2).toUpperCase()]) {
        expect(signPayload({ ...link, platform, avatar: form })).to.include(expected);
      }
      expect(isTwoSided(platform)).to.equal(true);
    }
    expect(isTwoSided("twitter")).to.equal(false);
    expect(signPayload(link)).not.to.include("persona");
  });

  it("refuses to name an avatar whose key is none", () => {
    expect(refusedField(() => signPayload({ ...link, platform: "solana", avatar: "0x02" }))).to.equal("public_key");
  });

  it("is hashed with its length in bytes (EIP-191)", () => {
    const wide = { ...link, identity: "é🎭" };
    expect(payloadHash(wide)).to.equal(hashMessage(signPayload(wide)));
    expect(payloadHash(wide)).not.to.equal(payloadHash(link));
  });
});

describe("goString", () => {
  it("escapes as Go's encoding/json: <, >, &, U+2028, U+2029, controls by number, no others", () => {
    expect(goString("<>&\u2028\u2029")).to.equal(String.raw`"\u003c\u003e\u0026\u2028\u2029"`);
    expect(goString('"\\\n\r\t')).to.equal(String.raw`"\"\\\n\r\t"`);
    // Go 1.21 has no short form for these two, as JSON.stringify does.
    expect(goString("\b\f\u0000\u001f")).to.equal(String.raw`"\u0008\u000c\u0000\u001f"`);
    expect(goString("/'\u007fé🎭\u2027\u202a\ufffd")).to.equal(`"/'\u007fé🎭\u2027\u202a\ufffd"`);
  });

  it("writes a lone surrogate, which UTF-8 does not have, as an escaped U+FFFD", () => {
    expect(goString("a\ud800b")).to.equal(String.raw`"a\ufffdb"`);
    expect(goString("\udfff")).to.equal(String.raw`"\ufffd"`);
    expect(goString("\udc00\ud83c")).to.equal(String.raw`"\ufffd\ufffd"`);
    expect(goString("\ud83c\udfad")).to.equal('"🎭"');
  });
});

describe("assertAppendable", () => {
  it("takes what the contract takes", () => {
    for (const [changes, location] of [
      [{}, ""],
      [{ action: "delete", createdAt: 1e9 }, "https://gist.github.com/alice/5b3acc09"],
      [{ platform: "a".repeat(32), createdAt: 9_999_999_999 }, "~".repeat(1024)],
      [{ identity: `a${"é".repeat(127)}` }, "!"],
      [{ identity: " 'x/y:z 🎭\u0080\ufffd\u{10ffff}" }, ""],
    ] as [Partial<Link>, string][]) {
      assertAppendable({ ...link, ...changes }, location);
    }
  });

  it("refuses what the contract refuses, and names the field", () => {
    const refused: [string, Partial<Link>][] = [
      ...["update", "Create", ""].map((action) => ["action", { action }] as [string, Partial<Link>]),
      ...["", "a".repeat(33), "GitHub", "git.hub", "a b", "é", "github\n"].map(
        (platform) => ["platform", { platform }] as [string, Partial<Link>],
      ),
      ...["", "a".repeat(256), "é".repeat(128), "\ud800", "a\udfff", '"', "\\", "<", ">", "&", "\u2028", "\u2029"].map(
        (identity) => ["identity", { identity }] as [string, Partial<Link>],
      ),
      ...["\u0000", "\n", "\u001f", "\u007f"].map((identity) => ["identity", { identity }] as [string, Partial<Link>]),
      ...[0, -1, 999_999_999, 1e10, 1656843378.5, 1656843378000, Number.NaN, Infinity].map(
        (createdAt) => ["created_at", { createdAt }] as [string, Partial<Link>],
      ),
      ...["", UUID.toUpperCase(), UUID.replaceAll("-", ""), `{${UUID}}`, `${UUID}\n`].map(
        (uuid) => ["uuid", { uuid }] as [string, Partial<Link>],
      ),
    ];
    for (const [field, changes] of refused) {
      expect(
        refusedField(() => assertAppendable({ ...link, ...changes })),
        JSON.stringify(changes),
      ).to.equal(field);
    }
    for (const location of ["a b", "é", "\n", "a".repeat(1025), "\u007f"]) {
      expect(refusedField(() => assertAppendable(link, location))).to.equal("proof_location");
    }
  });
});

describe("parseUuid", () => {
  it("reads the forms that Next.ID reads: with hyphens, in braces, as a URN, bare, in any case", () => {
    const forms = [UUID, UUID.toUpperCase(), `{${UUID}}`, `urn:uuid:${UUID}`, `URN:UUID:${UUID}`];
    for (const text of [...forms, UUID.replaceAll("-", ""), UUID.replaceAll("-", "").toUpperCase()]) {
      expect(parseUuid(text)).to.equal(UUID);
    }
  });

  it("refuses anything else", () => {
    const others = ["", "alice", UUID.slice(1), `${UUID}0`, `{${UUID}`, `${UUID}}`, UUID.replace("3", "g")];
    for (const text of [...others, UUID.replace("-", ""), ` ${UUID}`, UUID.replace("-", "_"), `${UUID}\n`]) {
      expect(
        refusedField(() => parseUuid(text)),
        text,
      ).to.equal("uuid");
    }
  });

  it("goes into the contract's bytes16 and back", () => {
    expect(uuidBytes(UUID)).to.equal("0x353449e63a6f4ac8ae65ba14bf466baf");
    expect(uuidFromBytes(uuidBytes(UUID))).to.equal(UUID);
    for (const bytes of ["0x", `0x${"00".repeat(15)}`, `0x${"00".repeat(17)}`]) {
      expect(refusedField(() => uuidFromBytes(bytes))).to.equal("uuid");
    }
  });
});
