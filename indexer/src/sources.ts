import { ponder } from "ponder:registry";

import { ALL_SOURCES } from "../sources/index.ts";
import { contractsOf, readSources } from "../sources/settings.ts";
import type { Context, SourceEvent } from "../sources/source.ts";

/** Ponder's types are of a configuration that is known beforehand. */
interface Registry {
  on(name: string, handler: (args: { event: SourceEvent; context: Context }) => Promise<void>): void;
}

for (const { name, contract } of contractsOf(readSources(ALL_SOURCES))) {
  for (const [event, handle] of Object.entries(contract.handlers)) {
    (ponder as unknown as Registry).on(`${name}:${event}`, (args) => handle(args.event, args.context));
  }
}
