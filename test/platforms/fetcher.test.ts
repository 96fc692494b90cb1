import { expect } from "chai";

import { createFetcher } from "../../api/platforms/fetcher.ts";
import { type GitHubStandIn, startGitHub } from "../standins/github.ts";
import { expectRefusal } from "./claims.ts";

describe("createFetcher", () => {
  let server: GitHubStandIn;

  beforeEach(async () => {
    server = await startGitHub();
    server.publish("1", { owner: { login: "alice", id: 1 }, files: { "a.json": "hello" } });
  });

  afterEach(() => server.close());

  it("reads from an origin that the operator trusts, private and plain as it may be", async () => {
    const get = createFetcher({ trustedOrigins: [server.origin], timeout: 2000 });
    const answer = await get(new URL(`${server.origin}/raw/1/a.json`));
    expect(answer.status).to.equal(200);
    expect(answer.text()).to.equal("hello");
  });

  it("refuses every address that is not public, however it is written", async () => {
    const port = new URL(server.origin).port;
    const get = createFetcher({ trustedOrigins: ["http://127.0.0.1:1"], timeout: 2000 });
    const urls = [
      `${server.origin}/raw/1/a.json`,
      `https://127.0.0.1:${port}/`,
      "https://127.0.0.1/",
      "https://2130706433/",
      "https://0x7f000001/",
      "https://127.1/",
      "https://0.0.0.0/",
      "https://[::1]/",
      "https://[::ffff:127.0.0.1]/",
      "https://[fd00::1]/",
      "https://10.0.0.1/",
      "https://192.168.0.1/",
      "https://100.64.0.1/",
      "https://169.254.169.254/latest/meta-data/",
      "https://localhost/",
      "https://db.local/",
      "http://93.184.215.14/",
      "https://93.184.215.14:8443/",
      "file:///etc/passwd",
      "data:text/plain,hello",
    ];
    for (const url of urls) await expectRefusal(get(new URL(url)), "soft", /could not be asked/);
    expect(server.requests).to.have.length(0);
  });

  it("keeps no cookie and sends none", async () => {
    const get = createFetcher({ trustedOrigins: [server.origin], timeout: 2000 });
    await get(new URL(`${server.origin}/raw/1/a.json`));
    await get(new URL(`${server.origin}/raw/1/a.json`));
    expect(server.requests.map(({ headers }) => headers.cookie)).to.deep.equal([undefined, undefined]);
  });
});
