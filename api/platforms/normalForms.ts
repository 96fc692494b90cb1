import { domainToASCII, domainToUnicode } from "node:url";

import { parsePublicKey, parseSolanaAddress } from "@syngraph/sdk/protocol";
import { ensNormalize, getAddress } from "ethers";

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

/** More labels than names have; each costs a look-up. */
const MAX_ENS_LABELS = 10;

/**
 * An ENS name as ENSIP-15 has it; null for what has no such form, and for letters that would become others: full-width
 * ones or the Kelvin sign, which nobody can tell apart from what would be signed.
 */
export function ensName(value: string): string | null {
  try {
    const name = ensNormalize(value);
    // Only capitals of ASCII, the marks that make a character an emoji, and what NFC joins are put right in silence.
    const typed = value
      .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      .replaceAll("\ufe0f", "")
      .normalize("NFC");
    const labels = name.split(".").length;
    return name === typed && labels >= 2 && labels <= MAX_ENS_LABELS ? name : null;
  } catch {
    return null;
  }
}
