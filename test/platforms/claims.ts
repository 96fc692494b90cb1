import { randomBytes, randomUUID } from "node:crypto";

import { type Link, type PublicKey, publicKeyOf, signPayload, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { SigningKey, encodeBase64, getBytes, hashMessage, hexlify, toBeHex } from "ethers";

import { platformOf } from "../../api/platforms/index.ts";
import { CheckError, type Claim, type Severity } from "../../api/platforms/types.ts";

/** An avatar with its private key. */
export interface Signer {
  privateKey: string;
  publicKey: PublicKey;
}

export function newSigner(): Signer {
  const privateKey = hexlify(randomBytes(32));
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

export function newLink(signer: Signer, platform: string, identity: string, change: Partial<Link> = {}): Link {
  return {
    action: "create",
    platform,
    identity,
    avatar: signer.publicKey.compressed,
    prev: null,
    createdAt: 1_760_000_000,
    uuid: randomUUID(),
    ...change,
  };
}

export function claimOf(signer: Signer, link: Link, location: string): Claim {
  return { link, avatar: signer.publicKey, location };
}

/** A signer's signature of a link in Base64. */
export function sign(signer: Signer, link: Link): string {
  return signText(signer.privateKey, signPayload(link)).base64;
}

/** What a user publishes for a link: the platform's own template with this signature in it. */
export function publishedText(signer: Signer, link: Link, signature = sign(signer, link)): string {
  const draft = { link, avatar: signer.publicKey, typedIdentity: link.identity, signPayload: signPayload(link) };
  return platformOf(link.platform)!.postContent(draft).default.replace("%SIG_BASE64%", signature);
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/**
 * Another valid signature of the same text by the same key: ECDSA (SEC 1, section 4.1.3) with a nonce of one's choice,
 * where libraries derive it (RFC 6979). With `highS` in the form that EIP-2 refuses.
 */
export function signOtherwise(signer: Signer, link: Link, { highS = false } = {}): string {
  const nonce = 0x1234567n;
  const point = SigningKey.computePublicKey(toBeHex(nonce, 32), false);
  const r = BigInt(`0x${point.slice(4, 68)}`) % ORDER;
  const digest = BigInt(hashMessage(signPayload(link)));
  let s = (inverse(nonce) * (digest + r * BigInt(signer.privateKey))) % ORDER;
  let v = Number(BigInt(`0x${point.slice(68)}`) & 1n);
  if (s > ORDER / 2n !== highS) {
    s = ORDER - s;
    v ^= 1;
  }
  return encodeBase64(getBytes(toBeHex(r, 32) + toBeHex(s, 32).slice(2) + toBeHex(v, 1).slice(2)));
}

/** value^(ORDER - 2) modulo ORDER, the inverse since ORDER is prime. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let power = value;
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * power) % ORDER;
    power = (power * power) % ORDER;
  }
  return result;
}

/** Expects a look to fail with this severity and message. */
export async function expectRefusal(look: Promise<unknown>, severity: Severity, message: RegExp): Promise<CheckError> {
  const error: unknown = await look.then(
    () => expect.fail("the claim was confirmed"),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(CheckError);
  expect((error as CheckError).message).to.match(message);
  expect((error as CheckError).severity).to.equal(severity);
  return error as CheckError;
}
