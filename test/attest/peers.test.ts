import { expect } from "chai";
import { ZeroHash } from "ethers";
import { pino } from "pino";

import { Attester } from "../../api/attest/attester.ts";
import type { Attesters, Endpoint } from "../../api/attest/attesters.ts";
import { type PeerStatus, Peers } from "../../api/attest/peers.ts";
import { type HostilePeer, type Lie, type Question, startHostilePeer } from "../standins/peer.ts";
import { person } from "../helpers/contractLinks.ts";
import { until } from "../helpers/until.ts";

const SELF = person("collector");
const QUESTION: Question = {
  ...{ action: "create", platform: "github", identity: "alice", public_key: SELF.key.compressed, prev: null },
  ...{ uuid: "00000000-0000-4000-8000-000000000000", created_at: "1770000000", proof_location: "", account_id: "1" },
  extra: { signature: "0x" + "11".repeat(64) + "00" },
};

/** Peers that the operator set, or that the registry names. */
function peersOf(configured: readonly string[], endpoints: readonly Endpoint[] = [], timeout = 2_000): Peers {
  const attesters = { endpoints: () => Promise.resolve(endpoints) } as unknown as Attesters;
  return new Peers({
    configured,
    attesters,
    attester: new Attester(SELF.privateKey),
    timeout,
    log: pino({ level: "silent" }),
  });
}

/** Asks for so many words, and says what came. */
async function ask(peers: Peers, missing: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  await peers.ask(QUESTION, missing, (answer) => {
    if ((answer as { link_id?: string }).link_id === ZeroHash) throw new Error("another link");
    taken.push(answer);
    return missing - taken.length;
  });
  return taken;
}

describe("peers", () => {
  const servers: HostilePeer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  async function start(name: string, lie: Lie): Promise<HostilePeer> {
    const server = await startHostilePeer({ privateKey: person(name).privateKey });
    server.lie(lie);
    servers.push(server);
    return server;
  }

  it("are asked by as many at once as are missing and one more", async () => {
    const all = [await start("a", "signs everything"), await start("b", "signs everything")];
    const rest = [await start("c", "signs everything"), await start("d", "signs everything")];
    const peers = peersOf([...all, ...rest].map(({ origin }) => origin));
    expect(await ask(peers, 1)).to.have.length.within(1, 2);
    expect(rest.flatMap(({ questions }) => questions)).to.deep.equal([]);
    expect(all[0]!.questions[0]).to.deep.equal(QUESTION);
  });

  for (const lie of ["never answers", "sends without end", "redirects to a private address", "hangs up"] as const) {
    it(`are made up for by another where one ${lie}, and remembered for it`, async () => {
      const bad = [await start("a", lie), await start("b", lie)];
      const good = await start("c", "signs everything");
      const peers = peersOf([...bad, good].map(({ origin }) => origin));
      expect(await ask(peers, 1)).to.have.length(1);
      expect(bad.map(({ questions }) => questions.length)).to.deep.equal([1, 1]);
      expect(bad.flatMap(({ strays }) => strays)).to.deep.equal([]);

      const about = ({ origin }: HostilePeer) => peers.status().find((peer) => peer.origin === origin)!;
      expect(about(good).failures).to.equal(0);
      expect(about(good).lastSuccess).to.be.a("number");
      // So that the good one is asked first the next time. Who is cut short notices a moment later.
      const isBehind = ({ failures, latency }: PeerStatus) => failures > 0 || latency > about(good).latency;
      await until(async () => bad.map(about).every(isBehind));
      expect(bad.map((peer) => about(peer).lastSuccess)).to.deep.equal([null, null]);
      expect(await ask(peers, 1)).to.have.length(1);
      expect(good.questions).to.have.length(2);
    });
  }

  it("are remembered for what is no use, with the reason", async () => {
    const liar = await start("a", "answers for another link");
    const peers = peersOf([liar.origin]);
    expect(await ask(peers, 1)).to.deep.equal([]);
    expect(await ask(peers, 1)).to.deep.equal([]);
    const [status] = peers.status();
    expect(status).to.include({ origin: liar.origin, failures: 2, reason: "another link", lastSuccess: null });
    expect(status!.lastFailure).to.be.a("number");
    const [published] = await peers.published();
    expect(published, "its address and the reason are the operator's").to.deep.equal({
      ...{ origin: null, lastSuccess: null, lastFailure: status!.lastFailure, failures: 2, latency: status!.latency },
    });
    liar.lie("signs nothing");
    expect(await ask(peers, 1)).to.deep.equal([]);
    expect(peers.status()[0], "a refusal is honest").to.include({ failures: 0 });
  });

  it("are given up where none answers in time", async () => {
    const silent = await start("a", "never answers");
    const peers = peersOf([silent.origin], [], 200);
    expect(await ask(peers, 1)).to.deep.equal([]);
    expect(peers.status()[0]).to.include({ failures: 1 });
    expect(peers.status()[0]!.reason).to.include("gave no whole answer within");
  });

  it("of the registry are public, speak https, and are not this node", async () => {
    const inside = await start("a", "signs everything");
    const { port } = new URL(inside.origin);
    const named = [
      ...[inside.origin, `https://127.0.0.1:${port}`, "https://127.0.0.1", "https://[::1]", "https://localhost"],
      ...["https://169.254.169.254", "https://10.0.0.1", "https://[::ffff:127.0.0.1]", "https://2130706433"],
      ...["file:///etc/passwd", "not a URL", "ftp://127.0.0.1"],
    ];
    const endpoints = named.map((endpoint, index) => ({ attester: `0x${index}`, endpoint }));
    const own = { attester: SELF.address.toLowerCase(), endpoint: "https://own.example" };
    const peers = peersOf([], [...endpoints, own]);
    expect(await ask(peers, 1)).to.deep.equal([]);
    expect(inside.questions).to.deep.equal([]);
    const asked = peers.status();
    expect(asked.map(({ origin }) => origin)).to.not.include("https://own.example");
    for (const { origin, failures } of asked) {
      expect(origin).to.match(/^https:/);
      expect(failures, origin).to.equal(1);
    }
  });
});
