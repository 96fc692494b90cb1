import { signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type CheckState, type Outcome, POLICY, STRIKES, judge } from "../../api/checks/outcome.ts";
import { CheckError, type Evidence } from "../../api/platforms/types.ts";
import { newPerson } from "../helpers/api.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const START = 1_790_000_000;

const FRESH: CheckState = {
  ...{ last_checked_at: START, last_confirmed_at: START, strikes: 0, first_failed_at: null, severity: null },
  ...{ reason: "", soft_failures: 0, trouble: "", next_due: START + 3 * DAY },
};

const evidence: Evidence = {
  signature: signText(newPerson().privateKey, "any"),
  ...{ accountId: "1", location: "2", checkedAt: START },
  record: { answers: [], handle: "alice", facts: {}, description: "" },
};
const seen: Outcome = { seen: evidence };
const failed = (...[severity, message, options]: ConstructorParameters<typeof CheckError>): Outcome => ({
  failure: new CheckError(severity, message, options),
});
/** How long it is left alone, in seconds, after it asked for so many. */
const waitAfter = (retryAfter: number) => judge(FRESH, failed("soft", "x", { retryAfter }), START).next_due - START;
const gone = failed("medium", "nothing is there");

describe("what a look at a binding comes to", () => {
  it("is looked at again after three days, not all on one day", () => {
    const dues = Array.from({ length: 500 }, () => judge(FRESH, seen, START).next_due - START);
    for (const due of dues) expect(due).to.be.within(2.7 * DAY, 3.3 * DAY);
    expect(Math.max(...dues) - Math.min(...dues)).to.be.greaterThan(DAY / 4);
  });

  it("counts a failure once, and again only where it lies six hours apart", () => {
    const first = judge(FRESH, gone, START);
    expect(first).to.deep.include({ strikes: 1, first_failed_at: START, last_checked_at: START });
    expect(first.last_confirmed_at).to.equal(FRESH.last_confirmed_at);
    expect(first.next_due - START).to.be.within(6 * HOUR, 24 * HOUR);
    let state = first;
    // Whoever makes this node look all the time gains nothing.
    for (let at = START + 60; at < START + 6 * HOUR; at += 600) {
      state = judge(state, gone, at);
      expect(state.strikes, `${at - START} s later`).to.equal(1);
      expect(state.next_due).to.be.greaterThan(at);
    }
    state = judge(state, gone, START + 6 * HOUR);
    expect(state.strikes).to.equal(STRIKES);
    expect(state.reason).to.equal("withdrawn: nothing is there");
    expect(judge(state, gone, START + 40 * DAY).strikes).to.equal(STRIKES);
  });

  it("weighs a wrong proof no more than a missing one", () => {
    const other = failed("final", "another key");
    const first = judge(FRESH, other, START);
    expect(first).to.include({ strikes: 1, severity: "final", reason: "changed: another key" });
    expect(judge(first, gone, START + 12 * HOUR)).to.include({ strikes: 2, reason: "withdrawn: nothing is there" });
  });

  it("forgets failures with the first success, also when they had made it invalid", () => {
    let state = judge(judge(FRESH, gone, START), gone, START + 12 * HOUR);
    expect(state.strikes).to.equal(STRIKES);
    state = judge(state, seen, START + 13 * HOUR);
    expect(state).to.deep.include({ strikes: 0, first_failed_at: null, severity: null, reason: "" });
    expect(state.last_confirmed_at).to.equal(START + 13 * HOUR);
    expect(judge(state, gone, START + 14 * HOUR).strikes).to.equal(1);
  });

  it("names what became of a handle", () => {
    for (const change of ["renamed", "reused"] as const) {
      expect(judge(FRESH, failed("final", "x", { change }), START).reason).to.equal(`${change}: x`);
    }
  });

  it("makes nothing invalid that cannot be looked at for a year, and says when it was last looked at", () => {
    let state = FRESH;
    let looks = 0;
    let now = START;
    while (now < START + 365 * DAY) {
      state = judge(state, failed("soft", "no answer"), now);
      expect(state).to.deep.include({ strikes: 0, last_checked_at: START, last_confirmed_at: START, reason: "" });
      expect(state.trouble).to.equal("no answer");
      expect(state.next_due - now).to.be.within(POLICY.retryAfter * 0.9, DAY * 1.1);
      now = state.next_due;
      looks += 1;
    }
    expect(looks).to.be.within(330, 430);
    expect(judge(state, seen, now).soft_failures).to.equal(0);
  });

  it("keeps a strike, and an invalid binding invalid, over looks that reached nothing", () => {
    const struck = judge(FRESH, gone, START);
    const after = judge(struck, failed("soft", "no answer"), START + 12 * HOUR);
    expect(after).to.deep.include({ strikes: 1, reason: struck.reason, last_checked_at: START });
    expect(judge(after, gone, START + 13 * HOUR).strikes).to.equal(2);
  });

  it("leaves a platform alone as long as it asks, but at most three days: the instance may be the user's own", () => {
    expect(waitAfter(2 * HOUR)).to.equal(2 * HOUR);
    expect(waitAfter(999_999_999)).to.equal(3 * DAY);
    expect(waitAfter(1)).to.be.within(POLICY.retryAfter * 0.9, POLICY.retryAfter * 1.1);
  });
});
