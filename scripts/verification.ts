/**
 * `npm run deployments:verification`: compiles what explorers are given of each contract, as `deploy` writes it, and
 * compares with the build. Exit code 1 when one does not come out the same.
 */
import { readArtifact } from "./lib/artifacts.ts";
import { DEPLOYED_CONTRACTS } from "./lib/deployments.ts";
import { compile, verificationOf } from "./lib/verification.ts";

for (const { name } of DEPLOYED_CONTRACTS) {
  const verification = await verificationOf(name);
  const same = (await compile(verification)) === (await readArtifact(name)).bytecode;
  const sources = Object.keys(verification.input.sources).length;
  console.log(`${name}: ${sources} sources ${same ? "give the same bytecode" : "give ANOTHER bytecode"}`);
  if (!same) process.exitCode = 1;
}
