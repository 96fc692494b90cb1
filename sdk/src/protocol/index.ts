/**
 * Everything that Syngraph signs or hashes. No I/O and no framework: the API, the indexer, the dashboard, the contracts'
 * tests and the scripts all build their texts, hashes and keys here and nowhere else.
 */
export * from "./abi.ts";
export * from "./attestation.ts";
export * from "./attesterRequest.ts";
export * from "./base1024.ts";
export * from "./errors.ts";
export * from "./hash.ts";
export * from "./header.ts";
export * from "./link.ts";
export * from "./publicKey.ts";
export * from "./recover.ts";
export * from "./registryError.ts";
export * from "./revert.ts";
export * from "./signPayload.ts";
export * from "./signature.ts";
export * from "./solana.ts";
export * from "./stateAnchor.ts";
export * from "./subkey.ts";
export * from "./submission.ts";
export * from "./walletSignature.ts";
