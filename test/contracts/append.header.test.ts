import { packHeader, unpackHeader } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, dataSlice, hexlify, toBeHex } from "ethers";

import { person, signLink, signRelease, withHeaderByte } from "../helpers/contractLinks.ts";
import { NOW } from "../helpers/contractClock.ts";
import { useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const wallet = person("alice's wallet");
const first = signLink(alice, { platform: "github", identity: "alice" });
const second = signLink(alice, { platform: "dns", identity: "alice.example", after: first });

/** Where the header has what: uuid (16) ‖ createdAt (5) ‖ zero (8) ‖ previousV (1) ‖ action (1) ‖ zero (1). */
const [CREATED_AT, ZERO, PREVIOUS_V, ACTION, STATUS] = [16, 21, 29, 30, 31];

describe("ProofRegistry", () => {
  const world = useRegistries();

  async function expectInvalid(submission: typeof first.submission): Promise<void> {
    const { registry } = world();
    await expect(registry.append(submission))
      .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidHeader")
      .withArgs(submission.header);
  }

  describe("append: the header", () => {
    it("comes back in the event, with the place in the chain, the status and since when", async () => {
      const { registry } = world();
      for (const [index, { submission, link }] of [first, second].entries()) {
        const receipt = await (await registry.append(submission)).wait();
        const [header] = receipt!.logs.flatMap((log) => {
          const event = registry.interface.parseLog(log);
          return event?.name === "LinkAppended" ? [event.args.header as string] : [];
        });
        expect(unpackHeader(header!)).to.deep.equal({
          uuid: link.uuid,
          createdAt: link.createdAt,
          action: "create",
          previousV: index === 0 ? null : Number(dataSlice(first.signature.raw, 64)),
          asOf: NOW,
          sequence: index + 1,
          status: "claimed",
        });
      }
    });

    it("is refused with any bit where the registry itself writes: asOf, sequence, status", async () => {
      for (let at = ZERO; at < PREVIOUS_V; at++) {
        for (let bit = 0; bit < 8; bit++) await expectInvalid(withHeaderByte(first.submission, at, 1 << bit));
      }
      for (let bit = 0; bit < 8; bit++) await expectInvalid(withHeaderByte(first.submission, STATUS, 1 << bit));
      await world().registry.append(first.submission);
    });

    it("is refused with an action that there is not", async () => {
      for (let bit = 1; bit < 8; bit++) {
        await expectInvalid(withHeaderByte(first.submission, ACTION, 1 << bit));
        await expectInvalid(withHeaderByte(first.submission, ACTION, (1 << bit) | 1));
      }
      await expectInvalid(withHeaderByte(first.submission, ACTION, 255));
    });

    it("is refused with a previousV that no signature has", async () => {
      await world().registry.append(first.submission);
      for (let v = 2; v < 255; v++) {
        if (v !== 27 && v !== 28) await expectInvalid(withHeaderByte(second.submission, PREVIOUS_V, v));
      }
    });

    it("is refused with the previousV of null beside a previous signature, or half of one", async () => {
      const { registry } = world();
      const half = { ...withHeaderByte(second.submission, PREVIOUS_V, 255) };
      for (const submission of [half, { ...half, previousR: ZeroHash }, { ...half, previousS: ZeroHash }]) {
        await expectInvalid(submission);
      }
      for (const field of ["previousR", "previousS"]) {
        await expectInvalid({ ...first.submission, [field]: toBeHex(1, 32) });
      }
      await registry.append(first.submission);
    });

    it("is refused without the ten digits that created_at has, in numbers that five bytes hold", async () => {
      const { uuid } = first.link;
      for (const createdAt of [0, 1, 999_999_999, 10_000_000_000, 99_999_999_999, 2 ** 40 - 1]) {
        const header = packHeader({ uuid, createdAt, previousV: null, action: "create" });
        expect(dataSlice(header, CREATED_AT, ZERO)).to.equal(toBeHex(createdAt, 5));
        await expectInvalid({ ...first.submission, header });
      }
      for (const createdAt of [1_000_000_000, NOW]) {
        const { submission } = signLink(person(`at ${createdAt}`), { ...first.link, createdAt });
        await world().registry.append(submission);
      }
    });

    it("takes any uuid", async () => {
      const { registry } = world();
      for (const uuid of ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]) {
        const { submission } = signLink(person(uuid), { platform: "github", identity: "alice", uuid });
        await registry.append(submission);
        expect(await registry.lengthOf(person(uuid).address)).to.equal(1n);
      }
    });

    it("is signed, every bit of it: whoever changes one changes the signer", async () => {
      const { registry } = world();
      await registry.append(first.submission);
      const { submission } = second;
      const v = Number(dataSlice(submission.header, PREVIOUS_V, ACTION));
      const changes = [
        ...Array.from({ length: ZERO }, (_, at) => [at, Number(dataSlice(submission.header, at, at + 1)) ^ 1] as const),
        ...[0, 1, 27, 28].filter((other) => other !== v).map((other) => [PREVIOUS_V, other] as const),
        [ACTION, 1] as const,
      ];
      for (const [at, byte] of changes) {
        const changed = withHeaderByte(submission, at, byte);
        const { createdAt } = unpackHeader(changed.header);
        await expect(
          registry.append(changed),
          `byte ${at}: ${hexlify(Uint8Array.of(byte))}`,
        ).to.be.revertedWithCustomError(
          registry,
          createdAt >= 1e9 && createdAt < 1e10 ? "ProofRegistryInvalidPublicKey" : "ProofRegistryInvalidHeader",
        );
      }
      expect(await registry.lengthOf(alice.address)).to.equal(1n);
    });

    it("is held to the same in a release", async () => {
      const { registry } = world();
      await registry.append(
        signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet }).submission,
      );
      const release = signRelease(alice, wallet);
      for (const [at, byte] of [
        [ZERO, 1],
        [PREVIOUS_V, 2],
        [ACTION, 2],
        [STATUS, 1],
        [CREATED_AT, 255],
      ] as const) {
        const changed = withHeaderByte(release, at, byte);
        await expect(registry.release(changed))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidHeader")
          .withArgs(changed.header);
      }
      await registry.release(release);
    });
  });
});
