import { expect } from "chai";
import { pino } from "pino";

import { Attester } from "../../api/attest/attester.ts";
import type { Attesters } from "../../api/attest/attesters.ts";
import { Peers } from "../../api/attest/peers.ts";
import { Quorum } from "../../api/attest/quorum.ts";
import { person, signLink } from "../helpers/contractLinks.ts";
import { type HostilePeer, startHostilePeer } from "../standins/peer.ts";

const [SELF, LIAR, HONEST] = [person("collector"), person("a"), person("b")];

describe("a quorum that turns what stands on chain", () => {
  const servers: HostilePeer[] = [];
  after(() => Promise.all(servers.map((server) => server.close())));

  it("takes no word from before that, which the contract would not count, from an attester who lies", async () => {
    for (const { privateKey } of [LIAR, HONEST]) servers.push(await startHostilePeer({ privateKey }));
    servers[0]!.lie("looked minutes ago");
    const everybody = new Set([SELF, LIAR, HONEST].map(({ wallet }) => wallet));
    const attesters = {
      active: () => Promise.resolve(everybody),
      quorumOf: () => Promise.resolve(2),
    } as unknown as Attesters;
    const attester = new Attester(SELF.privateKey);
    const log = pino({ level: "silent" });
    const quorumWith = (peers: readonly HostilePeer[]) => {
      const configured = peers.map(({ origin }) => origin);
      const asked = new Peers({ configured, attesters, attester, timeout: 2_000, log });
      return new Quorum({ attester, attesters, peers: asked, log });
    };
    const avatar = person("avatar");
    const { link, signature } = signLink(avatar, { platform: "github", identity: "alice" });
    const checkedAt = Math.floor(Date.now() / 1000);
    const question = { link, avatar: avatar.key, signature, location: "" };
    const seen = { found: true, accountId: "1", checkedAt };
    const signers = async (peers: readonly HostilePeer[], asOf?: number) => {
      const { words, isQuorum } = await quorumWith(peers).collect({ ...question, asOf }, seen);
      return { isQuorum, signers: words.map(({ attester: signer }) => signer).toSorted() };
    };
    const own = [SELF.wallet];
    const minuteAgo = checkedAt - 60;
    expect(await signers([servers[0]!], minuteAgo)).to.deep.equal({ isQuorum: false, signers: own });
    expect(await signers(servers, minuteAgo)).to.deep.equal({
      isQuorum: true,
      signers: [...own, HONEST.wallet].toSorted(),
    });
    // A link that is new takes what was seen before it.
    expect((await signers([servers[0]!])).isQuorum).to.equal(true);
  });
});
