/** The id of the chain that answers. By hand, because ethers would ask an unreachable server for ever. */
export async function askChainId(rpc: string): Promise<number> {
  try {
    const response = await fetch(rpc, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(30_000),
    });
    const { result } = (await response.json()) as { result: string };
    return Number(BigInt(result));
  } catch (cause) {
    throw new Error(`no chain answers at ${rpc}`, { cause });
  }
}
