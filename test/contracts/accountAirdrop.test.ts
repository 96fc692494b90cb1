import { encodeLeaf, findingHash, packAttestations, unpackAttestations } from "@syngraph/sdk/protocol";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { concat, dataSlice, id, keccak256, parseEther } from "ethers";

import type { AccountAirdrop, GreedyWallet } from "../../types/ethers-contracts/index.ts";
import { NOW } from "../helpers/contractClock.ts";
import { type Member, alice, attesters, mallory, member, useGate } from "../helpers/contractGate.ts";
import { attestList, covered } from "../helpers/contractBatch.ts";
import { type Person, type SignedLink, attest } from "../helpers/contractLinks.ts";

const OCTOCAT = "583231";
const MALLORY = "666";
const AMOUNT = parseEther("0.5");

const list = StandardMerkleTree.of(
  [
    [OCTOCAT, AMOUNT],
    [MALLORY, 1n],
    ["1191636", AMOUNT],
    // An entry of the kind that a careless list may have.
    ["", AMOUNT],
  ],
  ["string", "uint256"],
);

/** The contract's AccountEvidence. */
interface Evidence {
  linkId: string;
  proof: string;
  findings: string[];
  index: number;
  attestations: string;
}

/** What the registry's events say of a link that was attested by itself. */
function evidenceOf({ id: linkId, submission: { proof } }: SignedLink): Evidence {
  return { linkId, proof, findings: [], index: 0, attestations: "0x" };
}

/** The same attestations with another account id in front. */
function withAccountId(said: string, accountId: string): string {
  return packAttestations(accountId, unpackAttestations(said).attestations);
}

/** How the contract names a GitHub account. */
function account(accountId: string): string {
  return keccak256(encodeLeaf(["string", "string"], ["github", accountId]));
}

describe("AccountAirdrop", () => {
  const world = useGate();
  let airdrop: AccountAirdrop;

  async function deploy(value: bigint): Promise<AccountAirdrop> {
    const { ethers, registry } = world();
    return ethers.deployContract("AccountAirdrop", [await registry.getAddress(), list.root], { value });
  }

  beforeEach(async () => {
    airdrop = await deploy(parseEther("5"));
  });

  /** Claims as somebody's wallet. */
  async function claim(who: Pick<Member, "wallet">, identity: string, evidence: Evidence, amount = AMOUNT) {
    const theirs = airdrop.connect(await world().signer(who.wallet));
    const claimed = unpackAttestations(evidence.proof).accountId;
    const entry = [...list.entries()].find(([, [accountId]]) => accountId === claimed)?.[0] ?? 0;
    return theirs.claim(identity, evidence, amount, list.getProof(entry));
  }

  /** A claim for an account that has been paid. */
  async function refused(who: Pick<Member, "wallet">, identity: string, link: SignedLink): Promise<void> {
    await expect(claim(who, identity, evidenceOf(link)))
      .to.be.revertedWithCustomError(airdrop, "AccountAirdropAlreadyPaid")
      .withArgs(OCTOCAT);
  }

  it("pays the wallet whose avatar is bound to the account", async () => {
    const bound = await world().bindAccount(alice, "octocat", OCTOCAT);
    await expect(claim(alice, "octocat", evidenceOf(bound)))
      .to.emit(airdrop, "Paid")
      .withArgs(account(OCTOCAT), alice.wallet.address, OCTOCAT, AMOUNT);
    expect(await world().ethers.provider.getBalance(await airdrop.getAddress())).to.equal(parseEther("4.5"));
    expect(await airdrop.paid(account(OCTOCAT))).to.equal(true);
  });

  it("takes the attestations of a batch, as the events have them", async () => {
    const { registry, next } = world();
    const accounts = [OCTOCAT, MALLORY];
    const links = [
      next(alice, { platform: "github", identity: "octocat", attested: () => covered(OCTOCAT) }),
      next(mallory, { platform: "github", identity: "mallory", attested: () => covered(MALLORY) }),
    ];
    const found = links.map(({ id: linkId }, index) => ({ linkId, found: true, accountId: accounts[index]! }));
    const findings = found.map(findingHash);
    const attestations = attestList(attesters.slice(0, 2), found);
    await expect(
      registry.appendBatch(
        links.map(({ submission }) => submission),
        attestations,
      ),
    )
      .to.emit(registry, "FindingsAttested")
      .withArgs(findings, NOW, attestations);
    const [mine, theirs] = links.map((link, index): Evidence => ({
      ...evidenceOf(link),
      attestations,
      findings,
      index,
    })) as [Evidence, Evidence];
    // Mallory is on the list too, but neither in alice's place nor with her account's number.
    await expect(claim(mallory, "mallory", { ...theirs, index: 0 }))
      .to.be.revertedWithCustomError(airdrop, "IdentityGateNotInList")
      .withArgs(theirs.linkId, 0);
    const { proof } = mine;
    for (const forged of [{ index: 2 }, { proof }, { proof, index: 0 }, { findings: [] }, { index: 2n ** 255n }]) {
      await expect(claim(mallory, "mallory", { ...theirs, ...forged } as Evidence)).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNotInList",
      );
    }
    const byOne = attestList(attesters.slice(0, 1), found);
    for (const few of [byOne, "0x", attestList([attesters[0]!, mallory.avatar], found)]) {
      await expect(claim(alice, "octocat", { ...mine, attestations: few })).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNoQuorum",
      );
    }
    await expect(claim(alice, "octocat", { ...mine, attestations: concat([byOne, byOne]) }))
      .to.be.revertedWithCustomError(airdrop, "AttestationsNotAscending")
      .withArgs(attesters[0]!.address, attesters[0]!.address);
    await expect(
      claim(alice, "octocat", { ...mine, attestations: dataSlice(attestations, 1) }),
    ).to.be.revertedWithCustomError(airdrop, "AttestationsInvalidLength");
    await world().attesters.setQuorum("github", 1);
    const rewritten = [findings[0]!, id("a finding that nobody signed")];
    await expect(
      claim(alice, "octocat", { ...mine, attestations: byOne, findings: rewritten }),
    ).to.be.revertedWithCustomError(airdrop, "IdentityGateNoQuorum");
    await claim(alice, "octocat", { ...mine, attestations: byOne });
    await claim(mallory, "mallory", theirs, 1n);
  });

  it("takes no list in which a finding says that the account was not there", async () => {
    const { registry, next } = world();
    const link = next(alice, {
      platform: "github",
      identity: "octocat",
      attested: () => covered(OCTOCAT),
    });
    const seen = { linkId: link.id, found: true, accountId: OCTOCAT };
    await registry.appendBatch([link.submission], attestList(attesters.slice(0, 2), [seen]));
    const gone = { ...seen, found: false };
    await expect(
      claim(alice, "octocat", {
        ...evidenceOf(link),
        findings: [findingHash(gone)],
        attestations: attestList(attesters, [gone]),
      }),
    ).to.be.revertedWithCustomError(airdrop, "IdentityGateNotInList");
  });

  describe("pays an account once", () => {
    const bob = member("bob");
    let first: SignedLink;

    beforeEach(async () => {
      first = await world().bindAccount(alice, "octocat", OCTOCAT);
      await claim(alice, "octocat", evidenceOf(first));
      await world().enrol(bob);
    });

    it("though it comes again", () => refused(alice, "octocat", first));

    it("though another wallet of the avatar comes", async () => {
      const { bindWallet, registry, signer } = world();
      const { wallet } = member("alice's savings");
      await bindWallet(alice, wallet);
      await registry.connect(await signer(wallet)).setAvatar(alice.avatar.address);
      await refused({ wallet }, "octocat", first);
    });

    it("though it is bound again", async () => {
      await refused(alice, "octocat", await world().bindAccount(alice, "octocat", OCTOCAT));
    });

    it("though another avatar is bound to it, at the same time", async () => {
      const second = await world().bindAccount(bob, "octocat", OCTOCAT);
      expect(await world().registry.isBound(alice.avatar.address, "github", "octocat")).to.equal(true);
      await refused(bob, "octocat", second);
    });

    it("though it is renamed, and bound under both names", async () => {
      await refused(alice, "renamed", await world().bindAccount(alice, "renamed", OCTOCAT));
      await refused(bob, "renamed-again", await world().bindAccount(bob, "renamed-again", OCTOCAT));
    });

    it("and the handle's next owner for itself", async () => {
      const recycled = await world().bindAccount(bob, "octocat", "1191636");
      await claim(bob, "octocat", evidenceOf(recycled));
    });
  });

  describe("refuses", () => {
    let bound: SignedLink;

    beforeEach(async () => {
      bound = await world().bindAccount(alice, "octocat", OCTOCAT);
    });

    it("another's evidence, which is public", async () => {
      await expect(claim(mallory, "octocat", evidenceOf(bound))).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNotBound",
      );
      const theirs = await world().bindAccount(mallory, "mallory", MALLORY);
      await expect(claim(mallory, "mallory", evidenceOf(bound)))
        .to.be.revertedWithCustomError(airdrop, "IdentityGateOtherLink")
        .withArgs(bound.id, theirs.id.slice(0, 50));
      const { wallet } = member("nobody");
      await expect(claim({ wallet }, "octocat", evidenceOf(bound))).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNoAvatar",
      );
    });

    it("an account id that the attesters did not sign", async () => {
      const theirs = await world().bindAccount(mallory, "mallory", MALLORY);
      const evidence = evidenceOf(theirs);
      await expect(claim(mallory, "mallory", { ...evidence, proof: withAccountId(evidence.proof, OCTOCAT) }))
        .to.be.revertedWithCustomError(airdrop, "IdentityGateNoQuorum")
        .withArgs(theirs.id.slice(0, 50));
    });

    it("what is no account id and whole attestations", async () => {
      const evidence = evidenceOf(bound);
      const { registry, ethers, signer } = world();
      const theirs = airdrop.connect(await signer(alice.wallet));
      const proof = list.getProof([OCTOCAT, AMOUNT]);
      const attempt = (said: string) => theirs.claim("octocat", { ...evidence, proof: said }, AMOUNT, proof);
      for (const cut of ["0x", "0x01", dataSlice(evidence.proof, 0, OCTOCAT.length)]) {
        await expect(attempt(cut), cut).to.be.revert(ethers);
      }
      for (const odd of [dataSlice(evidence.proof, 0, OCTOCAT.length + 146), concat([evidence.proof, "0x00"])]) {
        await expect(attempt(odd)).to.be.revertedWithCustomError(airdrop, "IdentityGateNoQuorum");
      }
      expect(await registry.isBound(alice.avatar.address, "github", "octocat")).to.equal(true);
      expect(await airdrop.paid(account(OCTOCAT))).to.equal(false);
    });

    it("attestations by too few, by one twice, by strangers, and by a former attester", async () => {
      const by = (...signers: Person[]) => ({
        ...evidenceOf(bound),
        proof: attest(signers, { linkId: bound.id, accountId: OCTOCAT }),
      });
      const [one, two, three] = attesters as [Person, Person, Person];
      for (const evidence of [by(one), by(one, mallory.avatar), by(mallory.avatar, mallory.wallet)]) {
        await expect(claim(alice, "octocat", evidence)).to.be.revertedWithCustomError(airdrop, "IdentityGateNoQuorum");
      }
      const twice = concat([by(one).proof, dataSlice(by(one).proof, 1 + OCTOCAT.length)]);
      await expect(claim(alice, "octocat", { ...evidenceOf(bound), proof: twice })).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNoQuorum",
      );
      await world().attesters.removeAttester(one.address);
      await expect(claim(alice, "octocat", by(one, two))).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNoQuorum",
      );
      await claim(alice, "octocat", by(two, three));
    });

    it("evidence of an earlier link of the same binding, which may have been another account", async () => {
      const recycled = await world().bindAccount(alice, "octocat", MALLORY);
      await expect(claim(alice, "octocat", evidenceOf(bound)))
        .to.be.revertedWithCustomError(airdrop, "IdentityGateOtherLink")
        .withArgs(bound.id, recycled.id.slice(0, 50));
    });

    it("a binding that was deleted, with evidence that still stands in the log", async () => {
      const { registry, next } = world();
      const remove = next(alice, { action: "delete", platform: "github", identity: "octocat" });
      await registry.append(remove.submission);
      await expect(claim(alice, "octocat", evidenceOf(bound))).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNotBound",
      );
    });

    it("a handle in another form than it was bound in", async () => {
      await expect(claim(alice, "Octocat", evidenceOf(bound))).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNotBound",
      );
    });

    it("an account without a number, which all such accounts would share", async () => {
      const numberless = await world().bindAccount(alice, "numberless", "");
      await expect(claim(alice, "numberless", evidenceOf(numberless)))
        .to.be.revertedWithCustomError(airdrop, "IdentityGateNoAccountId")
        .withArgs("github");
    });

    it("who is not on the list, or wants more", async () => {
      const stranger = await world().bindAccount(mallory, "stranger", "42");
      await expect(claim(mallory, "stranger", evidenceOf(stranger)))
        .to.be.revertedWithCustomError(airdrop, "AccountAirdropNotListed")
        .withArgs("42", AMOUNT);
      await expect(claim(alice, "octocat", evidenceOf(bound), AMOUNT + 1n))
        .to.be.revertedWithCustomError(airdrop, "AccountAirdropNotListed")
        .withArgs(OCTOCAT, AMOUNT + 1n);
      expect(await airdrop.paid(account(OCTOCAT))).to.equal(false);
    });

    it("to pay what it has not, and leaves the account unpaid", async () => {
      airdrop = await deploy(AMOUNT - 1n);
      await expect(claim(alice, "octocat", evidenceOf(bound)))
        .to.be.revertedWithCustomError(airdrop, "InsufficientBalance")
        .withArgs(AMOUNT - 1n, AMOUNT);
      expect(await airdrop.paid(account(OCTOCAT))).to.equal(false);
    });

    it("a wallet that claims again while it is paid", async () => {
      const { ethers, registry, next } = world();
      const greedy: GreedyWallet = await ethers.deployContract("GreedyWallet", [alice.wallet.address]);
      const address = await greedy.getAddress();
      const identity = address.toLowerCase();
      await registry.append(next(alice, { platform: "ethereum", identity, cosigner: alice.wallet }).submission);
      await greedy.execute(
        await registry.getAddress(),
        registry.interface.encodeFunctionData("setAvatar", [alice.avatar.address]),
      );
      const proof = list.getProof([OCTOCAT, AMOUNT]);
      await greedy.execute(
        await airdrop.getAddress(),
        airdrop.interface.encodeFunctionData("claim", ["octocat", evidenceOf(bound), AMOUNT, proof]),
      );
      expect(await ethers.provider.getBalance(address)).to.equal(AMOUNT);
      expect(airdrop.interface.parseError(await greedy.answer())?.name).to.equal("AccountAirdropAlreadyPaid");
    });
  });
});
