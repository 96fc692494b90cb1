import {
  type Subkey,
  type SubkeyAuthorization,
  type SubkeyDomain,
  contractPublicKey,
  es256Proof,
  parseSignature,
  signSubkeyDigest,
  signText,
  subkeyAuthorizationHash,
  subkeyId,
  subkeyRevocationHash,
  subkeyText,
  toContractSubkey,
  webAuthnProof,
} from "@syngraph/sdk/protocol";
import { network } from "hardhat";

import type { SubkeyHarness, SubkeyRegistry } from "../../types/ethers-contracts/index.ts";
import { NOW } from "./contractClock.ts";
import { type Person, person } from "./contractLinks.ts";
import { assertWith, es256Key, signEs256 } from "./passkey.ts";

/** Where the registry runs. */
export interface Chain {
  /** An L1 before Osaka, which has no P-256 precompile (EIP-7951); else the simulated OP chain, which has. */
  withoutP256?: boolean;
  chainId?: number;
}

/** A simulated chain with the registry on it. */
export type Subkeys = Awaited<ReturnType<typeof startSubkeys>>;

/** Starts a chain of its own and deploys the registry. */
export async function startSubkeys({ withoutP256 = false, chainId = 31337 }: Chain = {}) {
  const connection = await network.create({
    chainType: withoutP256 ? "l1" : "op",
    override: {
      initialDate: new Date(NOW * 1000),
      chainId,
      ...(withoutP256 ? { hardfork: "prague" } : {}),
    },
  });
  const { ethers, networkHelpers } = connection;
  const [, relayer, stranger] = await ethers.getSigners();
  const registry: SubkeyRegistry = await ethers.deployContract("SubkeyRegistry");
  const harness: SubkeyHarness = await ethers.deployContract("SubkeyHarness");
  const domain: SubkeyDomain = { chainId, verifyingContract: await registry.getAddress() };
  return {
    connection,
    ethers,
    networkHelpers,
    /** Hands in what others signed. */
    registry: registry.connect(relayer!) as SubkeyRegistry,
    stranger: stranger!,
    harness,
    domain,
  };
}

/** Starts the registry once for the tests of a suite, and puts it back as it was before each test. */
export function useSubkeys(chain: Chain = {}): () => Subkeys {
  let subkeys: Subkeys;
  let restore: () => Promise<void>;

  before(async () => {
    subkeys = await startSubkeys(chain);
    ({ restore } = await subkeys.networkHelpers.takeSnapshot());
  });
  beforeEach(() => restore());
  after(() => subkeys.connection.close());

  return () => subkeys;
}

/** Whoever holds a subkey. */
export interface Holder {
  subkey: Subkey;
  id: string;
  /** Signs a digest in the form that the contract takes. */
  prove: (digest: string) => string;
}

/** Somebody with an account's key; the same name is the same key in every run. */
export function accountHolder(name: string, rpId = "example.com"): Holder & { person: Person } {
  const holder = person(name);
  return {
    ...holderOf({ algorithm: "secp256k1", publicKey: contractPublicKey(holder.key), rpId }, (digest) =>
      signSubkeyDigest(holder.privateKey, digest),
    ),
    person: holder,
  };
}

/** Somebody with a key of WebCrypto's. */
export function es256Holder(name: string, rpId = "example.com"): Holder {
  const key = es256Key(name);
  return holderOf({ algorithm: "es256", publicKey: key.publicKey, rpId }, (digest) =>
    es256Proof(signEs256(key, digest)),
  );
}

/** Somebody with a passkey. */
export function passkeyHolder(name: string, rpId = "example.com"): Holder {
  const key = es256Key(name);
  return holderOf({ algorithm: "es256", publicKey: key.publicKey, rpId }, (digest) =>
    webAuthnProof(assertWith(key, rpId, digest)),
  );
}

function holderOf(subkey: Subkey, prove: (digest: string) => string): Holder {
  return { subkey, id: subkeyId(subkey), prove };
}

/** What a test says about an authorisation; the rest is filled in. */
export interface AuthorizationFields extends Partial<Pick<SubkeyAuthorization, "name" | "expiresAt" | "nonce">> {
  /** The domain that is signed for. */
  domain?: SubkeyDomain;
}

/** An authorisation by an avatar and a holder, as `authorize` takes it. */
export function authorizing(
  { domain }: Pick<Subkeys, "domain">,
  avatar: Person,
  holder: Holder,
  { domain: signedFor = domain, ...fields }: AuthorizationFields = {},
) {
  const authorization = {
    avatar: avatar.address,
    subkey: holder.subkey,
    name: "Alice's phone",
    expiresAt: 0,
    nonce: 0,
    ...fields,
  };
  const digest = subkeyAuthorizationHash(signedFor, authorization);
  return [
    { ...authorization, subkey: toContractSubkey(holder.subkey) },
    signSubkeyDigest(avatar.privateKey, digest),
    holder.prove(digest),
  ] as const;
}

/** What a test says about Next.ID's text. */
export interface ImportFields {
  /** As the text has it. */
  publicKey?: string;
  domain?: SubkeyDomain;
}

/** An authorisation by Next.ID's text, as `importAuthorization` takes it. */
export function importing(
  { domain }: Pick<Subkeys, "domain">,
  avatar: Person,
  holder: Holder,
  fields: ImportFields = {},
) {
  const { subkey } = holder;
  const uncompressed = subkey.algorithm === "secp256k1" ? `04${subkey.publicKey.slice(2)}` : subkey.publicKey.slice(2);
  const publicKey = fields.publicKey ?? uncompressed;
  const text = subkeyText({ avatar: avatar.key.compressed, ...subkey, publicKey });
  return [
    contractPublicKey(avatar.key),
    toContractSubkey(subkey),
    publicKey,
    signText(avatar.privateKey, text).raw,
    holder.prove(importDigest(fields.domain ?? domain, avatar, subkey)),
  ] as const;
}

/** What the holder of a subkey signs to have it imported. */
export function importDigest(domain: SubkeyDomain, avatar: Person, subkey: Subkey): string {
  return subkeyAuthorizationHash(domain, { avatar: avatar.address, subkey, name: "", expiresAt: 0, nonce: 0 });
}

/** A revocation by the avatar's signature, as `revokeBySig` takes it. */
export function revoking({ domain }: Pick<Subkeys, "domain">, avatar: Person, holder: Holder, nonce: number) {
  const digest = subkeyRevocationHash(domain, { avatar: avatar.address, subkey: holder.subkey, nonce });
  return [avatar.address, holder.id, nonce, signSubkeyDigest(avatar.privateKey, digest)] as const;
}

/** A revocation by the subkey's own, as `renounce` takes it. */
export function renouncing({ domain }: Pick<Subkeys, "domain">, avatar: Person, holder: Holder, nonce: number) {
  const digest = subkeyRevocationHash(domain, { avatar: avatar.address, subkey: holder.subkey, nonce });
  return [avatar.address, toContractSubkey(holder.subkey), nonce, holder.prove(digest)] as const;
}

/** A call's arguments with the one at `index` replaced. */
export function withArgument<const T extends readonly unknown[], I extends number>(
  args: T,
  index: I,
  value: unknown,
): T {
  return args.with(index, value) as unknown as T;
}

/** A signature (`0x` hex) with v in {0, 1}. */
export function withSmallV(signature: string): string {
  return parseSignature(signature).canonical;
}
