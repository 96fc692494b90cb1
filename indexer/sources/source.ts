import type { Virtual } from "ponder";
import type { Abi, ContractEventName, GetEventArgs } from "viem";

import type * as schema from "../ponder.schema.ts";

export type Hex = `0x${string}`;

/** What a handler works with. Ponder's own type would be of the configuration, and that is of the sources. */
export interface Context {
  chain: { id: number };
  // oxlint-disable-next-line typescript/no-explicit-any -- the type of the tables alone is asked for.
  db: Virtual.Context<any, typeof schema, any>["db"];
}

/** An event where a contract emitted it. */
export interface SourceEvent<Args = unknown> {
  args: Args;
  block: { number: bigint; timestamp: bigint };
  transaction: { hash: Hex; from: Hex };
  log: { address: Hex; logIndex: number };
}

export type Handler<Args = unknown> = (event: SourceEvent<Args>, context: Context) => Promise<void>;

/** A contract of another registry, with what each of its events means. */
export interface SourceContract {
  abi: Abi;
  handlers: Readonly<Record<string, Handler>>;
  /** `required`: without it the source says nothing. `anywhere`: whoever emits its events is heard, and the handlers judge. */
  role?: "required" | "anywhere";
}

/** Where a contract stands on a chain: one or more addresses, and the block from which on to look. */
export interface Place {
  address: readonly Hex[];
  startBlock: number;
}

/** Contracts of a source on one chain, by their names in it. */
export type Places = Readonly<Record<string, Place>>;

/** Another registry whose events are indexed. Adding one is its file, and its line in index.ts. */
export interface Source {
  /** As the setting SOURCES and the edges name it; also the platform of its names. */
  id: string;
  contracts: Readonly<Record<string, SourceContract>>;
  /** Where it stands on public chains. */
  places: Readonly<Record<number, Places>>;
}

/** The events of an ABI, each with its handler. */
type Handlers<abi extends Abi> = {
  readonly [name in ContractEventName<abi>]: Handler<
    GetEventArgs<abi, name, { EnableUnion: false; IndexedOnly: false; Required: true }>
  >;
};

/** Ties handlers to an ABI: every event of it has one, and sees its arguments. */
export function contract<const abi extends Abi>(
  abi: abi,
  handlers: Handlers<abi>,
  role?: SourceContract["role"],
): SourceContract {
  return { abi, handlers: handlers as unknown as SourceContract["handlers"], ...(role && { role }) };
}
