import { SiweMessage } from "siwe";

import { ApiError, badRequest } from "../errors.ts";

/** Longest message that is read, in UTF-16 units: the parser takes long over nonsense. */
export const MAX_MESSAGE = 2048;

/** How far a wallet's clock may be off, in seconds, and how old a message may be: as old as a nonce. */
const SKEW = 60;
const MAX_AGE = 10 * 60;

/** A message of EIP-4361 whose form and times are good. */
export interface SignInMessage {
  /** As it was signed. */
  text: string;
  domain: string;
  /** EIP-55. */
  address: string;
  /** Its origin is on `domain`. */
  uri: URL;
  nonce: string;
  resources: readonly string[];
}

export interface Expected {
  chainId: number;
  /** The only domains for which it may be; absent where any will do. */
  domains?: readonly string[];
  /** Unix seconds. */
  now?: number;
}

/**
 * Reads what a wallet showed its user, and checks all of it that needs neither signature nor database.
 *
 * `siwe` has the grammar; its `verify` is not used, since it verifies a text that it writes anew, and knows no tolerance for
 * clocks.
 *
 * @throws {ApiError} 400 where it is no such message, 401 where it is for somebody else or another time.
 */
export function readMessage(text: string, expected: Expected): SignInMessage {
  const { chainId, domains, now = Date.now() / 1000 } = expected;
  const message = parse(text);
  const uri = URL.parse(message.uri);
  const domain = message.domain.toLowerCase();
  if (domains && !domains.includes(domain)) {
    throw refused(`the message is for ${domain}, and this is ${domains.join(" or ")}`);
  }
  if (!uri || !/^https?:$/.test(uri.protocol) || uri.host !== domain) {
    throw refused(`the message's URI ${message.uri} is not on its domain ${domain}`);
  }
  if (message.scheme !== undefined && `${message.scheme}:` !== uri.protocol) {
    throw refused(`the message's scheme ${message.scheme} is not that of its URI ${message.uri}`);
  }
  if (message.chainId !== chainId) {
    throw refused(`the message is for chain ${message.chainId}, and accounts are looked up on chain ${chainId}`);
  }
  checkTimes(message, now);
  const { address, nonce, resources = [] } = message;
  return { text, domain, address, uri, nonce, resources };
}

function parse(text: string): SiweMessage {
  if (text.length > MAX_MESSAGE) throw badRequest(`the message is longer than ${MAX_MESSAGE} characters`);
  let message: SiweMessage;
  try {
    message = new SiweMessage(text);
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split("\n") : [];
    throw badRequest(`message: not of EIP-4361: ${reason}`, error);
  }
  // What the parser saw is what the user saw, to the last byte.
  if (message.toMessage() !== text) throw badRequest("message: not written as EIP-4361 has it");
  return message;
}

function checkTimes({ issuedAt, expirationTime, notBefore }: SiweMessage, now: number): void {
  const issued = secondsOf(issuedAt ?? "");
  if (!(issued - SKEW <= now)) throw refused(`the message was issued in the future, at ${issuedAt}`);
  if (!(issued + MAX_AGE + SKEW > now)) throw refused(`the message is more than 10 minutes old: ${issuedAt}`);
  if (expirationTime !== undefined && !(secondsOf(expirationTime) + SKEW > now)) {
    throw refused(`the message expired at ${expirationTime}`);
  }
  if (notBefore !== undefined && !(secondsOf(notBefore) - SKEW <= now)) {
    throw refused(`the message is not valid before ${notBefore}`);
  }
}

/** NaN for what is no time, which is neither before nor after any. */
function secondsOf(time: string): number {
  return Date.parse(time) / 1000;
}

function refused(message: string): ApiError {
  return new ApiError(401, message);
}
