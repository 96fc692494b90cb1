import { Interface, zeroPadValue } from "ethers";

import { PROOF_REGISTRY_ABI, bindingKeyOf, fromUncompressed, isCosigned } from "../protocol/index.ts";
import { isBare } from "../verify/attesters.ts";
import type { Chain, ChainLog } from "../verify/chain.ts";

/** The events of the ProofRegistry. */
export const PROOF_EVENTS = new Interface(PROOF_REGISTRY_ABI);

const topicOf = (name: string): string => PROOF_EVENTS.getEvent(name)!.topicHash;
const OF_AVATAR = ["ChainImported", "LinkAppended", "BindingReleased"].map(topicOf);
const OF_BINDING = ["BindingConfirmed", "BindingSuspended", "BindingReinstated"].map(topicOf);

/** How many bindings are asked for at once. */
const BINDINGS = 200;

/**
 * All that the logs say of one avatar, in order: found by their topics, and what names none of its by the transactions that
 * have the others: its registration, and lists of findings.
 *
 * @param registry in lower case.
 * @param avatar its address.
 */
export async function avatarLogs(
  chain: Chain,
  registry: string,
  avatar: string,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<ChainLog[]> {
  const logs: ChainLog[] = [];
  const read = async (topics: readonly (readonly string[])[]) => {
    for await (const { items } of chain.eachLogs([registry], from, to, topics, signal)) logs.push(...items);
  };
  await read([OF_AVATAR, [zeroPadValue(avatar, 32)]]);
  const keys = attestedBindings(avatar, logs);
  for (let start = 0; start < keys.length; start += BINDINGS)
    await read([OF_BINDING, keys.slice(start, start + BINDINGS)]);
  logs.sort((a, b) => a.block - b.block || a.index - b.index);
  for (const hash of new Set(transactionsToRead(logs))) {
    logs.push(...(await chain.logsOf(hash, [registry])).filter((log) => belongs(log, avatar)));
  }
  return logs.sort((a, b) => a.block - b.block || a.index - b.index);
}

/** The bindings that attesters may have turned: keys of the avatar and each identity on a platform with posts. */
function attestedBindings(avatar: string, logs: readonly ChainLog[]): string[] {
  const keys = logs.flatMap((log) => {
    const event = PROOF_EVENTS.parseLog(log);
    if (event?.name !== "LinkAppended" || isCosigned(event.args.getValue("platform") as string)) return [];
    return [bindingKeyOf(avatar.toLowerCase(), event.args.getValue("identityKey") as string)];
  });
  return [...new Set(keys)];
}

/** The transactions that have more than these logs: the first link's, and those with attestations of a list. */
function transactionsToRead(logs: readonly ChainLog[]): string[] {
  const first = logs.find(({ topics }) => topics[0] === topicOf("LinkAppended"));
  const listed = logs.filter((log) => {
    const { name, args } = PROOF_EVENTS.parseLog(log)!;
    if (name === "LinkAppended")
      return !isCosigned(args.getValue("platform") as string) && isBare(args.getValue("proof") as string);
    return name === "BindingConfirmed" && isBare(args.getValue("attestations") as string);
  });
  return [...(first ? [first] : []), ...listed].map(({ transactionHash }) => transactionHash);
}

function belongs(log: ChainLog, avatar: string): boolean {
  const event = PROOF_EVENTS.parseLog(log);
  if (event?.name === "FindingsAttested") return true;
  if (event?.name !== "AvatarRegistered") return false;
  const [x, y] = [event.args.getValue("x") as string, event.args.getValue("y") as string];
  return fromUncompressed(`0x04${x.slice(2)}${y.slice(2)}`).address.toLowerCase() === avatar.toLowerCase();
}
