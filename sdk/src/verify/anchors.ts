import type { Result } from "ethers";

import type { AttesterBook } from "./attesters.ts";
import { type ChainLog, placeOf } from "./chain.ts";
import type { Findings } from "./findings.ts";
import type { Row, Table } from "./rows.ts";

/** The StateAnchor as its events tell it. An anchor's signature is not among them, or there is none. */
export class AnchorModel {
  readonly #attesters: AttesterBook;
  readonly #findings: Findings;
  readonly #emit: (table: Table, row: Row) => void;
  /** The latest of each operator and topic. */
  readonly #latest = new Map<string, { operator: string; topic: string; epoch: bigint; root: string }>();

  constructor(attesters: AttesterBook, findings: Findings, emit: (table: Table, row: Row) => void) {
    this.#attesters = attesters;
    this.#findings = findings;
    this.#emit = emit;
  }

  read(args: Result, log: ChainLog): void {
    const operator = (args.getValue("operator") as string).toLowerCase();
    const [topic, root] = [args.getValue("topic") as string, args.getValue("root") as string];
    const epoch = args.getValue("epoch") as bigint;
    const key = `${operator} ${topic}`;
    const demand = (holds: boolean, otherwise: string): void => {
      if (!holds) this.#findings.add("log", `anchor ${epoch} of ${key}`, otherwise);
    };
    const before = this.#latest.get(key)?.epoch ?? 0n;
    demand(this.#attesters.isAttester(operator), "is not of an attester");
    demand(epoch > before, `comes behind epoch ${before}`);
    demand(!/^0x0{64}$/.test(root), "has no root");
    this.#findings.count("anchors");
    this.#latest.set(key, { operator, topic, epoch, root });
    this.#emit("anchor", {
      operator,
      topic,
      epoch: String(epoch),
      root,
      uri: args.getValue("uri") as string,
      ...placeOf(log),
    });
  }

  /** What the contract must keep. */
  stored(): Iterable<{ operator: string; topic: string; epoch: bigint; root: string }> {
    return this.#latest.values();
  }
}
