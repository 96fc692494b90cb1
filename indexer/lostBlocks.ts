/** What nodes answer when they are asked for a block by a hash that they do not know. */
const UNKNOWN = /"message":\s*"[^"]*(?:unknown block|block not found|header not found|cannot find block)/i;

/**
 * Lets Ponder give up at once on blocks that their chain has lost. It asks for the logs of each new block by its hash; where a
 * reorg, or a node restarted from older state, took that away meanwhile, it would ask for more than a minute, and so for
 * every block that it heard of in that time, while the chain goes on. It asks no second time what was answered with 404.
 *
 * Ponder takes no transport of one's own where it is to use several connections, so this stands in front of `fetch`.
 *
 * @param rpcs the URLs at which chains are asked; all else passes untouched.
 * @returns what puts `fetch` back.
 */
export function giveUpLostBlocks(rpcs: readonly string[]): () => void {
  const ask = globalThis.fetch;
  const urls = new Set(rpcs.map((rpc) => new URL(rpc).href));

  async function watched(input: Request): Promise<Response> {
    const { method, headers, signal, url } = input;
    const body = await input.text();
    const response = await ask(url, { method, headers, signal, body });
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
    input instanceof Request && urls.has(input.url) ? watched(input) : ask(input, init);
  return () => {
    globalThis.fetch = ask;
  };
}

/** The hash of the block whose logs a call asks for. */
function hashAskedFor(body: string): string | undefined {
  if (!body.includes('"blockHash"')) return undefined;
  const { method, params } = JSON.parse(body) as { method?: unknown; params?: { blockHash?: unknown }[] };
  const hash = params?.[0]?.blockHash;
  return method === "eth_getLogs" && typeof hash === "string" ? hash : undefined;
}
