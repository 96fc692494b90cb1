import { expect } from "chai";

/** What something failed with, which has to be an error of this class. */
export async function failure<E extends Error>(
  attempt: Promise<unknown> | (() => unknown),
  // oxlint-disable-next-line typescript/no-explicit-any -- a class whose constructor takes anything
  kind: abstract new (...args: any[]) => E,
): Promise<E> {
  try {
    await (typeof attempt === "function" ? attempt() : attempt);
  } catch (error) {
    expect(error).to.be.instanceOf(kind);
    return error as E;
  }
  throw new Error(`nothing failed, where a ${kind.name} was expected`);
}
