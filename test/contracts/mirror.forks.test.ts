import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { NOW } from "../helpers/contractClock.ts";
import { type SignedLink, attest, person, signLink } from "../helpers/contractLinks.ts";
import {
  LATEST,
  type MirrorChain,
  append,
  attester,
  lengthOf,
  sentTo,
  statusOf,
  useMirrorWorld,
  write,
} from "../helpers/mirrorWorld.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";

const alice = person("alice");
const bob = person("bob");
const attested = (linkId: string) => attest([attester], { linkId });

/** A chain of claims of alice's, each with this identity. */
function chainOf(identities: readonly string[], after?: SignedLink): SignedLink[] {
  const links: SignedLink[] = [];
  for (const identity of identities) {
    const last = links.at(-1) ?? after;
    links.push(signLink(alice, { platform: "github", identity, attested, ...(last ? { after: last } : {}) }));
  }
  return links;
}

describe("npm run mirror, where chains fork", () => {
  const world = useMirrorWorld(8453, 42161);
  let base: MirrorChain;
  let arbitrum: MirrorChain;
  beforeEach(() => ([base, arbitrum] = world.chains as [MirrorChain, MirrorChain]));

  it("says where, sends nothing behind it, lets a revocation in front of it travel, and mirrors the others", async () => {
    const [common] = chainOf(["alice"]) as [SignedLink];
    const here = chainOf(["here", "further"], common);
    const there = chainOf(["there"], common);
    const other = signLink(bob, { platform: "github", identity: "bob", attested });
    await append(base, common, ...here, other);
    await append(arbitrum, common, ...there);
    const gone = attest([attester], { linkId: common.id, found: false, checkedAt: NOW + 60 });
    await write(base.registry, "suspend", bindingKey(alice.address, "github", "alice"), common.id, gone);

    const line = `fork      ${alice.key.compressed}: link 2 is ${here[0]!.id} on base (8453), but ${there[0]!.id} on arbitrum (42161)\n`;
    const dry = await world.mirror(base, arbitrum, [...LATEST, "--dry-run"]);
    expect(dry).to.include({ code: 3, sent: 0 });
    expect(dry.stdout).to.include(line);
    const { code, stdout, sent } = await world.mirror(base, arbitrum);
    expect(code).to.equal(3);
    expect(stdout).to.include(line);
    expect(stdout).to.include(`mirrored  ${alice.key.compressed}: 1 suspension\n`);
    expect(stdout).to.include(`mirrored  ${bob.key.compressed}: 1 link\n`);
    expect(stdout).to.include("; 1 fork; 0 refused; 0 untrusted; 0 bindings differ\n");
    expect(await lengthOf(arbitrum, alice)).to.equal(2);
    expect(await statusOf(arbitrum, alice, common)).to.equal("suspended");
    expect(await statusOf(arbitrum, alice, there[0]!)).to.equal("confirmed");
    expect(await statusOf(arbitrum, alice, here[0]!)).to.equal("none otherwise");
    expect(await world.mirror(base, arbitrum)).to.include({ code: 3, sent });
    // From the other side it is the same.
    const back = await world.mirror(arbitrum, base);
    expect(back).to.include({ code: 3, sent: 0 });
    expect(back.stdout).to.include(`link 2 is ${there[0]!.id} on arbitrum (42161), but ${here[0]!.id} on base (8453)`);
    // Who asks for another avatar only is not told.
    expect(await world.mirror(base, arbitrum, [...LATEST, "--avatar", bob.key.compressed])).to.include({ code: 0 });
    expect(await world.mirror(base, arbitrum, [...LATEST, "--avatar", alice.address])).to.include({ code: 3 });
  });

  it("finds forks at the first link, and where the target has gone further", async () => {
    await append(base, ...chainOf(["one"]), signLink(bob, { platform: "github", identity: "bob" }));
    await append(arbitrum, ...chainOf(["another", "and", "more"]));
    const { code, stdout } = await world.mirror(base, arbitrum);
    expect(code).to.equal(3);
    expect(stdout).to.match(/^fork {6}0x\w+: link 1 is /m);
    expect(await lengthOf(arbitrum, alice)).to.equal(3);
    expect(await lengthOf(arbitrum, bob)).to.equal(1);
  });

  it("does not take a target that is ahead for a fork", async () => {
    const [first, second] = chainOf(["alice", "second"]) as [SignedLink, SignedLink];
    const end = signLink(alice, { action: "delete", platform: "github", identity: "alice", after: second });
    await append(base, first);
    await append(arbitrum, first, second, end);
    const { code, stdout, sent } = await world.mirror(base, arbitrum);
    expect({ code, sent }).to.deep.equal({ code: 0, sent: 0 });
    expect(stdout).to.include(`ahead     ${alice.key.compressed}: arbitrum (42161) has 2 links more\n`);
    expect(stdout).to.include("0 forks; 0 refused; 0 untrusted; 0 bindings differ\n");
    expect(await statusOf(arbitrum, alice, first)).to.equal("deleted");
  });

  describe("that somebody makes while it runs", () => {
    let proxy: RpcProxy;
    beforeEach(async () => {
      proxy = await RpcProxy.start(arbitrum.anvil.url);
    });
    afterEach(() => proxy.stop());

    /** Appends links to the target in front of the mirror's first transaction. */
    function mirrorBehind(links: readonly SignedLink[]) {
      let first = true;
      proxy.tamper = async ({ method }, ask) => {
        if (method === "eth_sendRawTransaction" && first) {
          first = false;
          await append(arbitrum, ...links);
        }
        return ask();
      };
      return world.mirror(base, arbitrum, LATEST, { RPC_URL_42161: proxy.url });
    }

    it("tells it from somebody who brings the same links", async () => {
      const links = chainOf(["a", "b", "c"]);
      await append(base, ...links);
      // Without their proofs.
      const stripped = links.slice(0, 2).map((link) => ({ ...link, submission: { ...link.submission, proof: "0x" } }));
      const { code, stdout, stderr } = await mirrorBehind(stripped);
      expect({ code, stderr }, stdout).to.deep.equal({ code: 0, stderr: "" });
      expect(await lengthOf(arbitrum, alice)).to.equal(3);
      for (const link of links) expect(await statusOf(arbitrum, alice, link)).to.equal("confirmed");
    });

    it("reports it, and goes on with the others", async () => {
      await append(base, ...chainOf(["a", "b"]), signLink(bob, { platform: "github", identity: "bob" }));
      const { code, stdout } = await mirrorBehind(chainOf(["mine"]));
      expect(code, stdout).to.equal(3);
      expect(await lengthOf(arbitrum, alice)).to.equal(1);
      expect(await lengthOf(arbitrum, bob)).to.equal(1);
      expect(await sentTo(arbitrum)).to.equal(1);
    });
  });
});
