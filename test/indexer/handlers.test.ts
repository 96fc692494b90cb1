import { glob } from "node:fs/promises";
import { registerHooks } from "node:module";
import { join } from "node:path";

import { expect } from "chai";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { DEPLOYED_CONTRACTS } from "../../scripts/lib/deployments.ts";
import { ROOT } from "../../scripts/lib/stack/sources.ts";

/** Declared by EIP-5267 for contracts whose domain can change; OpenZeppelin's never emits it. */
const NEVER_EMITTED = "EIP712DomainChanged";

/** What the handlers import of Ponder, which only Ponder itself can make: here it takes down what they register for. */
const VIRTUAL: Record<string, string> = {
  "ponder:registry": "export const ponder = { on: (name) => globalThis.registeredHandlers.push(name) };",
  "ponder:schema": "export default {};",
};

describe("indexer: handlers", () => {
  const registered: string[] = [];
  before(async () => {
    Object.assign(globalThis, { registeredHandlers: registered });
    const hooks = registerHooks({
      resolve: (specifier, context, next) =>
        VIRTUAL[specifier] === undefined
          ? next(specifier, context)
          : { url: `data:text/javascript,${encodeURIComponent(VIRTUAL[specifier])}`, shortCircuit: true },
    });
    try {
      // The one that watches the database ends the process where there is none.
      const files = await Array.fromAsync(glob("indexer/src/*.ts", { cwd: ROOT }));
      for (const file of files.filter((name) => !name.endsWith("/database.ts"))) await import(join(ROOT, file));
    } finally {
      hooks.deregister();
    }
  });

  for (const { name } of DEPLOYED_CONTRACTS) {
    it(`hear every event of ${name}`, async () => {
      const { abi } = await readArtifact(name);
      const events = abi.filter(({ type }) => type === "event").map((event) => event.name!);
      expect(events).not.to.deep.equal([]);
      const heard = registered
        .filter((handler) => handler.startsWith(`${name}:`))
        .map((handler) => handler.split(":")[1]);
      expect(heard).to.have.members(events.filter((event) => event !== NEVER_EMITTED));
    });
  }
});
