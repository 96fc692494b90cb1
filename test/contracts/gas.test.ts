import { expect } from "chai";

import { type Measurements, measureContracts } from "../helpers/contractGas.ts";
import { readSnapshot } from "../helpers/snapshot.ts";

/** What an operation, or a link of a batch, may cost in gas of L2 execution. */
const BARS: Readonly<Record<string, number>> = {
  "first link": 100_000,
  "next link": 88_000,
  "wallet create": 95_000,
  delete: 55_000,
  confirm: 45_000,
  "first link of each of 100 avatars, in a batch": 72_000,
  "next link of each of 100 avatars, in a batch": 58_000,
  "100 links of one avatar, in a batch": 58_000,
};

/** How far a figure may be from the snapshot's. */
const TOLERANCE = 0.01;

describe("gas of the contracts", () => {
  let measured: Measurements;
  /** Of one link, or of whatever else it is. */
  let each: Record<string, number>;

  before(async function () {
    this.timeout(120_000);
    measured = await measureContracts();
    each = Object.fromEntries(
      Object.entries(measured).map(([what, { gas, count }]) => [what, Math.round(gas / count)]),
    );
    console.table(
      Object.fromEntries(Object.entries(each).map(([what, gas]) => [what, { gas, bar: BARS[what] ?? "" }])),
    );
  });

  for (const [what, bar] of Object.entries(BARS)) {
    it(`of ${what} is at most ${bar}`, () => {
      expect(each[what]).to.be.at.most(bar);
    });
  }

  it(`is within ${TOLERANCE * 100} % of the snapshot`, async () => {
    const snapshot = await readSnapshot("contracts/gas.snapshot.json", each);
    expect(Object.keys(each)).to.have.members(Object.keys(snapshot));
    const drifted = Object.entries(snapshot)
      .map(([what, before]) => ({ what, before, now: each[what]! }))
      .filter(({ before, now }) => Math.abs(now - before) > before * TOLERANCE);
    expect(drifted, "UPDATE_SNAPSHOTS=1 writes the snapshot anew").to.deep.equal([]);
  });
});
