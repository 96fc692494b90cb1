/**
 * The registry rebuilt from its logs, apart from the indexer: what is signed is checked again, and held against what the
 * contracts keep and an index says.
 */
export { Chain, serverName } from "./chain.ts";
export { type RegistryContracts, VerifyError, contractsOf, findContracts } from "./contracts.ts";
export type { Database } from "./database.ts";
export { Findings, type Problem, type ProblemKind } from "./findings.ts";
export { readPatiently, readRange } from "./ranges.ts";
export { type VerifyOptions, type VerifyReport, verifyRegistry } from "./verify.ts";
