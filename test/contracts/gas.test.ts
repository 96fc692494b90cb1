import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { type LinkFields, attest, person, signLink, signRelease } from "../helpers/contractLinks.ts";
import { NOW } from "../helpers/contractClock.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";

/** Gas of L2 execution that a link with an attestation may cost: an avatar's first, and any later one. */
const MOST_FOR_FIRST_LINK = 110_000n;
const MOST_FOR_NEXT_LINK = 100_000n;

const avatar = person("gas: avatar");
const wallet = person("gas: wallet");
const attester = person("gas: attester");

/** A gist, as Next.ID's proofs have it: a handle of 19 characters, a location of 32, an account id of seven digits. */
const gist = {
  platform: "github",
  identity: "octocat-of-the-deep",
  uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf",
  createdAt: NOW,
  proofLocation: "5b3acc09d25242950e4b7ea0ee707ada",
  accountId: "1191636",
} satisfies LinkFields;

/** The same with an attestation. */
const attestedGist = {
  ...gist,
  attested: (linkId: string) => attest([attester], { linkId, accountId: gist.accountId, checkedAt: NOW }),
};

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<bigint> {
  const receipt = await (await sent).wait();
  return receipt!.gasUsed;
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("gas", () => {
    it("stays below what a link may cost", async () => {
      const { registry } = world();
      await addAttesters(world(), [attester]);
      const first = signLink(avatar, attestedGist);
      const next = signLink(avatar, {
        ...attestedGist,
        identity: "tacocto-of-the-deep",
        uuid: "77f5ccaa-7919-4854-96de-81975f96744a",
        after: first,
      });
      const claim = signLink(avatar, { ...gist, identity: "claimed-by-the-deep", accountId: "", after: next });
      const bind = signLink(avatar, {
        platform: "ethereum",
        identity: wallet.wallet,
        uuid: gist.uuid,
        cosigner: wallet,
        after: claim,
      });
      const remove = signLink(avatar, { ...gist, action: "delete", accountId: "", proofLocation: "", after: bind });

      const gas = {
        "first link": await gasOf(registry.append(first.submission)),
        "next link": await gasOf(registry.append({ ...next.submission, publicKey: "0x" })),
        claim: await gasOf(registry.append({ ...claim.submission, publicKey: "0x" })),
        confirm: await gasOf(
          registry.confirm(
            avatar.address,
            claim.link.platform,
            claim.link.identity,
            claim.id,
            gist.proofLocation,
            gist.accountId,
            attest([attester], { linkId: claim.id, accountId: gist.accountId }),
          ),
        ),
        "wallet create": await gasOf(registry.append(bind.submission)),
        delete: await gasOf(registry.append({ ...remove.submission, publicKey: "0x" })),
        release: await gasOf(registry.release(signRelease(avatar, wallet, { uuid: gist.uuid }))),
      };
      console.table(Object.fromEntries(Object.entries(gas).map(([what, used]) => [what, { gas: Number(used) }])));
      expect(gas["first link"] <= MOST_FOR_FIRST_LINK, `first link: ${gas["first link"]}`).to.equal(true);
      expect(gas["next link"] <= MOST_FOR_NEXT_LINK, `next link: ${gas["next link"]}`).to.equal(true);
    });
  });
});
