import { concat, decodeBase58, encodeBase58, toBeHex } from "ethers";

import { type KnownDid, accountId } from "./did.ts";

/** How documents are represented: as DID Core 1.1 has them, or 1.0. */
export type Representation = "application/did" | "application/did+ld+json";

/** A DID document, as far as this resolver makes them. */
export type DidDocument = {
  "@context": readonly (string | Readonly<Record<string, string>>)[];
  id: string;
  alsoKnownAs?: readonly string[];
  verificationMethod: readonly VerificationMethod[];
  authentication: readonly string[];
  assertionMethod: readonly string[];
  capabilityInvocation: readonly string[];
  capabilityDelegation: readonly string[];
  service?: readonly Service[];
};

export type VerificationMethod = {
  id: string;
  type: string;
  controller: string;
  publicKeyMultibase?: string;
  blockchainAccountId?: string;
};

export type Service = {
  id: string;
  type: string;
  serviceEndpoint: string;
};

/** What 1.1 defines by itself, and 1.0 by a document more (W3C Controlled Identifiers, "Multikey"). */
const CONTEXTS: Readonly<Record<Representation, readonly string[]>> = {
  "application/did": ["https://www.w3.org/ns/did/v1.1"],
  "application/did+ld+json": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
};

/** Terms of wallets, from the did:pkh method's specification, section "Context". */
const ACCOUNT_TERMS = {
  blockchainAccountId: "https://w3id.org/security#blockchainAccountId",
  EcdsaSecp256k1RecoveryMethod2020:
    "https://identity.foundation/EcdsaSecp256k1RecoverySignature2020#EcdsaSecp256k1RecoveryMethod2020",
};

/** The document that follows from the DID alone, and what is known of its subject. */
export function documentOf(
  known: KnownDid,
  { alsoKnownAs, service }: { alsoKnownAs: readonly string[]; service: readonly Service[] },
  representation: Representation,
): DidDocument {
  const method = known.method === "key" ? keyMethod(known) : walletMethod(known);
  const uses = [method.id];
  return {
    "@context": [...CONTEXTS[representation], ...(known.method === "pkh" ? [ACCOUNT_TERMS] : [])],
    id: known.did,
    ...(alsoKnownAs.length > 0 && { alsoKnownAs }),
    verificationMethod: [method],
    ...{ authentication: uses, assertionMethod: uses, capabilityInvocation: uses, capabilityDelegation: uses },
    ...(service.length > 0 && { service }),
  };
}

function keyMethod({ did }: KnownDid & { method: "key" }): VerificationMethod {
  const publicKeyMultibase = did.slice("did:key:".length);
  return { id: `${did}#${publicKeyMultibase}`, type: "Multikey", controller: did, publicKeyMultibase };
}

/** Of an Ethereum address only the key's hash is known; a Solana address is the key itself. */
function walletMethod({ did, chain, vertex }: KnownDid & { method: "pkh" }): VerificationMethod {
  const account = { id: `${did}#blockchainAccountId`, controller: did, blockchainAccountId: accountId(chain, vertex) };
  if (chain.namespace === "eip155") return { ...account, type: "EcdsaSecp256k1RecoveryMethod2020" };
  return { ...account, type: "Multikey", publicKeyMultibase: ed25519Multikey(vertex.identity) };
}

/** ed25519-pub, 0xed, as an unsigned varint. */
const ED25519_PUB = "0xed01";

function ed25519Multikey(address: string): string {
  return `z${encodeBase58(concat([ED25519_PUB, toBeHex(decodeBase58(address), 32)]))}`;
}
