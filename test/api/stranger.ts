import { setTimeout as sleep } from "node:timers/promises";

import {
  type Attestation,
  type Finding,
  PROOF_REGISTRY_ABI,
  type SignedAttestation,
  packAttestations,
  packList,
  signAttestation,
  signAttestationBatch,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Contract, type TransactionReceipt, Wallet } from "ethers";

import type { ProofRegistry } from "../../types/ethers-contracts/index.ts";
import {
  type LinkFields,
  type Person,
  type SignedLink,
  attest,
  person,
  personOf,
  signLink,
} from "../helpers/contractLinks.ts";
import { get } from "../helpers/api.ts";
import type { TestStack } from "../helpers/stack.ts";

/** anvil's fourth published key: somebody with money and no part in anything. */
const STRANGER = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";

/** anvil's second published key: the stack's only attester. */
export const ATTESTER = personOf("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");

/** The contract as a stranger calls it, past the API. */
export async function strangersRegistry({ provider, registry }: TestStack): Promise<ProofRegistry> {
  const signer = new Wallet(STRANGER, provider);
  return new Contract(await registry.getAddress(), PROOF_REGISTRY_ABI, signer) as unknown as ProofRegistry;
}

/** Enough for any link. */
const GAS = 600_000;

/** Appends links past the API, in this order and mostly in one block, and waits until they are indexed. */
export async function append(test: TestStack, links: readonly SignedLink[]): Promise<void> {
  const { provider, registry } = test;
  const signer = new Wallet(STRANGER);
  const nonce = await provider.getTransactionCount(signer.address);
  const { maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData();
  const to = await registry.getAddress();
  const common = { type: 2, chainId: 31337, to, gasLimit: GAS, maxFeePerGas: 2n * maxFeePerGas!, maxPriorityFeePerGas };
  const transactions = await Promise.all(
    links.map(({ submission }, index) => {
      const data = registry.interface.encodeFunctionData("append", [submission]);
      return signer.signTransaction({ ...common, nonce: nonce + index, data });
    }),
  );
  // The index takes longer for a block than for a link.
  await provider.send("evm_setAutomine", [false]);
  try {
    const hashes = await Promise.all(
      transactions.map((transaction): Promise<string> => provider.send("eth_sendRawTransaction", [transaction])),
    );
    for (const hash of hashes) await include(test, hash);
  } finally {
    await provider.send("evm_setAutomine", [true]);
  }
  await shown(test, links.at(-1)!);
}

/** Makes blocks until one has the transaction. */
async function include({ provider }: TestStack, hash: string): Promise<void> {
  let receipt = await provider.getTransactionReceipt(hash);
  while (!receipt) {
    await provider.send("evm_mine", []);
    receipt = await provider.getTransactionReceipt(hash);
  }
  expect(receipt.status, "the contract took the link").to.equal(1);
}

/** Waits until the API shows a link. While the index follows a reorg, it may say 503. */
async function shown({ stack }: TestStack, { id, link }: SignedLink): Promise<void> {
  for (;;) {
    const { status, body } = await get(stack, `/v1/proofchain?avatar=${link.avatar}`);
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 503]);
    if (body.proof_chain?.some(({ link_id }: { link_id: string }) => link_id === id)) return;
    await sleep(20);
  }
}

/** Waits until the index has the block of a transaction. */
export async function indexed(test: TestStack, hash: string): Promise<void> {
  const { blockNumber } = await mined(test, hash);
  while ((await get(test.stack, "/readyz")).body.indexed_block < blockNumber) await sleep(20);
}

/** Waits until the chain has a transaction. ethers' own `wait` would ask every four seconds only. */
export async function mined({ provider }: TestStack, hash: string): Promise<TransactionReceipt> {
  let receipt = await provider.getTransactionReceipt(hash);
  while (!receipt) {
    await sleep(20);
    receipt = await provider.getTransactionReceipt(hash);
  }
  expect(receipt.status, "the contract took it").to.equal(1);
  return receipt;
}

/** What some say of a link, each with a time of their own, in the order that the contracts want. */
export function saidBy(
  statement: Omit<Attestation, "checkedAt">,
  words: readonly (readonly [who: Person, checkedAt: number])[],
): string {
  return packAttestations(
    statement.accountId,
    inOrder(words, (checkedAt) => ({ ...statement, checkedAt }), signAttestation),
  );
}

/** The same of a list of findings. */
export function listSaidBy(
  findings: readonly Finding[],
  words: readonly (readonly [who: Person, checkedAt: number])[],
): string {
  return packList(inOrder(words, (checkedAt) => ({ findings, checkedAt }), signAttestationBatch));
}

function inOrder<T>(
  words: readonly (readonly [Person, number])[],
  statementAt: (checkedAt: number) => T,
  sign: (privateKey: string, statement: T) => string,
): SignedAttestation[] {
  return words
    .toSorted(([a], [b]) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))
    .map(([{ privateKey }, checkedAt]) => ({ checkedAt, signature: sign(privateKey, statementAt(checkedAt)) }));
}

let named = 0;

/** Somebody with an avatar whom no other test has. */
export function somebody(): Person {
  return person(`API ${(named += 1)}`);
}

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** A link that only the avatar signed. */
export function claim(avatar: Person, fields: LinkFields): SignedLink {
  return signLink(avatar, { createdAt: now(), ...fields });
}

/** The account id that {@link attested} has for somebody by default. */
export function accountIdOf({ address }: Person): string {
  return String(BigInt(address) % 10n ** 9n);
}

/** What the tests say of a link that an attester confirms. */
export interface AttestedFields extends LinkFields {
  accountId?: string;
}

/** A link that the attester confirms, with an account id of its own by default. */
export function attested(avatar: Person, fields: AttestedFields): SignedLink {
  const { accountId = accountIdOf(avatar), ...link } = fields;
  return claim(avatar, {
    ...link,
    attested: (linkId) => attest([ATTESTER], { linkId, accountId, checkedAt: now() }),
  });
}
