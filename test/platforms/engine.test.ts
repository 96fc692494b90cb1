import { mock } from "node:test";

import { expect } from "chai";

import { type Engine, type EngineOptions, createEngine } from "../../api/platforms/engine.ts";
import { platformOf } from "../../api/platforms/index.ts";
import type { Claim } from "../../api/platforms/types.ts";
import { type GitHubStandIn, startGitHub } from "../standins/github.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText } from "./claims.ts";

const GIST = "5b3acc09d25242950e4b7ea0ee707ada";

describe("an engine that many ask", () => {
  const owner = newSigner();
  let github: GitHubStandIn;
  let engine: Engine;
  let claim: Claim;

  beforeEach(async () => {
    github = await startGitHub();
    engine = newEngine();
    claim = claimOf(owner, newLink(owner, "github", "alice"), GIST);
  });
  afterEach(async () => {
    mock.timers.reset();
    await github.close();
  });

  function newEngine(options: EngineOptions = {}): Engine {
    const upstreams = { github: github.origin };
    return createEngine({
      upstreams,
      limits: { backoff: 1 },
      lifetimes: { confirmed: 5000, refused: 2000 },
      ...options,
    });
  }

  function publish(): void {
    const files = { [`${owner.publicKey.compressed}.json`]: publishedText(owner, claim.link) };
    github.publish(GIST, { owner: { login: "alice", id: 7 }, files });
  }

  it("looks once for all who ask the same at the same time", async () => {
    publish();
    const all = await Promise.all(
      Array.from({ length: 50 }, () => engine.check({ ...claim, link: { ...claim.link } })),
    );
    expect(new Set(all.map(({ accountId }) => accountId))).to.deep.equal(new Set(["7"]));
    expect(github.requests).to.have.length(1);
  });

  it("tells until when a platform is left alone", async () => {
    const platform = platformOf("github")!;
    const limited = newEngine({
      limits: { retries: 0, failures: 2, rest: 60_000 },
      lifetimes: { confirmed: 0, refused: 0 },
    });
    await github.close();
    const looks = [0, 1].map((index) => claimOf(owner, newLink(owner, "github", `alice${index}`), GIST));
    expect(limited.restsUntil(platform)).to.equal(null);
    for (const look of looks) await expectRefusal(limited.check(look), "soft", /could not be asked/);
    expect(limited.restsUntil(platform)).to.be.closeTo(Date.now() + 60_000, 5_000);
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 60_001 });
    expect(limited.restsUntil(platform)).to.equal(null);
  });

  it("looks for each who asks anything else", async () => {
    publish();
    const { link } = claim;
    const others: Claim[] = [
      { ...claim, accountId: "7" },
      { ...claim, location: `https://gist.github.com/${GIST}` },
      claimOf(owner, { ...link, createdAt: link.createdAt + 1 }, GIST),
      claimOf(owner, newLink(owner, "github", "alice"), GIST),
      claimOf(newSigner(), link, GIST),
    ];
    await Promise.allSettled([claim, ...others].map((one) => engine.check(one)));
    expect(github.requests).to.have.length(1 + others.length);
  });

  it("remembers a confirmed claim for seconds, and says when it looked", async () => {
    publish();
    const { checkedAt } = await engine.check(claim);
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 4000 });
    github.trouble("has no such post");
    expect((await engine.check(claim)).checkedAt).to.equal(checkedAt);
    expect(github.requests).to.have.length(1);
  });

  it("looks again whatever it remembers where that is asked for", async () => {
    publish();
    await engine.check(claim);
    github.trouble("has no such post");
    await expectRefusal(engine.check(claim, { fresh: true }), "medium", /nothing public/);
    // What was seen last counts.
    await expectRefusal(engine.check(claim), "medium", /nothing public/);
    expect(github.requests).to.have.length(2);
  });

  it("remembers a refusal, but no outage", async () => {
    await expectRefusal(engine.check(claim), "medium", /nothing public/);
    await expectRefusal(engine.check(claim), "medium", /nothing public/);
    expect(github.requests).to.have.length(1);
    github.trouble("refuses us");
    const other = claimOf(owner, newLink(owner, "github", "alice"), GIST);
    await expectRefusal(engine.check(other), "soft", /HTTP 403/);
    await expectRefusal(engine.check(other), "soft", /HTTP 403/);
    expect(github.requests).to.have.length(3);
  });

  it("remembers nothing unless told", async () => {
    publish();
    const forgetful = createEngine({ upstreams: { github: github.origin } });
    await forgetful.check(claim);
    await forgetful.check(claim);
    expect(github.requests).to.have.length(2);
    github.trouble("has no such post");
    await expectRefusal(forgetful.check(claim), "medium", /nothing public/);
    github.trouble(null);
    await forgetful.check(claim);
  });

  it("asks a host that fails no more than the breaker lets it, whoever asks", async () => {
    github.trouble("fails");
    engine = newEngine({ limits: { backoff: 1, failures: 4, retries: 2 } });
    for (let index = 0; index < 10; index += 1) {
      const other = claimOf(owner, newLink(owner, "github", "alice"), GIST);
      await expectRefusal(engine.check(other), "soft", /HTTP 500|failed several times/);
    }
    expect(github.requests).to.have.length(4);
  });
});
