import "@syngraph/sdk/protocol/native";
import { type Witness, recoverListAttester, unpackAttestations, unpackList } from "@syngraph/sdk/protocol";
import type { Context } from "ponder:registry";
import schema from "ponder:schema";

import { witnessesOf } from "../witnesses.ts";
import { lower } from "./hex.ts";

type Hex = `0x${string}`;

/** What of an event's attestations counted. */
export interface Heard {
  accountId: string;
  /** Who signed and was an attester then, lower case. */
  attesters: Hex[];
  /** When one of them last looked, Unix seconds. */
  asOf: number;
}

/**
 * Finds in what an event brought the word of those who were attesters when it was emitted, as the contract counted it: it
 * passes strangers over, and so their times say nothing.
 *
 * @param said account id and attestations; the account id alone, where they signed a list.
 * @param notBefore attestations from before this time did not count.
 */
export async function hear(
  context: Context,
  statement: { linkId: Hex; found: boolean; transactionHash: Hex },
  said: Hex,
  notBefore = 0,
): Promise<Heard> {
  const { accountId, attestations } = unpackAttestations(said);
  if (attestations.length === 0) {
    const { attesters, checkedAt } = await lastList(context, statement.transactionHash);
    return { accountId, attesters, asOf: checkedAt };
  }
  const inTime = (await witnessesOf({ ...statement, said })).filter(({ checkedAt }) => checkedAt >= notBefore);
  const counted = await keepAttesters(context, inTime);
  return {
    accountId,
    attesters: counted.map(({ attester }) => lower(attester)),
    asOf: Math.max(...counted.map(({ checkedAt }) => checkedAt)),
  };
}

/** Those signers of a list who are attesters. */
export async function hearList(context: Context, findings: readonly Hex[], attestations: Hex): Promise<Hex[]> {
  const witnesses = unpackList(attestations).map((signed) => ({
    attester: recoverListAttester(findings, signed),
    checkedAt: signed.checkedAt,
  }));
  return (await keepAttesters(context, witnesses)).map(({ attester }) => lower(attester));
}

async function keepAttesters({ db, chain }: Context, witnesses: readonly Witness[]): Promise<Witness[]> {
  const rows = await Promise.all(
    witnesses.map(({ attester }) => db.find(schema.attester, { chainId: chain.id, address: lower(attester) })),
  );
  return witnesses.filter((_, index) => rows[index]?.active);
}

async function lastList(context: Context, transactionHash: Hex) {
  const row = await context.db.find(schema.findingsAttested, { chainId: context.chain.id, transactionHash });
  // Invariant 7 of IProofRegistry.sol.
  return row!.lists.at(-1)!;
}
