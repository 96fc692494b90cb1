import { ATTESTATION_DOMAIN, encodeLeaf, packAttestations } from "@syngraph/sdk/protocol";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { TypedDataEncoder, Wallet, concat, id, keccak256, parseEther } from "ethers";

import type { AccountAirdrop, GreedyWallet } from "../../types/ethers-contracts/index.ts";
import { NOW } from "../helpers/contractClock.ts";
import { type Member, alice, attesters, mallory, member, useGate } from "../helpers/contractGate.ts";
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
  accountId: string;
  attestations: string;
  findings: string[];
  index: number;
}

/** What the registry's events say of a link that was attested by itself. */
function evidenceOf({ id: linkId, submission }: SignedLink): Evidence {
  return { linkId, accountId: submission.accountId, attestations: submission.proof, findings: [], index: 0 };
}

/** How the contract names a GitHub account. */
function account(accountId: string): string {
  return keccak256(encodeLeaf(["string", "string"], ["github", accountId]));
}

const FINDING = [
  { name: "linkId", type: "bytes32" },
  { name: "found", type: "bool" },
  { name: "accountId", type: "string" },
];
const BATCH = {
  Finding: FINDING,
  AttestationBatch: [
    { name: "findings", type: "Finding[]" },
    { name: "checkedAt", type: "uint64" },
  ],
};

/** A list of links that were found, as attesters sign it, and as FindingsAttested has it. */
async function attestList(signers: readonly Person[], links: readonly SignedLink[]) {
  const findings = links.map(({ id: linkId, submission: { accountId } }) => ({ linkId, found: true, accountId }));
  const ascending = [...signers].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const signatures = ascending.map(({ privateKey }) =>
    new Wallet(privateKey).signTypedData(ATTESTATION_DOMAIN, BATCH, { findings, checkedAt: NOW }),
  );
  return {
    findings: findings.map((finding) => TypedDataEncoder.hashStruct("Finding", { Finding: FINDING }, finding)),
    attestations: packAttestations((await Promise.all(signatures)).map((signature) => ({ checkedAt: NOW, signature }))),
  };
}

describe("AccountAirdrop", () => {
  const world = useGate();
  let airdrop: AccountAirdrop;

  async function deploy(value: bigint): Promise<AccountAirdrop> {
    const { ethers, registry, attesters: registered } = world();
    const args = [await registry.getAddress(), await registered.getAddress(), list.root];
    return ethers.deployContract("AccountAirdrop", args, { value });
  }

  beforeEach(async () => {
    airdrop = await deploy(parseEther("5"));
  });

  /** Claims as somebody's wallet. */
  async function claim(who: Pick<Member, "wallet">, identity: string, evidence: Evidence, amount = AMOUNT) {
    const theirs = airdrop.connect(await world().signer(who.wallet));
    const entry = [...list.entries()].find(([, [accountId]]) => accountId === evidence.accountId)?.[0] ?? 0;
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
    const links = [
      next(alice, { platform: "github", identity: "octocat", accountId: OCTOCAT }),
      next(mallory, { platform: "github", identity: "mallory", accountId: MALLORY }),
    ];
    const { findings, attestations } = await attestList(attesters.slice(0, 2), links);
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
    for (const forged of [{ index: 2 }, { accountId: OCTOCAT }, { accountId: OCTOCAT, index: 0 }]) {
      await expect(claim(mallory, "mallory", { ...theirs, ...forged })).to.be.revertedWithCustomError(
        airdrop,
        "IdentityGateNotInList",
      );
    }
    const { attestations: byOne } = await attestList(attesters.slice(0, 1), links);
    await expect(claim(alice, "octocat", { ...mine, attestations: byOne })).to.be.revertedWithCustomError(
      airdrop,
      "IdentityGateNoQuorum",
    );
    await world().attesters.setQuorum("github", 1);
    const rewritten = [findings[0]!, id("a finding that nobody signed")];
    await expect(
      claim(alice, "octocat", { ...mine, attestations: byOne, findings: rewritten }),
    ).to.be.revertedWithCustomError(airdrop, "IdentityGateNoQuorum");
    await claim(alice, "octocat", { ...mine, attestations: byOne });
    await claim(mallory, "mallory", theirs, 1n);
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
      await expect(claim(mallory, "mallory", { ...evidenceOf(theirs), accountId: OCTOCAT }))
        .to.be.revertedWithCustomError(airdrop, "IdentityGateNoQuorum")
        .withArgs(theirs.id);
    });

    it("attestations by too few, by one twice, by strangers, and by a former attester", async () => {
      const by = (...signers: Person[]) => ({
        ...evidenceOf(bound),
        attestations: attest(signers, { linkId: bound.id, accountId: OCTOCAT }),
      });
      const [one, two, three] = attesters as [Person, Person, Person];
      for (const evidence of [by(one), by(one, mallory.avatar), by(mallory.avatar, mallory.wallet)]) {
        await expect(claim(alice, "octocat", evidence)).to.be.revertedWithCustomError(airdrop, "IdentityGateNoQuorum");
      }
      const twice = concat([by(one).attestations, by(one).attestations]);
      await expect(
        claim(alice, "octocat", { ...evidenceOf(bound), attestations: twice }),
      ).to.be.revertedWithCustomError(world().attesters, "AttesterRegistryNotAscending");
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
