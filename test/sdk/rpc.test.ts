import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

import { RegistryReader } from "@syngraph/sdk/chain";
import { expect } from "chai";

import { InputError, SyngraphError } from "../../sdk/src/errors.ts";
import { RpcProvider } from "../../sdk/src/rpc.ts";
import { somebody } from "../helpers/registryHistory.ts";
import { failure } from "./failure.ts";

const MIB = 1024 * 1024;

/** As much as is read of an answer, and then some that was on its way. */
const READ = 33 * MIB;
const AT_MOST = 80 * MIB;

function result(value: unknown, id = 1): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result: value });
}

/** What is said of an answer that is none; nothing of it has the key in it. */
async function refused(provider: RpcProvider): Promise<SyngraphError> {
  const error = await failure(() => provider.send("eth_getLogs", [{}]), SyngraphError);
  expect(`${error.message} ${error.stack}`).not.to.match(/f00dfeed|secret/);
  return error;
}

describe("an RPC that is asked by the SDK", () => {
  let server: Server;
  let origin: string;
  let answer: (response: ServerResponse, request: IncomingMessage, body: string) => void;
  const providers: RpcProvider[] = [];
  before(async () => {
    server = createServer(async (request, response) => answer(response, request, await text(request)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => providers.splice(0).forEach((provider) => provider.destroy()));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  function open(url = `${origin}/v3/f00dfeed?key=secret`, timeoutMs?: number): RpcProvider {
    const provider = new RpcProvider(url, 1, { batchMaxCount: 1, ...(timeoutMs !== undefined && { timeoutMs }) });
    providers.push(provider);
    return provider;
  }

  it("is asked at its whole address, with its name and password, and for as much as is allowed", async () => {
    const asked: unknown[] = [];
    const long = "ab".repeat(12 * MIB);
    answer = (response, { url, headers: { authorization } }, body) => {
      asked.push([url, authorization, JSON.parse(body)]);
      response.end(result(long));
    };
    const provider = open(`${origin.replace("//", "//us%C3%A9r:p%40ss@")}/v3/f00dfeed?key=secret`);
    expect(await provider.send("eth_call", ["x"])).to.equal(long);
    const call = { jsonrpc: "2.0", id: 1, method: "eth_call", params: ["x"] };
    const basic = `Basic ${Buffer.from("usér:p@ss").toString("base64")}`;
    expect(asked).to.deep.equal([["/v3/f00dfeed?key=secret", basic, call]]);
    expect(() => open("ws://127.0.0.1:1")).to.throw(InputError, "no http or https address");
  });

  it("cannot fill the memory by an answer without end, and is hung up on", async () => {
    let sent = 0;
    const closed = Promise.withResolvers<void>();
    answer = (response) => {
      const chunk = Buffer.alloc(MIB, " ");
      const more = () => {
        while (!response.destroyed && sent < 1024 * MIB) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
      };
      response.once("close", closed.resolve);
      more();
    };
    const error = await refused(open());
    expect([error.code, error.message]).to.deep.equal([
      "bad_reply",
      `${origin}: the server's reply is longer than ${32 * MIB} bytes`,
    ]);
    await closed.promise;
    expect(sent).to.be.within(READ - 2 * MIB, AT_MOST);
  });

  it("cannot fill the memory by an answer that is small only while it is packed", async () => {
    const packed = gzipSync(Buffer.alloc(64 * MIB, " "));
    expect(packed.length).to.be.below(MIB);
    answer = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
    expect((await refused(open())).code).to.equal("bad_reply");
  });

  it("cannot hold anybody up by silence, nor by a byte now and then", async () => {
    const silent: (typeof answer)[] = [
      () => {},
      (response) => void response.writeHead(200).flushHeaders(),
      (response) => {
        const timer = setInterval(() => response.write(" "), 20);
        response.once("close", () => clearInterval(timer));
      },
      (response) => void response.writeHead(429, { "retry-after": "86400" }).end(),
    ];
    for (const each of silent) {
      answer = each;
      const { message } = await refused(open(undefined, 400));
      expect(message).to.match(each === silent[3] ? /answered 429|within \S+ s$/ : /^no answer from \S+ within 0.4 s$/);
    }
  });

  it("is asked again where it was asked too often", async () => {
    let count = 0;
    answer = (response) => void (count++ < 2 ? response.writeHead(429).end() : response.end(result("0x1")));
    expect(await open().send("eth_chainId", [])).to.equal("0x1");
    expect(count).to.equal(3);
  });

  it("cannot send the question to another server", async () => {
    const asked: string[] = [];
    answer = (response, { url }) => {
      asked.push(url!);
      response.writeHead(307, { location: `${origin}/elsewhere` }).end();
    };
    expect((await refused(open())).message).to.include("the server sends elsewhere (307)");
    expect(asked).to.deep.equal(["/v3/f00dfeed?key=secret"]);
  });

  it("is found out where it answers with something else", async () => {
    for (const body of ["<html>", "", "null", "[null]", '"0x1"', "7"]) {
      answer = (response) => void response.end(body);
      expect((await refused(open())).code, body).to.equal("bad_reply");
    }
  });

  it("bounds what a reader of the registry waits for", async () => {
    answer = (response, _request, body) => {
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      if (method === "eth_chainId") response.end(result("0x1", id));
    };
    const reader = new RegistryReader({ rpc: origin, registry: somebody().address, timeoutMs: 1_000 });
    try {
      const { code, message } = await failure(() => reader.lengthOf(somebody().address), SyngraphError);
      expect([code, message]).to.deep.equal(["timeout", `no answer from ${origin} within 1 s`]);
    } finally {
      await reader.close();
    }
  });
});
