import { type Contract, type EventLog, isError } from "ethers";

/** Events of a range of blocks. Servers bound the range or the number of logs differently: what is too much is halved. */
export async function queryLogs(
  contract: Contract,
  filter: Parameters<Contract["queryFilter"]>[0],
  from: number,
  to: number,
): Promise<EventLog[]> {
  try {
    return (await contract.queryFilter(filter, from, to)) as EventLog[];
  } catch (error) {
    if (from >= to || isError(error, "NETWORK_ERROR")) throw error;
    const middle = Math.floor((from + to) / 2);
    const first = await queryLogs(contract, filter, from, middle);
    return [...first, ...(await queryLogs(contract, filter, middle + 1, to))];
  }
}
