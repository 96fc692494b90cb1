import { domainToASCII, domainToUnicode } from "node:url";

import { parsePublicKey, parseSolanaAddress } from "@syngraph/sdk/protocol";
import { getAddress } from "ethers";

/** Lower case, for values whose shape admits ASCII only. */
export function lowerCase(value: string): string {
  return value.toLowerCase();
}

/**
 * A host name in A-labels (RFC 5890) and lower case, without a final dot; null for what is no host name of at least two
 * labels, and for an IP address.
 *
 * A label in other letters must stay one: the mapping of UTS 46 would turn full-width letters or the Kelvin sign into
 * ASCII, so that a name no one can tell apart is typed and another is signed.
 */
export function hostName(value: string): string | null {
  const typed = value.replace(/[.\u3002\uff0e\uff61]$/, "");
  const name = domainToASCII(typed);
  const labels = name.split(".");
  const typedLabels = typed.split(/[.\u3002\uff0e\uff61]/);
  const mapped = typedLabels.some(
    (label, index) => /[^\u0000-\u007f]/.test(label) && !labels[index]?.startsWith("xn--"),
  );
  const valid =
    !mapped &&
    name.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label) && !isBrokenALabel(label)) &&
    !/^\d+$/.test(labels.at(-1)!);
  return valid ? name : null;
}

/** Whether a label claims to be an A-label and decodes to nothing: domainToASCII passes such labels as they are. */
function isBrokenALabel(label: string): boolean {
  return label.startsWith("xn--") && domainToUnicode(label) === label;
}

/** An Ethereum address in lower case; null where its mixed case is no valid checksum (EIP-55). */
export function address(value: string): string | null {
  try {
    return getAddress(value).toLowerCase();
  } catch {
    return null;
  }
}

/** A Solana wallet's address as it is: its case says something. Null where no wallet has it. */
export function solanaAddress(value: string): string | null {
  try {
    parseSolanaAddress(value);
    return value;
  } catch {
    return null;
  }
}

/** An avatar's public key, compressed; null for what is none. */
export function publicKey(value: string): string | null {
  try {
    return parsePublicKey(value).compressed;
  } catch {
    return null;
  }
}
