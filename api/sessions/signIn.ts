import { type PublicKey, recoverPublicKey } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import { ApiError, badRequest } from "../errors.ts";
import { verifyWalletMessage } from "../wallets/verifyWallet.ts";
import { type SignInMessage, readMessage } from "./message.ts";
import { avatarOf } from "./signer.ts";

/** A message with its signature, as a wallet gave it. */
export interface SignedMessage {
  message: string;
  /** `0x` hex: 65 bytes, or what a contract wallet takes. */
  signature: string;
}

/** Who proved to be there. */
export interface SignedIn {
  avatar: PublicKey;
  /** The address that signed, lower case. */
  signer: string;
  message: SignInMessage;
}

export interface SignInOptions {
  /** The only domains for which the message may be. */
  domains?: readonly string[];
  /** The public key of the avatar, where the signer stands for several. */
  avatar: (message: SignInMessage) => string | undefined;
}

/**
 * Takes a sign-in of EIP-4361, once. The nonce goes last: who sends a wrong signature uses up nobody's.
 *
 * @throws {ApiError} saying what is wrong with it.
 */
export async function signIn(
  { config, db, provider, nonces }: Context,
  { message: text, signature }: SignedMessage,
  { domains, avatar: wanted }: SignInOptions,
): Promise<SignedIn> {
  const { chainId } = config.chain;
  if (!/^0x(?:[0-9a-f]{2})+$/i.test(signature)) throw badRequest("signature: it must be bytes in 0x hex");
  const message = readMessage(text, { chainId, ...(domains && { domains }) });
  const { address, nonce } = message;
  if (!(await nonces.isGood(nonce))) throw nonceRefused(nonce);
  const word = await verifyWalletMessage(provider, address, text, signature);
  if (!word.valid) {
    throw new ApiError(401, `bad signature: ${address} did not sign this message: ${word.message}`);
  }
  const key = word.kind === "key" ? recoverPublicKey(text, signature) : null;
  const avatar = await avatarOf(db, chainId, { address, key }, wanted(message));
  if (!(await nonces.use(nonce))) throw nonceRefused(nonce);
  return { avatar, signer: address.toLowerCase(), message };
}

function nonceRefused(nonce: string): ApiError {
  return new ApiError(401, `nonce ${nonce} was not given out here, is more than 10 minutes old, or was used already`);
}
