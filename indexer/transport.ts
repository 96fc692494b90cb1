import { type Answer, BlockBatches } from "./blockBatches.ts";

/** What nodes answer when they are asked for a block by a hash that they do not know. */
const UNKNOWN = /"message":\s*"[^"]*(?:unknown block|block not found|header not found|cannot find block)/i;

/** What transactions carry: of many links in one transaction as much again as all of their logs. */
const INPUT = /"input":\s*"0x[0-9a-f]+"/gi;

/** A chain's RPC, as ponder.config.ts has it. */
export interface AskedRpc {
  url: string;
  /** Most blocks that are asked for in one request; 1 for each by itself. */
  blocksAtOnce: number;
}

/**
 * Stands between Ponder and the RPCs of its chains, for what Ponder has no setting for.
 *
 * - **Lost blocks are given up at once.** Ponder asks for the logs of each new block by its hash; where a reorg, or a node
 *   restarted from older state, took that away meanwhile, it would ask for more than a minute, and so for every block that
 *   it heard of in that time, while the chain goes on. It asks no second time what was answered with 404.
 * - **The data of transactions is left out.** No handler reads `transaction.input`; Ponder would store it, and read it again
 *   with every batch of events, as long as there is a kind of event that came less than a hundred times. Where it is missing,
 *   Ponder takes it for empty.
 * - **Blocks are asked for many at once** (JSON-RPC 2.0 section 6) where the operator says that the node takes it.
 *
 * Ponder takes no transport of one's own where it is to use several connections, so this stands in front of `fetch`.
 *
 * @param rpcs what is asked otherwise passes untouched.
 * @returns what puts `fetch` back.
 */
export function standBefore(rpcs: readonly AskedRpc[]): () => void {
  const ask = globalThis.fetch;
  const batches = new Map(
    rpcs.map(({ url, blocksAtOnce }) => [
      new URL(url).href,
      blocksAtOnce > 1 ? new BlockBatches(url, blocksAtOnce, ask) : undefined,
    ]),
  );

  async function watched(input: Request): Promise<Response> {
    const { method, headers, signal, url } = input;
    const body = await input.text();
    const alone = () => ask(url, { method, headers, signal, body });
    if (body.includes('"eth_getBlockBy')) {
      const answer = await batches.get(url)?.ask(body, signal);
      if (answer) return new Response(JSON.stringify(withoutInput(answer)));
      const response = await alone();
      return new Response((await response.text()).replace(INPUT, '"input":"0x"'), response);
    }
    const response = await alone();
    const hash = hashAskedFor(body);
    if (hash === undefined) return response;
    const answer = await response.text();
    const lost = UNKNOWN.test(answer) && (await isLost(url, headers, hash));
    return lost ? new Response(answer, { status: 404 }) : new Response(answer, response);
  }

  /** A node that is only behind others says the same of a block that it will know in a moment; one asked in vain was lost. */
  async function isLost(url: string, headers: Headers, hash: string): Promise<boolean> {
    const call = { jsonrpc: "2.0", id: 1, method: "eth_getBlockByHash", params: [hash, false] };
    const response = await ask(url, { method: "POST", headers, body: JSON.stringify(call) });
    const { result } = (await response.json()) as { result?: unknown };
    return result === null;
  }

  globalThis.fetch = (input, init) =>
    input instanceof Request && batches.has(input.url) ? watched(input) : ask(input, init);
  return () => {
    globalThis.fetch = ask;
  };
}

/** The same for an answer that was read already. */
function withoutInput(answer: Answer): Answer {
  const { transactions } = (answer?.result ?? {}) as { transactions?: unknown };
  for (const transaction of Array.isArray(transactions) ? (transactions as unknown[]) : []) {
    if (typeof transaction === "object" && transaction !== null && "input" in transaction) transaction.input = "0x";
  }
  return answer;
}

/** The hash of the block whose logs a call asks for. */
function hashAskedFor(body: string): string | undefined {
  if (!body.includes('"blockHash"')) return undefined;
  const { method, params } = JSON.parse(body) as { method?: unknown; params?: { blockHash?: unknown }[] };
  const hash = params?.[0]?.blockHash;
  return method === "eth_getLogs" && typeof hash === "string" ? hash : undefined;
}
