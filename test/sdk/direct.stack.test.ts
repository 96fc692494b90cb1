import { Avatar, DirectRegistry, Syngraph, TrustError } from "@syngraph/sdk";
import { expect } from "chai";
import { Wallet, parseEther, toQuantity } from "ethers";

import { PageWallet } from "../helpers/pageWallet.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

const GIST = "d1ec7d1ec7d1ec7d1ec7d1ec7d1ec7d1";

describe("DirectRegistry with attestations from an API", function () {
  this.timeout(120_000);
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  it("brings an account on chain that attesters saw, past the API's own queue", async () => {
    const user = Wallet.createRandom();
    await test.provider.send("anvil_setBalance", [user.address, toQuantity(parseEther("1"))]);
    const page = new PageWallet(user, { 31337: test.stack.rpcUrl });
    try {
      const syngraph = new Syngraph({ api: test.stack.apiUrl });
      const avatar = Avatar.create();
      const login = `direct-${user.address.slice(2, 10).toLowerCase()}`;
      const binding = await syngraph.bind(avatar, { platform: "github", identity: login });
      const { contents, file } = binding.publishing!.post;
      test.github.publish(GIST, { owner: { login, id: 815 }, files: { [file!]: contents.default! } });
      binding.published(GIST);

      const registry = await DirectRegistry.connect(page, {
        registry: await test.registry.getAddress(),
        chainId: 31337,
      });
      const attestations = await binding.attestations();
      expect((await registry.estimate(binding)).outcome).to.equal("claimed");
      expect((await registry.estimate(binding, attestations!)).outcome).to.equal("confirmed");
      const altered = await registry
        .estimate(binding, { ...attestations!, link_id: `0x${"11".repeat(32)}` })
        .catch((error: unknown) => error);
      expect(altered).to.be.instanceOf(TrustError);
      const included = await (await registry.submit(binding, attestations!)).wait();
      expect(included).to.include({ linkId: binding.linkId, status: "confirmed" });
      expect(await test.registry.isBound(avatar.address, "github", login)).to.equal(true);
      // The API sent nothing: it does not know of a submission.
      const asked = await fetch(`${test.stack.apiUrl}/v1/submissions/${binding.link.uuid}`);
      expect(asked.status).to.equal(404);
    } finally {
      page.close();
    }
  });
});
