import "@syngraph/sdk/protocol/native";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";

import { ATTESTER_REGISTRY_ABI, PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { Interface, Wallet, concat, id, keccak256, toBeHex, toQuantity } from "ethers";

import type { PreparedLink } from "./history.ts";

/** The one attester: who signs all posts' attestations. */
export const ATTESTER_KEY = id("attester of the bench");

/** `createdAt` of the first links, and time of the first block. */
export const START = 1_750_000_000;

/** The chain that it passes for: OP Mainnet, so that the indexer treats it as a public one. */
export const CHAIN_ID = 10;

/** Where the contracts stand. */
export const ADDRESSES = {
  AccessManager: "0x00000000000000000000000000000000000000a1",
  AttesterRegistry: "0x00000000000000000000000000000000000000a2",
  ProofRegistry: "0x00000000000000000000000000000000000000a3",
  StateAnchor: "0x00000000000000000000000000000000000000a4",
  SubkeyRegistry: "0x00000000000000000000000000000000000000a5",
} as const;

/** Blocks behind the last one with links: what is in front of them counts as final. */
const TAIL = 64;

const RELAYER = "0x00000000000000000000000000000000000000fe";
const REGISTRY = new Interface(PROOF_REGISTRY_ABI);
const APPEND_BATCH = REGISTRY.getFunction("appendBatch")!.selector;
const APPENDED = REGISTRY.getEvent("LinkAppended")!.topicHash;
const REGISTERED = REGISTRY.getEvent("AvatarRegistered")!.topicHash;
const ZERO_WORD = toBeHex(0, 32);

/** How a history is cut into blocks. */
export interface Layout {
  linksInBlock: number;
  linksInTransaction: number;
}

/** A block as JSON, without and with its transactions, and its logs. */
interface PreparedBlock {
  bare: string;
  whole: string;
  logs: { address: string; event: string; text: string }[];
}

/** A log without what its block adds. */
interface BareLog {
  address: string;
  topics: string[];
  data: string;
  transaction: number;
}

/**
 * A node that serves a history which is made beforehand: blocks, transactions with their data, and logs that fit each other. The
 * contracts are not run, which would take longer than everything that is measured; but what the logs say is what they would,
 * signatures included.
 */
export class PreparedChain {
  /** How often each method was called. */
  readonly calls = new Map<string, number>();
  readonly url: string;
  readonly #links: readonly PreparedLink[];
  readonly #layout: Layout;
  readonly #blocks: readonly PreparedBlock[];
  readonly #server: Server;

  private constructor(links: readonly PreparedLink[], layout: Layout, server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#links = links;
    this.#layout = layout;
    // Beforehand: what a node has on its disk shall not be made while the indexer, on the same cores, waits for it.
    this.#blocks = Array.from({ length: this.#head + 1 }, (_, number) => ({
      logs: this.#logs(number),
      bare: this.#block(number, false),
      whole: this.#block(number, true),
    }));
    this.#server = server;
    server.on("request", (request, response) => {
      void (async () => {
        const asked = JSON.parse(await textOf(request)) as Call | Call[];
        const answers = [asked].flat().map((call) => this.#answer(call));
        response.setHeader("content-type", "application/json");
        response.end(Array.isArray(asked) ? `[${answers.join()}]` : answers[0]);
      })();
    });
  }

  /** Serves links on a free port of loopback, cut into blocks from block 2 on; block 1 has what they need. */
  static async start(links: readonly PreparedLink[], layout: Layout): Promise<PreparedChain> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PreparedChain(links, layout, server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** How many links it has. */
  get size(): number {
    return this.#links.length;
  }

  /** How many rows an index of it must have. */
  get expected() {
    const count = (which: (link: PreparedLink) => boolean) => this.#links.filter(which).length;
    const deleted = count(({ kind }) => kind === "delete");
    return {
      links: this.size,
      avatars: count(({ key }) => key !== undefined),
      confirmed: this.size - 2 * deleted,
      deleted,
      attested: count(({ kind }) => kind === "post") - deleted,
    };
  }

  /** The last block with a link. */
  get lastLinkBlock(): number {
    return 1 + Math.ceil(this.#links.length / this.#layout.linksInBlock);
  }

  get #head(): number {
    return this.lastLinkBlock + TAIL;
  }

  #answer({ id: number, method, params }: Call): string {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    return `{"jsonrpc":"2.0","id":${JSON.stringify(number)},"result":${this.#result(method, params)}}`;
  }

  #result(method: string, params: readonly unknown[]): string {
    switch (method) {
      case "eth_chainId":
        return `"${toQuantity(CHAIN_ID)}"`;
      case "eth_blockNumber":
        return `"${toQuantity(this.#head)}"`;
      case "eth_getBlockByNumber": {
        const number = params[0] === "latest" ? this.#head : Number(params[0]);
        const block = this.#blocks[number];
        return block === undefined ? "null" : params[1] === true ? block.whole : block.bare;
      }
      case "eth_getLogs": {
        const { address, topics = [], fromBlock, toBlock } = params[0] as Query;
        const wanted = new Set([address].flat().map((one) => one.toLowerCase()));
        const events = topics[0] ? new Set([topics[0]].flat()) : undefined;
        const last = Math.min(Number(toBlock), this.#head);
        const logs = this.#blocks.slice(Number(fromBlock), last + 1).flatMap((block) => block.logs);
        const found = logs.filter((log) => wanted.has(log.address) && events?.has(log.event) !== false);
        return `[${found.map(({ text }) => text).join()}]`;
      }
      default:
        throw new Error(`the prepared chain has no ${method}`);
    }
  }

  /** The links in a block. */
  #linksOf(number: number): readonly PreparedLink[] {
    const { linksInBlock } = this.#layout;
    return number < 2 ? [] : this.#links.slice((number - 2) * linksInBlock, (number - 1) * linksInBlock);
  }

  #bareLogs(number: number): BareLog[] {
    if (number === 1) return [attesterAdded()];
    return this.#linksOf(number).flatMap((link, index) => {
      const place = {
        address: ADDRESSES.ProofRegistry,
        transaction: Math.floor(index / this.#layout.linksInTransaction),
      };
      const appended = { ...place, topics: [APPENDED, ...link.topics], data: link.data };
      if (link.key === undefined) return [appended];
      return [{ ...place, topics: [REGISTERED, link.key[0]], data: link.key[1] }, appended];
    });
  }

  #logs(number: number): PreparedBlock["logs"] {
    const block = `"blockHash":"${hashOf("block", number)}","blockNumber":"${toQuantity(number)}"`;
    const hashes = new Map<number, string>();
    return this.#bareLogs(number).map(({ address, topics, data, transaction }, index) => {
      const hash = hashes.get(transaction) ?? transactionHash(number, transaction);
      hashes.set(transaction, hash);
      const text =
        `{${block},"address":"${address}","topics":["${topics.join('","')}"],"data":"${data}",` +
        `"transactionHash":"${hash}","transactionIndex":"${toQuantity(transaction)}","logIndex":"${toQuantity(index)}","removed":false}`;
      return { address, event: topics[0]!, text };
    });
  }

  #block(number: number, whole: boolean): string {
    const { linksInTransaction } = this.#layout;
    const links = this.#linksOf(number);
    const count = number === 1 ? 1 : Math.ceil(links.length / linksInTransaction);
    const transactions = Array.from({ length: count }, (_, index) => {
      const hash = transactionHash(number, index);
      if (!whole) return `"${hash}"`;
      const input =
        number === 1 ? "0x" : appendBatch(links.slice(index * linksInTransaction, (index + 1) * linksInTransaction));
      return (
        `{"hash":"${hash}","blockHash":"${hashOf("block", number)}","blockNumber":"${toQuantity(number)}","transactionIndex":"${toQuantity(index)}",` +
        `"from":"${RELAYER}","to":"${ADDRESSES.ProofRegistry}","input":"${input}","nonce":"${toQuantity(index)}","value":"0x0","gas":"0x1c9c380",` +
        `"gasPrice":"0x1","maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x1","type":"0x2","accessList":[],"chainId":"${toQuantity(CHAIN_ID)}",` +
        `"v":"0x0","yParity":"0x0","r":"${hash}","s":"${hash}"}`
      );
    });
    const bloom = `0x${(count === 0 ? "0" : "f").repeat(512)}`;
    return (
      `{"number":"${toQuantity(number)}","hash":"${hashOf("block", number)}","parentHash":"${hashOf("block", Math.max(number - 1, 0))}",` +
      `"timestamp":"${toQuantity(START + 2 * number)}","logsBloom":"${bloom}","transactions":[${transactions.join()}],` +
      `"miner":"${RELAYER}","gasLimit":"0x1c9c380","gasUsed":"0x0","baseFeePerGas":"0x1","difficulty":"0x0","totalDifficulty":"0x0",` +
      `"extraData":"0x","mixHash":"${ZERO_WORD}","nonce":"0x0000000000000000","sha3Uncles":"${ZERO_WORD}","size":"0x1","stateRoot":"${ZERO_WORD}",` +
      `"receiptsRoot":"${ZERO_WORD}","transactionsRoot":"${ZERO_WORD}","uncles":[]}`
    );
  }
}

interface Call {
  id: unknown;
  method: string;
  params: readonly unknown[];
}

/** What `eth_getLogs` is asked. */
interface Query {
  address: string | string[];
  topics?: (string | string[] | null)[];
  fromBlock: string;
  toBlock: string;
}

function attesterAdded(): BareLog {
  const { address } = new Wallet(ATTESTER_KEY);
  const registry = new Interface(ATTESTER_REGISTRY_ABI);
  const { topics, data } = registry.encodeEventLog("AttesterAdded", [address, "https://attester.example", ""]);
  return { address: ADDRESSES.AttesterRegistry, topics: topics as string[], data, transaction: 0 };
}

/** The data of a transaction: an ABI-encoded array is its members' offsets, and then its members. */
function appendBatch(links: readonly PreparedLink[]): string {
  let offset = links.length * 32;
  const offsets = links.map(({ submission }) => {
    const at = word(offset);
    offset += submission.length / 2;
    return at;
  });
  const bodies = links.map(({ submission }) => submission);
  const array = [word(links.length), ...offsets, ...bodies].join("");
  return `${APPEND_BATCH}${word(64)}${word(64 + array.length / 2)}${array}${word(0)}`;
}

function word(value: number): string {
  return value.toString(16).padStart(64, "0");
}

/** Any value, the same for the same block. */
function hashOf(what: string, number: number): string {
  return keccak256(concat([id(what), toBeHex(number, 32)]));
}

function transactionHash(block: number, index: number): string {
  return hashOf("transaction", block * 1_000 + index);
}
