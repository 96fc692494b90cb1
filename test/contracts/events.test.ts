import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { type Log, dataSlice } from "ethers";

import { attest, person, signLink, signRelease, submissionOf } from "../helpers/contractLinks.ts";
import { type RawLog, readRegistry } from "../helpers/contractReader.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { linkOfVector, proofVector } from "../helpers/contractVectors.ts";
import { type Registries, addAttesters, useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");
const wallet = person("alice's wallet");
const attester = person("attester");
const attested = (linkId: string) => attest([attester], { linkId, accountId: "7" });

/** A history with every kind of event, and two avatars' links between each other. */
async function writeHistory(registries: Registries) {
  const { registry } = registries;
  await addAttesters(registries, [attester]);
  const claim = signLink(alice, { platform: "github", identity: "alice", proofLocation: "gist" });
  const bobs = signLink(bob, { platform: "minds", identity: "🎭 bob é", accountId: "7", attested });
  const bound = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: claim });
  const removed = signLink(alice, { platform: "dns", identity: "a.example", action: "delete", after: bound });
  const deleted = signLink(alice, { platform: "github", identity: "alice", action: "delete", after: removed });
  await registry.append(claim.submission);
  await registry.append(bobs.submission);
  // The text quotes the signature with v as 27 or 28; this one stands on chain with 0 or 1, and is the same.
  await registry.append({ ...bound.submission, signature: bound.signature.canonical });
  await registry.confirm(alice.address, "github", "alice", claim.id, "", "7", attested(claim.id));
  await registry.append(removed.submission);
  await registry.release(signRelease(alice, wallet, { prev: deleted.signature.base64 }));
  await registry.append(deleted.submission);
  for (const id of ["chain_binaryhb_A", "chain_binaryhb_B"]) {
    const vector = proofVector(id);
    await registry.append(submissionOf(linkOfVector(vector), vector.signature_hex));
  }
  return { alice: [claim, bound, removed, deleted], bob: [bobs] };
}

async function logsOf({ ethers, registry }: Registries): Promise<Log[]> {
  return ethers.provider.getLogs({ address: await registry.getAddress(), fromBlock: 0 });
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("events", () => {
    it("are enough to rebuild every text, to verify every signature, and to know every state", async () => {
      const { registry } = world();
      const written = await writeHistory(world());
      const { chains, bindings } = readRegistry(await logsOf(world()));

      expect(chains.size).to.equal(3);
      for (const [who, links] of [
        [alice, written.alice],
        [bob, written.bob],
      ] as const) {
        const read = chains.get(who.address)!;
        expect(read.publicKey).to.equal(who.key.compressed);
        expect(read.links.map(({ text }) => text)).to.deep.equal(links.map(({ text }) => text));
        expect(read.links.map(({ id }) => id)).to.deep.equal(links.map(({ id }) => id));
      }
      for (const [avatar, { links }] of chains) {
        expect(await registry.lengthOf(avatar)).to.equal(BigInt(links.length));
        expect(await registry.headOf(avatar)).to.equal(dataSlice(links.at(-1)!.head, 0, 24));
        for (const { link } of links) {
          const known = bindings.get(bindingKey(avatar, link.platform, link.identity));
          const { status, link: made } = await registry.statusOf(avatar, link.platform, link.identity);
          expect(status).to.equal(known?.status ?? STATUS.none);
          if (known) expect(made).to.equal(dataSlice(known.linkId, 0, 24));
        }
      }
    });

    it("give the two messages of Next.ID's real chain back, byte for byte", async () => {
      await writeHistory(world());
      const { chains } = readRegistry(await logsOf(world()));
      const [a, b] = [proofVector("chain_binaryhb_A"), proofVector("chain_binaryhb_B")];
      const imported = [...chains.values()].find(({ importedAfter }) => importedAfter !== null)!;
      expect(imported.publicKey).to.equal(a.public_key_compressed);
      expect(imported.links.map(({ text }) => text)).to.deep.equal([a.message, b.message]);
    });

    it("betray an RPC that changes, drops or swaps any of them", async () => {
      await writeHistory(world());
      const logs = await logsOf(world());
      const { topicHash } = world().registry.interface.getEvent("LinkAppended");
      const appended = logs.flatMap((log, index) => (log.topics[0] === topicHash ? [index] : []));
      for (const index of appended) {
        const isLast = !logs.slice(index + 1).some((log) => log.topics[1] === logs[index]!.topics[1]);
        if (!isLast) expect(() => readRegistry(logs.toSpliced(index, 1)), `without ${index}`).to.throw("Invariant");
        for (const forged of forgeries(logs[index]!)) {
          expect(() => readRegistry((logs as RawLog[]).with(index, forged))).to.throw();
        }
      }
      const swapped = logs.with(appended[2]!, logs[appended[3]!]!).with(appended[3]!, logs[appended[2]!]!);
      expect(() => readRegistry(swapped)).to.throw("Invariant");
    });
  });

  /** The log of a link with another avatar, linkId, identityKey, uuid, createdAt, r, vs. */
  function forgeries(log: Log): RawLog[] {
    const { interface: contract } = world().registry;
    const { fragment, args } = contract.parseLog(log)!;
    const changes: Record<string, unknown> = {
      avatar: wallet.address,
      linkId: `0x${"11".repeat(32)}`,
      identityKey: `0x${"22".repeat(32)}`,
      identity: `${args.identity}x`,
      uuid: `0x${"33".repeat(16)}`,
      createdAt: args.createdAt + 1n,
      previousV: args.previousV === 255n ? 27n : 255n,
      r: `0x${"44".repeat(32)}`,
      vs: `0x${"55".repeat(32)}`,
    };
    return Object.entries(changes).map(([name, value]) => {
      const index = fragment.inputs.findIndex((input) => input.name === name);
      return contract.encodeEventLog(fragment, args.toArray().with(index, value));
    });
  }
});
