import type { Submission } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { concat, dataLength, dataSlice, hexlify, toBeHex, toUtf8Bytes, zeroPadBytes } from "ethers";

import { attest, person, signLink, signRelease } from "../helpers/contractLinks.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const wallet = person("alice's wallet");
const attester = person("attester");
const first = signLink(alice, {
  platform: "github",
  identity: "alice",
  proofLocation: "5b3acc09d25242950e4b7ea0ee707ada/7",
  attested: (linkId) => attest([attester], { linkId, accountId: "7" }),
});
const { submission } = first;

/** The strings of a submission, and in which word of its head the offset of each stands. */
const STRINGS = { platform: 1, identity: 2, proof: 9, proofLocation: 10 } as const;
type Name = keyof typeof STRINGS;
const NAMES = Object.keys(STRINGS) as Name[];

/** Bytes of a submission's head: eleven words. */
const HEAD = 11 * 32;

/** Where a string starts in what comes behind the head. */
type Starts = Record<Name, number>;

const word = (value: bigint | number): string => toBeHex(BigInt.asUintN(256, BigInt(value)), 32);

function bytesOf(link: Submission, name: Name): string {
  return name === "proof" ? link.proof : hexlify(toUtf8Bytes(link[name]));
}

/** A string with its length in front; padded to whole words, as the standard encoding has it, unless with something else. */
function tailOf(link: Submission, name: Name, padding?: string): string {
  const bytes = bytesOf(link, name);
  const size = dataLength(bytes);
  return concat([
    word(size),
    padding === undefined ? zeroPadBytes(bytes, Math.ceil(size / 32) * 32) : concat([bytes, padding]),
  ]);
}

/** The strings one behind the other, with something in front of each. */
function placed(
  link: Submission,
  order: readonly Name[],
  gap = "0x",
  padding?: string,
): { tails: string; starts: Starts } {
  const starts = {} as Starts;
  let tails = "0x";
  for (const name of order) {
    tails = concat([tails, gap]);
    starts[name] = dataLength(tails);
    tails = concat([tails, tailOf(link, name, padding)]);
  }
  return { tails, starts };
}

/** The words of a submission's head. */
function headOf(link: Submission, starts: Starts): string[] {
  const words = [
    link.header,
    "0x",
    "0x",
    link.previousR,
    link.previousS,
    link.r,
    link.vs,
    link.publicKeyX,
    link.publicKeyY,
    "0x",
    "0x",
  ];
  for (const name of NAMES) words[STRINGS[name]] = word(HEAD + starts[name]);
  return words;
}

/** The encoding of a submission, its head and the rest. */
function encode(link: Submission, { tails, starts }: { tails: string; starts: Starts }): string {
  return concat([...headOf(link, starts), tails]);
}

/** Encodings that point beyond the calldata, in front of it, or around the end of the address space. */
function malformed(link: Submission): Map<string, string> {
  const { tails, starts } = placed(link, NAMES);
  const head = headOf(link, starts);
  const whole = HEAD + dataLength(tails);
  const found = new Map<string, string>();
  for (const name of NAMES) {
    const at = STRINGS[name];
    const offsets: Record<string, bigint> = {
      "the end": BigInt(whole),
      "a byte into the last word": BigInt(whole - 31),
      "beyond the end": BigInt(whole + 1),
      "2^32": 2n ** 32n,
      "2^64 - 1": 2n ** 64n - 1n,
      "2^64": 2n ** 64n,
      "2^64 and the right one": 2n ** 64n + BigInt(HEAD + starts[name]),
      "2^128 and the right one": 2n ** 128n + BigInt(HEAD + starts[name]),
      "2^255 and the right one": 2n ** 255n + BigInt(HEAD + starts[name]),
      "the word in front of the submission": -32n,
      "the first word of the calldata": -36n,
      "just below 2^256": -1n,
    };
    for (const [what, offset] of Object.entries(offsets)) {
      found.set(`${name} at ${what}`, concat([...head.with(at, word(offset)), tails]));
    }
    // The string comes last here, so that nothing behind it could be taken for more of it.
    const last = placed(link, [...NAMES.filter((other) => other !== name), name], "0x", "0x");
    const size = dataLength(bytesOf(link, name));
    // Where its bytes stand in the calldata: selector, offset of the submission, head and length stand in front.
    const bytesAt = BigInt(4 + 32 + HEAD + last.starts[name] + 32);
    const lengths: Record<string, bigint> = {
      "one too many": BigInt(size + 1),
      "a word too many": BigInt(size + 32),
      "2^32": 2n ** 32n,
      "2^64 - 1": 2n ** 64n - 1n,
      "2^64": 2n ** 64n,
      "2^64 and the right one": 2n ** 64n + BigInt(size),
      "2^128 and the right one": 2n ** 128n + BigInt(size),
      "2^255": 2n ** 255n,
      "up to the end of the address space": -bytesAt,
      "around the end of the address space": BigInt(size) - bytesAt,
      "2^256 - 1": -1n,
    };
    for (const [what, length] of Object.entries(lengths)) {
      const before = dataSlice(last.tails, 0, last.starts[name]);
      const bytes = dataSlice(last.tails, last.starts[name] + 32);
      found.set(`${name} with ${what} bytes`, concat([...headOf(link, last.starts), before, word(length), bytes]));
    }
  }
  return found;
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  beforeEach(() => addAttesters(world(), [attester]));

  /** Calldata of a function that takes one submission. */
  function call(name: "append" | "release", encoded: string, start = word(32)): string {
    return concat([world().registry.interface.getFunction(name).selector, start, encoded]);
  }

  /** Two submissions as an array without attestations, the second as it is given. */
  function batch(second: string, offset?: bigint): string {
    const one = encode(submission, placed(submission, NAMES));
    const array = concat([word(2), word(64), word(offset ?? BigInt(64 + dataLength(one))), one, second]);
    const { selector } = world().registry.interface.getFunction("appendBatch");
    return concat([selector, word(64), word(64 + dataLength(array)), array, word(0)]);
  }

  async function send(data: string) {
    const sent = await world().admin.sendTransaction({ to: await world().registry.getAddress(), data });
    return (await sent.wait())!.logs.map(({ topics, data: logged }) => ({ topics: [...topics], data: logged }));
  }

  async function expectNothing(data: string, what: string): Promise<void> {
    const { admin, ethers, registry } = world();
    const to = await registry.getAddress();
    await expect(admin.call({ to, data }), what).to.be.revertedWithoutReason(ethers);
  }

  describe("append: the calldata", () => {
    it("is the standard encoding where it is made as the tests make it", async () => {
      const { registry } = world();
      const made = call("append", encode(submission, placed(submission, NAMES)));
      expect(made).to.equal(registry.interface.encodeFunctionData("append", [submission]));
    });

    it("may have its strings in any order, with gaps, dirt and overlaps, and gives the same events", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      const standard = await send(call("append", encode(submission, placed(submission, NAMES))));
      await restore();
      const orders = [NAMES.toReversed(), [...NAMES.slice(2), ...NAMES.slice(0, 2)]];
      const inOrder = placed(submission, NAMES);
      const odd: Record<string, string> = {
        "gaps of words": call("append", encode(submission, placed(submission, NAMES, `0x${"ff".repeat(64)}`))),
        "gaps of bytes": call("append", encode(submission, placed(submission, NAMES, "0xffeedd"))),
        "no padding": call("append", encode(submission, placed(submission, NAMES, "0x", "0x"))),
        "dirty padding": call("append", encode(submission, placed(submission, NAMES, "0x", `0x${"ff".repeat(40)}`))),
        "more behind it": call("append", concat([encode(submission, inOrder), `0x${"ff".repeat(77)}`])),
        "the submission elsewhere": call(
          "append",
          concat([`0x${"ff".repeat(41)}`, encode(submission, inOrder)]),
          word(32 + 41),
        ),
        "one string in the midst of another's padding": overlapping(),
      };
      for (const [index, order] of orders.entries()) {
        odd[`order ${index}`] = call("append", encode(submission, placed(submission, order)));
      }
      for (const [what, data] of Object.entries(odd)) {
        expect(await send(data), what).to.deep.equal(standard);
        expect(await registry.isBound(alice.address, "github", "alice"), what).to.equal(true);
        await restore();
      }
    });

    it("may have one string for two, and a string in the head itself", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      const link = signLink(alice, { platform: "alice", identity: "alice" }).submission;
      const standard = await send(registry.interface.encodeFunctionData("append", [link]));
      await restore();
      // The empty ones have no bytes: any word of zeros is their length.
      const tails = tailOf(link, "platform");
      const starts = { platform: 0, identity: 0, proof: 3 * 32 - HEAD, proofLocation: 4 * 32 - HEAD };
      expect(link.previousR).to.equal(word(0));
      expect(await send(call("append", encode(link, { tails, starts })))).to.deep.equal(standard);
    });

    it("reverts where a string would lie beyond it, or around the end of the address space", async () => {
      const { registry } = world();
      const all = malformed(submission);
      expect(all.size).to.equal(4 * (12 + 11));
      for (const [what, encoded] of all) await expectNothing(call("append", encoded), what);
      await registry.append(submission);
    });

    it("reverts where the submission itself would", async () => {
      const encoded = encode(submission, placed(submission, NAMES));
      const size = dataLength(encoded);
      for (const start of [size + 32, 2n ** 64n - 1n, 2n ** 64n + 32n, 2n ** 255n + 32n, -4n, -32n, 33 + size - HEAD]) {
        await expectNothing(call("append", encoded, word(start)), `at ${start}`);
      }
    });

    it("reverts wherever it is cut off", async () => {
      const { registry } = world();
      const data = call("append", encode(submission, placed(submission, NAMES, "0x", "0x")));
      for (let size = 4; size < dataLength(data); size += size < 4 + 32 + HEAD ? 29 : 1) {
        await expectNothing(dataSlice(data, 0, size), `${size} bytes`);
      }
      expect(await send(data)).to.have.length(2);
      expect(await registry.headOf(alice.address)).not.to.equal(`0x${"00".repeat(24)}`);
    });
  });

  describe("appendBatch: the calldata", () => {
    const next = signLink(alice, { platform: "dns", identity: "a.example", after: first }).submission;

    it("may name one submission twice, of which one is refused", async () => {
      const { registry } = world();
      const logs = await send(batch("0x", 64n));
      const names = logs.map((log) => registry.interface.parseLog(log)!.name);
      expect(names).to.deep.equal(["AvatarRegistered", "LinkAppended", "LinkRefused"]);
    });

    it("reverts as a whole where one of them is malformed", async () => {
      await send(batch(encode(next, placed(next, NAMES))));
      expect(await world().registry.lengthOf(alice.address)).to.equal(2n);
      // What follows the second, the attestations' length, would be within reach of its strings.
      for (const [what, encoded] of malformed(next)) {
        if (!/ the end| into the last|too many/.test(what)) await expectNothing(batch(encoded), what);
      }
      for (const offset of [2n ** 32n, 2n ** 64n, 2n ** 255n - 1n]) {
        await expectNothing(batch(encode(next, placed(next, NAMES)), offset), `at ${offset}`);
      }
    });
  });

  describe("release: the calldata", () => {
    it("reverts where it is malformed, and deletes nothing", async () => {
      const { registry } = world();
      await registry.append(
        signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet }).submission,
      );
      const release = { ...signRelease(alice, wallet), proofLocation: "somewhere" };
      for (const [what, encoded] of malformed(release)) await expectNothing(call("release", encoded), what);
      expect(await registry.isBound(alice.address, "ethereum", wallet.wallet)).to.equal(true);
    });

    it("may be odd, and gives the same event", async () => {
      const { registry, networkHelpers } = world();
      await registry.append(
        signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet }).submission,
      );
      const release = signRelease(alice, wallet);
      const { restore } = await networkHelpers.takeSnapshot();
      const standard = await send(registry.interface.encodeFunctionData("release", [release]));
      await restore();
      const odd = placed(release, NAMES.toReversed(), "0xff", "0xff");
      expect(await send(call("release", encode(release, odd)))).to.deep.equal(standard);
    });
  });

  /** The identity stands in what pads the platform: 32 bytes of length, `github`, and behind it the other's length. */
  function overlapping(): string {
    const identity = tailOf(submission, "identity");
    const rest = placed(submission, ["proof", "proofLocation"]);
    const front = concat([word(6), bytesOf(submission, "platform"), identity]);
    const shift = dataLength(front);
    const starts = {
      platform: 0,
      identity: 38,
      proof: shift + rest.starts.proof,
      proofLocation: shift + rest.starts.proofLocation,
    };
    return call("append", encode(submission, { tails: concat([front, rest.tails]), starts }));
  }
});
