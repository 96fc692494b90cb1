import { AbiCoder, type Signer, dataSlice } from "ethers";

import { type Governance, type GovernanceCall, type GovernanceSettings, ROLES } from "./governance.ts";

/** The functions of the AccessManager that also wait for the delay of the contract which they name first. */
const DELAYED_BY_TARGET = new Set(["updateAuthority", "setTargetClosed", "setTargetFunctionRole"]);

/** Whether an account may make a call: at once, after having announced it so many seconds ahead, or (zero) not at all. */
interface Permission {
  immediate: boolean;
  delay: number;
}

/** Makes the calls that the signer may make at once, and describes each of the others to whom it is left. */
export async function carryOut(
  signer: Signer,
  governance: Governance,
  calls: readonly GovernanceCall[],
  settings: GovernanceSettings,
  log: (line: string) => void,
): Promise<void> {
  const caller = await signer.getAddress();
  const left: GovernanceCall[] = [];
  const ofManager: GovernanceCall[] = [];
  for (const call of calls) {
    const { immediate } = await permission(governance, caller, call);
    if (!immediate) left.push(call);
    else if (call.contract === "AccessManager") ofManager.push(call);
    else {
      await (await signer.sendTransaction({ to: call.target, data: call.data })).wait();
      log(`done: ${call.text}`);
    }
  }
  if (ofManager.length > 0) {
    // In one transaction: so the roles are all there or none is, and no moment is without its guardian.
    await (await signer.sendTransaction(multicall(governance, ofManager))).wait();
    for (const { text } of ofManager) log(`done: ${text}`);
  }
  for (const call of left) for (const line of await describeLeft(governance, call, settings)) log(line);
}

/** One transaction for several calls of the AccessManager. */
export function multicall(
  { contracts: { AccessManager } }: Governance,
  calls: readonly GovernanceCall[],
): { to: string; data: string } {
  const data = AccessManager.interface.encodeFunctionData("multicall", [calls.map((call) => call.data)]);
  return { to: String(AccessManager.target), data };
}

/** Whether an account may make a call. */
export async function permission(
  governance: Governance,
  account: string,
  { contract, target, data }: GovernanceCall,
): Promise<Permission> {
  if (contract === "AttesterRegistry") {
    const answer = await governance.view("AccessManager", "canCall", account, target, dataSlice(data, 0, 4));
    const [immediate, delay] = answer as [boolean, bigint];
    return { immediate, delay: Number(delay) };
  }
  // `canCall` does not know the AccessManager's own functions.
  const [isAdmin, ownDelay] = (await governance.view("AccessManager", "hasRole", ROLES.admin, account)) as [
    boolean,
    bigint,
  ];
  if (!isAdmin) return { immediate: false, delay: 0 };
  const { name } = governance.contracts.AccessManager.interface.getFunction(dataSlice(data, 0, 4))!;
  const [first] = AbiCoder.defaultAbiCoder().decode(["uint256"], dataSlice(data, 4, 36)) as unknown as [bigint];
  const targetDelay = DELAYED_BY_TARGET.has(name)
    ? ((await governance.view(
        "AccessManager",
        "getTargetAdminDelay",
        `0x${first.toString(16).padStart(40, "0")}`,
      )) as bigint)
    : 0n;
  const delay = Math.max(Number(ownDelay), Number(targetDelay));
  return { immediate: delay === 0, delay };
}

/** Who is to make a call, and what exactly. */
async function describeLeft(
  governance: Governance,
  call: GovernanceCall,
  settings: GovernanceSettings,
): Promise<string[]> {
  const [title, account] = await actorOf(governance, call, settings);
  const { immediate, delay } = await permission(governance, account, call);
  const manager = governance.contracts.AccessManager;
  const through = (name: string, ...args: unknown[]): string[] => [
    `    to   ${manager.target}`,
    `    data ${manager.interface.encodeFunctionData(name, args)}`,
  ];
  const execute = through("execute", call.target, call.data);
  if (immediate) {
    return [`left to the ${title} ${account}: ${call.text}`, `    to   ${call.target}`, `    data ${call.data}`];
  }
  if (delay === 0) {
    const direct = [`    to   ${call.target}`, `    data ${call.data}`];
    return [`left to whoever has the role of the ${title}, which ${account} has not: ${call.text}`, ...direct];
  }
  const operation = await governance.view("AccessManager", "hashOperation", account, call.target, call.data);
  const ready = Number(await governance.view("AccessManager", "getSchedule", operation));
  if (ready !== 0) {
    const time = new Date(ready * 1000).toISOString();
    return [
      `left to the ${title} ${account}, who announced it and may execute it from ${time}: ${call.text}`,
      ...execute,
    ];
  }
  return [
    `left to the ${title} ${account}, who must announce it ${delay} s ahead: ${call.text}`,
    "  to announce it:",
    ...through("schedule", call.target, call.data, 0),
    "  to execute it then:",
    ...execute,
  ];
}

/** Who is to have the role that a call needs as the chain is now. */
async function actorOf(
  governance: Governance,
  { contract, data }: GovernanceCall,
  { admin, governor, guardian }: GovernanceSettings,
): Promise<[title: string, account: string]> {
  if (contract === "AccessManager") return ["admin", admin];
  const { name } = governance.contracts.AttesterRegistry.interface.getFunction(dataSlice(data, 0, 4))!;
  const role = await governance.roleOf(contract, name);
  if (role === ROLES.governor) return ["governor", governor];
  return role === ROLES.guardian ? ["guardian", guardian] : ["admin", admin];
}
