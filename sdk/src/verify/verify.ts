import { Interface, type LogDescription } from "ethers";

import {
  ACCESS_MANAGER_EVENTS,
  ATTESTER_REGISTRY_ABI,
  PROOF_REGISTRY_ABI,
  STATE_ANCHOR_ABI,
  SUBKEY_REGISTRY_ABI,
} from "../protocol/index.ts";
import { pause } from "../client/pause.ts";
import { AnchorModel } from "./anchors.ts";
import { AttesterBook } from "./attesters.ts";
import type { Chain, ChainBlock, ChainLog } from "./chain.ts";
import { type RegistryContracts, VerifyError } from "./contracts.ts";
import { type WalletQuestion, askWallets } from "./cosigner.ts";
import { type Checkpoint, type Database, EVENT_TABLES, IndexComparison } from "./database.ts";
import { Findings } from "./findings.ts";
import { GovernanceModel } from "./governance.ts";
import { ProofModel } from "./proofs.ts";
import { readPatiently } from "./ranges.ts";
import type { Row, Table } from "./rows.ts";
import { compareStorage } from "./storage.ts";
import { SubkeyModel } from "./subkeys.ts";

/** What is to be verified, and by what. */
export interface VerifyOptions {
  /** Servers of one chain: the first is asked for everything, the others are held against its logs. */
  chains: readonly [Chain, ...Chain[]];
  contracts: RegistryContracts;
  /** The first block to read; the first of the registry unless told. */
  fromBlock?: number | undefined;
  /** The last block to read; without it, that of the index, or the latest. */
  toBlock?: number | undefined;
  /** An index to compare with, and the schema of its tables. */
  index?: { database: Database; schema: string } | undefined;
  /** Told how far it has come. */
  progress?: (message: string) => void;
  signal?: AbortSignal;
}

/** What came of it. */
export interface VerifyReport {
  chainId: number;
  fromBlock: number;
  toBlock: number;
  blockHash: string;
  findings: Findings;
  /** How many signatures were recovered, and the seconds that reading and recovering took. */
  signatures: number;
  seconds: number;
}

/** How often it is tried: a reorg in between, or an index that goes on meanwhile, is no difference. */
const ATTEMPTS = 3;

/** Milliseconds to the next attempt. */
const PAUSE = 1_000;

/** So many blocks behind the index's last one are compared with it as of one moment: reorgs change them. */
const UNSETTLED = 256;

/** What of {@link Findings.checked} are signatures. */
const SIGNATURES = /signatures$|^attestations$/;

/**
 * Rebuilds a registry from its logs, checks all that is signed, and compares the result with what the contracts keep, and
 * with an index where one is given.
 *
 * @throws {VerifyError} where it cannot be done.
 */
export async function verifyRegistry(options: VerifyOptions): Promise<VerifyReport> {
  for (let attempt = 1; ; attempt += 1) {
    const { report, moved } = await new Run(options).run();
    if (moved === null || (attempt === ATTEMPTS && report.findings.total > 0)) return report;
    if (attempt === ATTEMPTS) throw new VerifyError(`the chain does not hold still: ${moved}`);
    options.progress?.(`once more: ${moved}`);
    await pause(PAUSE, options.signal);
  }
}

const INTERFACES = {
  proofs: new Interface(PROOF_REGISTRY_ABI),
  attesters: new Interface(ATTESTER_REGISTRY_ABI),
  subkeys: new Interface(SUBKEY_REGISTRY_ABI),
  anchors: new Interface(STATE_ANCHOR_ABI),
  manager: new Interface(ACCESS_MANAGER_EVENTS),
};
type Part = keyof typeof INTERFACES;

/** What the contracts are about, in words. */
const PARTS: Readonly<Record<Part, string>> = {
  proofs: "proofs",
  attesters: "attesters",
  subkeys: "subkeys",
  anchors: "anchors",
  manager: "roles and operations",
};

/** One attempt. */
class Run {
  readonly #options: VerifyOptions;
  readonly #chain: Chain;
  readonly #findings = new Findings();
  readonly #book = new AttesterBook(this.#findings);
  readonly #proofs: ProofModel;
  readonly #subkeys: SubkeyModel | null;
  readonly #anchors: AnchorModel;
  readonly #governance: GovernanceModel;
  /** The contract of each address. */
  readonly #parts = new Map<string, Part>();
  readonly #index: IndexComparison | null;
  readonly #from: number;
  readonly #whole: boolean;
  /** What the range that is being read made. */
  #rows = new Map<Table, Row[]>();
  #questions: WalletQuestion[] = [];
  /** Blocks that must stay as they are until the end. */
  readonly #marks: ChainBlock[] = [];
  #seconds = 0;

  constructor(options: VerifyOptions) {
    const { chains, contracts, index, fromBlock } = options;
    this.#options = options;
    this.#chain = chains[0];
    this.#from = Math.max(fromBlock ?? 0, contracts.proofs.block);
    this.#whole = this.#from === contracts.proofs.block;
    const [findings, whole] = [this.#findings, this.#whole];
    for (const part of Object.keys(INTERFACES) as Part[]) {
      const place = contracts[part];
      if (place) this.#parts.set(place.address, part);
      else findings.leave(`${PARTS[part]}: the address of their contract is not known`);
    }
    const emit = (table: Table, row: Row) => void this.#rowsOf(table).push(row);
    this.#proofs = new ProofModel({
      ...{ attesters: this.#book, findings, whole, emit },
      ask: (question) => void this.#questions.push(question),
    });
    const { subkeys } = contracts;
    const domain = { chainId: this.#chain.chainId, verifyingContract: subkeys?.address ?? "" };
    this.#subkeys = subkeys && new SubkeyModel(domain, findings, this.#from <= subkeys.block);
    this.#anchors = new AnchorModel(this.#book, findings, emit);
    this.#governance = new GovernanceModel(findings, emit);
    const { anchors, manager } = contracts;
    const isRead = { link: true, turn: true, refusal: true, anchor: anchors !== null, governance: manager !== null };
    const eventTables = EVENT_TABLES.filter((table) => isRead[table]);
    this.#index = index ? new IndexComparison(index, this.#chain.chainId, eventTables, findings) : null;
  }

  async run(): Promise<{ report: VerifyReport; moved: string | null }> {
    await this.#index?.open();
    const latest = await this.#latest();
    const wanted = Math.min(this.#options.toBlock ?? latest, latest);
    if (wanted < this.#from) throw new VerifyError(`there is nothing from block ${this.#from} to block ${wanted}`);
    await this.#readEarlierGovernance();
    return this.#index ? this.#runWithIndex(this.#index, wanted) : this.#runAlone(wanted);
  }

  async #runAlone(to: number): Promise<{ report: VerifyReport; moved: string | null }> {
    const end = await this.#mark(to);
    await this.#read(this.#from, to);
    await this.#compareStorage(to);
    return { report: this.#report(end), moved: await this.#moved() };
  }

  async #runWithIndex(index: IndexComparison, wanted: number): Promise<{ report: VerifyReport; moved: string | null }> {
    const first = await this.#checkpoint(index);
    const settled = Math.min(first.block, wanted) - UNSETTLED;
    if (settled >= this.#from) {
      await this.#mark(settled);
      await this.#read(this.#from, settled);
    }
    await index.freeze();
    try {
      const { block, time } = await this.#checkpoint(index);
      const to = Math.min(block, this.#options.toBlock ?? block);
      const latest = await this.#latest();
      if (block > latest) {
        const behind = `the index is at block ${block}, and the chain at ${latest}`;
        return { report: this.#report(await this.#mark(latest)), moved: behind };
      }
      if (to === block && block < latest) {
        this.#findings.leave("blocks that the index has not reached", latest - block);
      }
      const end = await this.#mark(to);
      await this.#read(Math.max(this.#from, settled + 1), to);
      await this.#compareIndex(index, block, to);
      await this.#compareStorage(to);
      // Within one snapshot the checkpoint is the same: whether the index went on, a look from outside says.
      await index.release();
      const moved = (await this.#moved()) ?? (await this.#indexMoved(index, { block, time }));
      return { report: this.#report(end), moved };
    } finally {
      await index.release();
    }
  }

  /** The last block that all servers have. */
  async #latest(): Promise<number> {
    const blocks = await Promise.all(this.#options.chains.map((chain) => chain.block("latest")));
    return Math.min(...blocks.map(({ number }) => number));
  }

  async #checkpoint(index: IndexComparison): Promise<Checkpoint> {
    const checkpoint = await index.checkpoint();
    if (checkpoint) return checkpoint;
    throw new VerifyError(`the index says nothing of chain ${this.#chain.chainId}`);
  }

  /** Why differences with the index may be none, if that is so. */
  async #indexMoved(index: IndexComparison, { block, time }: Checkpoint): Promise<string | null> {
    const { time: real } = await this.#chain.block(block);
    if (real !== time) {
      const detail = `is at a block ${block} of ${time}, and the chain's is of ${real}`;
      this.#findings.add("database", "index", detail);
      return `the index ${detail}`;
    }
    if (this.#findings.counts.database === undefined) return null;
    const now = await this.#checkpoint(index);
    return now.block === block && now.time === time ? null : `the index went on from block ${block} to ${now.block}`;
  }

  /** Who attests and governs is known from the beginning, wherever the rest is read from: it is little. */
  async #readEarlierGovernance(): Promise<void> {
    const { attesters, anchors, manager } = this.#options.contracts;
    const places = [attesters, anchors, manager].filter((place) => place !== null);
    const first = Math.min(...places.map(({ block }) => block));
    const addresses = places.map(({ address }) => address);
    for await (const { from, to, items } of this.#chain.eachLogs(addresses, first, this.#from - 1)) {
      for (const log of items) this.#readLog(log);
      await this.#askOthers(addresses, from, to, items);
      if (this.#whole) await this.#index?.compareRange(from, to, this.#rows);
      this.#rows = new Map();
    }
  }

  /** Reads the logs of a range of blocks, and compares the index with them piece by piece. */
  async #read(from: number, to: number): Promise<void> {
    const addresses = [...this.#parts.keys()];
    let started = performance.now();
    for await (const range of this.#chain.eachLogs(addresses, from, to)) {
      this.#options.signal?.throwIfAborted();
      for (const log of range.items) this.#readLog(log);
      this.#proofs.flush();
      this.#seconds += (performance.now() - started) / 1000;
      await askWallets(this.#chain, this.#questions, this.#findings);
      await this.#askOthers(addresses, range.from, range.to, range.items);
      await this.#index?.compareRange(range.from, range.to, this.#rows);
      [this.#questions, this.#rows] = [[], new Map()];
      this.#progress(range.to, to);
      started = performance.now();
    }
  }

  #readLog(log: ChainLog): void {
    const of = this.#parts.get(log.address)!;
    let event: LogDescription | null;
    try {
      event = INTERFACES[of].parseLog(log);
      // Strings that are no UTF-8 are told of only when they are read.
      event?.args.toArray(true);
    } catch {
      event = null;
    }
    if (event === null) {
      this.#findings.add("log", `log ${log.transactionHash} ${log.index}`, "is no event of its contract");
      return;
    }
    const { name, args } = event;
    try {
      if (of === "proofs") this.#proofs.read(name, args, log);
      else if (of === "subkeys") this.#subkeys!.read(name, args, log);
      else if (of === "anchors") this.#anchors.read(args, log);
      else if (of === "manager" || name === "AuthorityUpdated") this.#governance.read(event, log);
      else this.#book.read(name, args);
    } catch (error) {
      const detail = `${name} cannot be read: ${(error as Error).message}`;
      this.#findings.add("log", `log ${log.transactionHash} ${log.index}`, detail);
    }
  }

  /** Whether other servers have the same logs. */
  async #askOthers(addresses: readonly string[], from: number, to: number, logs: readonly ChainLog[]): Promise<void> {
    const [, ...others] = this.#options.chains;
    for (const other of others) {
      const theirs = await readPatiently((start, end) => other.logs(addresses, start, end), from, to);
      const length = Math.max(logs.length, theirs.length);
      for (let index = 0; index < length; index += 1) {
        if (JSON.stringify(logs[index]) === JSON.stringify(theirs[index])) continue;
        const { block } = (logs[index] ?? theirs[index])!;
        this.#findings.add("rpc", other.name, `has other logs than ${this.#chain.name}, from block ${block} on`);
        break;
      }
      this.#findings.count("logs that several RPCs agree on", length);
    }
  }

  async #compareIndex(index: IndexComparison, block: number, to: number): Promise<void> {
    this.#options.progress?.("comparing the tables of the index");
    if (to < block) {
      this.#findings.leave(`tables of the index: they stand at block ${block}, beyond --to-block ${to}`);
      return;
    }
    const partial = !this.#whole;
    if (this.#whole) await index.compareCounts();
    await index.compareExtent();
    await index.compareTable("avatar", this.#proofs.avatarRows(), partial);
    await index.compareTable("binding", this.#proofs.bindingRows(), partial);
    await index.compareTable("reverse_record", this.#proofs.reverseRows(), partial);
    await index.compareTable("attester", this.#book.attesterRows());
    await index.compareTable("quorum", this.#book.quorumRows());
    if (this.#subkeys) await index.compareTable("subkey", this.#subkeys.rows(), partial);
    if (this.#options.contracts.manager) {
      await index.compareTable("role_member", this.#governance.memberRows());
      await index.compareTable("operation", this.#governance.operationRows());
    }
  }

  async #compareStorage(block: number): Promise<void> {
    this.#options.progress?.("asking the contracts what they keep");
    const { proofs, attesters, subkeys, anchors, manager } = this.#options.contracts;
    const stored = {
      proofs: { address: proofs.address, model: this.#proofs },
      attesters: { address: attesters.address, book: this.#book },
      subkeys: subkeys && this.#subkeys && { address: subkeys.address, model: this.#subkeys },
      anchors: anchors && { address: anchors.address, model: this.#anchors },
      manager: manager && { address: manager.address, model: this.#governance },
    };
    await compareStorage(this.#chain, block, stored, this.#findings, this.#options.signal);
  }

  async #mark(number: number): Promise<ChainBlock> {
    const block = await this.#chain.block(number);
    this.#marks.push(block);
    return block;
  }

  /** Whether a reorg came in between. */
  async #moved(): Promise<string | null> {
    for (const { number, hash } of this.#marks) {
      const now = await this.#chain.block(number).catch(() => null);
      if (now?.hash !== hash) return `block ${number} was ${hash}, and is ${now?.hash ?? "gone"}`;
    }
    return null;
  }

  #rowsOf(table: Table): Row[] {
    const rows = this.#rows.get(table) ?? [];
    this.#rows.set(table, rows);
    return rows;
  }

  get #signatures(): number {
    return Object.entries(this.#findings.checked).reduce(
      (sum, [what, count]) => sum + (SIGNATURES.test(what) ? count : 0),
      0,
    );
  }

  #progress(block: number, to: number): void {
    const { avatars, bindings } = this.#proofs.sizes;
    this.#options.progress?.(
      `block ${block} of ${to}: ${avatars} avatars, ${bindings} bindings, ${this.#signatures} signatures`,
    );
  }

  #report({ number, hash }: ChainBlock): VerifyReport {
    return {
      chainId: this.#chain.chainId,
      fromBlock: this.#from,
      toBlock: number,
      blockHash: hash,
      findings: this.#findings,
      signatures: this.#signatures,
      seconds: this.#seconds,
    };
  }
}
