import { signText } from "@syngraph/sdk/protocol";
import { Wallet } from "ethers";
import { SiweMessage } from "siwe";

import { type Answer, post } from "../helpers/api.ts";
import type { TestStack } from "../helpers/stack.ts";

/** Somebody who can sign. */
export type Key = Pick<Wallet, "privateKey" | "address">;

/** What a test says about a message; the rest is as an honest page writes it. */
export type MessageFields = Partial<SiweMessage>;

/** So many minutes from now, as messages write it. */
export function minutes(count: number): string {
  return new Date(Date.now() + count * 60_000).toISOString();
}

/** A nonce of this node. */
export async function newNonce({ stack }: TestStack): Promise<string> {
  return (await post(stack, "/v1/sessions/nonce", {})).body.nonce;
}

/** A message of EIP-4361 for a domain, by default this node's own. */
export async function messageFor(test: TestStack, address: string, fields: MessageFields = {}): Promise<string> {
  const { host } = new URL(test.stack.apiUrl);
  const { domain = host } = fields;
  return new SiweMessage({
    ...{ domain, address, uri: `http://${domain}/in`, version: "1", chainId: 31337 },
    nonce: fields.nonce ?? (await newNonce(test)),
    issuedAt: new Date().toISOString(),
    ...fields,
  }).prepareMessage();
}

/** A message with its signature. */
export async function signedMessage(test: TestStack, key: Key, fields: MessageFields = {}) {
  const message = await messageFor(test, fields.address ?? key.address, fields);
  return { message, signature: signText(key.privateKey, message).raw };
}

/** Signs in here. */
export async function signIn(
  test: TestStack,
  key: Key,
  fields: MessageFields = {},
  rest: object = {},
): Promise<Answer> {
  return post(test.stack, "/v1/sessions", { ...(await signedMessage(test, key, fields)), ...rest });
}

/** Signs in at an application. */
export async function signInAt(
  test: TestStack,
  domain: string,
  key: Key,
  fields: MessageFields = {},
  rest: object = {},
): Promise<Answer> {
  const signed = await signedMessage(test, key, { domain, uri: `https://${domain}/`, ...fields });
  return post(test.stack, "/v1/sign-in", { ...signed, ...rest });
}

/** Asks with a token. */
export async function asUser({ stack }: TestStack, token: string, path: string, method = "GET"): Promise<Answer> {
  const response = await fetch(stack.apiUrl + path, { method, headers: { Authorization: `Bearer ${token}` } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
