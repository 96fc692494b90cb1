import { type SignedAttestation, packAttestations, recoverWitnesses, signAttestation } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, id } from "ethers";

import { tellBatch } from "../../indexer/batches.ts";
import { type Statement, recoverAhead, witnessesOf } from "../../indexer/witnesses.ts";

const ATTESTERS = [Wallet.createRandom(), Wallet.createRandom()];
/** As many as make a thread worth its start, and some that do not fill a piece. */
const MANY = 607;

function statement(number: number, found = number % 3 > 0): Statement {
  const linkId = id(`link ${number}`);
  const accountId = String(number);
  const attestations = ATTESTERS.map(({ privateKey }, index): SignedAttestation => {
    const checkedAt = 1_700_000_000 + number + index;
    return { checkedAt, signature: signAttestation(privateKey, { linkId, found, accountId, checkedAt }) };
  });
  return { linkId, found, said: packAttestations(accountId, attestations) };
}

const announced = (batch: readonly Statement[]) =>
  tellBatch(batch.map((args) => ({ eventCallback: { name: "Test:Said" }, event: { args } })));

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as Error).message;
  }
}

describe("indexer: who signed, recovered beforehand", () => {
  let statements: Statement[];
  before(() => {
    statements = Array.from({ length: MANY }, (_, number) => statement(number));
    recoverAhead(({ eventCallback, event }) =>
      eventCallback.name === "Test:Said" ? (event.args as Statement) : undefined,
    );
  });
  after(() => announced([]));

  it("is what is recovered when it is asked for", async () => {
    announced(statements);
    for (const asked of statements) {
      const witnesses = await witnessesOf(asked);
      expect(witnesses).to.deep.equal(recoverWitnesses(asked, asked.said));
      expect(witnesses.map(({ attester }) => attester)).to.deep.equal(ATTESTERS.map(({ address }) => address));
      // Once, and not anew with each question.
      expect(await witnessesOf(asked)).to.equal(witnesses);
    }
  });

  it("is nobody's who signed something else of the same link", async () => {
    announced(statements);
    const [first, second] = statements as [Statement, Statement];
    for (const forged of [
      { ...second, found: !second.found },
      { ...second, said: first.said },
      { ...first, linkId: second.linkId },
    ]) {
      const witnesses = await witnessesOf(forged);
      expect(witnesses).to.deep.equal(recoverWitnesses(forged, forged.said));
      for (const { address } of ATTESTERS) expect(witnesses.map(({ attester }) => attester)).not.to.include(address);
    }
  });

  it("says of what is no attestation what is wrong, and recovers the others beside it", async () => {
    const broken = [
      { ...statements[7]!, said: "0x" },
      { ...statements[8]!, said: "0x0130ff" },
      { ...statements[9]!, said: statements[9]!.said.replace(/.{130}$/, "f".repeat(130)) },
    ];
    announced([...statements.slice(0, 7), ...broken, ...statements.slice(10)]);
    for (const it of broken) {
      const expected = outcome(() => recoverWitnesses(it, it.said));
      const given = await witnessesOf(it).catch((error: Error) => error.message);
      expect(given).to.equal(expected).and.to.be.a("string");
    }
    expect(await witnessesOf(statements[6]!)).to.have.length(2);
    expect(await witnessesOf(statements[10]!)).to.have.length(2);
  });

  it("holds for the batch that was announced, and of a few is recovered where it is asked for", async () => {
    announced(statements.slice(0, 5));
    for (const asked of statements.slice(0, 10)) {
      const witnesses = await witnessesOf(asked);
      expect(witnesses).to.have.length(2);
      expect(await witnessesOf(asked)).not.to.equal(witnesses);
    }
  });
});
