import { type Link, type PublicKey, publicKeyOf, signText } from "@syngraph/sdk/protocol";
import { Wallet } from "ethers";

import { type ApiOrigin, contractOf } from "./openApi.ts";

/** A person with an avatar key. */
export interface Person {
  privateKey: string;
  key: PublicKey;
}

export function newPerson(): Person {
  const { privateKey } = Wallet.createRandom();
  return { privateKey, key: publicKeyOf(privateKey) };
}

/** An HTTP answer, read. */
export interface Answer {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a wire shape that the test itself looks at
  body: any;
}

export async function get(stack: ApiOrigin, path: string): Promise<Answer> {
  return ask(stack, path);
}

/** Sends a body as Next.ID's SDK does: JSON called text. */
export async function post(stack: ApiOrigin, path: string, body: unknown): Promise<Answer> {
  return ask(stack, path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
}

/** Sends any request, and holds the answer to what the API's own document says of it. */
export async function ask(stack: ApiOrigin, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(stack.apiUrl + path, init);
  const text = await response.text();
  const answer = {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
  const { pathname } = new URL(response.url);
  const type = response.headers.get("content-type") ?? undefined;
  (await contractOf(stack)).requireDocumented(init.method ?? "GET", pathname, answer.status, answer.body, type);
  return answer;
}

/** What POST /v1/proof/payload answers. */
export interface PayloadAnswer {
  post_content: { default: string };
  sign_payload: string;
  uuid: string;
  created_at: string;
}

export async function payload(
  stack: ApiOrigin,
  person: Person,
  fields: Pick<Link, "action" | "platform" | "identity">,
): Promise<PayloadAnswer> {
  const answer = await post(stack, "/v1/proof/payload", { ...fields, public_key: person.key.compressed });
  if (answer.status !== 200) throw new Error(`payload: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The body of POST /v1/proof that goes with a payload. */
export function proofBody(
  person: Person,
  fields: Pick<Link, "action" | "platform" | "identity">,
  { uuid, created_at }: PayloadAnswer,
  rest: {
    proof_location?: string;
    extra?: { signature?: string; wallet_signature?: string; target_signature?: string };
  } = {},
) {
  return { ...fields, public_key: person.key.compressed, uuid, created_at, ...rest };
}

/** Binds a wallet: payload, both signatures, submission. */
export async function bindWallet(
  stack: ApiOrigin,
  person: Person,
  wallet: { privateKey: string; address: string },
): Promise<Answer> {
  const fields = { action: "create", platform: "ethereum", identity: wallet.address } as const;
  const answer = await payload(stack, person, fields);
  return post(
    stack,
    "/v1/proof",
    proofBody(person, fields, answer, {
      extra: {
        signature: signText(person.privateKey, answer.sign_payload).base64,
        wallet_signature: signText(wallet.privateKey, answer.sign_payload).base64,
      },
    }),
  );
}
