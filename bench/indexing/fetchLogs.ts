/** Started by floors.ts: fetches and decodes the links of a prepared chain, and prints the seconds that it took. */
import { PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { type Log, decodeEventLog, toHex } from "viem";

import { ADDRESSES } from "./chain.ts";

/** Blocks whose logs are asked for at once; and blocks asked for at the same time. */
const RANGE = 25;
const AT_ONCE = 48;

const [rpc, last] = [process.argv[2]!, Number(process.argv[3])];
const started = performance.now();
let links = 0;
for (let from = 1; from <= last; from += RANGE) {
  const range = { fromBlock: toHex(from), toBlock: toHex(Math.min(from + RANGE - 1, last)) };
  const logs = (await ask("eth_getLogs", [{ address: ADDRESSES.ProofRegistry, ...range }])) as Log[];
  const blocks = [...new Set(logs.map(({ blockNumber }) => blockNumber))];
  for (let index = 0; index < blocks.length; index += AT_ONCE) {
    const numbers = blocks.slice(index, index + AT_ONCE);
    await Promise.all(numbers.map((number) => ask("eth_getBlockByNumber", [number, true])));
  }
  for (const log of logs) {
    const { eventName } = decodeEventLog({ abi: PROOF_REGISTRY_ABI, data: log.data, topics: log.topics });
    if (eventName === "LinkAppended") links++;
  }
}
if (links === 0) throw new Error("the chain has no links");
console.log((performance.now() - started) / 1000);

async function ask(method: string, params: unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(rpc, { method: "POST", headers: { "content-type": "application/json" }, body });
  return ((await response.json()) as { result: unknown }).result;
}
