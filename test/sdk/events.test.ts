import type { ServerResponse } from "node:http";

import { type RegistryEvent, type StreamState, SyngraphClient, SyngraphError } from "@syngraph/sdk/client";
import { expect } from "chai";

import { reply, useStubServer } from "./stubServer.ts";

const EVENT = {
  ...{ type: "reorg", chain_id: 1, avatar: `0x02${"1".repeat(64)}`, platform: "github", identity: "alice" },
  ...{ removed: [1], moved: [], status: "none", is_valid: false },
};

const event = (id: number) => `id: ${id}\nevent: reorg\ndata: ${JSON.stringify({ ...EVENT, id })}\n\n`;

function stream(response: ServerResponse, text: string): ServerResponse {
  response.writeHead(200, { "content-type": "text/event-stream" }).write(`retry: 1\n\n${text}`);
  return response;
}

async function take(source: AsyncGenerator<RegistryEvent>, count: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) ids.push(((await source.next()).value as RegistryEvent).id);
  return ids;
}

async function failure(source: AsyncGenerator<RegistryEvent>): Promise<SyngraphError> {
  const error = await source.next().catch((reason: unknown) => reason);
  expect(error).to.be.instanceOf(SyngraphError);
  return error as SyngraphError;
}

describe("SyngraphClient.events", () => {
  const server = useStubServer();
  const events = (query = {}, options = {}) => new SyngraphClient({ baseUrl: server.origin }).events(query, options);

  it("asks again with its cursor wherever the stream breaks off, also in the middle of an event", async () => {
    const answers: ((response: ServerResponse) => unknown)[] = [
      (response) => stream(response, event(5) + event(6).slice(0, 60)).end(),
      (response) => reply(response, 503, { message: "later" }),
      (response) => stream(response, event(6)).end("id: 7\nevent: reorg\n"),
      // Nothing for this client, but the cursor moves.
      (response) => stream(response, ":\nid: 40\n\n").end(),
      (response) => stream(response, event(41)),
    ];
    server.handler = (_, response) => void answers.shift()!(response);
    const source = events({ from: "start", types: ["reorg", "link"], avatar: "0x02" });
    const ids = await take(source, 3);
    await source.return();
    expect(ids).to.deep.equal([5, 6, 41]);
    const asked = server.received.map(({ query }) => Object.fromEntries(query));
    const rest = { types: "reorg,link", avatar: "0x02" };
    expect(asked).to.deep.equal([
      { from: "start", ...rest },
      ...["5", "5", "6", "40"].map((cursor) => ({ cursor, ...rest })),
    ]);
  });

  it("says how it stands, and how far it is", async () => {
    const answers: ((response: ServerResponse) => unknown)[] = [
      (response) => reply(response, 503, { message: "later" }),
      (response) => stream(response, ":\nid: 4\n\n").end(),
      (response) => stream(response, event(5)),
    ];
    server.handler = (_, response) => void answers.shift()!(response);
    const [states, cursors]: [string[], number[]] = [[], []];
    const source = events(
      { last: 50 },
      {
        onState: (state: StreamState) =>
          states.push(state.name === "waiting" ? `waiting ${state.error?.code ?? "for more"}` : state.name),
        onCursor: (cursor: number) => cursors.push(cursor),
      },
    );
    await take(source, 1);
    expect(states).to.deep.equal([
      ...["connecting", "waiting server", "connecting", "open", "waiting for more", "connecting", "open"],
    ]);
    expect(cursors).to.deep.equal([4]);
    await source.return();
    expect(server.received.map(({ query }) => query.toString())).to.deep.equal(["last=50", "last=50", "cursor=4"]);
  });

  it("gives up where asking again is of no use", async () => {
    server.handler = (_, response) => reply(response, 410, { message: "cursor 3 is older" });
    const error = await failure(events({ cursor: 3 }));
    expect(error).to.include({ code: "refused", status: 410, message: "cursor 3 is older" });
    expect(server.received).to.have.length(1);
    server.handler = (_, response) => reply(response, 200, {});
    expect(await failure(events())).to.include({ code: "bad_reply" });
  });

  it("refuses what is no event, and a line without an end", async () => {
    for (const data of ["{}", "nonsense", JSON.stringify({ ...EVENT, id: 1, removed: "all" })]) {
      server.handler = (_, response) => stream(response, `data: ${data}\n\n`);
      expect((await failure(events())).code, data).to.equal("bad_reply");
    }
    server.handler = (_, response) => {
      const { socket } = stream(response, "data: ");
      const more = () => {
        while (!socket!.destroyed && response.write("x".repeat(65_536)));
        if (!socket!.destroyed) response.once("drain", more);
      };
      more();
    };
    expect(await failure(events())).to.include({ code: "bad_reply", message: "the stream has a line without an end" });
  });

  it("refuses an event without an end", async () => {
    server.handler = (_, response) => {
      const { socket } = stream(response, "");
      const more = () => {
        while (!socket!.destroyed && response.write(`data: ${"x".repeat(65_536)}\n`));
        if (!socket!.destroyed) response.once("drain", more);
      };
      more();
    };
    expect(await failure(events())).to.include({ code: "bad_reply", message: "the stream has a message too long" });
  });

  it("does not ask without a pause, whatever the server says", async () => {
    let asked = 0;
    server.handler = (_, response) => {
      asked += 1;
      response.writeHead(200, { "content-type": "text/event-stream" }).end(`retry: 0\n\n${event(asked)}`);
    };
    const begun = performance.now();
    const source = events();
    await take(source, 5);
    await source.return();
    expect(performance.now() - begun, "milliseconds").to.be.at.least(4 * 50 - 4);
  });

  it("ends when its user does", async () => {
    server.handler = (_, response) => stream(response, event(1));
    const done = new AbortController();
    const source = events({}, { signal: done.signal });
    await source.next();
    const pending = failure(source);
    done.abort();
    expect(await pending).to.include({ code: "aborted" });
  });
});
