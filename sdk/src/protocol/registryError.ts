import type { PROOF_REGISTRY_ABI } from "./abi.ts";

/** The name of an error with which `ProofRegistry` reverts. */
export type RegistryError = Extract<(typeof PROOF_REGISTRY_ABI)[number], { type: "error" }>["name"];
