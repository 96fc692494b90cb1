import { STATE_TOPICS, bindingKey, findingHash } from "@syngraph/sdk/protocol";
import { type ContractTransactionResponse, id } from "ethers";

import type { StateAnchor } from "../../types/ethers-contracts/index.ts";
import { signAlias } from "./contractAliases.ts";
import { abbreviated, attestList, covered, findingsOf } from "./contractBatch.ts";
import { NOW } from "./contractClock.ts";
import {
  type LinkFields,
  type Person,
  type SignedLink,
  attest,
  person,
  signLink,
  signRelease,
  withoutKey,
} from "./contractLinks.ts";
import { type Registries, addAttesters, startRegistries } from "./contracts.ts";
import { accountHolder, authorizing, passkeyHolder, startSubkeys } from "./contractSubkeys.ts";

/** How many links the measured batches have. */
export const BATCH = 100;

/** What one operation costs. */
export interface Measured {
  /** Of L2 execution, of the whole transaction. */
  gas: number;
  /** How many links, or what else, the transaction had. */
  count: number;
  /** The transaction's calldata, `0x` hex. */
  data: string;
}

/** What operations cost, by their names. */
export type Measurements = Record<string, Measured>;

/** A gist, as Next.ID's proofs have it: a handle of 19 characters, a location of 32, an account id of seven digits. */
export const GIST = {
  platform: "github",
  identity: "octocat-of-the-deep",
  uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf",
  createdAt: NOW,
  proofLocation: "5b3acc09d25242950e4b7ea0ee707ada",
} satisfies LinkFields;
export const ACCOUNT_ID = "1191636";

export const attester = person("gas: attester");

/** A link that attesters confirm by itself. */
function attested(by: Person, fields: Partial<LinkFields>): SignedLink {
  return signLink(by, {
    ...GIST,
    attested: (linkId) => attest([attester], { linkId, accountId: ACCOUNT_ID, checkedAt: NOW }),
    ...fields,
  });
}

/** A link of a batch that a list confirms, with a handle of 19 characters. */
function listed(by: Person, name: string, index: number, after?: SignedLink): SignedLink {
  const identity = `${name}-of-the-deep-${String(index).padStart(3, "0")}`;
  const { platform, createdAt, proofLocation } = GIST;
  const link = { platform, identity, createdAt, proofLocation, attested: () => covered(ACCOUNT_ID) };
  return signLink(by, { ...link, ...(after ? { after } : {}) });
}

/** The gas of what a transaction did, once or `count` times. */
export async function measure(sent: Promise<ContractTransactionResponse>, count = 1): Promise<Measured> {
  const transaction = await sent;
  const { gasUsed } = (await transaction.wait())!;
  return { gas: Number(gasUsed), count, data: transaction.data };
}

/** Measures what the contracts are for, each time on chains of their own. */
export async function measureContracts(): Promise<Measurements> {
  return {
    ...(await measureOnChain(measureLinks)),
    ...(await measureOnChain(measureBatches)),
    ...(await measureSubkeys()),
  };
}

async function measureOnChain(measuring: (world: Registries) => Promise<Measurements>): Promise<Measurements> {
  const world = await startRegistries();
  try {
    await addAttesters(world, [attester]);
    await world.networkHelpers.time.increaseTo(NOW + 600);
    return await measuring(world);
  } finally {
    await world.connection.close();
  }
}

async function measureLinks({ registry, ethers, networkHelpers, attesters }: Registries): Promise<Measurements> {
  const [avatar, wallet, other] = [person("gas: avatar"), person("gas: wallet"), person("gas: other avatar")];
  const first = attested(avatar, {});
  const next = attested(avatar, {
    identity: "tacocto-of-the-deep",
    uuid: "77f5ccaa-7919-4854-96de-81975f96744a",
    after: first,
  });
  const claim = signLink(avatar, { ...GIST, identity: "claimed-by-the-deep", after: next });
  const remove = signLink(avatar, { ...GIST, action: "delete", proofLocation: "", after: claim });
  const bind = signLink(avatar, {
    platform: "ethereum",
    identity: wallet.wallet,
    uuid: GIST.uuid,
    cosigner: wallet,
    after: remove,
  });
  const alias = signAlias(avatar, other, { after: bind });
  const claimKey = bindingKey(avatar.address, "github", claim.link.identity);
  const said = (found: boolean, late: number) =>
    attest([attester], { linkId: claim.id, found, accountId: ACCOUNT_ID, checkedAt: NOW + late });
  for (const { address } of [wallet, attester]) await networkHelpers.setBalance(address, 10n ** 18n);
  const asWallet = registry.connect(await ethers.getImpersonatedSigner(wallet.address));
  const anchors: StateAnchor = await ethers.deployContract("StateAnchor", [await attesters.getAddress()]);
  const asAttester = anchors.connect(await ethers.getImpersonatedSigner(attester.address));
  const anchor = (epoch: number) =>
    asAttester.anchor(STATE_TOPICS.kv, epoch, id(`root ${epoch}`), `https://one.example/kv/${epoch}.json`);
  return {
    "first link": await measure(registry.append(first.submission)),
    "next link": await measure(registry.append(withoutKey(next.submission))),
    claim: await measure(registry.append(withoutKey(claim.submission))),
    confirm: await measure(registry.confirm(claimKey, claim.id, GIST.proofLocation, said(true, 0))),
    suspend: await measure(registry.suspend(claimKey, claim.id, said(false, 10))),
    reinstate: await measure(registry.reinstate(claimKey, claim.id, said(true, 20))),
    delete: await measure(registry.append(withoutKey(remove.submission))),
    "wallet create": await measure(registry.append(bind.submission)),
    "alias create": await measure(registry.append(alias.submission)),
    setAvatar: await measure(asWallet.setAvatar(avatar.address)),
    release: await measure(registry.release(signRelease(avatar, wallet, { uuid: GIST.uuid }))),
    "anchor, first epoch": await measure(anchor(1)),
    "anchor, next epoch": await measure(anchor(2)),
  };
}

/** The submission of a link right behind the one before it in the chain. */
function behindEachOther({ submission }: SignedLink, index: number): SignedLink["submission"] {
  return index === 0 ? withoutKey(submission) : abbreviated(submission);
}

async function measureBatches({ registry }: Registries): Promise<Measurements> {
  const people = Array.from({ length: BATCH }, (_, index) => person(`gas: avatar ${index}`));
  const firsts = people.map((by, index) => listed(by, "octo", index));
  const nexts = people.map((by, index) => listed(by, "taco", index, firsts[index]));
  const chain: SignedLink[] = [nexts[0]!];
  const claims: SignedLink[] = [nexts[1]!];
  for (let index = 0; index < BATCH; index++) {
    chain.push(listed(people[0]!, "taro", index, chain.at(-1)));
    claims.push(listed(people[1]!, "claw", index, claims.at(-1)));
  }
  chain.shift();
  claims.shift();
  const send = (links: readonly SignedLink[], shorten: (link: SignedLink, index: number) => SignedLink["submission"]) =>
    registry.appendBatch(links.map(shorten), attestList([attester], findingsOf(links, ACCOUNT_ID)));
  const batches = {
    "first link of each of 100 avatars, in a batch": await measure(
      send(firsts, ({ submission }) => submission),
      BATCH,
    ),
    "next link of each of 100 avatars, in a batch": await measure(
      send(nexts, ({ submission }) => withoutKey(submission)),
      BATCH,
    ),
    "100 links of one avatar, in a batch": await measure(send(chain, behindEachOther), BATCH),
    "100 claims of one avatar, in a batch": await measure(
      registry.appendBatch(claims.map(behindEachOther), "0x"),
      BATCH,
    ),
  };
  const findings = findingsOf(claims, ACCOUNT_ID);
  const confirmations = claims.map(({ link, id: linkId }, index) => ({
    bindingKey: bindingKey(people[1]!.address, link.platform, link.identity),
    linkId,
    proofLocation: "",
    account: covered(ACCOUNT_ID),
    index,
  }));
  return {
    ...batches,
    "confirmBatch of 100": await measure(
      registry.confirmBatch(confirmations, findings.map(findingHash), attestList([attester], findings)),
      BATCH,
    ),
  };
}

async function measureSubkeys(): Promise<Measurements> {
  const world = await startSubkeys();
  try {
    const { registry, ethers, networkHelpers } = world;
    const avatar = person("gas: avatar");
    const [account, passkey] = [accountHolder("gas: session"), passkeyHolder("gas: phone")];
    await networkHelpers.setBalance(avatar.address, 10n ** 18n);
    const asAvatar = registry.connect(await ethers.getImpersonatedSigner(avatar.address));
    return {
      "subkey authorize, secp256k1": await measure(registry.authorize(...authorizing(world, avatar, account))),
      "subkey authorize, passkey": await measure(registry.authorize(...authorizing(world, avatar, passkey))),
      "subkey revoke": await measure(asAvatar.revoke(account.id)),
    };
  } finally {
    await world.connection.close();
  }
}
