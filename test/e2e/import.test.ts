import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { parsePublicKey, parseSignature, recoverPublicKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { get } from "../helpers/api.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { REAL_CHAINS, expectEnd } from "../sdk/importRuns.ts";
import { startScript } from "../sdk/runCli.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/import.ts", import.meta.url));

interface ArweaveDocument {
  avatar: string;
  platform: string;
  identity: string;
  proof_location: string;
  created_at: string;
  signature: string;
  signature_payload: string;
  uuid: string;
}

describe("npm run import over the whole registry", () => {
  let test: TestStack;
  let documents: ArweaveDocument[];
  before(async () => {
    test = await sharedStack();
    documents = JSON.parse(await readFile(REAL_CHAINS, "utf8"));
  });

  const run = () =>
    startScript(SCRIPT, [REAL_CHAINS, "--rpc", test.stack.rpcUrl], { DEPLOYMENTS_DIR: test.stack.deploymentsDir })
      .finished;

  const chainOf = async (avatar: string) => (await get(test.stack, `/v1/proofchain?avatar=${avatar}`)).body;

  /** How many links of an avatar are in the file. */
  const countOf = (avatar: string) => documents.filter((document) => document.avatar === avatar).length;

  it("makes claims of Next.ID's real chains, and none of it twice", async () => {
    expectEnd(await run(), 0, `${documents.length} appended, 0 already there, 0 refused`);
    const block = await test.provider.getBlockNumber();
    expectEnd(await run(), 0, `0 appended, ${documents.length} already there, 0 refused`);
    expect(await test.provider.getBlockNumber()).to.equal(block);
    for (const { avatar, platform, identity } of documents) {
      const { address } = parsePublicKey(avatar);
      const [status] = await test.registry.statusOf(address, platform, identity);
      expect(status, `${platform} ${identity}`).to.equal(STATUS.claimed);
      expect(await test.registry.isBound(address, platform, identity)).to.equal(false);
      while ((await chainOf(avatar)).pagination.total < countOf(avatar));
    }
  });

  it("shows them in the chain as they were signed: text, signature and what it quotes", async () => {
    for (const document of documents) {
      const { pagination, proof_chain } = await chainOf(document.avatar);
      expect(pagination.total).to.equal(countOf(document.avatar));
      const item = proof_chain.find(({ uuid }: { uuid: string }) => uuid === document.uuid);
      const { platform, identity, proof_location, created_at, signature_payload } = document;
      expect(item).to.include({ platform, identity, proof_location, created_at, signature_payload, status: "claimed" });
      expect(parseSignature(item.signature).canonical).to.equal(parseSignature(document.signature).canonical);
      expect(recoverPublicKey(item.signature_payload, item.signature).compressed).to.equal(document.avatar);
      expect(item.prev).to.equal(JSON.parse(signature_payload).prev);
    }
  });

  it("lets nobody take a claim for a proof", async () => {
    for (const { avatar, platform, identity } of documents) {
      const query = new URLSearchParams({ platform, identity, exact: "true" });
      const avatars = async () =>
        (await get(test.stack, `/v1/proof?${query}`)).body.ids.map((record: { avatar: string }) => record.avatar);
      expect(await avatars()).not.to.include(avatar);
      const exists = await get(test.stack, `/v1/proof/exists?${query}&public_key=${avatar}`);
      expect(exists.status).to.equal(404);
      query.set("status", "any");
      expect(await avatars()).to.include(avatar);
    }
  });
});
