import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { recoverPublicKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { accountIdOf, append, attested, claim, somebody } from "../api/stranger.ts";
import { get } from "../helpers/api.ts";
import type { Person, SignedLink } from "../helpers/contractLinks.ts";
import { append as appendAway, relayer } from "../helpers/mirrorWorld.ts";
import { AWAY, HOME, type TwoChains, startTwoChains } from "../helpers/twoChains.ts";
import { eventually, until } from "../helpers/until.ts";
import { startScript } from "../sdk/runCli.ts";

const MIRROR = fileURLToPath(new URL("../../scripts/mirror.ts", import.meta.url));

/** A link of GET /v1/proofchain, as far as it is looked at. */
interface Item {
  link_id: string;
  chain_id: number;
  chains: number[];
  signature: string;
  signature_payload: string;
}

/** What GET /v1/proofchain says. */
interface Chain {
  proof_chain: Item[];
  chains: { chain_id: number; length: number }[];
  forks: { prev: string | null; links: Item[] }[];
}

describe("an index of two chains", () => {
  let world: TwoChains;
  before(async function () {
    this.timeout(180_000);
    world = await startTwoChains();
  });
  after(() => world.stop());

  const github = (avatar: Person, identity: string, after?: SignedLink, accountId = accountIdOf(avatar)) =>
    attested(avatar, { platform: "github", identity, accountId, ...(after && { after }) });

  async function chainOf({ key }: Person): Promise<Chain> {
    const { status, body } = await get(world.test.stack, `/v1/proofchain?avatar=${key.compressed}`);
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 503]);
    return status === 200 ? body : { proof_chain: [], chains: [], forks: [] };
  }

  /** The chain, as soon as it is so long on both. */
  async function indexed(avatar: Person, home: number, away: number): Promise<Chain> {
    return eventually(
      () => chainOf(avatar),
      ({ chains }) => lengthOn(chains, HOME) === home && lengthOn(chains, AWAY) === away,
    );
  }

  function lengthOn(chains: Chain["chains"], chainId: number): number {
    return chains.find(({ chain_id }) => chain_id === chainId)?.length ?? 0;
  }

  async function proofsOf(identity: string) {
    const { body } = await get(world.test.stack, `/v1/proof?platform=github&exact=true&identity=${identity}`);
    return body.ids as { avatar: string; proofs: { identity: string; chains: object[]; disputed_by: object[] }[] }[];
  }

  /** Mirrors an avatar's chain, and expects this exit code. */
  async function mirror(avatar: Person, expected: number): Promise<void> {
    const { test, away } = world;
    const cache = await mkdtemp(join(tmpdir(), "syngraph-mirror-"));
    const options = ["--avatar", avatar.key.compressed, "--confirmations", "0", "--cache", cache];
    try {
      const { code, stdout, stderr } = await startScript(
        MIRROR,
        ["--from", String(HOME), "--to", String(AWAY), ...options],
        {
          ...{ DEPLOYMENTS_DIR: test.stack.deploymentsDir, RELAYER_KEY: relayer.privateKey },
          ...{ [`RPC_URL_${HOME}`]: test.stack.rpcUrl, [`RPC_URL_${AWAY}`]: away.anvil.url },
        },
      ).finished;
      expect(code, stdout + stderr).to.equal(expected);
    } finally {
      await rm(cache, { recursive: true });
    }
  }

  it("shows an avatar once, with the chains that have each link, of which one that is behind is no fork", async () => {
    const [avatar, wallet] = [somebody(), somebody()];
    const first = github(avatar, "two-chains");
    const second = claim(avatar, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: first });
    await appendAway(world.away, first);
    await append(world.test, [first, second]);

    const { proof_chain, chains, forks } = await indexed(avatar, 2, 1);
    expect(chains.map(({ chain_id, length }) => [chain_id, length])).to.deep.equal([
      [HOME, 2],
      [AWAY, 1],
    ]);
    expect(proof_chain.map(({ link_id, chain_id, chains: on }) => [link_id, chain_id, on])).to.deep.equal([
      [first.id, HOME, [HOME, AWAY]],
      [second.id, HOME, [HOME]],
    ]);
    expect(forks).to.deep.equal([]);

    const found = await proofsOf("two-chains");
    expect(found.map((record) => record.avatar)).to.deep.equal([avatar.key.compressed]);
    const standing = (chainId: number, { id }: SignedLink) => ({
      ...{ chain_id: chainId, status: "confirmed", link_id: id },
    });
    const byIdentity = new Map(found[0]!.proofs.map((proof) => [proof.identity, proof]));
    expect(byIdentity.get("two-chains")).to.deep.include({
      ...{ chain_id: HOME, link_id: first.id, disputed_by: [] },
      chains: [standing(HOME, first), standing(AWAY, first)],
    });
    expect(byIdentity.get(wallet.wallet)).to.deep.include({ chains: [standing(HOME, second)], disputed_by: [] });
    expect(found[0]!.proofs).to.have.length(2);

    // What the mirror brings is the same, and changes nothing but that.
    await mirror(avatar, 0);
    const mirrored = await indexed(avatar, 2, 2);
    expect(mirrored.proof_chain.map(({ link_id, chains: on }) => [link_id, on])).to.deep.equal([
      [first.id, [HOME, AWAY]],
      [second.id, [HOME, AWAY]],
    ]);
    expect(mirrored.forks).to.deep.equal([]);
    const { body } = await get(world.test.stack, `/v1/avatars/${avatar.wallet}`);
    expect(body).to.deep.include({ length: 2, forks: [] });
    expect(body.bindings.map(({ chains: on }: { chains: object[] }) => on.length)).to.deep.equal([2, 2]);
  });

  it("shows where an avatar signed two successors of one link, with both as evidence", async () => {
    const [forker, beginner] = [somebody(), somebody()];
    const first = github(forker, "forker-first");
    const [here, there] = ["forker-here", "forker-there"].map((identity) => github(forker, identity, first));
    const after = github(forker, "forker-on", here);
    const [one, other] = ["beginner-one", "beginner-other"].map((identity) => github(beginner, identity));
    await appendAway(world.away, first, there!, other!);
    await append(world.test, [first, here!, after, one!]);

    for (const [avatar, lengths, prev, links] of [
      [forker, [3, 2], first.signature.base64, [here!, there!]],
      [beginner, [1, 1], null, [one!, other!]],
    ] as const) {
      const { forks } = await indexed(avatar, lengths[0], lengths[1]);
      const { body } = await get(world.test.stack, `/v1/avatars/${avatar.key.compressed}`);
      expect(body.forks).to.deep.equal(forks);
      expect(forks.map((fork) => fork.prev)).to.deep.equal([prev]);
      const evidence = forks[0]!.links;
      const ids = links.map(({ id }) => id);
      expect(evidence.map(({ link_id }) => link_id)).to.have.members(ids);
      for (const { link_id, chains, signature, signature_payload } of evidence) {
        expect(chains).to.deep.equal([link_id === ids[0] ? HOME : AWAY]);
        // Nobody has to believe the node.
        expect(recoverPublicKey(signature_payload, signature).compressed).to.equal(avatar.key.compressed);
        expect(JSON.parse(signature_payload).prev).to.equal(prev);
      }
    }
    // Who copies chains says so too.
    await mirror(forker, 3);
  });

  it("shows who else an account is confirmed for, the newest first, until that ends", async () => {
    const people = [somebody(), somebody(), somebody(), somebody()];
    const [oldest, away, renamed, nobody] = people as [Person, Person, Person, Person];
    const account = accountIdOf(oldest);
    const first = github(oldest, "disputed", undefined, account);
    const second = github(away, "disputed", undefined, "424242");
    // The same account under its next name, and a claim, which is nobody's word but the claimant's.
    const third = github(renamed, "disputed-renamed", undefined, account);
    await append(world.test, [first, claim(nobody, { platform: "github", identity: "disputed" })]);
    await world.away.anvil.provider.send("evm_increaseTime", [60]);
    await appendAway(world.away, second);
    await indexed(away, 0, 1);
    await append(world.test, [third]);

    const disputes = async () => {
      const ids = [...(await proofsOf("disputed")), ...(await proofsOf("disputed-renamed"))];
      return new Map(
        ids.map(({ avatar, proofs }) => [avatar, proofs[0]!.disputed_by as { avatar: string; link_id: string }[]]),
      );
    };
    const found = await disputes();
    const keyOf = ({ key }: Person) => key.compressed;
    expect([...found.keys()]).to.have.members([oldest, away, renamed].map(keyOf));
    expect(found.get(keyOf(oldest))!.map(({ link_id }) => link_id)).to.deep.equal([second.id, third.id]);
    expect(found.get(keyOf(away))!.map(({ avatar }) => avatar)).to.deep.equal([keyOf(oldest)]);
    expect(found.get(keyOf(renamed))!.map(({ avatar }) => avatar)).to.deep.equal([keyOf(oldest)]);

    const { platform, identity } = second.link;
    await appendAway(world.away, claim(away, { action: "delete", platform, identity, after: second }));
    await indexed(away, 0, 2);
    expect((await disputes()).get(keyOf(oldest))!.map(({ link_id }) => link_id)).to.deep.equal([third.id]);
  });

  it("goes on with one chain while the other's RPC is away, and catches up when it is back", async () => {
    const { rpc } = world;
    const [here, there] = [somebody(), somebody()];
    const link = github(there, "while-away");
    const [straight] = [rpc.tamper];
    rpc.tamper = () => {
      throw new Error("the server is away");
    };
    try {
      await appendAway(world.away, link);
      const asked = rpc.calls.length;
      await append(world.test, [github(here, "while-other-away")]);
      await indexed(here, 1, 0);
      await until(() => Promise.resolve(rpc.calls.length > asked));
      expect((await chainOf(there)).chains).to.deep.equal([]);
    } finally {
      rpc.tamper = straight;
    }
    expect((await indexed(there, 0, 1)).proof_chain.map(({ link_id }) => link_id)).to.deep.equal([link.id]);
  });

  it("has all of both chains after it was killed, with links on both meanwhile", async () => {
    const { stack } = world.test;
    const avatar = somebody();
    const first = github(avatar, "killed-first");
    const second = github(avatar, "killed-second", first);
    await appendAway(world.away, first);
    const appended = append(world.test, [first]);
    await stack.indexer.kill();
    await appendAway(world.away, second);
    await stack.startIndexer();
    await appended;
    await append(world.test, [second]);
    const { proof_chain, forks } = await indexed(avatar, 2, 2);
    expect(proof_chain.map(({ chains }) => chains)).to.deep.equal([
      [HOME, AWAY],
      [HOME, AWAY],
    ]);
    expect(forks).to.deep.equal([]);
  });
});
