import {
  type Attestation,
  type Link,
  assertAppendable,
  attestationHash,
  bindingKey,
  head,
  identityKey,
  linkId,
  payloadHash,
  signPayload,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { concat, dataSlice, getAddress, keccak256, toBeHex, toUtf8String } from "ethers";

import type { ProtocolHarness } from "../../types/ethers-contracts/index.ts";
import { randomChain, randomIdentity, randomLink } from "../helpers/contractFuzz.ts";
import { person, submissionOf } from "../helpers/contractLinks.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";
import { useRegistries } from "../helpers/contracts.ts";

/** Random links in all. */
const LINKS = 1000;
/** Links in one transaction, so that it stays within a block. */
const BATCH = 100;
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

  it(`name ${LINKS} links, identities and bindings alike, and agree on every head`, async () => {
    const { registry, ethers } = world();
    const address = await registry.getAddress();
    const chains = Array.from({ length: LINKS / CHAIN }, (_, index) => randomChain(random, `fuzz ${index}`, CHAIN));
    const all = chains.flatMap(({ avatar, links }) => links.map((signed) => ({ avatar, signed })));
    for (const batch of batches(all)) {
      const submissions = batch.map(({ signed }) => signed.submission);
      const receipt = await (await harness.appendAll(address, submissions, { gasLimit: BATCH_GAS })).wait();
      const events = receipt!.logs
        .map((log) => registry.interface.parseLog(log))
        .filter((event) => event?.name === "LinkAppended");
      expect(events).to.have.length(batch.length);
      for (const [index, { avatar, signed }] of batch.entries()) {
        const { link, signature } = signed;
        const { args } = events[index]!;
        expect(args.avatar).to.equal(avatar.address);
        expect(args.linkId).to.equal(linkId(link, signature.raw));
        expect(args.identityKey).to.equal(identityKey(link.platform, link.identity));
      }
    }
    for (const { avatar, links } of chains) {
      expect(await registry.headOf(avatar.address)).to.equal(dataSlice(head(links.at(-1)!.signature.raw), 0, 24));
      const { platform, identity } = links[0]!.link;
      const slot = keccak256(concat([bindingKey(avatar.address, platform, identity), toBeHex(BINDINGS_SLOT, 32)]));
      const { status, asOf, link } = await registry.statusOf(avatar.address, platform, identity);
      expect(await ethers.provider.getStorage(address, slot)).to.equal(
        concat([link, toBeHex(0, 2), toBeHex(asOf, 5), toBeHex(status, 1)]),
      );
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
