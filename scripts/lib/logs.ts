import { readRange } from "@syngraph/sdk/verify";
import type { Contract, EventLog } from "ethers";

/** Events of a range of blocks. */
export async function queryLogs(
  contract: Contract,
  filter: Parameters<Contract["queryFilter"]>[0],
  from: number,
  to: number,
): Promise<EventLog[]> {
  return readRange(async (start, end) => (await contract.queryFilter(filter, start, end)) as EventLog[], from, to);
}
