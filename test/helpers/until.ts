import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something is so; mocha's time-out ends it where it never is. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(25);
}

/** What is answered as soon as that is good. */
export async function eventually<T>(ask: () => Promise<T>, isGood: (answer: T) => boolean): Promise<T> {
  let answer!: T;
  await until(async () => isGood((answer = await ask())));
  return answer;
}
