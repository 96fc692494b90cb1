import { expect } from "chai";

import { attest, person, signLink, withoutKey } from "../helpers/contractLinks.ts";
import { LATEST, append, attester, lengthOf, statusOf, useMirrorWorld } from "../helpers/mirrorWorld.ts";

const alice = person("alice");
const bob = person("bob");
const wallet = person("wallet");

const attested = (linkId: string) => attest([attester], { linkId, accountId: "7" });

describe("npm run mirror", () => {
  const world = useMirrorWorld(8453, 42161, 10);

  it("replays chains with their proofs, twice changes nothing, and on to a third chain and back", async () => {
    const [base, arbitrum, optimism] = world.chains as [never, never, never];
    const first = signLink(alice, { platform: "github", identity: "alice", attested, proofLocation: "5b3acc09" });
    const second = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: first });
    const third = signLink(alice, { platform: "dns", identity: "alice.example", after: second });
    const fourth = signLink(alice, { action: "delete", platform: "github", identity: "alice", after: third });
    const other = signLink(bob, { platform: "github", identity: "bob", attested });
    third.submission = withoutKey(third.submission);
    await append(base, first, other, second, third, fourth);

    const dry = await world.mirror(base, arbitrum, [...LATEST, "--dry-run"]);
    expect(dry).to.include({ code: 0, stderr: "", sent: 0 });
    const run = await world.mirror(base, arbitrum);
    expect(run).to.include({ code: 0, stderr: "", sent: 1 });
    const lines = [`mirrored  ${alice.key.compressed}: 4 links`, `mirrored  ${bob.key.compressed}: 1 link`];
    for (const { stdout } of [dry, run]) {
      expect(stdout.split("\n").filter((line) => line.startsWith("mirrored"))).to.deep.equal(lines);
    }
    expect(run.stdout).to.include("2 avatars: 5 links; 1 transaction; 0 forks; 0 refused; 0 untrusted;");

    const again = await world.mirror(base, arbitrum);
    expect(again).to.include({ code: 0, sent: 1 });
    expect(again.stdout).to.include("2 avatars: nothing to do; 0 transactions");
    expect(await world.mirror(arbitrum, optimism)).to.include({ code: 0, sent: 1 });
    expect(await world.mirror(optimism, base)).to.include({ code: 0, sent: 0 });

    for (const chain of [arbitrum, optimism]) {
      expect(await lengthOf(chain, alice)).to.equal(4);
      expect(await statusOf(chain, alice, first)).to.equal("deleted");
      expect(await statusOf(chain, alice, second)).to.equal("confirmed");
      expect(await statusOf(chain, alice, third)).to.equal("claimed");
      expect(await statusOf(chain, bob, other)).to.equal("confirmed");
    }
  });
});
