import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";

/**
 * Runs the contracts' fuzz tests and invariants: `npm run test:solidity` as CI does, always with the same input, and
 * `npm run fuzz` for as long as somebody has patience, with new input each time. FUZZ_SEED repeats a run; FUZZ_RUNS,
 * INVARIANT_RUNS and INVARIANT_DEPTH say how much is tried. Further arguments go to Hardhat.
 */
const LONG = { FUZZ_RUNS: "50000", INVARIANT_RUNS: "512", INVARIANT_DEPTH: "100" };

const { values, positionals } = parseArgs({
  options: { long: { type: "boolean", default: false } },
  allowPositionals: true,
});

const seed = process.env["FUZZ_SEED"] ?? `0x${values.long ? randomBytes(32).toString("hex") : "5a".repeat(32)}`;
const env = { ...(values.long && LONG), ...process.env, FUZZ_SEED: seed };

console.log(`FUZZ_SEED=${seed}`);
const { status } = spawnSync("hardhat", ["test", "solidity", "--chain-type", "op", ...positionals], {
  stdio: "inherit",
  env,
});
if (status !== 0) console.log(`To see it again: FUZZ_SEED=${seed} npm run ${values.long ? "fuzz" : "test:solidity"}`);
process.exit(status ?? 1);
