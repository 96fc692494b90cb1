/**
 * Writes the contracts' ABIs, and the code of some, as TypeScript constants, so that whoever uses them needs no compiler and
 * gets their types.
 * Run after a change of a contract (`npm run abi`); the test suite compares the file with what the compiler says.
 */
import { writeFile } from "node:fs/promises";

import { format, resolveConfig } from "prettier";

import { readArtifact } from "./lib/artifacts.ts";

export const ABI_FILE = "sdk/src/protocol/abi.ts";

/** The contracts whose ABIs the project uses. */
const CONTRACTS = ["ProofRegistry", "AttesterRegistry", "SubkeyRegistry", "StateAnchor"] as const;

/** Contracts that are not ours, of which the events are all that is used. */
const HEARD = ["AccessManager"] as const;

/** Contracts that are never deployed, but created by calls and transactions: their creation code is all that is used. */
const CREATED = ["wallets/WalletCheck", "wallets/WalletPreparation"] as const;

/** The text of {@link ABI_FILE}, made from the compiler's artifacts. */
export async function abiModule(): Promise<string> {
  const parts = ["/** The contracts' ABIs and code, written by scripts/abi.ts: do not edit. */"];
  for (const name of CONTRACTS) {
    const { abi } = await readArtifact(name);
    parts.push(`export const ${constantName(name, "ABI")} = ${JSON.stringify(abi)} as const;`);
  }
  for (const name of HEARD) {
    const { abi } = await readArtifact(name);
    const events = abi.filter(({ type }) => type === "event");
    parts.push(`export const ${constantName(name, "EVENTS")} = ${JSON.stringify(events)} as const;`);
  }
  for (const name of CREATED) {
    const { contractName, bytecode } = await readArtifact(name);
    parts.push(`export const ${constantName(contractName, "CODE")} = ${JSON.stringify(bytecode)};`);
  }
  return format(parts.join("\n\n"), { ...(await resolveConfig(ABI_FILE)), parser: "typescript" });
}

function constantName(contract: string, what: string): string {
  return `${contract.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}_${what}`;
}

if (import.meta.main) {
  await writeFile(ABI_FILE, await abiModule());
}
