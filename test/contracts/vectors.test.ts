import { type Link, identityKey, linkId, parsePublicKey, parseSignature, unpackHeader } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { dataSlice } from "ethers";

import { storedHead, submissionOf } from "../helpers/contractLinks.ts";
import { useRegistries } from "../helpers/contracts.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { linkOfVector, proofVector, proofVectors, vectors } from "../helpers/contractVectors.ts";

describe("Next.ID's own signatures", () => {
  const world = useRegistries();

  /** Hands in a link as a claim, and says whose it became. */
  async function append(link: Link, signature: string) {
    const { registry } = world();
    const receipt = await (await registry.append(submissionOf(link, parseSignature(signature).raw))).wait();
    const appended = receipt!.logs
      .map((log) => registry.interface.parseLog(log))
      .find((event) => event?.name === "LinkAppended");
    return appended!.args;
  }

  for (const vector of proofVectors) {
    it(`${vector.id} is accepted as a claim of the vector's avatar`, async () => {
      const { registry } = world();
      const link = linkOfVector(vector);
      const avatar = parsePublicKey(vector.public_key_compressed);
      const event = await append(link, vector.signature_base64);
      expect(event.avatar).to.equal(avatar.address);
      expect(event.linkId).to.equal(linkId(link, vector.signature_base64));
      expect(event.identityKey).to.equal(identityKey(link.platform, link.identity));
      expect(await registry.headOf(avatar.address)).to.equal(storedHead(vector.signature_base64));
      expect(await registry.statusOf(avatar.address, link.platform, link.identity)).to.deep.equal([
        STATUS.claimed,
        BigInt(link.createdAt),
        dataSlice(event.linkId, 0, 24),
      ]);
    });
  }

  it("twitter_yeiwb_2022, signed in a tweet, recovers on chain to the avatar that Next.ID published", async () => {
    const vector = proofVector("twitter_yeiwb_2022");
    const { avatar } = await append(linkOfVector(vector), vector.signature_base64);
    expect(avatar).to.equal(parsePublicKey(vector.public_key_as_published).address);
  });

  it("a real chain whose beginning is lost goes in, link by link, and is no other chain's", async () => {
    const { registry } = world();
    const [a, b] = [proofVector("chain_binaryhb_A"), proofVector("chain_binaryhb_B")];
    const first = await append(linkOfVector(a), a.signature_base64);
    const second = await append(linkOfVector(b), b.signature_base64);
    expect([first, second].map(({ header }) => unpackHeader(header).sequence)).to.deep.equal([1, 2]);
    expect(await registry.lengthOf(first.avatar)).to.equal(2n);
    const imported = await registry.queryFilter(registry.filters.ChainImported());
    expect(imported).to.have.length(1);
    expect(imported[0]!.args.avatar).to.equal(first.avatar);
    expect(imported[0]!.args.previous).to.equal(parseSignature(a.fields.prev!).raw);
  });

  it("a real chain is refused in the wrong order", async () => {
    const { registry } = world();
    const [a, b] = [proofVector("chain_binaryhb_A"), proofVector("chain_binaryhb_B")];
    await append(linkOfVector(b), b.signature_base64);
    await expect(append(linkOfVector(a), a.signature_base64)).to.be.revertedWithCustomError(
      registry,
      "ProofRegistryStaleHead",
    );
  });

  it("of two beginnings by one avatar only the one that comes first stands", async () => {
    const { registry } = world();
    const [one, two] = [proofVector("johndic_1704278694"), proofVector("johndic_playground2")];
    await append(linkOfVector(one), one.signature_base64);
    await expect(append(linkOfVector(two), two.signature_base64)).to.be.revertedWithCustomError(
      registry,
      "ProofRegistryStaleHead",
    );
  });

  it("a payload of 2022 without uuid and created_at has no form in which it could be handed in", async () => {
    const { registry } = world();
    for (const vector of vectors.signatures.filter(({ kind }) => kind === "proof-legacy")) {
      const avatar = parsePublicKey(vector.public_key_compressed);
      const { platform, identity } = vector.fields as { platform: string; identity: string };
      const bare: Link = {
        action: "create",
        platform,
        identity,
        avatar: avatar.uncompressed,
        prev: null,
        createdAt: 0,
        uuid: "00000000-0000-0000-0000-000000000000",
      };
      await expect(append(bare, vector.signature_base64)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidHeader",
      );
      await expect(append({ ...bare, createdAt: 1647503071 }, vector.signature_base64)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidPublicKey",
      );
    }
  });

  it("a signature that does not verify is refused for the avatar that it is claimed for", async () => {
    const { registry } = world();
    const claimed = vectors.not_verifying.filter((vector) => vector.message_tried?.startsWith('{"action"'));
    expect(claimed).to.have.length(4);
    for (const { message_tried, signature_base64, public_key_claimed } of claimed) {
      const fields = JSON.parse(message_tried!);
      const avatar = parsePublicKey(public_key_claimed ?? vectors.signatures[0]!.public_key_compressed);
      await expect(
        append({ ...fields, avatar: avatar.uncompressed, createdAt: Number(fields.created_at) }, signature_base64),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey");
    }
  });
});
