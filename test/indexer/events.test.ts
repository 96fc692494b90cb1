import { STATE_ANCHOR_ABI, bindingKey, findingHash, packAttestations, signAnchor } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Contract, NonceManager, Wallet, id, parseEther } from "ethers";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { type Deployment, readDeployments } from "../../scripts/lib/deploy.ts";
import type { AccessManager, StateAnchor } from "../../types/ethers-contracts/index.ts";
import { rowsOf } from "../api/proofs.ts";
import {
  ATTESTER,
  append,
  attested,
  claim,
  indexed,
  listSaidBy,
  mined,
  now,
  saidBy,
  somebody,
  strangersRegistry,
} from "../api/stranger.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

/** anvil's first published key: the admin of the local chain. */
const ADMIN = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** A role that nothing uses, and who has it. */
const ROLE = 77n;
const MEMBERS = "SELECT account, delay FROM indexer.role_member WHERE role = $1";

describe("indexer: events", () => {
  let test: TestStack;
  let contracts: Deployment["contracts"];
  before(async () => {
    test = await sharedStack();
    contracts = (await readDeployments(test.stack.deploymentsDir))[0]!.contracts;
  });

  const rows = <Row>(sql: string, ...values: unknown[]) => rowsOf<Row>(test.stack.databaseUrl, sql, values);

  describe("of bindings that attesters turn", () => {
    it("leaves a row for each turn, with what was said, beside where the binding stands", async () => {
      const registry = await strangersRegistry(test);
      const [owner, stranger] = [somebody(), somebody()];
      const link = claim(owner, { platform: "github", identity: "evt-turned", createdAt: now() - 1000 });
      await append(test, [link]);
      const key = bindingKey(owner.address, "github", "evt-turned");
      const say = (found: boolean, accountId: string, checkedAt: number) =>
        saidBy({ linkId: link.id, found, accountId }, [
          [ATTESTER, checkedAt],
          [stranger, checkedAt + 500],
        ]);
      const times = [now() - 90, now() - 60, now() - 30] as const;
      const words = [say(true, "81", times[0]), say(false, "", times[1]), say(true, "82", times[2])] as const;
      const hashes: string[] = [];
      for (const { hash } of [
        await registry.confirm(key, link.id, "evt-place", words[0]),
        await registry.suspend(key, link.id, words[1]),
        await registry.reinstate(key, link.id, words[2]),
      ]) {
        hashes.push(hash);
      }
      await indexed(test, hashes.at(-1)!);
      const found = await rows(
        `SELECT transaction_hash, link, status, account_id, proof_location, as_of, attesters, attestations
         FROM indexer.turn WHERE binding = $1 ORDER BY block_number, log_index`,
        key,
      );
      const common = { link: link.id, attesters: [ATTESTER.wallet] };
      expect(found).to.deep.equal([
        {
          ...{
            ...common,
            transaction_hash: hashes[0],
            status: "confirmed",
            account_id: "81",
            proof_location: "evt-place",
          },
          ...{ as_of: times[0], attestations: words[0] },
        },
        {
          ...{ ...common, transaction_hash: hashes[1], status: "suspended", account_id: "81", proof_location: "" },
          ...{ as_of: times[1], attestations: words[1] },
        },
        {
          ...{ ...common, transaction_hash: hashes[2], status: "confirmed", account_id: "82", proof_location: "" },
          ...{ as_of: times[2], attestations: words[2] },
        },
      ]);
      const [binding] = await rows("SELECT key, status, as_of FROM indexer.binding WHERE avatar = $1", owner.wallet);
      expect(binding).to.deep.equal({ key, status: "confirmed", as_of: times[2] });
    });
  });

  describe("of what was refused", () => {
    it("keeps which link of a batch was, and why, and nothing else of it", async () => {
      const registry = await strangersRegistry(test);
      const [owner, thief] = [somebody(), somebody()];
      const good = claim(owner, { platform: "github", identity: "evt-good" });
      const stolen = claim(thief, { platform: "github", identity: "evt-stolen" });
      // Another text than was signed: it recovers to somebody without links and key.
      const forged = { ...stolen.submission, identity: "evt-forged" };
      const { hash } = await registry.appendBatch([forged, good.submission], "0x");
      await indexed(test, hash);
      const found = await rows("SELECT place, reason FROM indexer.refusal WHERE transaction_hash = $1", hash);
      expect(found).to.deep.equal([{ place: 0, reason: 4 }]);
      const links = await rows("SELECT identity FROM indexer.link WHERE transaction_hash = $1", hash);
      expect(links).to.deep.equal([{ identity: "evt-good" }]);
    });

    it("keeps which confirmation was", async () => {
      const registry = await strangersRegistry(test);
      const owner = somebody();
      const link = attested(owner, { platform: "github", identity: "evt-confirmed", accountId: "83" });
      await append(test, [link]);
      const finding = { linkId: link.id, found: true, accountId: "83" };
      const entry = {
        ...{ bindingKey: id("nobody's"), linkId: link.id, proofLocation: "", index: 0 },
        account: packAttestations(finding.accountId, []),
      };
      const { hash } = await registry.confirmBatch(
        [entry],
        [findingHash(finding)],
        listSaidBy([finding], [[ATTESTER, now()]]),
      );
      await indexed(test, hash);
      const found = await rows("SELECT place, link, reason FROM indexer.refusal WHERE transaction_hash = $1", hash);
      expect(found).to.deep.equal([{ place: 0, link: link.id, reason: null }]);
    });
  });

  describe("of anchors", () => {
    it("keeps each root that an operator stands for, brought by whomever, and none of a stranger's", async () => {
      const stranger = await test.provider.getSigner(5);
      const anchors = new Contract(contracts.StateAnchor.address, STATE_ANCHOR_ABI, stranger) as unknown as StateAnchor;
      const topic = id("evt topic");
      const anchor = { topic, epoch: 2n ** 64n - 1n, root: id("evt root"), uri: "https://one.example/1" };
      const { epoch, root, uri } = anchor;
      const mallory = signAnchor(somebody().privateKey, anchor);
      const refused = await anchors.anchorBySignature.staticCall(topic, epoch, root, uri, mallory).then(
        () => undefined,
        (error: { data: string }) => anchors.interface.parseError(error.data)!.name,
      );
      expect(refused).to.equal("StateAnchorNotOperator");
      const { hash } = await anchors.anchorBySignature(
        topic,
        epoch,
        root,
        uri,
        signAnchor(ATTESTER.privateKey, anchor),
      );
      await indexed(test, hash);
      const found = await rows("SELECT operator, epoch, root, uri FROM indexer.anchor WHERE topic = $1", topic);
      expect(found).to.deep.equal([{ operator: ATTESTER.wallet, epoch: String(epoch), root, uri }]);
    });
  });

  describe("of governance", () => {
    const account = somebody();
    let manager: AccessManager;
    before(async () => {
      const { abi } = await readArtifact("AccessManager");
      const admin = new NonceManager(new Wallet(ADMIN, test.provider));
      manager = new Contract(contracts.AccessManager.address, abi, admin) as unknown as AccessManager;
    });

    it("knows who has a role since the contracts were made, is given one, and loses it", async () => {
      const [first] = await rows(
        "SELECT role FROM indexer.role_member WHERE role = 0 AND account = $1",
        new Wallet(ADMIN).address.toLowerCase(),
      );
      expect(first).to.deep.equal({ role: "0" });
      const longest = 2n ** 32n - 1n;
      await indexed(test, (await manager.grantRole(ROLE, account.address, longest)).hash);
      expect(await rows(MEMBERS, ROLE)).to.deep.equal([{ account: account.wallet, delay: String(longest) }]);
      const { hash } = await manager.revokeRole(ROLE, account.address);
      await indexed(test, hash);
      expect(await rows(MEMBERS, ROLE)).to.deep.equal([]);
      const told = await rows(
        "SELECT contract, event, values FROM indexer.governance WHERE transaction_hash = $1",
        hash,
      );
      expect(told).to.deep.equal([
        {
          contract: contracts.AccessManager.address.toLowerCase(),
          event: "RoleRevoked",
          values: { roleId: String(ROLE), account: account.wallet },
        },
      ]);
    });

    it("follows an operation that is announced, called off, announced again and done", async () => {
      const target = contracts.AccessManager.address;
      // Only who has to announce it can: so this admin has a delay, of a second.
      await mined(test, (await manager.grantRole(0, account.address, 1)).hash);
      const payer = await test.provider.getSigner(6);
      await mined(test, (await payer.sendTransaction({ to: account.address, value: parseEther("1") })).hash);
      const theirs = manager.connect(new NonceManager(new Wallet(account.privateKey, test.provider)));
      const call = manager.interface.encodeFunctionData("labelRole", [ROLE, "evt label"]);
      const standing = () =>
        rows("SELECT status, nonce, target, data FROM indexer.operation WHERE caller = $1", account.wallet);
      const about = { target: target.toLowerCase(), data: call };

      await indexed(test, (await theirs.schedule(target, call, 0)).hash);
      expect(await standing()).to.deep.equal([{ status: "scheduled", nonce: "1", ...about }]);
      await indexed(test, (await theirs.cancel(account.address, target, call)).hash);
      expect(await standing()).to.deep.equal([{ status: "canceled", nonce: "1", ...about }]);
      await indexed(test, (await theirs.schedule(target, call, 0)).hash);
      const [{ executable_at: at }] = (await rows<{ executable_at: string }>(
        "SELECT executable_at FROM indexer.operation WHERE caller = $1",
        account.wallet,
      )) as [{ executable_at: string }];
      // The chain has no block by itself in which the second would have passed.
      await test.provider.send("evm_setNextBlockTimestamp", [Number(at) + 1]);
      const { hash } = await theirs.execute(target, call, { gasLimit: 300_000 });
      await indexed(test, hash);
      expect(await standing()).to.deep.equal([{ status: "executed", nonce: "2", ...about }]);
      const told = await rows<{ event: string }>(
        "SELECT event FROM indexer.governance WHERE transaction_hash = $1",
        hash,
      );
      expect(told.map(({ event }) => event)).to.have.members(["OperationExecuted", "RoleLabel"]);
      await mined(test, (await manager.revokeRole(0, account.address)).hash);
    });
  });
});
