import { decodeBase64, getAddress, hexlify } from "ethers";

import { type Avatar, type EthersSigner, type TextSigner, textSignerOf } from "./avatar/index.ts";
import type { CallOptions, IdTokenReply, SessionInfo, SubmissionPage, SyngraphClient } from "./client/index.ts";
import { InputError, TrustError } from "./errors.ts";
import { asInput, asTold } from "./input.ts";
import { parsePublicKey } from "./protocol/index.ts";

/** Who can sign in: an avatar, or a wallet that is bound to one. */
export type Signer = Avatar | TextSigner | EthersSigner;

/** What the message says that is signed. */
export interface SignInOptions extends CallOptions {
  /** The page that asks, on whose domain the message is good; in a browser that page, else the API's address. */
  uri?: string;
  /** A sentence for the user. */
  statement?: string;
  /** The avatar's public key, where a wallet is bound to several. */
  avatar?: string;
}

/** What an application asks for. */
export interface IdTokenOptions extends SignInOptions {
  /** Of which platforms the bindings are disclosed. */
  bindings?: readonly string[];
  /** The token's audience, where it is not the domain but the origin. */
  audience?: string;
  /** The application's own nonce; one of the node's is asked for without it. */
  nonce?: string;
}

/** Somebody is signed in at an API. The token is theirs: it is left out of `JSON.stringify` and the like. */
export class Session {
  readonly #client: SyngraphClient;
  readonly #token: string;
  /** Compressed public key. */
  readonly avatar: string;
  /** Of the avatar's key, EIP-55. */
  readonly address: string;
  /** Who signed, EIP-55. */
  readonly signer: string;
  readonly expiresAt: Date;

  constructor(client: SyngraphClient, token: string, info: SessionInfo) {
    this.#client = client;
    this.#token = token;
    this.avatar = info.avatar;
    this.address = getAddress(info.address.toLowerCase());
    this.signer = getAddress(info.signer.toLowerCase());
    this.expiresAt = new Date(Number(info.expires_at) * 1000);
  }

  /** For `Authorization: Bearer …`. Keep it as you keep a password. */
  get token(): string {
    return this.#token;
  }

  /** Asks the API who is signed in. @throws {SyngraphError} status 401 where nobody is any more. */
  current(options: CallOptions = {}): Promise<SessionInfo> {
    return this.#client.session(this.#token, options);
  }

  /** What the avatar handed in, the latest first. */
  submissions(page = 1, options: CallOptions = {}): Promise<SubmissionPage> {
    return this.#client.sessionSubmissions(this.#token, page, options);
  }

  /** Ends it: the token is good for nothing any more. */
  signOut(options: CallOptions = {}): Promise<void> {
    return this.#client.endSession(this.#token, options);
  }
}

/** Signs in. @throws {TrustError} where the API says that somebody else is signed in. */
export async function signIn(
  client: SyngraphClient,
  api: string,
  signer: Signer,
  options: SignInOptions = {},
): Promise<Session> {
  const { avatar, signal } = options;
  const call = signal ? { signal } : {};
  const wallet = await signInSigner(signer);
  const message = await messageOf(client, api, wallet.address, options, []);
  const signature = await wallet.signText(message);
  const wanted = avatar ?? wallet.avatar;
  const reply = await client.beginSession({ message, signature, ...(wanted && { avatar: wanted }) }, call);
  const { token, ...info } = reply;
  const expected = wanted && asInput(() => parsePublicKey(wanted)).compressed;
  if (info.signer.toLowerCase() !== wallet.address.toLowerCase() || (expected && info.avatar !== expected)) {
    throw new TrustError(`the server says that ${info.signer} signed in as avatar ${info.avatar}`);
  }
  const { address } = asTold(() => parsePublicKey(info.avatar));
  if (info.address.toLowerCase() !== address.toLowerCase()) {
    throw new TrustError(`the server says that ${info.address} is the address of avatar ${info.avatar}`);
  }
  return new Session(client, token, info);
}

/** Asks for an ID token. */
export async function requestIdToken(
  client: SyngraphClient,
  api: string,
  signer: Signer,
  options: IdTokenOptions = {},
): Promise<IdTokenReply> {
  const { avatar, bindings = [], audience, signal } = options;
  const wallet = await signInSigner(signer);
  const wanted = avatar ?? wallet.avatar;
  const resources = [
    ...bindings.map((platform) => `urn:syngraph:binding:${platform}`),
    ...(wanted ? [`urn:syngraph:avatar:${wanted}`] : []),
  ];
  const message = await messageOf(client, api, wallet.address, options, resources);
  const signed = { message, signature: await wallet.signText(message), ...(audience !== undefined && { audience }) };
  return client.idToken(signed, signal ? { signal } : {});
}

/** What a message of EIP-4361 says. */
export interface SignInMessage {
  uri: string;
  address: string;
  chainId: number;
  nonce: string;
  issuedAt: Date;
  statement?: string;
  resources?: readonly string[];
}

/**
 * A message to sign in with, as EIP-4361 has it. Its domain is that of its URI.
 *
 * @throws {InputError} where a part would break out of its line, or is none.
 */
export function signInMessage(fields: SignInMessage): string {
  const { address, chainId, nonce, issuedAt, statement, resources = [] } = fields;
  const uri = URL.parse(fields.uri);
  if (!uri || !["http:", "https:"].includes(uri.protocol))
    throw new InputError(`${fields.uri} is no http address`, "uri");
  if (!/^[A-Za-z0-9]{8,64}$/.test(nonce))
    throw new InputError("the nonce is not of 8 to 64 letters and digits", "nonce");
  if (!Number.isSafeInteger(chainId) || chainId < 1)
    throw new InputError("the chain id is no positive integer", "chainId");
  // The characters of RFC 3986, which the grammar of EIP-4361 allows in a statement.
  if (statement !== undefined && !/^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;= ]+$/.test(statement)) {
    throw new InputError("a statement is one line of ASCII letters, digits and punctuation", "statement");
  }
  const strange = resources.find((resource) => !/^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/.test(resource));
  if (strange !== undefined) throw new InputError(`${JSON.stringify(strange)} is no URI`, "resources");
  return [
    `${uri.host} wants you to sign in with your Ethereum account:`,
    asInput(() => getAddress(address)),
    "",
    ...(statement === undefined ? [""] : [statement, ""]),
    `URI: ${uri.href}`,
    "Version: 1",
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt.toISOString()}`,
    ...(resources.length === 0 ? [] : ["Resources:", ...resources.map((resource) => `- ${resource}`)]),
  ].join("\n");
}

async function messageOf(
  client: SyngraphClient,
  api: string,
  address: string,
  options: SignInOptions & { nonce?: string },
  resources: readonly string[],
): Promise<string> {
  const { statement, uri = pageOf(api), signal } = options;
  const { nonce, chain_id: chainId } = await client.nonce(signal ? { signal } : {});
  try {
    return signInMessage({
      ...{ uri, address, chainId, nonce: options.nonce ?? nonce, issuedAt: new Date(), resources },
      ...(statement !== undefined && { statement }),
    });
  } catch (error) {
    // A nonce or chain that breaks the message is the server's doing.
    if (!(error instanceof InputError) || !["nonce", "chainId"].includes(error.field ?? "")) throw error;
    throw new TrustError(`nothing was signed: the server's nonce or chain id is none: ${error.message}`, {
      cause: error,
    });
  }
}

/** The page that runs this, else the API. */
function pageOf(api: string): string {
  const { location } = globalThis as { location?: { origin?: string } };
  return location?.origin && location.origin !== "null" ? location.origin : new URL(api).origin;
}

async function signInSigner(signer: Signer): Promise<TextSigner & { avatar?: string }> {
  if (!("publicKey" in signer && "signDigest" in signer)) return textSignerOf(signer);
  const signText = (text: string) => Promise.resolve(hexlify(decodeBase64(signer.sign(text))));
  return { address: signer.address, avatar: signer.publicKey, signText };
}
