import { expect } from "chai";
import { z } from "zod";

/** Where an API listens. */
export type ApiOrigin = { apiUrl: string };

/** A JSON schema, as far as tests look at it. */
export interface JsonSchema {
  type?: string | string[];
  $ref?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  pattern?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

/** A parameter of a call. */
export interface Parameter {
  in: "path" | "query" | "header";
  name: string;
  required?: boolean;
  schema: JsonSchema;
}

/** A call in an OpenAPI document, as far as tests look at it. */
export interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema; example?: unknown }> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

/** An OpenAPI document, as far as tests look at it. */
export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

/** What an API promises, in its own document. */
export class Contract {
  readonly document: OpenApi;
  readonly #paths: [path: string, shape: RegExp][];
  readonly #schemas = new Map<string, z.ZodType>();

  constructor(document: OpenApi) {
    this.document = document;
    this.#paths = Object.keys(document.paths).map((path) => [
      path,
      new RegExp(`^${path.replaceAll(".", String.raw`\.`).replace(/\{\w+\}/g, "[^/]+")}/?$`),
    ]);
  }

  /** The call that serves a request; undefined where there is none. */
  operation(method: string, pathname: string): Operation | undefined {
    const path = this.#paths.find(([, shape]) => shape.test(pathname))?.[0];
    const name = method === "HEAD" ? "get" : method.toLowerCase();
    return path === undefined ? undefined : this.document.paths[path]![name];
  }

  /** Fails unless the document tells of such an answer. What it does not know at all has to be refused as every error is. */
  requireDocumented(method: string, pathname: string, status: number, body: unknown, type = "application/json"): void {
    if (method === "OPTIONS" || method === "HEAD") return;
    const answers = this.operation(method, pathname)?.responses;
    const answer = answers?.[status] ?? (status >= 400 ? answers?.default : undefined);
    const words = `${method} ${pathname} answered ${status}`;
    expect(answer !== undefined || status >= 400, `${words}, which the document does not tell of`).to.equal(true);
    const [, content] = Object.entries(answer?.content ?? {}).find(([name]) => type.startsWith(name)) ?? [];
    const schema = content?.schema ?? (status >= 400 ? ERROR : undefined);
    if (schema === undefined) return;
    const { success, error } = this.#schemaOf(schema).safeParse(body);
    expect(success, `${words} ${JSON.stringify(body)}: ${error && z.prettifyError(error)}`).to.equal(true);
  }

  #schemaOf(schema: JsonSchema): z.ZodType {
    const text = JSON.stringify(schema);
    let known = this.#schemas.get(text);
    if (!known) {
      const whole = { ...schema, $defs: this.document.components.schemas };
      const local = JSON.stringify(whole).replaceAll("#/components/schemas/", "#/$defs/");
      known = z.fromJSONSchema(JSON.parse(local));
      this.#schemas.set(text, known);
    }
    return known;
  }
}

const ERROR: JsonSchema = { $ref: "#/components/schemas/Error" };

const contracts = new Map<string, Promise<Contract>>();

/** The contract of an API, read once. */
export function contractOf({ apiUrl }: ApiOrigin): Promise<Contract> {
  let contract = contracts.get(apiUrl);
  if (!contract) {
    contract = fetch(`${apiUrl}/openapi.json`).then(
      async (response) => new Contract((await response.json()) as OpenApi),
    );
    // An API that is not up yet, or is another one later on the same port, is asked anew.
    contract.catch(() => contracts.delete(apiUrl));
    contracts.set(apiUrl, contract);
  }
  return contract;
}
