import { expect } from "chai";
import { Wallet } from "ethers";

import { bindWallet, get, newPerson } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectError } from "./proofs.ts";

describe("ProofService: a query", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
    // So that there is something which a query that breaks out would find.
    await bindWallet(test.stack, newPerson(), Wallet.createRandom());
  });

  it("is refused where a number is none or a switch is none", async () => {
    for (const path of ["/v1/proof?identity=alice&", "/v1/proofchain?avatar=aaa&"]) {
      for (const page of ["-", "one", "1.5", "1e3", "0x10", "9".repeat(16), "9".repeat(400), "1;DROP", "٣", "NaN"]) {
        expectError(await get(test.stack, `${path}page=${encodeURIComponent(page)}`), 400, /^Param error: page/);
      }
    }
    for (const name of ["last_id", "count"]) {
      for (const value of ["-", "x", "9".repeat(16)]) {
        expectError(await get(test.stack, `/v1/proofchain/changes?${name}=${value}`), 400, `Param error: ${name}`);
      }
    }
    for (const exact of ["yes", "2", "tRUE"]) {
      expectError(await get(test.stack, `/v1/proof?identity=alice&exact=${exact}`), 400, "Param error: exact");
    }
    expectError(await get(test.stack, "/v1/proof?identity=alice&status=some"), 400, "Param error: status");
  });

  it("takes numbers however small or large, and what clients send for none", async () => {
    for (const [page, current] of [
      ["", 1],
      ["null", 1],
      ["0", 1],
      ["-7", 1],
      ["-999999999999999", 1],
      ["007", 7],
      ["999999999999999", 999999999999999],
    ] as const) {
      for (const path of ["/v1/proof?identity=nobody-at-all&", "/v1/proofchain?avatar=aaa&"]) {
        const { status, body } = await get(test.stack, `${path}page=${page}&exact=&sort=null&order=null`);
        expect(status, `${path} ${page} ${JSON.stringify(body)}`).to.equal(200);
        expect(body.pagination).to.deep.equal({ total: 0, per: 40, current, next: 0 });
      }
    }
    const changes = await get(test.stack, "/v1/proofchain/changes?last_id=999999999999999&count=999999999999999");
    expect(changes.body).to.deep.equal({ links: [] });
    expect((await get(test.stack, "/v1/proofchain/changes?last_id=-999999999999999&count=null")).status).to.equal(200);
  });

  it("takes the first of a repeated parameter", async () => {
    const { body } = await get(test.stack, "/v1/proof?identity=nobody-at-all&identity=alice&page=3&page=x");
    expect(body.pagination).to.include({ total: 0, current: 3 });
  });

  it("is refused without what it needs", async () => {
    for (const query of ["", "identity=", "identity=,", "identity=,,&platform=github"]) {
      expectError(await get(test.stack, `/v1/proof?${query}`), 400, "Param missing: identity");
    }
    expectError(await get(test.stack, "/v1/proofchain"), 400, "Param missing: avatar");
    const whole = { platform: "github", identity: "alice", public_key: newPerson().key.compressed };
    for (const name of Object.keys(whole)) {
      const query = new URLSearchParams({ ...whole, [name]: "" });
      expectError(await get(test.stack, `/v1/proof/exists?${query}`), 400, `Param missing: ${name}`);
    }
    const unreadable = new URLSearchParams({ ...whole, public_key: "aaa" });
    expectError(await get(test.stack, `/v1/proof/exists?${unreadable}`), 400, "Public key unmarshal error");
    expectError(
      await get(test.stack, `/v1/proof/exists?${new URLSearchParams(whole)}`),
      404,
      /^Record not found for github: alice$/,
    );
    expectError(await get(test.stack, "/v1/proof?platform=nextid&identity=aaa"), 400, "Param error: identity aaa");
  });

  it("cannot break out of its text, whatever stands in it", async () => {
    const { compressed } = newPerson().key;
    for (const hostile of [
      ...[
        "'",
        "';DROP SCHEMA api CASCADE;--",
        "\\",
        "%",
        "_",
        "{}",
        "{a,b}",
        '"',
        "$1",
        "\u0085",
        "\u{1f3ad}",
        "\ufeff",
      ],
      ...["\r\nX-Injected: 1", "<script>", "../..", "a".repeat(4000), "__proto__", "constructor", "%%%", "___", "%_%"],
    ]) {
      const text = encodeURIComponent(hostile);
      for (const path of [
        `/v1/proof?identity=${text}`,
        `/v1/proof?identity=${text}&exact=true&status=any&platform=${text}&sort=${text}&order=${text}`,
        `/v1/proof?identity=nobody-at-all&sort=${text}`,
        `/v1/proofchain?avatar=${text}`,
        `/v1/proofchain?public_key=${text}`,
      ]) {
        const { status, body, headers } = await get(test.stack, path);
        expect(status, `${path} ${JSON.stringify(body)}`).to.equal(200);
        expect(body.pagination.total, path).to.equal(0);
        expect(headers.has("x-injected")).to.equal(false);
      }
      expectError(await get(test.stack, `/v1/avatars/${text}`), 400, "neither a public key nor an address");
      const exists = `/v1/proof/exists?platform=${text}&identity=${text}&public_key=${compressed}`;
      expectError(await get(test.stack, exists), 404, "Record not found");
    }
    expectError(await get(test.stack, `/v1/avatars/${compressed}`), 404, `no avatar ${compressed} is known`);
  });

  it("is refused with U+0000 in it, which PostgreSQL has not", async () => {
    const { compressed } = newPerson().key;
    for (const query of [
      ...["/v1/proof?identity=%00", "/v1/proof?identity=alice&platform=%00", "/v1/proof?identity=alice%00&exact=true"],
      ...["/v1/proof?identity=alice&sort=%00", "/v1/proofchain?avatar=%00", "/v1/proofchain/changes?count=1%00"],
      `/v1/proof/exists?platform=github&identity=alice%00&public_key=${compressed}`,
    ]) {
      expectError(await get(test.stack, query), 400, "Param error");
    }
  });
});
