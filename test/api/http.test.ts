import { expect } from "chai";
import { Wallet } from "ethers";

import { type Answer, ask, newPerson } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectError } from "./proofs.ts";

/** Largest body that is read, in bytes. */
const LIMIT = 64 * 1024;

/** A body to which `fetch` gives no Content-Type. */
function bytes(text: string, encoding: BufferEncoding = "utf8"): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, encoding));
}

/** A good body of POST /v1/proof/payload, for somebody new. */
function payloadFields() {
  const identity = Wallet.createRandom().address;
  return { action: "create", platform: "ethereum", identity, public_key: newPerson().key.compressed };
}

/** Arrays in arrays, as JSON. */
function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

describe("ProofService over HTTP", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  /** Sends a request as it is given. */
  const send = (path: string, init: RequestInit = {}): Promise<Answer> => ask(test.stack, path, init);

  describe("a body", () => {
    it("is read as JSON whatever it is called, or not called", async () => {
      for (const type of [
        ...["application/json", "text/plain;charset=UTF-8", "text/plain; charset=ISO-8859-1"],
        ...["application/x-www-form-urlencoded", "multipart/form-data", "no/such-type", "nonsense", ""],
      ]) {
        const body = bytes(JSON.stringify(payloadFields()));
        const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
        const { status, body: answer } = await send("/v1/proof/payload", { method: "POST", headers, body });
        expect(status, `${type} ${JSON.stringify(answer)}`).to.equal(200);
      }
    });

    it("is read as Java's client writes it: a capital in a name, escapes, ISO-8859-1", async () => {
      const { identity, ...fields } = payloadFields();
      const text = JSON.stringify({ ...fields, Identity: identity, NOTE: "caf\u00e9" }).replaceAll("0x", "\\u0030x");
      const headers = { "content-type": "text/plain; charset=ISO-8859-1" };
      const answer = await send("/v1/proof/payload", { method: "POST", headers, body: bytes(text, "latin1") });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
      expect(JSON.parse(answer.body.sign_payload).identity).to.equal(identity.toLowerCase());
    });

    it("may have null for what is absent, at any depth, and fields that nobody knows", async () => {
      for (const extra of [null, {}, { signature: null, wallet_signature: null }, { SIGNATURE: "x", other: [1] }]) {
        const body = JSON.stringify({ ...payloadFields(), extra, proof_location: null, unknown: { deep: [null] } });
        const answer = await send("/v1/proof/payload", { method: "POST", body });
        expect(answer.status, `${body} ${JSON.stringify(answer.body)}`).to.equal(200);
      }
    });

    it("is refused where it is no JSON object, with the words of each endpoint", async () => {
      for (const [path, words] of [
        ["/v1/proof/payload", "when parsing body: "],
        ["/v1/proof", "parse request failed: "],
      ] as const) {
        for (const body of [
          "",
          "{",
          "nope",
          "a=b&c=d",
          "\ufeff{}",
          "{}{}",
          "[]",
          "[{}]",
          '"text"',
          "1",
          "true",
          "null",
        ]) {
          const answer = await send(path, { method: "POST", body: bytes(body) });
          expectError(answer, 400, words);
        }
      }
    });

    it("is refused where a field is of another type, which is named", async () => {
      for (const [path, words] of [
        ["/v1/proof/payload", "when parsing body"],
        ["/v1/proof", "parse request failed"],
      ] as const) {
        for (const change of [
          ...[
            { action: 1 },
            { identity: ["a"] },
            { public_key: {} },
            { platform: true },
            { extra: [] },
            { extra: "x" },
          ],
          { extra: { signature: 1 } },
        ]) {
          const body = JSON.stringify({ ...payloadFields(), ...change });
          expectError(await send(path, { method: "POST", body }), 400, `${words}: ${Object.keys(change)[0]}`);
        }
      }
      const number = JSON.stringify({ ...payloadFields(), created_at: 1700000000 });
      expectError(await send("/v1/proof", { method: "POST", body: number }), 400, "created_at");
    });

    it("cannot reach behind its own fields", async () => {
      const fields = payloadFields();
      for (const body of [
        `{"__proto__":${JSON.stringify(fields)}}`,
        `{"constructor":{"prototype":${JSON.stringify(fields)}}}`,
        `{"extra":{"__proto__":{"signature":"x"}},"toString":"x","hasOwnProperty":1}`,
      ]) {
        const answer = await send("/v1/proof/payload", { method: "POST", body });
        expectError(answer, 400, "param invalid: action, ");
      }
      expect(({} as Record<string, unknown>).action).to.equal(undefined);
      expect((await send("/v1/proof/payload", { method: "POST", body: JSON.stringify(fields) })).status).to.equal(200);
    });

    it("may be nested as deep as its size allows", async () => {
      const body = `{"x":${nested(30_000)},${JSON.stringify(payloadFields()).slice(1)}`;
      expect((await send("/v1/proof/payload", { method: "POST", body })).status).to.equal(200);
      expectError(await send("/v1/proof/payload", { method: "POST", body: nested(32_000) }), 400, "when parsing body");
      const inside = `{"extra":${'{"extra":'.repeat(6_000)}1${"}".repeat(6_001)}`;
      expectError(await send("/v1/proof", { method: "POST", body: inside }), 400, "");
    });

    it("is refused above 64 kB, also where it is only large once unpacked", async () => {
      const fields = JSON.stringify(payloadFields());
      const padded = (size: number) => fields + " ".repeat(size - fields.length);
      expect((await send("/v1/proof/payload", { method: "POST", body: padded(LIMIT) })).status).to.equal(200);
      expectError(await send("/v1/proof/payload", { method: "POST", body: padded(LIMIT + 1) }), 413, "too large");
      const packed = new Uint8Array(
        await new Response(
          new Blob([padded(1_000_000)]).stream().pipeThrough(new CompressionStream("gzip")),
        ).arrayBuffer(),
      );
      expect(packed.length).to.be.lessThan(LIMIT);
      const gzip = { method: "POST", headers: { "content-encoding": "gzip" } };
      expectError(await send("/v1/proof/payload", { ...gzip, body: packed }), 413, "too large");
      expectError(await send("/v1/proof/payload", { ...gzip, body: fields }), 400, "");
      const unknown = { method: "POST", headers: { "content-encoding": "zip" }, body: fields };
      expectError(await send("/v1/proof/payload", unknown), 415, "zip");
    });
  });

  describe("a path", () => {
    it("that nobody knows is 404, in JSON", async () => {
      for (const path of [
        "/v1",
        "/v1/proofs",
        "/v2/proof",
        "/v1/proof/payload/x",
        "/wp-login.php",
        "/.sources",
        "/%zz",
        "//[",
      ]) {
        for (const method of ["GET", "POST", "DELETE"])
          expectError(await send(path, { method }), 404, `${path} not found`);
      }
      expectError(await send("/<script>alert(1)</script>"), 404, "not found");
    });

    it("allows its own methods only, and says which", async () => {
      for (const [path, allowed] of Object.entries({
        "/healthz": "GET",
        "/readyz": "GET",
        "/v1/proof": "GET, POST",
        "/v1/proof/payload": "POST",
        "/v1/proof/exists": "GET",
        "/v1/proofchain": "GET",
        "/v1/proofchain/changes": "GET",
        "/v1/avatars/x": "GET",
        "/v1/submissions/x": "GET",
      })) {
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((name) => !allowed.includes(name))) {
          const answer = await send(path, { method });
          expectError(answer, 405, method);
          expect(answer.headers.get("allow"), path).to.equal(allowed);
        }
      }
    });

    it("may end with a slash, and keeps its body", async () => {
      const body = JSON.stringify(payloadFields());
      const init = { redirect: "error", method: "POST", body } as const;
      expect((await send("/v1/proof/payload/", init)).status).to.equal(200);
      for (const path of ["/v1/proof/?identity=nobody-at-all", "/v1/proofchain/?avatar=x", "/healthz/"]) {
        expect((await send(path, { redirect: "error" })).status, path).to.equal(200);
      }
    });

    it("that is badly encoded is 400, and leads nowhere outside", async () => {
      for (const path of ["/v1/avatars/%zz", "/v1/avatars/%e0%a4", "/v1/submissions/%c0%ae", "/v1/avatars/%00"]) {
        expectError(await send(path), 400, "");
      }
      for (const path of [
        "/..%2f..%2fpackage.json",
        "/%2e%2e/%2e%2e/package.json",
        "/index.html%00",
        "/..%5cpackage.json",
      ]) {
        expectError(await send(path), 404, "not found");
      }
    });
  });

  describe("a page of another origin", () => {
    const headers = { origin: "https://dapp.example" };

    it("may read every answer, also an error", async () => {
      for (const path of ["/healthz", "/v1/proof", "/nowhere", "/v1/proof/exists?platform=x"]) {
        expect((await send(path, { headers })).headers.get("access-control-allow-origin"), path).to.equal("*");
        const unasked = await send(path);
        expect(unasked.headers.has("access-control-allow-origin"), path).to.equal(false);
        // Or a cache would give that answer to a page.
        expect(unasked.headers.get("vary"), path).to.include("Origin");
      }
      const refused = await send("/v1/proof", { method: "PUT", headers });
      expect(refused.headers.get("access-control-allow-origin")).to.equal("*");
      expect(refused.headers.has("access-control-allow-credentials")).to.equal(false);
      expect(refused.headers.get("access-control-expose-headers")).to.include("Location");
    });

    it("may ask on any path what it may send", async () => {
      for (const path of ["/v1/proof", "/v1/proof/payload", "/nowhere"]) {
        const asking = { ...headers, "access-control-request-method": "POST" };
        const answer = await send(path, { method: "OPTIONS", headers: asking });
        expect(answer.status).to.equal(204);
        expect(answer.body).to.equal(undefined);
        expect(answer.headers.get("access-control-allow-origin")).to.equal("*");
        expect(answer.headers.get("access-control-max-age")).to.equal("43200");
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]) {
          expect(answer.headers.get("access-control-allow-methods")).to.include(method);
        }
        for (const name of ["Origin", "Content-Length", "Content-Type"]) {
          expect(answer.headers.get("access-control-allow-headers")).to.include(name);
        }
      }
    });
  });
});
