import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { expect } from "chai";

import { get } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

describe("what is no HTTP request", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  /** Sends bytes as they are, and reads the answer. */
  async function send(bytes: string): Promise<{ status: number; body: unknown }> {
    const { port } = new URL(test.stack.apiUrl);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(bytes);
    const answer = await text(socket);
    const [head, body] = answer.split("\r\n\r\n");
    return { status: Number(head!.split(" ")[1]), body: JSON.parse(body!) };
  }

  for (const [what, bytes, status] of [
    ["an unknown method", "BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["noise", "\u0016\u0003\u0001\r\n\r\n", 400],
    ["a request line without end", `GET /${"a".repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ["an expectation", "GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nConnection: close\r\n\r\n", 417],
  ] as const) {
    it(`is answered in JSON: ${what}`, async () => {
      const answer = await send(bytes);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.have.property("message").that.includes("cannot be read");
      expect((await get(test.stack, "/healthz")).status).to.equal(200);
    });
  }
});
