import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mock } from "node:test";
import { gzipSync } from "node:zlib";

import { expect } from "chai";

import { type FetchLimits, type FetchOptions, type Fetcher, createFetcher } from "../../api/platforms/fetcher.ts";
import { expectRefusal } from "./claims.ts";

describe("createFetcher", () => {
  let server: Server;
  let origin: string;
  let requests: IncomingMessage[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    requests = [];
    answer = (_request, response) => response.end("hello");
    server = createServer((request, response) => {
      requests.push(request);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    mock.timers.reset();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A fetcher that trusts the server. */
  function fetcher(limits: Partial<FetchLimits> = {}, timeout = 2000): (options?: FetchOptions) => ReturnType<Fetcher> {
    const get = createFetcher({ trustedOrigins: [origin], timeout, limits: { retries: 0, backoff: 1, ...limits } });
    return (options) => get(new URL(`${origin}/path?query`), options);
  }

  /** Answers with these statuses, one after the other, and the last one from then on. */
  function statuses(...list: [status: number, headers?: Record<string, string>][]): void {
    answer = (_request, response) => response.writeHead(...list[Math.min(requests.length, list.length) - 1]!).end();
  }

  it("reads from an origin that the operator trusts, private and plain as it may be", async () => {
    answer = (_request, response) => response.writeHead(201, { "x-one": "1" }).end("h\u00e9llo");
    const { status, headers, bytes, text, url } = await fetcher()();
    expect([status, headers.get("x-one"), text()]).to.deep.equal([201, "1", "h\u00e9llo"]);
    expect(bytes).to.have.length(6);
    expect(url.href).to.equal(`${origin}/path?query`);
  });

  it("sends who it is and what it was told, and no more", async () => {
    await fetcher()({ headers: { Accept: "text/html", Authorization: "Bearer secret" } });
    expect(requests[0]!.headers).to.deep.equal({
      ...{ host: new URL(origin).host, connection: "keep-alive", accept: "text/html", authorization: "Bearer secret" },
      ...{ "user-agent": "syngraph", "accept-encoding": "gzip" },
    });
  });

  it("posts JSON", async () => {
    answer = (request, response) => request.pipe(response);
    expect((await fetcher()({ body: '{"id":1}' })).text()).to.equal('{"id":1}');
    expect(requests[0]!.method).to.equal("POST");
    expect(requests[0]!.headers["content-type"]).to.equal("application/json");
  });

  it("reads what is compressed", async () => {
    answer = (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("hello"));
    expect((await fetcher()()).text()).to.equal("hello");
  });

  it("keeps no cookie and sends none", async () => {
    answer = (_request, response) => response.writeHead(200, { "set-cookie": "session=1; Path=/" }).end();
    const get = fetcher();
    await get();
    await get();
    expect(requests.map(({ headers }) => headers.cookie)).to.deep.equal([undefined, undefined]);
  });

  describe("the queue of a host", () => {
    const held: ServerResponse[] = [];
    let most = 0;

    beforeEach(() => {
      most = 0;
      answer = (_request, response) => {
        held.push(response);
        most = Math.max(most, held.length);
      };
    });
    afterEach(release);

    /** Answers all that wait, and who comes from now on. */
    function release(): void {
      answer = (_request, response) => response.end();
      for (const response of held.splice(0)) response.end();
    }

    it("asks so many at a time and no more", async () => {
      const get = fetcher({ concurrency: 3 });
      const looks = Array.from({ length: 10 }, () => get());
      while (requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(most).to.equal(3);
      release();
      await Promise.all(looks);
      expect(requests).to.have.length(10);
    });

    it("refuses at once what would wait too long, and in time what waited in vain", async () => {
      const get = fetcher({ concurrency: 1, waiting: 1 }, 80);
      const short = { deadline: AbortSignal.timeout(40) };
      const looks = [get(), get(short), get()].map((look) => look.catch((error: Error) => error.message));
      const [first, second, third] = looks;
      expect(await third).to.match(/^too many requests wait for 127/);
      expect(await second).to.match(/could not be asked in time: too many requests came before$/);
      expect(await first).to.match(/no whole answer within 0\.08 s$/);
      expect(requests).to.have.length(1);
    });

    it("keeps to a platform's rate", async () => {
      const times: number[] = [];
      answer = (_request, response) => {
        times.push(performance.now());
        response.end();
      };
      const get = fetcher();
      await Promise.all(Array.from({ length: 6 }, () => get({ rate: { requests: 2, seconds: 0.05 } })));
      expect(times[5]! - times[0]!).to.be.greaterThan(60);
      expect(times).to.have.length(6);
    });
  });

  describe("an upstream that fails", () => {
    it("is asked again, as often as allowed", async () => {
      for (const status of [408, 425, 429, 500, 502, 503, 504]) {
        requests = [];
        statuses([status], [status], [200]);
        expect((await fetcher({ retries: 2 })()).status, String(status)).to.equal(200);
        expect(requests, String(status)).to.have.length(3);
        requests = [];
        expect((await fetcher({ retries: 1 })()).status, String(status)).to.equal(status);
        expect(requests, String(status)).to.have.length(2);
      }
    });

    it("is asked again where the connection broke", async () => {
      answer = (_request, response) => void (requests.length === 1 ? response.destroy() : response.end("hello"));
      expect((await fetcher({ retries: 1 })()).text()).to.equal("hello");
      expect(requests).to.have.length(2);
    });

    it("is not asked again for what it says for good, nor for what the platform knows better", async () => {
      for (const status of [200, 400, 401, 403, 404, 410, 451]) {
        requests = [];
        statuses([status], [200]);
        expect((await fetcher({ retries: 2 })()).status).to.equal(status);
      }
      statuses([500], [200]);
      requests = [];
      expect((await fetcher({ retries: 2 })({ settled: [500] })).status).to.equal(500);
    });

    it("is not asked again after the deadline, nor for the silence before it", async () => {
      answer = () => {};
      await expectRefusal(fetcher({ retries: 5 }, 60)(), "soft", /no whole answer within 0\.06 s/);
      expect(requests).to.have.length(1);
      statuses([500]);
      expect((await fetcher({ retries: 50, backoff: 20 }, 60)()).status).to.equal(500);
      expect(requests.length).to.be.within(2, 5);
    });

    it("is left alone for as long as it says, by everybody", async () => {
      const limited: [number, Record<string, string>][] = [
        [429, { "retry-after": "30" }],
        [503, { "retry-after": new Date(Date.now() + 30_000).toUTCString() }],
        [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 30) }],
      ];
      for (const [status, headers] of limited) {
        requests = [];
        statuses([status, headers], [200]);
        const get = fetcher({ retries: 3 });
        expect((await get()).status).to.equal(status);
        const error = await expectRefusal(get(), "soft", /wants to be left alone; it may be asked again in \d+ s$/);
        expect(error.retryAfter).to.be.within(28, 30);
        expect(requests).to.have.length(1);
        mock.timers.enable({ apis: ["Date"], now: Date.now() + 31_000 });
        expect((await get()).status).to.equal(200);
        mock.timers.reset();
      }
    });

    it("is asked again within the deadline where it says that it may be at once", async () => {
      statuses([429, { "retry-after": "0" }], [200]);
      expect((await fetcher({ retries: 1 })()).status).to.equal(200);
    });

    it("cannot make itself be left alone for ever", async () => {
      statuses([429, { "retry-after": "999999999" }], [200]);
      const get = fetcher();
      await get();
      await expectRefusal(get(), "soft", /in 3600 s$/);
    });

    it("is left alone after failures in a row, and tried by one request after a rest", async () => {
      statuses([500]);
      const get = fetcher({ failures: 3, rest: 60_000 });
      for (let index = 0; index < 3; index += 1) expect((await get()).status).to.equal(500);
      const error = await expectRefusal(
        get(),
        "soft",
        /failed several times in a row; it may be asked again in \d+ s$/,
      );
      expect(error.retryAfter).to.be.within(59, 60);
      expect(requests).to.have.length(3);
      // Still broken: one request finds out, for all.
      mock.timers.enable({ apis: ["Date"], now: Date.now() + 60_001 });
      const looks = await Promise.allSettled([get(), get(), get()]);
      expect(looks.filter(({ status }) => status === "fulfilled")).to.have.length(1);
      expect(requests).to.have.length(4);
      await expectRefusal(get(), "soft", /failed several times/);
      // Healed.
      mock.timers.tick(60_001);
      statuses([200]);
      expect((await get()).status).to.equal(200);
      expect((await Promise.all([get(), get(), get()])).map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    });

    it("is not left alone for answers that are an answer", async () => {
      const get = fetcher({ failures: 2 });
      statuses([500], [404], [500], [403], [500], [429]);
      for (const status of [500, 404, 500, 403, 500, 429]) expect((await get()).status).to.equal(status);
      answer = (_request, response) => response.end(Buffer.alloc(600_000));
      for (let index = 0; index < 4; index += 1) await expectRefusal(get(), "medium", /larger than/);
    });
  });
});
