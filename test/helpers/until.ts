import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something is so; mocha's time-out ends it where it never is. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(25);
}
