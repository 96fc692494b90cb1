import { STATUSES, bindingKey, findingHash, unpackHeader } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { type Log, ZeroHash, concat, dataSlice, getBytes, hexlify } from "ethers";

import { attest, person, signLink, signRelease, submissionOf } from "../helpers/contractLinks.ts";
import { signAlias, yOf } from "../helpers/contractAliases.ts";
import { attestList, covered } from "../helpers/contractBatch.ts";
import { type SentLog, readRegistry } from "../helpers/contractReader.ts";
import { linkOfVector, proofVector } from "../helpers/contractVectors.ts";
import { NOW } from "../helpers/contractClock.ts";
import { type Registries, addAttesters, useRegistries } from "../helpers/contracts.ts";

const [alice, bob, carol] = [person("alice"), person("bob"), person("carol")];
const wallet = person("alice's wallet");
const attesters = [person("attester"), person("second attester")];
const accountId = "7";
const attested = (linkId: string) => attest(attesters, { linkId, accountId });

/** What stands in front of a header's fields, in bytes. */
const FIELDS = { uuid: 0, createdAt: 20, asOf: 25, sequence: 28, previousV: 29, action: 30, status: 31 };

/** A history with every kind of event, and three avatars' links between each other. */
async function writeHistory(registries: Registries) {
  const { registry, ethers, networkHelpers } = registries;
  await addAttesters(registries, attesters);
  await registries.attesters.setQuorum("dns", 2);
  const claim = signLink(alice, { platform: "github", identity: "alice", proofLocation: "gist" });
  const bobs = signLink(bob, { platform: "minds", identity: "🎭 bob é", attested });
  const bound = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: claim });
  const removed = signLink(alice, { platform: "dns", identity: "a.example", action: "delete", after: bound });
  const deleted = signLink(alice, { platform: "github", identity: "alice", action: "delete", after: removed });
  const alias = { platform: "nextid", identity: bob.key.compressed };
  const aliased = signAlias(alice, bob, { after: deleted });
  await registry.append(claim.submission);
  await registry.append(bobs.submission);
  await registry.append(bound.submission);
  await networkHelpers.setBalance(wallet.address, 10n ** 18n);
  await registry.connect(await ethers.getImpersonatedSigner(wallet.address)).setAvatar(alice.address);
  await registry.confirm(bindingKey(alice.address, "github", "alice"), claim.id, "", attested(claim.id));
  await registry.append(removed.submission);
  await registry.release(signRelease(alice, wallet, { prev: deleted.signature.base64 }));
  await registry.append(deleted.submission);
  await registry.append(aliased.submission);
  const release = signRelease(alice, bob, { ...alias, prev: aliased.signature.base64 });
  await registry.release({ ...release, proof: concat([release.proof, yOf(bob)]) });
  for (const id of ["chain_binaryhb_A", "chain_binaryhb_B"]) {
    const vector = proofVector(id);
    await registry.append(submissionOf(linkOfVector(vector), vector.signature_hex));
  }
  return { alice: [claim, bound, removed, deleted, aliased], bob: [bobs], carol: await writeBatches(registries) };
}

/** Carol's links: a batch with a list of findings, of which one is refused, and turns of what it bound. */
async function writeBatches({ registry }: Registries) {
  const bare = () => covered(accountId);
  const domain = signLink(carol, { platform: "dns", identity: "carol.example", attested: bare });
  const account = signLink(carol, { platform: "github", identity: "carol", attested: bare, after: domain });
  const stale = signLink(carol, { platform: "github", identity: "mallory", after: domain });
  const claim = signLink(carol, { platform: "twitter", identity: "carol", after: account });
  const findings = [domain, account].map(({ id: linkId }) => ({ linkId, found: true, accountId }));
  await registry.appendBatch(
    [domain, account, stale, claim].map(({ submission }) => submission),
    attestList(attesters, findings),
  );
  const seen = { linkId: claim.id, found: true, accountId };
  const confirmation = {
    bindingKey: bindingKey(carol.address, "twitter", "carol"),
    linkId: claim.id,
    proofLocation: "7",
  };
  await registry.confirmBatch(
    [
      { ...confirmation, account: bare(), index: 0 },
      { ...confirmation, account: bare(), index: 1 },
    ],
    [findingHash(seen)],
    attestList(attesters.slice(0, 1), [seen], NOW + 7),
  );
  const key = bindingKey(carol.address, "github", "carol");
  const look = (found: boolean, checkedAt: number) =>
    attest(attesters, { linkId: account.id, accountId, found, checkedAt });
  await registry.suspend(key, account.id, look(false, NOW + 1));
  await registry.reinstate(key, account.id, look(true, NOW + 2));
  await registry.suspend(key, account.id, look(false, NOW + 3));
  return [domain, account, claim];
}

async function logsOf({ ethers, registry, attesters: registered }: Registries): Promise<Log[]> {
  const address = [await registry.getAddress(), await registered.getAddress()];
  return ethers.provider.getLogs({ address, fromBlock: 0 });
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("events", () => {
    it("are enough to rebuild every text, to verify every signature, and to know every state", async () => {
      const { registry } = world();
      const written = await writeHistory(world());
      const { chains, bindings, avatars } = readRegistry(await logsOf(world()));

      expect(chains.size).to.equal(4);
      for (const [who, links] of [
        [alice, written.alice],
        [bob, written.bob],
        [carol, written.carol],
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
          const { status, asOf, link: made } = await registry.statusOf(avatar, link.platform, link.identity);
          expect({ status: STATUSES[Number(status)], asOf: Number(asOf), made }).to.deep.equal({
            status: known?.status ?? "none",
            asOf: known?.asOf ?? 0,
            made: dataSlice(known?.linkId ?? ZeroHash, 0, 24),
          });
        }
      }
      const statuses = new Set([...bindings.values()].map(({ status }) => status));
      expect([...statuses].sort()).to.deep.equal(["claimed", "confirmed", "deleted", "suspended"]);
      expect([...avatars]).to.deep.equal([[wallet.address, alice.address]]);
    });

    it("are of every kind in that history", async () => {
      await writeHistory(world());
      const { registry } = world();
      const seen = new Set((await logsOf(world())).map((log) => registry.interface.parseLog(log)?.name));
      registry.interface.forEachEvent(({ name }) => expect([...seen]).to.include(name));
    });

    it("give the two messages of Next.ID's real chain back, byte for byte", async () => {
      await writeHistory(world());
      const { chains } = readRegistry(await logsOf(world()));
      const [a, b] = [proofVector("chain_binaryhb_A"), proofVector("chain_binaryhb_B")];
      const imported = [...chains.values()].find(({ importedAfter }) => importedAfter !== null)!;
      expect(imported.publicKey).to.equal(a.public_key_compressed);
      expect(imported.links.map(({ text }) => text)).to.deep.equal([a.message, b.message]);
    });

    it("betray an RPC that changes, drops or swaps any link", async () => {
      await writeHistory(world());
      const logs = await logsOf(world());
      const { topicHash } = world().registry.interface.getEvent("LinkAppended");
      const appended = logs.flatMap((log, index) => (log.topics[0] === topicHash ? [index] : []));
      for (const index of appended) {
        const isLast = !logs.slice(index + 1).some((log) => log.topics[1] === logs[index]!.topics[1]);
        if (!isLast) expect(() => readRegistry(logs.toSpliced(index, 1)), `without ${index}`).to.throw("Invariant");
        for (const [what, forged] of forgeries(logs[index]!)) {
          expect(() => readRegistry([...logs.slice(0, index), forged]), `${index}: ${what}`).to.throw();
        }
      }
      const swapped = logs.with(appended[2]!, logs[appended[3]!]!).with(appended[3]!, logs[appended[2]!]!);
      expect(() => readRegistry(swapped)).to.throw("Invariant");
    });

    it("betray an RPC that changes, drops or swaps what attesters said, or makes it up", async () => {
      const { registry, attesters: registered } = world();
      await writeHistory(world());
      const logs: SentLog[] = await logsOf(world());
      const places = (name: string): number[] => {
        const event = registry.interface.getEvent(name as "AvatarSet") ?? registered.interface.getEvent(name as never);
        return logs.flatMap((log, index) => (log.topics[0] === event!.topicHash ? [index] : []));
      };
      const [suspended, again] = places("BindingSuspended") as [number, number];
      const [reinstated] = places("BindingReinstated") as [number];
      for (const index of [
        ...places("AttesterAdded"),
        ...places("FindingsAttested"),
        ...places("AvatarRegistered"),
        ...places("ChainImported"),
        suspended,
        reinstated,
      ]) {
        expect(() => readRegistry(logs.toSpliced(index, 1)), `without ${index}`).to.throw();
      }
      expect(() => readRegistry(logs.with(suspended, logs[again]!)), "an event of another time").to.throw("Invariant");
      expect(() => readRegistry([...logs, logs[reinstated]!]), "a kept back event").to.throw("Invariant 6");
      for (const name of ["BindingConfirmed", "BindingSuspended", "BindingReinstated", "FindingsAttested"]) {
        for (const index of places(name)) {
          const { fragment, args } = registry.interface.parseLog(logs[index]!)!;
          const at = fragment.inputs.findIndex((input) => input.name === "attestations");
          // Of the account id, or of when the first attester looked.
          const said = getBytes(args.attestations as string);
          said[1]! ^= 1;
          const forged = registry.interface.encodeEventLog(fragment, args.toArray().with(at, hexlify(said)));
          expect(() => readRegistry(logs.with(index, { ...logs[index]!, ...forged })), `${name} ${index}`).to.throw();
        }
      }
      // Lists count in their own transaction only.
      for (const index of places("FindingsAttested")) {
        const { topics, data } = logs[index]!;
        expect(() => readRegistry(logs.with(index, { topics, data, transactionHash: ZeroHash }))).to.throw(
          "Invariant 7",
        );
      }
    });
  });

  /** The log of a link in which one thing is another. */
  function forgeries(log: Log): [string, SentLog][] {
    const { interface: contract } = world().registry;
    const { fragment, args } = contract.parseLog(log)!;
    const header = getBytes(args.header as string);
    const { status } = unpackHeader(args.header);
    const otherHeader = (at: number, byte: number): string => hexlify(Uint8Array.from(header).with(at, byte));
    const changes: [string, unknown, string?][] = [
      ["avatar", wallet.address],
      ["linkId", `0x${"11".repeat(32)}`],
      ["identityKey", `0x${"22".repeat(32)}`],
      ["platform", `${args.platform}x`],
      ["identity", `${args.identity}x`],
      ["r", `0x${"44".repeat(32)}`],
      ["vs", `0x${"55".repeat(32)}`],
      ...(["uuid", "createdAt", "asOf", "sequence", "action"] as const).map(
        (field) =>
          ["header", otherHeader(FIELDS[field], header[FIELDS[field]]! ^ 1), field] as [string, string, string],
      ),
      ["header", otherHeader(FIELDS.previousV, header[FIELDS.previousV] === 255 ? 27 : 255), "previousV"],
    ];
    // That a list was short of a quorum cannot be seen from the link that it covers.
    const listed = status === "confirmed" && args.proof === covered(accountId);
    for (const other of STATUSES) {
      if (other === status || (listed && other === "claimed")) continue;
      changes.push(["header", otherHeader(FIELDS.status, STATUSES.indexOf(other)), other]);
    }
    return changes.map(([name, value, what = name]) => {
      const index = fragment.inputs.findIndex((input) => input.name === name);
      const forged = contract.encodeEventLog(fragment, args.toArray().with(index, value));
      return [what, { ...forged, transactionHash: log.transactionHash }];
    });
  }
});
