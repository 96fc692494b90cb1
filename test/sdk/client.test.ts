import { SyngraphClient, SyngraphError, type SyngraphErrorCode } from "@syngraph/sdk/client";
import { publicKeyOf } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { signChain } from "../browser/signedChain.ts";
import { reply, useStubServer } from "./stubServer.ts";

const KEY = Wallet.createRandom().privateKey;
const AVATAR = publicKeyOf(KEY).compressed;
const UUID = "353449e6-3a6f-4ac8-ae65-ba14bf466baf";
const SUBMISSION = {
  action: "create",
  platform: "github",
  identity: "alice",
  public_key: AVATAR,
  uuid: UUID,
  created_at: "1770000000",
} as const;

/** An identity with all that means something in an address. */
const VERTEX = { platform: "dns", identity: "/../?a,%" };

/** The error of a call that must fail. */
async function failure(call: Promise<unknown>): Promise<SyngraphError> {
  try {
    await call;
  } catch (error) {
    expect(error).to.be.instanceOf(SyngraphError);
    return error as SyngraphError;
  }
  throw new Error("the call succeeded");
}

/** A fetch that wants to be called as browsers want it. */
function browserFetch(this: unknown) {
  if (this !== undefined) throw new TypeError("Illegal invocation");
  return Promise.resolve(new Response(`{"hello":"x","platforms":[]}`));
}

describe("SyngraphClient", () => {
  const server = useStubServer();
  const client = (options = {}) => new SyngraphClient({ baseUrl: server.origin, ...options });

  describe("requests", () => {
    it("asks below a base URL with a path", async () => {
      server.handler = (_, response) => reply(response, 200, { hello: "proof service", platforms: ["dns"] });
      const health = { hello: "proof service", platforms: ["dns"], chain: null };
      for (const baseUrl of [`${server.origin}/registry`, `${server.origin}/registry/`]) {
        expect(await client({ baseUrl }).health()).to.deep.equal(health);
      }
      expect(server.received.map(({ url }) => url)).to.deep.equal(["/registry/healthz", "/registry/healthz"]);
    });

    it("calls fetch unbound, as browsers demand", async () => {
      expect(await client({ fetch: browserFetch }).health()).to.deep.equal({ hello: "x", platforms: [], chain: null });
    });

    it("asks for a payload with Next.ID's names", async () => {
      const answer = { post_content: { default: "post" }, sign_payload: "{}", uuid: UUID, created_at: "1770000000" };
      server.handler = (_, response) => reply(response, 200, { ...answer, extra_field: 1 });
      const wish = { action: "create", platform: "github", identity: "alice", publicKey: AVATAR } as const;
      expect(await client().payload(wish)).to.deep.equal(answer);
      expect(server.received[0]).to.deep.include({
        method: "POST",
        url: "/v1/proof/payload",
        body: { action: "create", platform: "github", identity: "alice", public_key: AVATAR },
      });
    });

    it("encodes what it puts into addresses", async () => {
      server.handler = (_, response) => reply(response, 404, { message: "no" });
      await client().avatar("a/../b?c#d");
      await failure(client().findProofs({ identity: "a&platform=x b#c", exact: true, status: "any" }));
      expect(server.received[0]!.path).to.equal("/v1/avatars/a%2F..%2Fb%3Fc%23d");
      expect(Object.fromEntries(server.received[1]!.query)).to.deep.equal({
        identity: "a&platform=x b#c",
        exact: "true",
        status: "any",
      });
    });
  });

  describe("submitProof", () => {
    it("says whether the link is on chain at once", async () => {
      server.handler = (_, response) => reply(response, 201, {});
      expect(await client().submitProof(SUBMISSION)).to.deep.equal({ included: true, location: null });
      server.handler = (_, response) => reply(response, 202, {}, { location: `/v1/submissions/${UUID}` });
      const location = `${server.origin}/v1/submissions/${UUID}`;
      expect(await client().submitProof(SUBMISSION)).to.deep.equal({ included: false, location });
    });

    it("asks for a submission by uuid and by location, at its own origin only", async () => {
      const sent = { uuid: UUID, state: "sent", link_id: null, chain_id: 1, tx_hash: null, block: null, reason: "" };
      const state = { ...sent, status: null, attestations: null, quorum: null };
      server.handler = (_, response) => reply(response, 200, state);
      const location = `${server.origin}/v1/submissions/${UUID}`;
      expect(await client().submission(UUID)).to.deep.equal(state);
      expect(await client().submission(location)).to.deep.equal(state);
      expect(server.received.map(({ url }) => url)).to.deep.equal(Array(2).fill(`/v1/submissions/${UUID}`));
      const elsewhere = await failure(client().submission(`http://localhost:1/v1/submissions/${UUID}`));
      expect(elsewhere).to.include({ code: "bad_reply", status: null });
    });
  });

  describe("lists", () => {
    const items = signChain(
      KEY,
      Array.from({ length: 5 }, (_, index) => ({ platform: "dns", identity: `${index}.example.com` })),
    );

    it("follows all pages of a proof chain", async () => {
      server.handler = ({ query }, response) => {
        const current = Number(query.get("page"));
        const pagination = { total: 5, per: 2, current, next: current < 3 ? current + 1 : 0 };
        reply(response, 200, { pagination, proof_chain: items.slice(2 * current - 2, 2 * current) });
      };
      const links = await Array.fromAsync(client().eachLink(AVATAR));
      expect(links).to.deep.equal(items);
      expect(server.received.map(({ query }) => query.get("avatar"))).to.deep.equal([AVATAR, AVATAR, AVATAR]);
    });

    it("stops at a server whose pages lead in a circle", async () => {
      server.handler = ({ query }, response) => {
        const current = Number(query.get("page"));
        const ids = [{ avatar: AVATAR, activated_at: "1770000000", proofs: [] }];
        reply(response, 200, { pagination: { total: 9, per: 1, current, next: current === 1 ? 2 : 1 }, ids });
      };
      const error = await failure(Array.fromAsync(client().eachAvatar({ identity: "alice" })));
      expect(error).to.include({ code: "bad_reply", message: "page 2 names page 1 as the next" });
      expect(server.received).to.have.length(2);
    });

    it("stops at a server that has ever another page, and nothing on it", async () => {
      server.handler = ({ query }, response) => {
        const current = Number(query.get("page"));
        reply(response, 200, { pagination: { total: 9e15, per: 1, current, next: current + 1 }, proof_chain: [] });
      };
      const error = await failure(Array.fromAsync(client().eachLink(AVATAR)));
      expect(error).to.include({ code: "bad_reply", message: "page 1 is empty, and names page 2 as the next" });
    });

    it("reads changes after a cursor", async () => {
      const change = { ...items[0]!, avatar: AVATAR, id: 8 };
      server.handler = (_, response) => reply(response, 200, { links: [change] });
      expect(await client().changes({ lastId: 7, count: 3 })).to.deep.equal({ links: [change] });
      expect(server.received[0]!.url).to.equal("/v1/proofchain/changes?last_id=7&count=3");
    });
  });

  describe("errors", () => {
    const CASES: [string, number, string, SyngraphErrorCode, string, boolean][] = [
      ["the server's own message", 400, `{"message":"bad signature"}`, "refused", "bad signature", false],
      ["a limit", 429, `{"message":"slow down"}`, "rate_limited", "slow down", true],
      ["a page of HTML", 502, "<html>Bad Gateway</html>", "server", "the server answered 502 without a message", true],
      ["nothing at all", 500, "", "server", "the server answered 500 without a message", true],
      [
        "a message that is no text",
        400,
        `{"message":{}}`,
        "refused",
        "the server answered 400 without a message",
        false,
      ],
      ["a book", 400, JSON.stringify({ message: "a".repeat(1e6) }), "refused", "a".repeat(2_000), false],
      ["JSON that is no object", 503, "null", "server", "the server answered 503 without a message", true],
    ];
    for (const [what, status, body, code, message, retryable] of CASES) {
      it(`carries status, code and message of ${what}`, async () => {
        server.handler = (_, response) => response.writeHead(status).end(body);
        expect(await failure(client().health())).to.include({ status, code, message, retryable });
      });
    }

    it("takes 404 for an avatar or proof that is not there", async () => {
      server.handler = (_, response) => reply(response, 404, { message: "Record not found" });
      expect(await client().avatar(AVATAR)).to.equal(null);
      expect(await client().proofExists({ platform: "dns", identity: "x.org", publicKey: AVATAR })).to.equal(null);
      expect(await failure(client().submission(UUID))).to.include({ code: "not_found", status: 404 });
    });

    it("goes nowhere that a server sends it, with what was signed or with a token", async () => {
      for (const status of [301, 302, 307, 308]) {
        server.handler = ({ path }, response) =>
          path === "/elsewhere"
            ? reply(response, 200, {})
            : response
                .writeHead(status, { location: `${server.origin.replace("127.0.0.1", "localhost")}/elsewhere` })
                .end();
        for (const call of [
          () => client().submitProof(SUBMISSION),
          () => client().session("token"),
          () => client().events().next(),
        ]) {
          expect(await failure(call())).to.include({ code: "bad_reply", status, retryable: false });
        }
      }
      expect(server.received.filter(({ path }) => path === "/elsewhere")).to.deep.equal([]);
    });

    it("names the field of a success that is not what the API promises", async () => {
      const good = { uuid: UUID, state: "sent", link_id: "", chain_id: 1, tx_hash: null, block: null, reason: "" };
      const bad: [object, string][] = [
        [{ ...good, state: "done" }, "reply.state is none of"],
        [{ ...good, reason: 5 }, "reply.reason is no string"],
        [{ ...good, chain_id: 1.5 }, "reply.chain_id is no integer"],
        [[], "reply is no object"],
      ];
      for (const [body, message] of bad) {
        server.handler = (_, response) => reply(response, 200, body);
        const error = await failure(client().submission(UUID));
        expect(error).to.include({ code: "bad_reply", status: 200 });
        expect(error.message).to.include(message);
      }
    });

    it("asks for an identity's graph and a path by the names as they are, and refuses what is none", async () => {
      const edge = {
        ...{ id: "e", kind: "proof", from: VERTEX, to: VERTEX, source: "nextid", evidence: "account", level: 4 },
        ...{ first_seen: 1, last_seen: 2, disputed: false, references: [] },
      };
      const card = {
        ...{ ...VERTEX, as_of: 3, level: 2, component: "c", truncated: false },
        ...{ avatars: [], identities: [], edges: [edge], disputed: [] },
      };
      server.handler = (_, response) => reply(response, 200, card);
      expect(await client().identity(VERTEX.platform, VERTEX.identity, { level: 2 })).to.deep.equal(card);
      expect(server.received.at(-1)!.path).to.equal("/v1/identities/dns/%2F..%2F%3Fa%2C%25");
      expect(server.received.at(-1)!.query.toString()).to.equal("level=2");
      const step = { from: VERTEX, to: VERTEX, edge };
      const path = { from: VERTEX, to: VERTEX, as_of: 3, linked: true, level: 4, steps: [step] };
      server.handler = (_, response) => reply(response, 200, path);
      expect(await client().path("dns,/../?a,%", "dns,a")).to.deep.equal(path);
      expect(server.received.at(-1)!.query.get("from")).to.equal("dns,/../?a,%");
      server.handler = (_, response) => reply(response, 200, { ...card, edges: [{ ...edge, references: [{}] }] });
      const error = await failure(client().identity(VERTEX.platform, VERTEX.identity));
      expect(error.message).to.include("reply.edges[0].references[0].chain_id is no integer");
    });

    it("survives a success that is no JSON, and one that breaks off", async () => {
      server.handler = (_, response) => response.writeHead(200).end("<html>");
      expect(await failure(client().health())).to.include({ code: "bad_reply", status: 200 });
      server.handler = (_, response) => {
        response.writeHead(200, { "content-length": "100" }).write(`{"hello":`);
        setImmediate(() => response.destroy());
      };
      expect(await failure(client().health())).to.include({ code: "network", retryable: true });
    });

    it("says where nobody listens, and keeps the cause", async () => {
      const error = await failure(new SyngraphClient({ baseUrl: "http://127.0.0.1:1" }).health());
      expect(error).to.include({ code: "network", status: null });
      expect(error.message).to.match(/^http:\/\/127\.0\.0\.1:1 could not be reached: /);
      expect(error.cause).to.be.instanceOf(Error);
    });

    it("gives up on a server that never answers, and when it is told to", async () => {
      server.handler = () => undefined;
      expect(await failure(client({ timeoutMs: 50 }).health())).to.include({ code: "timeout", retryable: true });
      const controller = new AbortController();
      const call = failure(client().health({ signal: controller.signal }));
      controller.abort();
      expect(await call).to.include({ code: "aborted", retryable: false });
    });
  });
});
