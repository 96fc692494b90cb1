import {
  ATTESTER_REGISTRY_ABI,
  type Finding,
  STATUSES,
  findingsDigest,
  bindingKey,
  findingHash,
  packAttestations,
  packList,
  recoverListAttester,
  recoverWitnesses,
  unpackList,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import {
  AbiCoder,
  Contract,
  NonceManager,
  SigningKey,
  Wallet,
  concat,
  keccak256,
  parseEther,
  toUtf8Bytes,
} from "ethers";

import { readDeployments } from "../../scripts/lib/deploy.ts";
import { readArtifact } from "../../scripts/lib/artifacts.ts";
import type { AttesterRegistry, ProofRegistry } from "../../types/ethers-contracts/index.ts";
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
import { rowsOf } from "../api/proofs.ts";
import { type Person, type SignedLink, withoutKey } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

/** anvil's first published key: the admin of the local chain. */
const ADMIN = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** A list in a row of `indexer.findings_attested`, as far as it is looked at. */
interface StoredList {
  logIndex: number;
  findings: string[];
  attestations: string;
}

/** A row of `indexer.binding`, as far as it is looked at. */
interface BindingRow {
  status: string;
  link: string;
  account_id: string;
  proof_location: string;
  as_of: number;
  attesters: string[];
  attestations: string;
  transaction_hash: string;
  log_index: number;
}

/** What a list says of a link that is confirmed. */
const findingOf = ({ id }: SignedLink, accountId: string): Finding => ({ linkId: id, found: true, accountId });

/** Says whose it is, and leaves the rest to a list. */
const bare = (accountId: string) => () => packAttestations(accountId, []);

describe("indexer: what attesters say", () => {
  /** Two attesters, one who was, and one who never was: with money to speak for themselves. */
  const [second, retired, stranger] = [somebody(), somebody(), somebody()];
  let test: TestStack;
  let registry: ProofRegistry;
  let attesters: AttesterRegistry;
  let manager: Contract;
  before(async () => {
    test = await sharedStack();
    registry = await strangersRegistry(test);
    const [deployment] = await readDeployments(test.stack.deploymentsDir);
    const { contracts } = deployment!;
    const admin = new NonceManager(new Wallet(ADMIN, test.provider));
    const { abi } = await readArtifact("AccessManager");
    manager = new Contract(contracts.AccessManager.address, abi, admin);
    const { address } = contracts.AttesterRegistry;
    attesters = new Contract(address, ATTESTER_REGISTRY_ABI, admin) as unknown as AttesterRegistry;
    await mined(test, (await attesters.addAttester(second.address, "https://second.example", "{}")).hash);
    await mined(test, (await attesters.addAttester(retired.address, "https://retired.example", "")).hash);
    await mined(test, (await admin.sendTransaction({ to: second.address, value: parseEther("1") })).hash);
    const secondsOwn = attesters.connect(new Wallet(second.privateKey, test.provider));
    await mined(test, (await secondsOwn.setProfile("https://moved.example", "peer")).hash);
    await mined(test, (await attesters.setQuorum("quorate", 2)).hash);
    await mined(test, (await attesters.setQuorum("quorate", 3)).hash);
    await indexed(test, (await attesters.removeAttester(retired.address)).hash);
  });

  const rows = <Row>(sql: string, ...values: unknown[]) => rowsOf<Row>(test.stack.databaseUrl, sql, values);

  async function bindingOf({ link }: SignedLink, { address }: Person): Promise<BindingRow> {
    const key = bindingKey(address, link.platform, link.identity);
    const [row] = await rows<BindingRow>("SELECT * FROM indexer.binding WHERE key = $1", key);
    return row!;
  }

  /** Makes a claim that says nothing of attesters. */
  async function makeClaim(person: Person, identity: string): Promise<SignedLink> {
    const link = claim(person, { platform: "github", identity, createdAt: now() - 1000, proofLocation: "first" });
    await append(test, [link]);
    return link;
  }

  /** Expects the index to say of a binding what the contract says, and who brought it there. */
  async function expectAsOnChain(link: SignedLink, person: Person, status: string, by: Person[]): Promise<BindingRow> {
    const row = await bindingOf(link, person);
    const { platform, identity } = link.link;
    const [onChain, asOf, created] = await test.registry.statusOf(person.address, platform, identity);
    expect([row.status, STATUSES[Number(onChain)]]).to.deep.equal([status, status]);
    expect(row.as_of, "as_of").to.equal(Number(asOf));
    expect(row.link.slice(0, 50)).to.equal(created);
    expect(row.attesters).to.have.members(by.map(({ wallet }) => wallet));
    return row;
  }

  /** Who signed the list that a binding rests on, told from the tables alone. */
  async function listSigners(row: BindingRow, finding: Finding): Promise<string[]> {
    const [{ lists }] = (await rows<{ lists: StoredList[] }>(
      "SELECT lists FROM indexer.findings_attested WHERE transaction_hash = $1",
      row.transaction_hash,
    )) as [{ lists: StoredList[] }];
    const list = lists.findLast(({ logIndex }) => logIndex < row.log_index)!;
    expect(list.findings).to.include(findingHash(finding));
    return unpackList(list.attestations).map((signed) => recoverListAttester(list.findings, signed).toLowerCase());
  }

  it("outlives what governance may write that is no text for a database", async () => {
    await mined(test, (await attesters.setQuorum("a\0b", 2)).hash);
    await mined(test, (await attesters.setQuorum("x".repeat(4_000), 2)).hash);
    await indexed(test, (await manager.labelRole!(7n, "a\0b")).hash);
    const named = await rows(
      "SELECT platform FROM indexer.quorum WHERE platform IN ('a', 'ab') OR length(platform) > 100",
    );
    expect(named).to.deep.equal([]);
    const labels = await rows<{ values: { label: string } }>(
      "SELECT values FROM indexer.governance WHERE event = 'RoleLabel' ORDER BY block_number DESC LIMIT 1",
    );
    expect(labels[0]!.values.label).to.equal("a\0b");
  });

  it("knows who may attest, where they are, and how many must", async () => {
    const found = await rows("SELECT * FROM indexer.attester WHERE address = ANY($1) ORDER BY endpoint", [
      ATTESTER.wallet,
      second.wallet,
      retired.wallet,
    ]);
    expect(found).to.deep.equal([
      { chain_id: 31337, address: retired.wallet, active: false, endpoint: "", metadata: "" },
      { chain_id: 31337, address: ATTESTER.wallet, active: true, endpoint: test.stack.apiUrl, metadata: "" },
      { chain_id: 31337, address: second.wallet, active: true, endpoint: "https://moved.example", metadata: "peer" },
    ]);
    const [quorum] = await rows("SELECT platform, quorum FROM indexer.quorum WHERE platform = 'quorate'");
    expect(quorum).to.deep.equal({ platform: "quorate", quorum: 3 });
  });

  it("dates a confirmation by its attesters, whatever later time a stranger or a retired one adds", async () => {
    const person = somebody();
    const link = await makeClaim(person, "idx-dated");
    const statement = { linkId: link.id, found: true, accountId: "51" };
    const words = [
      [ATTESTER, now() - 100],
      [second, now() - 50],
      [retired, now() + 300],
      [stranger, now() + 600],
    ] as const;
    const key = bindingKey(person.address, "github", "idx-dated");
    const { hash } = await registry.confirm(key, link.id, "", saidBy(statement, words));
    await indexed(test, hash);
    const row = await expectAsOnChain(link, person, "confirmed", [ATTESTER, second]);
    expect(row).to.include({ account_id: "51", proof_location: "first", transaction_hash: hash });
    const witnesses = recoverWitnesses(statement, row.attestations).map(({ attester }) => attester.toLowerCase());
    expect(witnesses).to.include.members(row.attesters);
  });

  it("follows suspension and reinstatement, counting only what is newer than the status", async () => {
    const person = somebody();
    const link = attested(person, { platform: "github", identity: "idx-turned", accountId: "52" });
    await append(test, [link]);
    const { as_of } = await expectAsOnChain(link, person, "confirmed", [ATTESTER]);
    const key = bindingKey(person.address, "github", "idx-turned");

    const gone = { linkId: link.id, found: false, accountId: "" };
    const suspension = [
      [ATTESTER, as_of + 10],
      [second, as_of],
      [retired, as_of + 400],
      [stranger, as_of + 500],
    ] as const;
    const suspended = await registry.suspend(key, link.id, saidBy(gone, suspension));
    await indexed(test, suspended.hash);
    const row = await expectAsOnChain(link, person, "suspended", [ATTESTER]);
    expect(row).to.include({ as_of: as_of + 10, account_id: "52" });

    const back = { linkId: link.id, found: true, accountId: "53" };
    const reinstatement = [
      [second, as_of + 20],
      [ATTESTER, as_of + 5],
      [stranger, as_of + 500],
    ] as const;
    const reinstated = await registry.reinstate(key, link.id, saidBy(back, reinstatement));
    await indexed(test, reinstated.hash);
    const again = await expectAsOnChain(link, person, "confirmed", [second]);
    expect(again).to.include({ as_of: as_of + 20, account_id: "53" });
  });

  it("reads an account id that is no text, claimed or confirmed, and goes on", async () => {
    const person = somebody();
    const noText = "0xc300";
    const account = concat(["0x02", noText]);
    const proof = concat([account, listSaidBy([], [[stranger, now()]])]);
    const link = claim(person, { platform: "github", identity: "idx-no-text", attested: () => proof });
    await append(test, [link]);
    const claimed = await expectAsOnChain(link, person, "claimed", []);
    expect(claimed).to.include({ account_id: "", attestations: "0x" });
    const [stored] = await rows("SELECT account_id, proof FROM indexer.link WHERE id = $1", link.id);
    expect(stored).to.deep.equal({ account_id: "", proof });

    // No library signs such a finding, but a key can.
    const type = keccak256(toUtf8Bytes("Finding(bytes32 linkId,bool found,string accountId)"));
    const words = ["bytes32", "bytes32", "bool", "bytes32"];
    const values = [type, link.id, true, keccak256(noText)];
    const findings = [keccak256(AbiCoder.defaultAbiCoder().encode(words, values))];
    const checkedAt = now() - 10;
    const { serialized: signature } = new SigningKey(ATTESTER.privateKey).sign(findingsDigest(findings, checkedAt));
    const key = bindingKey(person.address, "github", "idx-no-text");
    const entry = { bindingKey: key, linkId: link.id, proofLocation: "", account, index: 0 };
    const { hash } = await registry.confirmBatch([entry], findings, packList([{ checkedAt, signature }]));
    await indexed(test, hash);
    await expectAsOnChain(link, person, "confirmed", [ATTESTER]);
  });

  describe("of a list", () => {
    it("takes the time and the attesters of the list in front, also of two in one transaction", async () => {
      const people = [somebody(), somebody()] as const;
      const links = [await makeClaim(people[0], "idx-list-a"), await makeClaim(people[1], "idx-list-b")] as const;
      const findings = links.map((link, index) => findingOf(link, String(60 + index)));
      const words = [
        [
          [ATTESTER, now() - 300],
          [stranger, now() + 500],
        ],
        [
          [second, now() - 200],
          [ATTESTER, now() - 250],
          [retired, now() + 500],
        ],
      ] as const;
      const calls = links.map(({ id, link }, index) =>
        test.registry.interface.encodeFunctionData("confirmBatch", [
          [
            {
              bindingKey: bindingKey(people[index]!.address, link.platform, link.identity),
              ...{ linkId: id, proofLocation: `seen-${index}`, index: 0 },
              account: packAttestations(findings[index]!.accountId, []),
            },
          ],
          [findingHash(findings[index]!)],
          listSaidBy([findings[index]!], words[index]!),
        ]),
      );
      // The admin's AccessManager can call anything, several times at once.
      const target = await test.registry.getAddress();
      const executions = calls.map((call) => manager.interface.encodeFunctionData("execute", [target, call]));
      const { hash } = await manager.getFunction("multicall").send(executions);
      await indexed(test, hash);

      const first = await expectAsOnChain(links[0], people[0], "confirmed", [ATTESTER]);
      const last = await expectAsOnChain(links[1], people[1], "confirmed", [ATTESTER, second]);
      expect(first).to.include({ account_id: "60", proof_location: "seen-0", transaction_hash: hash });
      expect(last).to.include({ account_id: "61", proof_location: "seen-1", transaction_hash: hash });
      expect(last.as_of - first.as_of).to.equal(100);
      expect(await listSigners(first, findings[0]!)).to.have.members([ATTESTER.wallet, stranger.wallet]);
      const signers = [ATTESTER.wallet, second.wallet, retired.wallet];
      expect(await listSigners(last, findings[1]!)).to.have.members(signers);
    });

    it("takes those of a batch of links, where a link that nobody listed stays a claim", async () => {
      const person = somebody();
      const one = claim(person, { platform: "github", identity: "idx-batch-a", attested: bare("71") });
      const two = claim(person, { platform: "dns", identity: "idx-batch-b.example", after: one });
      const three = claim(person, { platform: "quorate", identity: "idx-batch-c", after: two, attested: bare("73") });
      const findings = [findingOf(one, "71"), findingOf(three, "73")];
      const said = listSaidBy(findings, [
        [ATTESTER, now() - 30],
        [second, now() - 40],
        [stranger, now() + 500],
      ]);
      const submissions = [one.submission, withoutKey(two.submission), withoutKey(three.submission)];
      const { hash } = await registry.appendBatch(submissions, said);
      await indexed(test, hash);
      const row = await expectAsOnChain(one, person, "confirmed", [ATTESTER, second]);
      expect(row).to.include({ account_id: "71" });
      expect(await listSigners(row, findings[0]!)).to.include.members([ATTESTER.wallet, second.wallet]);
      await expectAsOnChain(two, person, "claimed", []);
      // On this platform three have to.
      expect(await expectAsOnChain(three, person, "claimed", [])).to.include({ account_id: "", attestations: "0x" });
    });
  });

  describe("of nobody", () => {
    it("keeps whom a wallet names as its avatar, until it takes that back", async () => {
      const [person, wallet] = [somebody(), somebody()];
      const link = claim(person, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
      await append(test, [link]);
      const row = await expectAsOnChain(link, person, "confirmed", []);
      expect(row).to.include({ as_of: link.link.createdAt, account_id: "", attestations: "0x" });
      const payer = await test.provider.getSigner(6);
      await mined(test, (await payer.sendTransaction({ to: wallet.address, value: parseEther("1") })).hash);
      const own = test.registry.connect(new NonceManager(new Wallet(wallet.privateKey, test.provider)));
      const named = () => rows("SELECT avatar FROM indexer.reverse_record WHERE wallet = $1", wallet.wallet);
      await indexed(test, (await own.setAvatar(person.address)).hash);
      expect(await named()).to.deep.equal([{ avatar: person.wallet }]);
      await indexed(test, (await own.setAvatar(`0x${"00".repeat(20)}`)).hash);
      expect(await named()).to.deep.equal([]);
      await indexed(test, (await own.setAvatar(`0x${"00".repeat(20)}`)).hash);
      expect(await named()).to.deep.equal([]);
    });
  });
});
