import type { TestStack } from "../helpers/stack.ts";

/** What a GraphQL client reads of an answer. */
export interface Answered {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a wire shape that the test itself looks at
  data: any;
  errors?: { message: string; path?: unknown[]; extensions?: Record<string, unknown> }[];
  message?: string;
}

/** Sends a request as it is given. */
export async function send({ stack }: TestStack, path: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(stack.apiUrl + path, init);
  const body = (await response.json()) as Pick<Answered, "data" | "errors" | "message">;
  return { ...body, status: response.status, headers: response.headers };
}

/** Asks as Maskbook does: JSON called text. */
export async function query(
  test: TestStack,
  text: string,
  variables?: Record<string, unknown>,
  operationName?: string,
): Promise<Answered> {
  return send(test, "/", { method: "POST", body: JSON.stringify({ query: text, variables, operationName }) });
}

/** The same of what must be answered without errors. */
// oxlint-disable-next-line typescript/no-explicit-any -- as above
export async function data(test: TestStack, text: string, variables?: Record<string, unknown>): Promise<any> {
  const answered = await query(test, text, variables);
  if (answered.status !== 200 || answered.errors) throw new Error(`${text}\n${JSON.stringify(answered)}`);
  return answered.data;
}
