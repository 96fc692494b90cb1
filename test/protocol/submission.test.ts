import {
  NO_PREVIOUS,
  ProtocolError,
  STATUSES,
  aliasProof,
  aliasSignature,
  packHeader,
  quotedSignature,
  signPayload,
  signText,
  submissionSignature,
  toSubmission,
  unpackHeader,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, concat, dataLength, dataSlice, toBeHex } from "ethers";

import { NOW } from "../helpers/contractClock.ts";
import { person, withV } from "../helpers/contractLinks.ts";

const avatar = person("avatar");
const other = person("other");
const UUID = "353449e6-3a6f-4ac8-ae65-ba14bf466baf";

/** A header as an event has it. */
const complete = (asOf: number, sequence: number, status: number) =>
  concat([
    dataSlice(packHeader({ uuid: UUID, createdAt: NOW, previousV: 28, action: "create" }), 0, 21),
    ...[toBeHex(asOf, 5), toBeHex(sequence, 3), Uint8Array.of(28, 0, status)],
  ]);

describe("a header", () => {
  const header = { uuid: UUID, createdAt: NOW, previousV: null, action: "delete" } as const;

  it("is one word, in the order that the contract reads", () => {
    const uuid = `0x${UUID.replaceAll("-", "")}`;
    const expected = concat([uuid, toBeHex(NOW, 5), toBeHex(0, 8), Uint8Array.of(NO_PREVIOUS, 1, 0)]);
    expect(packHeader(header)).to.equal(expected);
    expect(unpackHeader(expected)).to.deep.equal({ ...header, asOf: 0, sequence: 0, status: "none" });
  });

  it("completed says since when the binding stands, the link's place and the status, to the largest", () => {
    for (const [index, status] of STATUSES.entries()) {
      expect(unpackHeader(complete(2 ** 40 - 1, 2 ** 24 - 1, index))).to.deep.equal({
        ...{ uuid: UUID, createdAt: NOW, previousV: 28, action: "create" },
        ...{ asOf: 2 ** 40 - 1, sequence: 2 ** 24 - 1, status },
      });
    }
  });

  it("refuses a time in milliseconds of some later age, and a negative one", () => {
    for (const createdAt of [-1, 2 ** 40]) {
      expect(() => packHeader({ ...header, createdAt })).to.throw(ProtocolError, "is not in Unix seconds");
    }
  });
});

describe("toSubmission", () => {
  const link = {
    ...({ action: "create", platform: "nextid", identity: other.key.compressed, uuid: UUID } as const),
    ...{ avatar: avatar.key.compressed, createdAt: NOW, prev: null },
  };
  const { raw, canonical } = signText(avatar.privateKey, signPayload(link));

  it("keeps the avatar's signature and the quoted one, each as submissionSignature and quotedSignature give them back", () => {
    expect(submissionSignature(toSubmission(link, { signature: raw, withKey: false }))).to.equal(canonical);
    expect(quotedSignature(toSubmission(link, { signature: raw, withKey: false }))).to.equal(null);
    for (const v of [0, 1, 27, 28]) {
      const quoted = withV(raw, v);
      const next = { ...link, prev: Buffer.from(quoted.slice(2), "hex").toString("base64") };
      expect(quotedSignature(toSubmission(next, { signature: raw, withKey: false }))).to.equal(quoted);
    }
  });

  it("has no signature of the avatar in a release", () => {
    const release = toSubmission({ ...link, action: "delete" }, { signature: "0x", withKey: true });
    expect(release).to.include({ r: ZeroHash, vs: ZeroHash });
    expect(submissionSignature(release)).to.equal("0x");
  });
});

describe("aliasProof", () => {
  const signature = signText(other.privateKey, "a text");

  it("is the other avatar's signature and Y of its key, 97 bytes, of which aliasSignature gives the first back", () => {
    const proof = aliasProof(other.key.compressed, signature.base64);
    expect(dataLength(proof)).to.equal(97);
    expect(dataSlice(proof, 65)).to.equal(`0x${other.key.uncompressed.slice(-64)}`);
    expect(aliasSignature(proof)).to.equal(signature.raw);
  });

  it("refuses what is no key, and what is no signature", () => {
    expect(() => aliasProof(other.address, signature.raw)).to.throw(ProtocolError, /^public_key: /);
    expect(() => aliasProof(other.key.compressed, "0x00")).to.throw(ProtocolError, /^signature: .*1 instead of 65/);
  });
});
