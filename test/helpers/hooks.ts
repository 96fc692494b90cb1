import { removeSharedWebBuild } from "../browser/buildWeb.ts";
import { stopSharedEns } from "../standins/ens.ts";
import { stopSharedRelayWorld } from "./relayWorld.ts";
import { stopSharedSources } from "./sourcesWorld.ts";
import { stopSharedStack } from "./stack.ts";

/** What mocha runs around the whole suite. */
export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(60_000);
    await Promise.all([
      ...[stopSharedStack(), stopSharedEns(), stopSharedRelayWorld(), stopSharedSources()],
      removeSharedWebBuild(),
    ]);
  },
};
