import { type Person, newPerson } from "../helpers/api.ts";
import type { TestStack } from "../helpers/stack.ts";
import { type Draft, draftProof, submitWell } from "./proofs.ts";

/** The number of every account at the stand-in. */
export const ACCOUNT = 1191636;

let gists = 0;

/** A gist's id that no other test has. */
export function newGist(): string {
  return `6157${String((gists += 1)).padStart(28, "0")}`;
}

/** The name that a proof's file must have. */
export function fileOf({ key }: Person): string {
  return `${key.compressed}.json`;
}

/** Publishes a gist with one file, which is named after a key. */
export function publishGist(
  { github }: TestStack,
  owner: string,
  named: Person,
  content: string,
  gist = newGist(),
): string {
  github.publish(gist, { owner: { login: owner, id: ACCOUNT }, files: { [fileOf(named)]: content } });
  return gist;
}

/** A create for an account. */
export function draftGist(test: TestStack, person: Person, identity: string): Promise<Draft> {
  return draftProof(test, person, { action: "create", platform: "github", identity });
}

/** A create for an account of a new person's, published as it should be. */
export async function publishedDraft(test: TestStack, login: string) {
  const person = newPerson();
  const made = await draftGist(test, person, login);
  return { person, made, gist: publishGist(test, login, person, made.content) };
}

/** Binds an account as an honest user does. */
export async function bindGist(test: TestStack, login: string) {
  const published = await publishedDraft(test, login);
  await submitWell(test, published.made, { proof_location: published.gist });
  return published;
}
