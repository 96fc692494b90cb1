import { getAddress } from "ethers";

import type { Attester, GovernanceSettings } from "./governance.ts";

/** How long governance on a public chain announces a call ahead, unless it is told otherwise. */
export const DEFAULT_DELAY = 2 * 24 * 60 * 60;
/** A longer one is a mistake in the unit, and the admin could not take it back sooner. */
const MAX_DELAY = 30 * 24 * 60 * 60;
/** A uint16. */
const MAX_QUORUM = 65_535;

/** Who governs, as the environment says: what it does not say has a default elsewhere. */
export interface DeploySettings extends Partial<Omit<GovernanceSettings, "attesters">> {
  attesters: readonly Attester[];
}

/**
 * Reads ADMIN, GOVERNOR, GUARDIAN, GOVERNANCE_DELAY, QUORUM and ATTESTERS.
 *
 * @throws when one of them is malformed, naming it.
 */
export function parseDeploySettings(env: NodeJS.ProcessEnv): DeploySettings {
  const delay = parseNumber("GOVERNANCE_DELAY", env.GOVERNANCE_DELAY, 0, MAX_DELAY);
  const quorum = parseNumber("QUORUM", env.QUORUM, 1, MAX_QUORUM);
  return {
    ...(env.ADMIN ? { admin: parseAddress("ADMIN", env.ADMIN) } : {}),
    ...(env.GOVERNOR ? { governor: parseAddress("GOVERNOR", env.GOVERNOR) } : {}),
    ...(env.GUARDIAN ? { guardian: parseAddress("GUARDIAN", env.GUARDIAN) } : {}),
    ...(delay === undefined ? {} : { delay }),
    ...(quorum === undefined ? {} : { quorum }),
    attesters: parseAttesters(env.ATTESTERS ?? ""),
  };
}

/** Reads `ATTESTERS`: addresses and endpoints as `0x…=https://…`, separated by commas; an endpoint may be missing. */
export function parseAttesters(text: string): Attester[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [address = "", ...endpoint] = part.split("=");
      return { address: getAddress(address.trim()), endpoint: originOf(endpoint.join("=").trim()) };
    });
}

function originOf(endpoint: string): string {
  if (endpoint === "") return "";
  const { protocol, origin } = new URL(endpoint);
  if (protocol !== "https:" && protocol !== "http:") throw new TypeError(`${endpoint} is no http or https URL`);
  return origin;
}

function parseAddress(name: string, text: string): string {
  try {
    return getAddress(text);
  } catch (cause) {
    throw new TypeError(`${name}: ${text} is no address`, { cause });
  }
}

function parseNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) {
    throw new RangeError(`${name}: ${text} is no whole number from ${min} to ${max}`);
  }
  return value;
}
