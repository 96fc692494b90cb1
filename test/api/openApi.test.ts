import { expect } from "chai";
import { pino } from "pino";

import { createApp } from "../../api/app.ts";
import type { Context } from "../../api/context.ts";
import { Metrics } from "../../api/observe/metrics.ts";
import { ask, get } from "../helpers/api.ts";
import { type Contract, contractOf } from "../helpers/openApi.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

/** A layer of Express's router, as far as it is walked. */
interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** All that a router serves, as `get /path`. */
function served(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ route, handle }) =>
    route
      ? Object.keys(route.methods)
          .filter((method) => method !== "_all")
          .map((method) => `${method} ${route.path.replace(/:(\w+)/g, "{$1}")}`)
      : served(handle.stack ?? []),
  );
}

describe("the OpenAPI document", () => {
  let test: TestStack;
  let contract: Contract;
  before(async () => {
    test = await sharedStack();
    contract = await contractOf(test.stack);
  });

  it("is of OpenAPI 3.1, and open to any page", async () => {
    const { status, body, headers } = await ask(test.stack, "/openapi.json", {
      headers: { origin: "https://a.example" },
    });
    expect(status).to.equal(200);
    expect(body.openapi).to.match(/^3\.1\.\d+$/);
    expect(headers.get("access-control-allow-origin")).to.equal("*");
    expect(headers.get("content-type")).to.match(/^application\/json/);
  });

  it("tells of every call that is served, and of no other", () => {
    // Nothing is asked of it: what it would ask with may be missing.
    const context = {
      config: { webDir: ".", chain: {}, trustProxy: false },
      log: pino({ level: "silent" }),
      metrics: new Metrics(),
    };
    const app = createApp(context as unknown as Context);
    const documented = Object.entries(contract.document.paths).flatMap(([path, calls]) =>
      Object.keys(calls).map((method) => `${method} ${path}`),
    );
    expect(documented).to.have.members(served((app as unknown as { router: { stack: Layer[] } }).router.stack));
    expect(documented).to.include.members(["post /v1/proof", "get /v1/avatars/{key}", "get /openapi.json"]);
  });

  it("gives examples that are read: none is refused for its form", async () => {
    for (const [path, calls] of Object.entries(contract.document.paths)) {
      for (const [method, { requestBody }] of Object.entries(calls)) {
        const { schema, example } = requestBody?.content["application/json"] ?? {};
        if (!schema) continue;
        expect(example, `${method} ${path} has an example`).to.be.an("object");
        const body = JSON.stringify(example);
        const answer = await ask(test.stack, path, { method: method.toUpperCase(), body });
        expect(JSON.stringify(answer.body), path).not.to.match(/parse request failed|when parsing body|param invalid/);
      }
    }
  });

  it("is what tests hold answers to: one that it does not tell of fails", async () => {
    const { body } = await get(test.stack, "/healthz");
    for (const wrong of [
      { ...body, hello: "x" },
      { ...body, secret: 1 },
      { ...body, platforms: undefined },
      "text",
      null,
    ]) {
      expect(() => contract.requireDocumented("GET", "/healthz", 200, wrong)).to.throw("GET /healthz answered 200");
    }
    expect(() => contract.requireDocumented("GET", "/healthz", 204, undefined)).to.throw("does not tell of");
    expect(() => contract.requireDocumented("GET", "/nowhere", 404, "Not Found")).to.throw("answered 404");
    expect(() => contract.requireDocumented("GET", "/v1/proof", 500, { error: "x" })).to.throw("answered 500");
  });
});
