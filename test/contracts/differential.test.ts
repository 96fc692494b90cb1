import {
  ATTESTATION_DOMAIN,
  type Attestation,
  type BindingStatus,
  type Link,
  NO_PREVIOUS,
  STATUSES,
  assertAppendable,
  attestationBatchHash,
  attestationHash,
  bindingKey,
  findingHash,
  head,
  identityKey,
  linkId,
  packHeader,
  payloadHash,
  signPayload,
  unpackHeader,
  uuidFromBytes,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import {
  TypedDataEncoder,
  ZeroHash,
  concat,
  dataSlice,
  getAddress,
  getBytes,
  hexlify,
  keccak256,
  toBeHex,
  toUtf8String,
} from "ethers";

import type { ProtocolHarness } from "../../types/ethers-contracts/index.ts";
import { randomChain, randomIdentity, randomLink, randomPlatform } from "../helpers/contractFuzz.ts";
import { type SignedLink, person, submissionOf } from "../helpers/contractLinks.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";
import { platformTag } from "../helpers/contractTag.ts";
import { useRegistries } from "../helpers/contracts.ts";

/** Random links in all. */
const LINKS = 1000;
/** Links in one transaction, so that it stays within a block, under reports of coverage too. */
const BATCH = 50;
const BATCH_GAS = 25_000_000;
/** Links of one avatar. */
const CHAIN = 5;

/** The slot of `_bindings` in ProofRegistry. */
const BINDINGS_SLOT = 1;

const seed = fuzzSeed();

function isAppendable(link: Link, proofLocation: string): boolean {
  try {
    assertAppendable(link, proofLocation);
    return true;
  } catch {
    return false;
  }
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
}

/** What a link made of its binding, and the binding's slot: link (24 bytes) ‖ tag (2) ‖ asOf (5) ‖ status (1). */
interface Step {
  status: BindingStatus;
  asOf: number;
}

/** What becomes of an avatar's bindings, link by link, and which words are in their slots in the end. */
function replay(avatar: string, links: readonly SignedLink[]): { steps: Step[]; slots: Map<string, string> } {
  const bindings = new Map<string, Step & { made: string }>();
  const slots = new Map<string, string>();
  const steps = links.map(({ link: { action, platform, identity, createdAt }, id: made }): Step => {
    const key = bindingKey(avatar, platform, identity);
    const cosigned = platform === "ethereum" || platform === "nextid";
    const before = bindings.get(key);
    if (action === "create") {
      bindings.set(key, { status: cosigned ? "confirmed" : "claimed", asOf: createdAt, made });
    } else if (before) {
      bindings.set(key, { ...before, status: "deleted" });
    }
    const binding = bindings.get(key);
    if (!binding) {
      slots.set(key, ZeroHash);
      return { status: "none", asOf: 0 };
    }
    const tag = cosigned ? 0 : platformTag(platform);
    const status = Uint8Array.of(STATUSES.indexOf(binding.status));
    slots.set(key, concat([dataSlice(binding.made, 0, 24), toBeHex(tag, 2), toBeHex(binding.asOf, 5), status]));
    return binding;
  });
  return { steps, slots };
}

/** Whether a header may have it. */
function isV(previousV: number | null): boolean {
  return previousV === null || [0, 1, 27, 28].includes(previousV);
}

describe(`TypeScript and Solidity (FUZZ_SEED=${seed})`, () => {
  const world = useRegistries();
  let harness: ProtocolHarness;
  let random: Random;

  beforeEach(async () => {
    harness = await world().ethers.deployContract("ProtocolHarness");
    random = new Random(seed);
  });

  it(`build the same text and hash of ${LINKS} links, and refuse the same ones`, async () => {
    const avatars = Array.from({ length: 16 }, (_, index) => person(`fuzz ${index}`));
    const links = Array.from({ length: LINKS }, () => randomLink(random, random.pick(avatars)));
    let accepted = 0;
    for (const batch of batches(links)) {
      const submissions = batch.map((link) => ({ ...submissionOf(link, "0x"), proofLocation: link.proofLocation }));
      const readings = await harness.readAll(submissions);
      for (const [index, link] of batch.entries()) {
        const reading = readings[index]!;
        expect(reading.accepted, JSON.stringify(link)).to.equal(isAppendable(link, link.proofLocation));
        if (!reading.accepted) continue;
        accepted++;
        expect(toUtf8String(reading.text)).to.equal(signPayload(link));
        expect(reading.payloadHash).to.equal(payloadHash(link));
      }
    }
    // Otherwise the generator makes too little of one kind for this test to mean anything.
    expect(accepted).to.be.within(LINKS / 5, (LINKS * 4) / 5);
  });

  it(`name ${LINKS} links, identities and bindings alike, and agree on every head, header, log and slot`, async () => {
    const { registry, ethers } = world();
    const address = await registry.getAddress();
    const chains = Array.from({ length: LINKS / CHAIN }, (_, index) => {
      const { avatar, links } = randomChain(random, `fuzz ${index}`, CHAIN);
      return { avatar, links, ...replay(avatar.address, links) };
    });
    const all = chains.flatMap((chain) => chain.links.map((signed, index) => ({ ...chain, signed, index })));
    for (const batch of batches(all)) {
      const submissions = batch.map(({ signed }) => signed.submission);
      const receipt = await (await harness.appendAll(address, submissions, { gasLimit: BATCH_GAS })).wait();
      const fragment = registry.interface.getEvent("LinkAppended");
      const logs = receipt!.logs.filter(({ topics }) => topics[0] === fragment.topicHash);
      expect(logs).to.have.length(batch.length);
      for (const [place, { avatar, signed, index, steps }] of batch.entries()) {
        const { link, signature, submission } = signed;
        const { data, topics } = logs[place]!;
        // Neither more nor less than Solidity's own coding of what should be in it.
        const { asOf, status } = steps[index]!;
        const header = packHeader({ ...link, previousV: unpackHeader(submission.header).previousV });
        const values = [
          avatar.address,
          linkId(link, signature.raw),
          identityKey(link.platform, link.identity),
          concat([
            dataSlice(header, 0, 21),
            toBeHex(asOf, 5),
            toBeHex(index + 1, 3),
            dataSlice(header, 29, 31),
            Uint8Array.of(STATUSES.indexOf(status)),
          ]),
          ...[link.platform, link.identity, submission.r, submission.vs, submission.proof, submission.proofLocation],
        ];
        expect({ data, topics }).to.deep.equal(registry.interface.encodeEventLog(fragment, values));
        const complete = unpackHeader(registry.interface.decodeEventLog(fragment, data, topics).header);
        const { uuid, createdAt, action } = link;
        expect(complete).to.include({ uuid, createdAt, action, asOf, sequence: index + 1, status });
      }
    }
    for (const { avatar, links, slots } of chains) {
      expect(await registry.headOf(avatar.address)).to.equal(dataSlice(head(links.at(-1)!.signature.raw), 0, 24));
      for (const [key, word] of slots) {
        const slot = keccak256(concat([key, toBeHex(BINDINGS_SLOT, 32)]));
        expect(await ethers.provider.getStorage(address, slot)).to.equal(word);
      }
    }
    const statuses = chains.flatMap(({ steps }) => steps.map(({ status }) => status));
    expect(statuses).to.include.members(["none", "claimed", "confirmed", "deleted"]);
  });

  it(`read the same of ${LINKS} headers, complete them alike, and refuse the same ones`, async () => {
    const headers = Array.from({ length: LINKS }, () => {
      const header = getBytes(
        packHeader({
          uuid: uuidFromBytes(random.bytes(16)),
          createdAt: random.pick([1e9, 1e10 - 1, random.between(1e9, 2 ** 32)]),
          previousV: random.pick([null, 0, 1, 27, 28]),
          action: random.pick(["create", "delete"]),
        }),
      );
      if (random.once(2)) header[random.between(16, 31)] = random.pick([0, 1, 2, 26, 27, 28, 29, 127, 128, 254, 255]);
      return hexlify(header);
    });
    const fields = await harness.readHeaders(headers);
    let accepted = 0;
    for (const [index, header] of headers.entries()) {
      const { valid, uuid, createdAt, previousV, isCreate } = fields[index]!;
      const read = unpackHeader(header);
      const repacked = isV(read.previousV) && read.action !== undefined ? packHeader(read) : null;
      expect(valid, header).to.equal(repacked === header && read.createdAt >= 1e9 && read.createdAt < 1e10);
      expect({ uuid: uuidFromBytes(uuid), createdAt: Number(createdAt) }).to.deep.equal({
        uuid: read.uuid,
        createdAt: read.createdAt,
      });
      expect(previousV).to.equal(BigInt(read.previousV ?? NO_PREVIOUS));
      expect(isCreate).to.equal(read.action === "create");
      if (valid) accepted++;
    }
    expect(accepted).to.be.within(LINKS / 3, LINKS - 1);
    for (const header of headers.slice(0, 20)) {
      const { uuid, createdAt, previousV, action } = unpackHeader(header);
      if (!isV(previousV) || action === undefined) continue;
      const more = { asOf: random.between(0, 2 ** 40 - 1), sequence: random.between(1, 2 ** 24 - 1), status: 4 };
      const link = { uuid, createdAt, previousV, action };
      const complete = await harness.completeHeader(packHeader(link), more.asOf, more.sequence, more.status);
      expect(unpackHeader(complete)).to.deep.equal({ ...link, ...more, status: "suspended" });
    }
  });

  it(`hash ${LINKS} attestations alike`, async () => {
    const statements: Attestation[] = Array.from({ length: LINKS }, () => ({
      linkId: random.bytes(32),
      found: random.once(2),
      accountId: random.once(3) ? "" : randomIdentity(random),
      checkedAt: random.between(0, 2 ** 31),
    }));
    expect([...(await harness.attestationDigests(statements))]).to.deep.equal(statements.map(attestationHash));
  });

  it("hash lists of findings of many lengths alike, and every finding in them", async () => {
    expect(await harness.attestationDomain()).to.equal(TypedDataEncoder.hashDomain(ATTESTATION_DOMAIN));
    for (const length of [0, 1, 2, 3, 10, 100, 300]) {
      const checkedAt = random.between(0, 2 ** 40);
      const list = Array.from({ length }, () => ({
        linkId: random.bytes(32),
        found: random.once(2),
        accountId: random.once(3) ? "" : randomIdentity(random),
      }));
      // The harness knows no findings, but statements of one.
      const dated = list.map((finding) => ({ ...finding, checkedAt: 0 }));
      const { findings, digest } = await harness.attestList(dated, checkedAt);
      expect([...findings]).to.deep.equal(list.map(findingHash));
      expect(digest).to.equal(attestationBatchHash({ findings: list, checkedAt }));
    }
  });

  it(`name ${LINKS} platforms by the same tag, which is never the one of those that sign for themselves`, async () => {
    const platforms = Array.from({ length: LINKS }, () => randomPlatform(random));
    const tags = await harness.tagsOf(platforms);
    expect(tags.map(Number)).to.deep.equal(platforms.map(platformTag));
  });

  it(`read the same ${LINKS} compressed keys, and refuse the same texts`, async () => {
    const texts = Array.from({ length: LINKS }, () => {
      const key = concat([random.pick(["0x02", "0x03"]), random.bytes(32)]);
      if (random.once(2)) return key;
      const at = random.between(0, 67);
      const digit = random.pick([..."0123456789abcdefABCDEFgG/:@`{x"]);
      return random.pick([key.slice(0, at) + digit + key.slice(at + 1), key.slice(0, at), `${key}0`, key.slice(2)]);
    });
    const [oks, xs, odds] = await harness.parseCompressedKeys(texts);
    for (const [index, text] of texts.entries()) {
      expect(oks[index], text).to.equal(/^0x0[23][0-9a-f]{64}$/.test(text));
      if (oks[index]) expect([xs[index], odds[index]]).to.deep.equal([`0x${text.slice(4)}`, text[3] === "3"]);
    }
  });

  it(`read the same ${LINKS} addresses, and refuse the same texts`, async () => {
    const texts = Array.from({ length: LINKS }, () => {
      const address = random.bytes(20);
      if (random.once(2)) return address;
      const at = random.between(0, 41);
      const digit = random.pick([..."0123456789abcdefABCDEFgG/:@`{x"]);
      return address.slice(0, at) + digit + address.slice(at + 1);
    });
    const [oks, addresses] = await harness.parseAddresses(texts);
    for (const [index, text] of texts.entries()) {
      expect(oks[index], text).to.equal(/^0x[0-9a-f]{40}$/.test(text));
      if (oks[index]) expect(addresses[index]).to.equal(getAddress(text));
    }
  });
});
