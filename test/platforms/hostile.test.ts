import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

import { expect } from "chai";

import { type FetchOptions, type Fetcher, MAX_ANSWER_BYTES, createFetcher } from "../../api/platforms/fetcher.ts";
import { type Handler, type HostileNetwork, PUBLIC, startHostileNetwork } from "../standins/hostileNetwork.ts";
import { expectRefusal } from "./claims.ts";

/** Of every request here, in milliseconds; what is late by more than the slack fails. */
const DEADLINE = 400;
const SLACK = 600;

/** Most that a request may add to the memory of this process, which is the attacker's too, in bytes. */
const MAX_GROWTH = 48 * 2 ** 20;

/** Addresses of nobody's, one's own or one's neighbours, by IANA's registries of special-purpose addresses. */
const FOREIGN_ADDRESSES = [
  ...["127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  ...["169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1"],
  ...["198.18.0.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
  ...["::1", "::", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:0:127.0.0.1", "::127.0.0.1", "fc00::1", "fd00::1"],
  ...["fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::"],
  ...["2001:0:7f00:1::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1", "2001:10::1", "4000::1"],
];

/** Addresses where a name should be; URLs mean them in more ways than one. */
const LITERALS = [
  ...["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0"],
  ...["169.254.169.254", "0xa9fea9fe", "2852039166", "10.0.0.1", "192.168.1.1", "100.64.0.1", "93.184.215.14"],
  ...["[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fd00::1]", "[fe80::1]", "[64:ff9b::127.0.0.1]"],
  ...["①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "127.0.0.1.", "%31%32%37.0.0.1"],
];

/** Names that only a local network has, or none at all. */
const LOCAL_NAMES = ["localhost", "localhost.", "LOCALHOST", "metadata", "router", "loc\u00adalhost", "ｌocalhost"];

/** Other ways to ask for something else. */
const ODD_URLS = [
  "http://public.example.com/",
  "https://public.example.com:8443/",
  "https://public.example.com:22/",
  "https://user@public.example.com/",
  "https://user:password@public.example.com/",
  "https://127.0.0.1@public.example.com/",
  "https://public.example.com@127.0.0.1/",
  "https://public.example.com#@127.0.0.1/".replace("#", "%23"),
  "file:///etc/passwd",
  "data:application/json,{}",
  "ftp://public.example.com/",
  "gopher://127.0.0.1:6379/_FLUSHALL",
  "javascript:alert(1)",
  "blob:https://public.example.com/1",
];

/** A head of an answer that goes on with this for ever. */
function endless(line: string): (socket: TLSSocket) => void {
  return (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    const pour = setInterval(() => {
      if (socket.destroyed) clearInterval(pour);
      else socket.write(line.repeat(100));
    }, 1);
  };
}

/** Bytes that this process holds, within its heap and outside. */
function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What an action says, while this process must not grow. */
async function measured(action: () => Promise<string>): Promise<string> {
  const start = memory();
  let peak = start;
  const sampler = setInterval(() => (peak = Math.max(peak, memory())), 5);
  const message = await action().finally(() => clearInterval(sampler));
  expect(Math.max(peak, memory()) - start, `bytes of memory for "${message}"`).to.be.lessThan(MAX_GROWTH);
  return message;
}

describe("the fetcher, on a hostile internet", () => {
  let internet: HostileNetwork;
  let get: Fetcher;
  let canary: Server;
  let inside: string;
  let leaks = 0;

  before(async () => {
    canary = createServer((_request, response) => {
      leaks += 1;
      response.end("secret");
    });
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    inside = `127.0.0.1:${(canary.address() as AddressInfo).port}`;
  });
  after(() => canary.close());

  beforeEach(async () => {
    internet = await startHostileNetwork();
    get = fetcher();
    internet.name("public.example.com", [PUBLIC]);
  });
  afterEach(async () => {
    await internet.close();
    expect(leaks, "requests to a server on loopback").to.equal(0);
    expect(internet.dialled.filter((address) => address !== PUBLIC && !address.startsWith("2606:"))).to.deep.equal([]);
  });

  function fetcher(options: Partial<Parameters<typeof createFetcher>[0]> = {}): Fetcher {
    const limits = { retries: 0 };
    return createFetcher({ trustedOrigins: [], timeout: DEADLINE, network: internet.network, limits, ...options });
  }

  /** Expects nothing of a URL within the deadline, nor of where it redirects. */
  async function refused(
    url: string,
    options: FetchOptions = {},
    severity: "soft" | "medium" = "soft",
  ): Promise<string> {
    const start = performance.now();
    const error = await expectRefusal(get(new URL(url), options), severity, /./).catch((reason: Error) => {
      throw new Error(`${url}: ${reason.message}`, { cause: reason });
    });
    expect(performance.now() - start, url).to.be.lessThan(DEADLINE + SLACK);
    return error.message;
  }

  /** Serves something under a name of its own, which must be refused without growing. */
  async function refusalOf(handler: Handler, severity: "soft" | "medium"): Promise<string> {
    internet.serve("hostile.example.com", handler);
    return measured(() => refused("https://hostile.example.com/", {}, severity));
  }

  /** Serves a redirect under its own name. */
  function redirect(location: string): string {
    internet.serve("redirect.example.com", (_request, response) => response.writeHead(302, { location }).end());
    return "https://redirect.example.com/";
  }

  const FOLLOWING: FetchOptions = { redirects: 3, anySite: true };

  it("reaches a public host, and would notice a leak", async () => {
    expect((await get(new URL("https://public.example.com/"))).text()).to.equal("reached");
    expect(internet.dialled).to.deep.equal([PUBLIC]);
    internet.name("inside.example.com", ["10.0.0.1"]);
    const socket = internet.network.connect({ host: "inside.example.com", port: 443 });
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.destroy();
    expect(internet.dialled.pop()).to.equal("10.0.0.1");
  });

  it("takes no name that leads to an address that is not public", async () => {
    for (const address of [...FOREIGN_ADDRESSES, "no address", ""]) {
      internet.name("inside.example.com", [address]);
      expect(await refused("https://inside.example.com/"), address).to.include("which is no public address");
    }
    internet.name("inside.example.com", []);
    expect(await refused("https://inside.example.com/")).to.include("has no address");
    expect(await refused("https://nowhere.example.com/")).to.include("ENOTFOUND");
    expect(internet.dialled).to.have.length(0);
  });

  it("takes no name that has such an address beside a public one", async () => {
    const six = "2606:2800:21f:cb07:6820:80da:af6b:8b2c";
    for (const address of FOREIGN_ADDRESSES) {
      for (const mixed of [
        [PUBLIC, address],
        [address, PUBLIC],
        [six, PUBLIC, address],
      ]) {
        internet.name("mixed.example.com", mixed);
        await refused("https://mixed.example.com/");
      }
    }
    expect(internet.dialled).to.have.length(0);
    internet.name("mixed.example.com", [six, PUBLIC]);
    await get(new URL("https://mixed.example.com/"));
    expect(internet.dialled).to.deep.equal([six]);
  });

  it("dials the very address that it checked, however a name is rebound", async () => {
    internet.name("rebound.example.com", (asked) => [asked % 2 === 0 ? PUBLIC : "127.0.0.1"]);
    const outcomes: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      const look = get(new URL("https://rebound.example.com/"));
      outcomes.push(
        await look.then(
          ({ status }) => String(status),
          (error: Error) => error.message.replace(/^.*which/, ""),
        ),
      );
    }
    expect(outcomes).to.deep.equal([1, 2, 3].flatMap(() => ["200", " is no public address"]));
    expect(internet.dialled).to.deep.equal([PUBLIC, PUBLIC, PUBLIC]);
  });

  it("takes no address in place of a name, nor a name of a local network", async () => {
    for (const host of [...LITERALS, ...LOCAL_NAMES]) await refused(`https://${host}/`);
    expect(internet.dialled).to.have.length(0);
  });

  it("takes nothing but https on its own port, without credentials", async () => {
    const odd = [...ODD_URLS, `http://${inside}/`, `https://${inside}/`, `https://public.example.com:@${inside}/`];
    for (const url of odd) await refused(url);
    expect(internet.dialled).to.have.length(0);
  });

  it("refuses the same of the machine's own network, without a resolver of the test's", async () => {
    get = createFetcher({ trustedOrigins: [], timeout: DEADLINE });
    const urls = [...LITERALS, "localhost"].flatMap((host) => [
      `https://${host}/`,
      `https://${host}:${inside.split(":")[1]}/`,
    ]);
    for (const url of urls) await refused(url);
  });

  it("follows no redirect unless told", async () => {
    expect(await refused(redirect("https://public.example.com/"))).to.include("redirect, which is not followed");
    expect(internet.requests).to.have.length(1);
  });

  it("checks where a redirect leads as it checks what it is given", async () => {
    const hosts = [...LITERALS, ...LOCAL_NAMES];
    const targets = [...hosts.map((host) => `https://${host}/`), ...ODD_URLS, `http://${inside}/`, `//${inside}/`];
    for (const target of targets) {
      if (target.startsWith("https://") && !URL.canParse(target)) continue;
      await refused(redirect(encodeURI(decodeURI(target))), FOLLOWING);
    }
    for (const address of FOREIGN_ADDRESSES) {
      internet.name("inside.example.com", [address]);
      await refused(redirect("https://inside.example.com/"), FOLLOWING);
    }
    expect(new Set(internet.requests.map(({ url }) => url))).to.deep.equal(new Set(["https://redirect.example.com/"]));
  });

  it("follows redirects within the site, so many and no more, and tells nobody else its credential", async () => {
    internet.serve("site.example.net", (_request, response) =>
      response.writeHead(301, { location: "https://site.example.net.example.com/" }).end(),
    );
    expect(await refused("https://site.example.net/", { redirects: 1 })).to.include("which is not its own");
    internet.serve("a.example.com", (_request, response) =>
      response.writeHead(302, { location: "https://b.a.example.com/" }).end(),
    );
    internet.serve("b.a.example.com", (_request, response) => response.end("here"));
    // The certificate is for one label only: the redirect is followed, and ends at the wrong certificate.
    expect(await refused("https://a.example.com/", { redirects: 1 })).to.match(
      /^b\.a\.example\.com could not be asked/,
    );
    internet.serve("away.example.com", (_request, response) =>
      response.writeHead(302, { location: "https://public.example.com/there" }).end(),
    );
    const away = await get(new URL("https://away.example.com/"), {
      ...FOLLOWING,
      headers: { Accept: "text/html", Authorization: "Bearer secret", Signature: "keyId=me" },
    });
    expect(away.url.href).to.equal("https://public.example.com/there");
    const [first, second] = internet.requests.slice(-2);
    expect(first!.headers).to.include({ accept: "text/html", authorization: "Bearer secret", signature: "keyId=me" });
    expect(second!.headers).to.include({ accept: "text/html" });
    expect(second!.headers).not.to.have.any.keys("authorization", "signature");
  });

  it("leaves a loop of redirects after as many hops as it was allowed", async () => {
    const url = redirect("https://redirect.example.com/?again");
    expect(await refused(url, FOLLOWING)).to.include("redirect, which is not followed");
    expect(internet.requests).to.have.length(4);
  });

  it("asks a platform's own hosts only, where they are fixed", async () => {
    const origins = ["https://redirect.example.com"];
    expect(await refused("https://public.example.com/", { origins })).to.include("none of the platform's hosts");
    const url = redirect("https://public.example.com/");
    expect(await refused(url, { ...FOLLOWING, origins })).to.include("none of the platform's hosts");
  });

  it("sends the operator's own upstream nowhere else", async () => {
    internet.serve("public.example.com", (_request, response) => response.end("public"));
    const trusted = createServer((_request, response) =>
      response.writeHead(302, { location: `http://${inside}/` }).end(),
    );
    await new Promise<void>((resolve) => trusted.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(trusted.address() as AddressInfo).port}`;
    get = fetcher({ trustedOrigins: [origin] });
    try {
      expect(await refused(origin, FOLLOWING)).to.include("only https is spoken");
    } finally {
      trusted.closeAllConnections();
      trusted.close();
    }
  });

  it("guards the operator's own upstream, too, where a stranger names it or leads there", async () => {
    get = fetcher({ trustedOrigins: [`http://${inside}`] });
    expect(await refused(`http://${inside}/`, { stranger: true })).to.include("could not be asked");
    await refused(redirect(`http://${inside}/`), { ...FOLLOWING, stranger: true });
  });

  it("trusts no certificate of another name", async () => {
    internet.name("other.example.org", [PUBLIC]);
    expect(await refused("https://other.example.org/")).to.match(/does not match certificate/);
    expect(internet.requests).to.have.length(0);
  });

  it("lets slow strangers keep no platform's own host waiting", async () => {
    for (const host of ["one", "two", "three"]) internet.silence(`${host}.example.com`);
    get = fetcher({ limits: { strangers: 2 } });
    const slow = ["one", "two"].map((host) => refused(`https://${host}.example.com/`));
    const late = refused("https://three.example.com/", { deadline: AbortSignal.timeout(DEADLINE / 2) });
    const own = await get(new URL("https://public.example.com/"), { origins: ["https://public.example.com"] });
    expect(own.text()).to.equal("reached");
    expect(await late).to.include("too many requests came before");
    await Promise.all(slow);
  });

  describe("answers", () => {
    it("are read up to the limit, and not beyond it", async () => {
      internet.serve("hostile.example.com", (_request, response) => response.end(Buffer.alloc(MAX_ANSWER_BYTES, "x")));
      expect((await get(new URL("https://hostile.example.com/"))).bytes).to.have.length(MAX_ANSWER_BYTES);
      const message = await refusalOf(
        (_request, response) => response.end(Buffer.alloc(MAX_ANSWER_BYTES + 1)),
        "medium",
      );
      expect(message).to.include(`larger than ${MAX_ANSWER_BYTES} bytes`);
    });

    it("of 262 MB are left after the limit, with and without their length", async () => {
      const length = 262 * 2 ** 20;
      for (const headers of [{}, { "content-length": String(length) }]) {
        let sent = 0;
        const message = await refusalOf((_request, response) => {
          const block = Buffer.alloc(64 * 1024, "x");
          const pour = () => {
            while (!response.destroyed && sent < length && response.write(block)) sent += block.length;
          };
          response.writeHead(200, headers).on("drain", pour);
          pour();
        }, "medium");
        expect(message).to.include("larger than");
        expect(sent).to.be.lessThan(16 * 2 ** 20);
      }
    });

    it("that are bombs never go off", async () => {
      const block = Buffer.alloc(2 ** 20);
      const gzip = Buffer.concat(Array<Buffer>(300).fill(gzipSync(block)));
      const bombs: [encoding: string, body: Buffer, severity: "soft" | "medium", message: RegExp][] = [
        ["gzip", gzip, "medium", /larger than/],
        ["x-gzip", gzip, "medium", /larger than/],
        ["gzip, gzip", gzipSync(gzip), "soft", /was not asked for/],
        ["deflate", deflateSync(Buffer.alloc(64 * 2 ** 20)), "soft", /was not asked for/],
        ["br", brotliCompressSync(block), "soft", /was not asked for/],
        ["zstd", gzip, "soft", /was not asked for/],
        // Members that hold nothing decompress to nothing for ever.
        ["gzip", Buffer.concat(Array<Buffer>(60_000).fill(gzipSync(""))), "medium", /larger than/],
        ["gzip", Buffer.from("no gzip at all"), "soft", /incorrect header check/],
        ["gzip", gzipSync(Buffer.alloc(1000)).subarray(0, 20), "soft", /unexpected end of file/],
      ];
      for (const [encoding, body, severity, message] of bombs) {
        const cost = await refusalOf(
          (_request, response) => response.writeHead(200, { "content-encoding": encoding }).end(body),
          severity,
        );
        expect(cost, encoding).to.match(message);
      }
    });

    it("that never end, end at the deadline", async () => {
      const slow: Handler[] = [
        () => {},
        (_request, response) => response.writeHead(200).flushHeaders(),
        (_request, response) => void response.writeHead(200, { "content-length": "10" }).write("x"),
        (_request, response) => {
          const drip = setInterval(() => response.destroyed || response.write(" "), 20);
          response.writeHead(200).on("close", () => clearInterval(drip));
        },
        (_request, response) => {
          const hints = setInterval(() => response.destroyed || response.writeProcessing(), 20);
          response.on("close", () => clearInterval(hints));
        },
      ];
      for (const handler of slow) {
        expect(await refusalOf(handler, "soft")).to.include(`no whole answer within ${DEADLINE / 1000} s`);
      }
      internet.silence("silent.example.com");
      expect(await refused("https://silent.example.com/")).to.include("no whole answer within");
    });

    it("with redirects that drip share one deadline", async () => {
      internet.serve("slow.example.com", (_request, response) => {
        const late = setTimeout(() => response.writeHead(302, { location: "/again" }).end(), DEADLINE / 2 - 20);
        response.on("close", () => clearTimeout(late));
      });
      expect(await refused("https://slow.example.com/", { redirects: 20 })).to.include("no whole answer within");
    });

    it("that are no HTTP, or whose head has no end, are refused", async () => {
      const cases: [handler: (socket: TLSSocket) => void, message: RegExp][] = [
        [endless(`x-filler: ${"a".repeat(100)}\r\n`), /Headers Overflow/i],
        [endless("a".repeat(100)), /Headers Overflow|Invalid header/i],
        [(socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"), /could not be asked/],
        [(socket) => socket.end(), /could not be asked/],
        [
          (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello"),
          /could not be asked/,
        ],
        [
          (socket) => socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n"),
          /could not be asked/,
        ],
        [(socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf"), /could not be asked/],
        [
          (socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"),
          /could not be asked/,
        ],
      ];
      for (const [index, [handler, message]] of cases.entries()) {
        internet.serveRaw(`raw${index}.example.com`, handler);
        const cost = await measured(() => refused(`https://raw${index}.example.com/`));
        expect(cost).to.match(message);
      }
    });
  });
});
