import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";

import { Checks } from "../../api/checks/checks.ts";
import { createPool } from "../../api/db/pool.ts";
import { type Person, get } from "../helpers/api.ts";
import type { TestStack } from "../helpers/stack.ts";
import { rowsOf } from "./proofs.ts";
import { now } from "./stranger.ts";

/** A look sets `next_due` a lease ahead while it is under way, in seconds, and further ahead when it is over. */
const LEASE = 120;

/** A row of `api.checks`. */
export interface CheckRow {
  link_id: string;
  location: string | null;
  last_checked_at: number | null;
  last_confirmed_at: number | null;
  strikes: number;
  severity: string | null;
  reason: string;
  soft_failures: number;
  trouble: string;
  next_due: number;
}

/** The checks as a process has them whose clock runs ahead. */
export async function withChecks<T>(
  { stack }: TestStack,
  hours: number,
  use: (checks: Checks) => Promise<T>,
): Promise<T> {
  const db = createPool(stack.databaseUrl);
  try {
    return await use(new Checks({ db, chainId: 31337, now: () => now() + hours * 3600 }));
  } finally {
    await db.end();
  }
}

/** What is known of a link; undefined before it was ever due. */
export async function checkOf({ stack }: TestStack, linkId: string): Promise<CheckRow | undefined> {
  const [row] = await rowsOf<CheckRow>(stack.databaseUrl, "SELECT * FROM api.checks WHERE link_id = $1", [linkId]);
  return row;
}

/** Lets so many hours pass for links: all that is known of them is so much older, and they are due. */
export async function age({ stack }: TestStack, linkIds: readonly string[], hours: number): Promise<void> {
  await rowsOf(
    stack.databaseUrl,
    `UPDATE api.checks SET last_checked_at = last_checked_at - $2, last_confirmed_at = last_confirmed_at - $2,
       first_failed_at = first_failed_at - $2, next_due = 1 WHERE link_id = ANY($1)`,
    [linkIds, hours * 3600],
  );
}

/** A binding on GitHub, as its owner asks about it. */
export interface Bound {
  person: Person;
  login: string;
  linkId: string;
}

/** What GET /v1/proof/exists says. */
export async function exists(test: TestStack, { person, login }: Omit<Bound, "linkId">) {
  const path = `/v1/proof/exists?platform=github&identity=${login}&public_key=${person.key.compressed}`;
  const { status, body } = await get(test.stack, path);
  expect(status, JSON.stringify(body)).to.equal(200);
  return body;
}

/** What GET /v1/proof says of a binding, in whatever state. */
export async function proofOf(test: TestStack, { person, login }: Omit<Bound, "linkId">) {
  const { body } = await get(test.stack, `/v1/proof?platform=github&identity=${login}&exact=true&status=any`);
  const record = body.ids.find(({ avatar }: { avatar: string }) => avatar === person.key.compressed);
  return record.proofs.find(({ identity }: { identity: string }) => identity === login);
}

/** Lets hours pass, has somebody read the binding, and waits until it was looked at again. */
export async function lookAgain(test: TestStack, bound: Bound, hours: number): Promise<CheckRow> {
  // The chain takes what is newer by a second.
  const { last_checked_at } = await exists(test, bound);
  while (now() <= Number(last_checked_at)) await sleep(20);
  await age(test, [bound.linkId], hours);
  await exists(test, bound);
  return looked(test, bound.linkId);
}

/** Waits until the look is over that is due. */
export async function looked(test: TestStack, linkId: string): Promise<CheckRow> {
  for (;;) {
    const row = await checkOf(test, linkId);
    if (row && row.next_due > now() + LEASE) return row;
    await sleep(20);
  }
}
