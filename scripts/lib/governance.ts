import { AbiCoder, Contract, Interface, type Provider, id, isHexString, keccak256 } from "ethers";

import { readArtifact } from "./artifacts.ts";
import { queryLogs } from "./logs.ts";
import type { Addresses } from "./plan.ts";

/** The contracts that governance has a say in. */
export const GOVERNED = ["AccessManager", "AttesterRegistry"] as const;
export type GovernedContract = (typeof GOVERNED)[number];

/**
 * The AccessManager's roles. The admin's id is OpenZeppelin's, the others are ours. Nobody has `adminCalls`, and having it
 * would allow nothing: it marks the functions of the AccessManager itself, because it is through the role of a function
 * that a guardian may cancel a call of it, and the admin role can be given no guardian.
 */
export const ROLES = { admin: 0n, governor: 1n, guardian: 2n, adminCalls: 3n } as const;

/** Labels of {@link ROLES}, for explorers. The admin's cannot be set. */
const LABELS: ReadonlyMap<bigint, string> = new Map([
  [ROLES.governor, "GOVERNOR"],
  [ROLES.guardian, "GUARDIAN"],
  [ROLES.adminCalls, "ADMIN_CALLS"],
]);

/** A role in words. */
export function roleLabel(role: bigint): string {
  return role === ROLES.admin ? "ADMIN" : (LABELS.get(role) ?? `role ${role}`);
}

/** Which role each restricted function needs. What is not listed needs the admin's. */
export const FUNCTION_ROLES: readonly { contract: GovernedContract; role: bigint; functions: readonly string[] }[] = [
  { contract: "AttesterRegistry", role: ROLES.governor, functions: ["addAttester", "setQuorum"] },
  { contract: "AttesterRegistry", role: ROLES.guardian, functions: ["removeAttester"] },
  {
    contract: "AccessManager",
    role: ROLES.adminCalls,
    functions: [
      "labelRole",
      "grantRole",
      "revokeRole",
      "setRoleAdmin",
      "setRoleGuardian",
      "setGrantDelay",
      "setTargetAdminDelay",
      "setTargetClosed",
      "setTargetFunctionRole",
      "updateAuthority",
    ],
  },
];

/** The roles whose scheduled calls the guardian may cancel. */
export const GUARDED_ROLES = [ROLES.governor, ROLES.adminCalls] as const;
/** The roles that a new member gets only after the delay. */
const DELAYED_ROLES = [ROLES.admin, ROLES.governor, ROLES.guardian] as const;

/** Somebody who may attest. */
export interface Attester {
  address: string;
  /** Origin of its node's API, empty if it has none. */
  endpoint: string;
}

/** Who is to govern, and how. */
export interface GovernanceSettings {
  admin: string;
  governor: string;
  guardian: string;
  /** Seconds between a call's announcement and its execution. */
  delay: number;
  attesters: readonly Attester[];
  /** How many attesters make a quorum on platforms without a number of their own; left as it is if undefined. */
  quorum: number | undefined;
}

/** A call of one of the governed contracts. */
export interface GovernanceCall {
  contract: GovernedContract;
  target: string;
  data: string;
  /** The same in words. */
  text: string;
}

/** What a chain has of what {@link missingCalls} would set up. */
export interface GovernanceState {
  /** Of the attesters in question, in lower case: who is one, and who was one and never can be again. */
  attesters: ReadonlySet<string>;
  retired: ReadonlySet<string>;
  /** How many attesters there are. */
  attesterCount: number;
  quorum: number;
  /** By contract and function, as `AttesterRegistry.addAttester`. */
  functionRoles: ReadonlyMap<string, bigint>;
  guardians: ReadonlyMap<bigint, bigint>;
  /** Execution delays, by role, of those who are to have it; without an entry they do not have it. */
  members: ReadonlyMap<bigint, number>;
  grantDelays: ReadonlyMap<bigint, number>;
  targetDelays: ReadonlyMap<GovernedContract, number>;
}

/** What a chain has where nothing was done but the deployment. */
export const FRESH_STATE: GovernanceState = {
  attesters: new Set(),
  retired: new Set(),
  attesterCount: 0,
  quorum: 1,
  functionRoles: new Map(),
  guardians: new Map(),
  members: new Map([[ROLES.admin, 0]]),
  grantDelays: new Map(),
  targetDelays: new Map(),
};

/** The governed contracts of one chain. */
export class Governance {
  readonly contracts: Readonly<Record<GovernedContract, Contract>>;
  readonly #provider: Provider;

  private constructor(provider: Provider, contracts: Record<GovernedContract, Contract>) {
    this.#provider = provider;
    this.contracts = contracts;
  }

  static async at(addresses: Addresses, provider: Provider): Promise<Governance> {
    const [manager, registry] = await Promise.all([readArtifact("AccessManager"), readArtifact("AttesterRegistry")]);
    return new Governance(provider, {
      AccessManager: new Contract(addresses.AccessManager, manager.abi, provider),
      AttesterRegistry: new Contract(addresses.AttesterRegistry, registry.abi, provider),
    });
  }

  /**
   * Reads what concerns the settings.
   *
   * @param firstBlock the block of the AttesterRegistry's creation.
   */
  async read(settings: GovernanceSettings, firstBlock: number): Promise<GovernanceState> {
    const addresses = settings.attesters.map(({ address }) => address.toLowerCase());
    const names = FUNCTION_ROLES.flatMap(({ contract, functions }) =>
      functions.map((name) => [contract, name] as const),
    );
    const [active, attesterList, quorum, functionRoles, guardians, delays, grantDelays, targetDelays] =
      await Promise.all([
        mapOf(addresses, (address) => this.view("AttesterRegistry", "isAttester", address) as Promise<boolean>),
        this.view("AttesterRegistry", "attesters") as Promise<string[]>,
        this.defaultQuorum(),
        Promise.all(
          names.map(async ([contract, name]) => [`${contract}.${name}`, await this.roleOf(contract, name)] as const),
        ),
        mapOf(GUARDED_ROLES, (role) => this.guardianOf(role)),
        Promise.all(
          membersOf(settings).map(async ([role, account]) => [role, await this.executionDelay(role, account)] as const),
        ),
        mapOf(DELAYED_ROLES, (role) => this.grantDelay(role)),
        mapOf(GOVERNED, (contract) => this.targetAdminDelay(contract)),
      ]);
    const attesters = new Set(addresses.filter((address) => active.get(address)));
    return {
      attesters,
      retired: attesters.size < addresses.length ? await this.#retired(firstBlock) : new Set(),
      attesterCount: attesterList.length,
      quorum,
      functionRoles: new Map(functionRoles),
      guardians,
      members: new Map(delays.filter((entry): entry is readonly [bigint, number] => entry[1] !== undefined)),
      grantDelays,
      targetDelays,
    };
  }

  /** What a function that changes nothing answers. */
  view(contract: GovernedContract, name: string, ...args: unknown[]): Promise<unknown> {
    return this.contracts[contract].getFunction(name).staticCall(...args);
  }

  /** How many attesters make a quorum on a platform without a number of its own. */
  async defaultQuorum(): Promise<number> {
    return Number(await this.view("AttesterRegistry", "quorumOf", id("")));
  }

  /** The role that a function needs. */
  async roleOf(contract: GovernedContract, functionName: string): Promise<bigint> {
    const { target, interface: abi } = this.contracts[contract];
    const { selector } = abi.getFunction(functionName)!;
    return (await this.view("AccessManager", "getTargetFunctionRole", target, selector)) as bigint;
  }

  /** The role that may cancel what members of a role scheduled. */
  async guardianOf(role: bigint): Promise<bigint> {
    return (await this.view("AccessManager", "getRoleGuardian", role)) as bigint;
  }

  /** Seconds that a member of a role must wait, at its end where that is changing; undefined for everybody else. */
  async executionDelay(role: bigint, account: string): Promise<number | undefined> {
    const access = (await this.view("AccessManager", "getAccess", role, account)) as [bigint, bigint, bigint, bigint];
    const [since, current, pending, effect] = access;
    if (since === 0n) return undefined;
    return Number(effect === 0n ? current : pending);
  }

  /** Seconds after which a new member has a role, also where the change to that is on its way: it takes five days. */
  async grantDelay(role: bigint): Promise<number> {
    // struct Role {mapping members; uint64 admin; uint64 guardian; Time.Delay grantDelay;}, in the mapping at slot 1.
    return finalDelay((await this.#secondSlot(1n, role)) >> 128n);
  }

  /** Seconds that an admin must wait to reconfigure a contract, also where the change to that is on its way. */
  async targetAdminDelay(contract: GovernedContract): Promise<number> {
    // struct TargetConfig {mapping allowedRoles; Time.Delay adminDelay; bool closed;}, in the mapping at slot 0.
    return finalDelay(await this.#secondSlot(0n, this.contracts[contract].target));
  }

  /** Of a struct in a mapping of the AccessManager, whose getters tell of a delay only once it is in force. */
  async #secondSlot(mapping: bigint, key: unknown): Promise<bigint> {
    const start = keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [key, mapping]));
    return BigInt(await this.#provider.getStorage(this.contracts.AccessManager, BigInt(start) + 1n));
  }

  async #retired(firstBlock: number): Promise<Set<string>> {
    const registry = this.contracts.AttesterRegistry;
    const last = await this.#provider.getBlockNumber();
    const logs = await queryLogs(registry, registry.filters.AttesterRemoved!(), firstBlock, last);
    return new Set(logs.map(({ args }) => (args.getValue("attester") as string).toLowerCase()));
  }
}

/**
 * The calls that are missing until the chain has what the settings ask for, in the order in which they must be made: the
 * attesters and the quorum before their functions have roles, and last of all what puts the admin under the delay. What
 * the chain has beyond that, such as a longer delay, is left as it is.
 *
 * @throws when the quorum asked for is one that the attesters could never reach.
 */
export async function missingCalls(
  state: GovernanceState,
  settings: GovernanceSettings,
  addresses: Addresses,
): Promise<GovernanceCall[]> {
  const { delay } = settings;
  const calls: GovernanceCall[] = [];
  const interfaces = {
    AccessManager: new Interface((await readArtifact("AccessManager")).abi),
    AttesterRegistry: new Interface((await readArtifact("AttesterRegistry")).abi),
  };
  const inWords = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(inWords).join(", ")}]`;
    if (typeof value === "bigint") return roleLabel(value);
    if (typeof value !== "string") return String(value);
    const contract = GOVERNED.find((name) => addresses[name] === value);
    if (contract !== undefined) return contract;
    if (isHexString(value, 4))
      return GOVERNED.map((name) => interfaces[name].getFunction(value)?.name).find(Boolean) ?? value;
    return isHexString(value) ? value : JSON.stringify(value);
  };
  const add = (contract: GovernedContract, name: string, ...args: unknown[]): void => {
    const data = interfaces[contract].encodeFunctionData(name, args);
    const text = `${contract}.${name}(${args.map(inWords).join(", ")})`;
    calls.push({ contract, target: addresses[contract], data, text });
  };

  const wanted = settings.attesters.filter(({ address }) => !state.attesters.has(address.toLowerCase()));
  const added = wanted.filter(({ address }) => !state.retired.has(address.toLowerCase()));
  for (const { address, endpoint } of added) add("AttesterRegistry", "addAttester", address, endpoint, "");
  if (settings.quorum !== undefined && settings.quorum !== state.quorum) {
    const attesters = state.attesterCount + added.length;
    if (settings.quorum > attesters)
      throw new RangeError(`A quorum of ${settings.quorum} is more than the ${attesters} attesters`);
    add("AttesterRegistry", "setQuorum", "", settings.quorum);
  }

  for (const { contract, role, functions } of FUNCTION_ROLES) {
    const missing = functions.filter((name) => state.functionRoles.get(`${contract}.${name}`) !== role);
    const selectors = missing.map((name) => interfaces[contract].getFunction(name)!.selector);
    if (selectors.length > 0) add("AccessManager", "setTargetFunctionRole", addresses[contract], selectors, role);
  }
  for (const role of GUARDED_ROLES) {
    if (state.guardians.get(role) === ROLES.guardian) continue;
    // A label is an event that no getter tells of, so it goes with what one does tell of.
    if (!state.guardians.get(role)) add("AccessManager", "labelRole", role, LABELS.get(role));
    add("AccessManager", "setRoleGuardian", role, ROLES.guardian);
  }
  for (const [role, account] of membersOf(settings)) {
    if (role === ROLES.admin) continue;
    const wait = role === ROLES.guardian ? 0 : delay;
    if (role === ROLES.guardian && !state.members.has(role)) add("AccessManager", "labelRole", role, LABELS.get(role));
    if ((state.members.get(role) ?? -1) < wait) add("AccessManager", "grantRole", role, account, wait);
  }
  for (const contract of GOVERNED) {
    if ((state.targetDelays.get(contract) ?? 0) < delay)
      add("AccessManager", "setTargetAdminDelay", addresses[contract], delay);
  }
  for (const role of DELAYED_ROLES) {
    if ((state.grantDelays.get(role) ?? 0) < delay) add("AccessManager", "setGrantDelay", role, delay);
  }
  if ((state.members.get(ROLES.admin) ?? delay) < delay) {
    add("AccessManager", "grantRole", ROLES.admin, settings.admin, delay);
  }
  return calls;
}

/** Who is to have which role. */
export function membersOf({ admin, governor, guardian }: GovernanceSettings): [role: bigint, account: string][] {
  return [
    [ROLES.admin, admin],
    [ROLES.governor, governor],
    [ROLES.guardian, guardian],
  ];
}

async function mapOf<Key, Value>(keys: readonly Key[], read: (key: Key) => Promise<Value>): Promise<Map<Key, Value>> {
  return new Map(await Promise.all(keys.map(async (key) => [key, await read(key)] as const)));
}

/** What a delay of OpenZeppelin's Time.sol is in the end: the duration after its change, in the low 32 bits. */
function finalDelay(packed: bigint): number {
  return Number(packed & 0xffffffffn);
}
