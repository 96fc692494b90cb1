import {
  type Attestation,
  ATTESTER_REGISTRY_ABI,
  PROOF_REGISTRY_ABI,
  STATE_ANCHOR_ABI,
  STATE_TOPICS,
  SUBKEY_REGISTRY_ABI,
  type SubkeyDomain,
  bindingKey,
  findingHash,
} from "@syngraph/sdk/protocol";
import {
  Contract,
  ContractFactory,
  type InterfaceAbi,
  type ContractTransactionResponse,
  type JsonRpcProvider,
  Wallet,
  ZeroAddress,
  ZeroHash,
  id,
} from "ethers";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import type { Deployment } from "../../scripts/lib/deployments.ts";
import { signAlias } from "./contractAliases.ts";
import { abbreviated, attestList, covered, findingsOf } from "./contractBatch.ts";
import {
  type LinkFields,
  type Person,
  type SignedLink,
  attest,
  personOf,
  signLink,
  signRelease,
} from "./contractLinks.ts";
import {
  accountHolder,
  authorizing,
  es256Holder,
  importing,
  passkeyHolder,
  renouncing,
  revoking,
} from "./contractSubkeys.ts";

/** anvil's published keys: the first governs the local chain, the second attests there, the rest pay. */
const KEYS = {
  admin: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  attester: "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
} as const;

/** Which of anvil's accounts sends what nobody in particular has to. */
const PAYER = 7;

/** The contracts of a local chain, written to as anybody, and by governance. */
export class RegistryWriter {
  readonly provider: JsonRpcProvider;
  readonly registry: Contract;
  readonly attesters: Contract;
  readonly subkeys: Contract;
  readonly anchors: Contract;
  /** The AccessManager, by governance. */
  readonly manager: Contract;
  readonly attester = personOf(KEYS.attester);
  readonly domain: SubkeyDomain;
  /** Of the latest block when it was made, Unix seconds. */
  readonly now: number;

  private constructor(
    provider: JsonRpcProvider,
    payer: Wallet | Awaited<ReturnType<JsonRpcProvider["getSigner"]>>,
    { chainId, contracts }: Deployment,
    managerAbi: InterfaceAbi,
    now: number,
  ) {
    this.provider = provider;
    this.registry = new Contract(contracts.ProofRegistry.address, PROOF_REGISTRY_ABI, payer);
    this.attesters = new Contract(
      contracts.AttesterRegistry.address,
      ATTESTER_REGISTRY_ABI,
      new Wallet(KEYS.admin, provider),
    );
    this.subkeys = new Contract(contracts.SubkeyRegistry.address, SUBKEY_REGISTRY_ABI, payer);
    this.anchors = new Contract(contracts.StateAnchor.address, STATE_ANCHOR_ABI, new Wallet(KEYS.attester, provider));
    this.manager = new Contract(contracts.AccessManager.address, managerAbi, new Wallet(KEYS.admin, provider));
    this.domain = { chainId, verifyingContract: contracts.SubkeyRegistry.address };
    this.now = now;
  }

  static async open(provider: JsonRpcProvider, deployment: Deployment): Promise<RegistryWriter> {
    const block = (await provider.getBlock("latest"))!;
    const { abi } = await readArtifact("AccessManager");
    return new RegistryWriter(provider, await provider.getSigner(PAYER), deployment, abi, block.timestamp);
  }

  /** A link of now. */
  sign(avatar: Person, fields: LinkFields): SignedLink {
    return signLink(avatar, { createdAt: this.now, ...fields });
  }

  /** What the chain's own attester says of a link. */
  attest(statement: Partial<Attestation> & Pick<Attestation, "linkId">): string {
    return attest([this.attester], { checkedAt: this.now, ...statement });
  }

  /** Appends links one by one. */
  async append(...links: readonly SignedLink[]): Promise<void> {
    for (const { submission } of links) await this.write(this.registry, "append", submission);
  }

  /** Sends a transaction, and waits for its block. */
  async write(contract: Contract, method: string, ...args: unknown[]): Promise<void> {
    const sent = (await contract.getFunction(method).send(...args)) as ContractTransactionResponse;
    await sent.wait();
  }
}

/** Somebody whom no other run of a test has met. */
export function somebody(): Person {
  return personOf(Wallet.createRandom().privateKey);
}

/** Writes something of every kind that the contracts know, and each way in which a binding can go. */
export async function writeHistory(writer: RegistryWriter): Promise<void> {
  await writeWallets(writer);
  await writeAccounts(writer);
  await writeLists(writer);
  await writeSubkeys(writer);
  await writeGovernance(writer);
}

async function writeWallets(writer: RegistryWriter): Promise<void> {
  const { registry, provider, now } = writer;
  const [alice, bob, wallet, owner] = [somebody(), somebody(), somebody(), somebody()];
  const first = writer.sign(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
  const alias = signAlias(alice, bob, { after: first, createdAt: now });
  await writer.append(first, alias);

  const { abi, bytecode } = await readArtifact("test/OwnedWallet");
  const payer = await provider.getSigner(PAYER);
  const contract = await new ContractFactory(abi, bytecode, payer).deploy(owner.address, ZeroHash);
  await contract.waitForDeployment();
  const address = (await contract.getAddress()).toLowerCase();
  const ofContract = writer.sign(alice, { platform: "ethereum", identity: address, cosigner: owner, after: alias });
  await writer.append(ofContract);
  // The wallet is another's by now, and would not take that signature any more.
  await (await (contract.getFunction("setOwner").send(bob.address) as Promise<ContractTransactionResponse>)).wait();

  const reverse = new Contract(await registry.getAddress(), PROOF_REGISTRY_ABI, await fund(writer, wallet));
  await writer.write(reverse, "setAvatar", alice.address);
  const left = somebody();
  const ofLeft = writer.sign(alice, { platform: "ethereum", identity: left.wallet, cosigner: left, after: ofContract });
  await writer.append(ofLeft);
  const other = new Contract(await registry.getAddress(), PROOF_REGISTRY_ABI, await fund(writer, left));
  await writer.write(other, "setAvatar", alice.address);
  await writer.write(registry, "release", signRelease(alice, left, { createdAt: now }));
  const third = somebody();
  const ofThird = writer.sign(alice, { platform: "ethereum", identity: third.wallet, cosigner: third, after: ofLeft });
  await writer.append(ofThird);
  const taken = new Contract(await registry.getAddress(), PROOF_REGISTRY_ABI, await fund(writer, third));
  await writer.write(taken, "setAvatar", alice.address);
  await writer.write(taken, "setAvatar", ZeroAddress);

  // A chain that Next.ID lost the beginning of, signed before there was this registry.
  const old = somebody();
  const prev = writer.sign(somebody(), { platform: "github", identity: "lost" }).signature.base64;
  const imported = writer.sign(old, { platform: "twitter", identity: "old", prev, createdAt: 1_650_000_000 });
  await writer.append(imported);
}

async function writeAccounts(writer: RegistryWriter): Promise<void> {
  const { registry, now } = writer;
  const carol = somebody();
  const name = (index: number) => `${carol.wallet.slice(2, 12)}${index}`;
  const attested = (linkId: string) => writer.attest({ linkId, accountId: "4711", checkedAt: now - 50 });
  const confirmed = writer.sign(carol, {
    platform: "github",
    identity: name(1),
    attested,
    proofLocation: "https://gist.example/1",
  });
  const strange = (linkId: string) => attest([somebody()], { linkId, checkedAt: now - 50 });
  const claimed = writer.sign(carol, { platform: "github", identity: name(2), attested: strange, after: confirmed });
  const later = writer.sign(carol, { platform: "dns", identity: `${name(3)}.example`, after: claimed });
  const gone = writer.sign(carol, { platform: "twitter", identity: name(4), after: later });
  const never = writer.sign(carol, { platform: "steam", identity: name(5), action: "delete", after: gone });
  const deleted = writer.sign(carol, { platform: "twitter", identity: name(4), action: "delete", after: never });
  await writer.append(confirmed, claimed, later, gone, never, deleted);

  const keyOf = ({ link }: SignedLink) => bindingKey(carol.address, link.platform, link.identity);
  const seen = writer.attest({ linkId: later.id, accountId: "zone", checkedAt: now - 40 });
  await writer.write(registry, "confirm", keyOf(later), later.id, "_proof.example", seen);
  const absent = writer.attest({ linkId: later.id, found: false, checkedAt: now - 30 });
  await writer.write(registry, "suspend", keyOf(later), later.id, absent);
  const back = writer.attest({ linkId: later.id, accountId: "zone2", checkedAt: now - 20 });
  await writer.write(registry, "reinstate", keyOf(later), later.id, back);
  const lost = writer.attest({ linkId: confirmed.id, found: false, accountId: "4711", checkedAt: now - 10 });
  await writer.write(registry, "suspend", keyOf(confirmed), confirmed.id, lost);
}

async function writeLists(writer: RegistryWriter): Promise<void> {
  const { registry, attester, now } = writer;
  const dave = somebody();
  const name = (index: number) => `${dave.wallet.slice(2, 12)}${index}`;
  const bare = { attested: () => covered("77") };
  const one = writer.sign(dave, { platform: "github", identity: name(1), ...bare });
  const two = writer.sign(dave, { platform: "discord", identity: name(2), ...bare, after: one });
  const stale = writer.sign(dave, { platform: "discord", identity: name(3), after: one });
  const list = findingsOf([one, two], "77");
  const submissions = [one.submission, abbreviated(two.submission), stale.submission];
  await writer.write(registry, "appendBatch", submissions, attestList([attester], list, now - 5));

  const three = writer.sign(dave, { platform: "minds", identity: name(4), after: two });
  const four = writer.sign(dave, { platform: "minds", identity: name(5), after: three });
  await writer.append(three, four);
  const findings = findingsOf([three, four], "88");
  const confirmation = (link: SignedLink, index: number) => ({
    bindingKey: bindingKey(dave.address, link.link.platform, link.link.identity),
    ...{ linkId: link.id, proofLocation: "", account: covered("88"), index },
  });
  const entries = [confirmation(three, 0), confirmation(four, 1), confirmation(one, 0)];
  const hashes = findings.map(findingHash);
  await writer.write(registry, "confirmBatch", entries, hashes, attestList([attester], findings, now - 4));
}

async function writeSubkeys(writer: RegistryWriter): Promise<void> {
  const { subkeys, domain } = writer;
  const erin = somebody();
  const named = (kind: string) => `${kind} ${erin.address}`;
  const [account, webCrypto, passkey, imported] = [
    accountHolder(named("account")),
    es256Holder(named("es256")),
    passkeyHolder(named("passkey")),
    accountHolder(named("imported")),
  ];
  const authorize = (holder: typeof account | typeof passkey, nonce = 0, expiresAt = 0) =>
    writer.write(subkeys, "authorize", ...authorizing({ domain }, erin, holder, { nonce, expiresAt }));
  await authorize(account);
  await authorize(webCrypto, 0, 4_000_000_000);
  await authorize(passkey);
  await writer.write(subkeys, "importAuthorization", ...importing({ domain }, erin, imported));
  await writer.write(subkeys, "revokeBySig", ...revoking({ domain }, erin, account, 1));
  await authorize(account, 2);
  await writer.write(subkeys, "renounce", ...renouncing({ domain }, erin, passkey, 1));
  const own = subkeys.connect(await fund(writer, erin)) as Contract;
  await writer.write(own, "revoke", id("never authorised"));
}

async function writeGovernance(writer: RegistryWriter): Promise<void> {
  const { attesters, anchors, manager, provider, now } = writer;
  const [second, third] = [somebody(), somebody()];
  await writer.write(attesters, "addAttester", second.address, "https://second.example", "second");
  await writer.write(attesters, "addAttester", third.address, "https://third.example", "third");
  await writer.write(attesters, "removeAttester", third.address);
  await writer.write(attesters, "setQuorum", "minds", 2);
  const frank = somebody();
  const both = (linkId: string) => attest([writer.attester, second], { linkId, checkedAt: now });
  const one = (linkId: string) => attest([second, third], { linkId, checkedAt: now });
  const whole = writer.sign(frank, { platform: "minds", identity: frank.wallet, attested: both });
  await writer.append(whole);
  await writer.append(
    writer.sign(frank, { platform: "minds", identity: `${frank.wallet}2`, attested: one, after: whole }),
  );
  await writer.write(attesters, "setQuorum", "minds", 0);

  // Somebody who has to announce what they do: one operation is carried out, one called off, one waits.
  const operator = somebody();
  const patient = manager.connect(await fund(writer, operator)) as Contract;
  const setting = attesters.interface.getFunction("setQuorum")!;
  const target = await attesters.getAddress();
  const role = (await manager.getFunction("getTargetFunctionRole").staticCall(target, setting.selector)) as bigint;
  await writer.write(manager, "grantRole", role, operator.address, 1);
  const data = (quorum: number) => attesters.interface.encodeFunctionData(setting, ["tiktok", quorum]);
  for (const quorum of [1, 2, 3]) await writer.write(patient, "schedule", target, data(quorum), 0);
  await writer.write(patient, "cancel", operator.address, target, data(2));
  await provider.send("evm_increaseTime", [2]);
  await writer.write(patient, "execute", target, data(1));
  const former = somebody();
  await writer.write(manager, "grantRole", role, former.address, 0);
  await writer.write(manager, "revokeRole", role, former.address);
  const epoch = BigInt(now) * 1000n + BigInt(await writer.provider.getBlockNumber());
  await writer.write(anchors, "anchor", STATE_TOPICS.kv, epoch, id("root"), "https://data.example");
}

/** An account's own signer, with some ether. */
async function fund({ provider }: RegistryWriter, { privateKey, address }: Person): Promise<Wallet> {
  await provider.send("anvil_setBalance", [address, "0xde0b6b3a7640000"]);
  return new Wallet(privateKey, provider);
}
