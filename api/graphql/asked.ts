import type { SelectionSetNode } from "graphql";

import type { Graph } from "../graph/types.ts";
import type { Budget } from "./budget.ts";
import type { Loaders } from "./loaders.ts";

/** What this node follows, beside the graph itself. */
export interface Following {
  /** The chain it stands on. */
  chainId: number;
  /** Platforms of other registries that are indexed here. */
  registries(): Promise<ReadonlySet<string>>;
  /** Whether the index lies behind the chain. */
  isBehind(): Promise<boolean>;
}

/** One request while it is being answered: what all its fields share. */
export interface Asked {
  graph: Graph;
  following: Following;
  loaders: Loaders;
  budget: Budget;
  /** Fields in each selection set of the document, with all below it. */
  sizes: WeakMap<SelectionSetNode, number>;
}
