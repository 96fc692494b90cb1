/**
 * `npm run check:lock`: whether package-lock.json says of every package what it must. Takes another file to look at.
 * Exit code 1 where it does not.
 */
import { readFile } from "node:fs/promises";

import { lockFaults } from "./lib/lockFile.ts";

const file = process.argv[2] ?? "package-lock.json";
const { packages } = JSON.parse(await readFile(file, "utf8")) as { packages: Parameters<typeof lockFaults>[0] };
const faults = lockFaults(packages);
for (const fault of faults) console.error(`${file}: ${fault}`);
if (faults.length > 0) {
  console.error(`${file} has ${faults.length} faults: take back what npm install did to it`);
  process.exitCode = 1;
}
