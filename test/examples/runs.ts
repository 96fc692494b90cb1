import { join } from "node:path";

import { run } from "../helpers/packedSdk.ts";

export const EXAMPLES = join(import.meta.dirname, "../../examples");

/** Runs an example's script as its README says, and answers what it printed. */
export async function runExample(script: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  return run(join(EXAMPLES, script, ".."), process.execPath, [join(EXAMPLES, script), ...args], env);
}
