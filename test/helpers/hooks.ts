import { removeSharedWebBuild } from "../browser/buildWeb.ts";
import { stopSharedEns } from "../standins/ens.ts";
import { stopSharedRelayWorld } from "./relayWorld.ts";
import { stopSharedSources } from "./sourcesWorld.ts";
import { stopSharedStack } from "./stack.ts";

/** Milliseconds that the process may go on for after its last test. */
const PATIENCE = 60_000;

/** What mocha runs around the whole suite. */
export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(60_000);
    // Whatever a test left open keeps the process alive, and who waits for its end would wait for ever.
    setTimeout(() => {
      console.error(`still running ${PATIENCE / 1000} s after the last test: something was left open`);
      process.exit(1);
    }, PATIENCE).unref();
    await Promise.all([
      ...[stopSharedStack(), stopSharedEns(), stopSharedRelayWorld(), stopSharedSources()],
      removeSharedWebBuild(),
    ]);
  },
};
