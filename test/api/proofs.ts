import { type Signature, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Client } from "pg";

import { type Answer, type PayloadAnswer, type Person, payload, post, proofBody } from "../helpers/api.ts";
import type { TestStack } from "../helpers/stack.ts";

/** What a link is about. */
export type Fields = Parameters<typeof payload>[2];

/** What may stand in the body of POST /v1/proof beside the fields of a payload. */
type Rest = Parameters<typeof proofBody>[3];

/** A link in the making: what the API gave to sign, signed. */
export interface Draft {
  person: Person;
  fields: Fields;
  answer: PayloadAnswer;
  signature: Signature;
  /** What is to be published, with the signature in its place. */
  content: string;
}

/** Asks for a payload and signs it. */
export async function draftProof(test: TestStack, person: Person, fields: Fields): Promise<Draft> {
  const answer = await payload(test.stack, person, fields);
  const signature = signText(person.privateKey, answer.sign_payload);
  return { person, fields, answer, signature, content: filled(answer, signature) };
}

/** A payload's post with a signature in the placeholder's stead. */
export function filled({ post_content }: PayloadAnswer, { base64 }: Signature): string {
  return post_content.default.replace("%SIG_BASE64%", base64);
}

/** Submits a draft. */
export function submit(test: TestStack, { person, fields, answer }: Draft, rest: Rest = {}): Promise<Answer> {
  return post(test.stack, "/v1/proof", proofBody(person, fields, answer, rest));
}

/** The same, of what must be taken. */
export async function submitWell(test: TestStack, draft: Draft, rest: Rest = {}): Promise<void> {
  const answer = await submit(test, draft, rest);
  expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
  expect(answer.body).to.deep.equal({});
}

/** A delete by the avatar's own signature. */
export async function signedDelete(test: TestStack, person: Person, fields: Omit<Fields, "action">): Promise<Answer> {
  const draft = await draftProof(test, person, { ...fields, action: "delete" });
  return submit(test, draft, { extra: { signature: draft.signature.base64 } });
}

/**
 * Expects a request to be refused in words, to change nothing on chain, and to leave nothing in the outbox.
 *
 * @param avatar whose link it would have been.
 */
export async function expectRefused(
  test: TestStack,
  avatar: Person,
  request: () => Promise<Answer>,
  status: number,
  message: RegExp | string,
): Promise<void> {
  const before = await tracesOf(test, avatar);
  expectError(await request(), status, message);
  expect(await tracesOf(test, avatar), "what it left behind").to.deep.equal(before);
}

/** Expects an error as every client can read it. */
export function expectError(answer: Answer, status: number, message: RegExp | string): void {
  expect(answer.status, JSON.stringify(answer.body)).to.equal(status);
  expect(answer.headers.get("content-type")).to.match(/^application\/json/);
  expect(Object.keys(answer.body)).to.deep.equal(["message"]);
  if (typeof message === "string") expect(answer.body.message).to.include(message);
  else expect(answer.body.message).to.match(message);
}

/** All that an avatar has on chain and on its way there. */
async function tracesOf({ registry, stack }: TestStack, { key }: Person) {
  const sql = "SELECT uuid, link_id, method, state FROM api.submission WHERE avatar = $1 ORDER BY id";
  return {
    head: await registry.headOf(key.address),
    length: await registry.lengthOf(key.address),
    outbox: await rowsOf(stack.databaseUrl, sql, [key.address.toLowerCase()]),
  };
}

/** Asks the stack's database. */
export async function rowsOf<Row>(databaseUrl: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}
