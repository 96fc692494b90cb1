import { type JsonWebKey, type KeyObject, createECDH, createHash, createPrivateKey, sign } from "node:crypto";

import { type WebAuthnAssertion, webAuthnChallenge } from "@syngraph/sdk/protocol";
import { getBytes, hexlify, id } from "ethers";

/** A P-256 key. */
export interface Es256Key {
  privateKey: KeyObject;
  /** X ‖ Y, `0x` hex. */
  publicKey: string;
}

/** The same name is the same key in every run. */
export function es256Key(name: string): Es256Key {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(getBytes(id(`syngraph test P-256 ${name}`)));
  const point = ecdh.getPublicKey().subarray(1);
  const jwk: JsonWebKey = {
    kty: "EC",
    crv: "P-256",
    d: ecdh.getPrivateKey("base64url"),
    x: point.subarray(0, 32).toString("base64url"),
    y: point.subarray(32).toString("base64url"),
  };
  return { privateKey: createPrivateKey({ key: jwk, format: "jwk" }), publicKey: hexlify(point) };
}

/** Signs bytes (`0x` hex) as WebCrypto does: 64 bytes r ‖ s over their SHA-256, either s. */
export function signEs256({ privateKey }: Es256Key, bytes: string): string {
  return hexlify(sign("sha256", getBytes(bytes), { key: privateKey, dsaEncoding: "ieee-p1363" }));
}

/** What an authenticator would say otherwise than usual. */
export interface PasskeyLies {
  /** The rp id that `authenticatorData` hashes. */
  rpId?: string;
  challenge?: string;
  type?: string;
  /** The byte of flags: 0x01 user present, 0x04 verified, 0x08 backup eligible, 0x10 backed up. */
  flags?: number;
}

/** An assertion as an authenticator makes it for a digest, with the user present but not verified. */
export function assertWith(key: Es256Key, rpId: string, digest: string, lies: PasskeyLies = {}): WebAuthnAssertion {
  const clientData = Buffer.from(
    JSON.stringify({
      type: lies.type ?? "webauthn.get",
      challenge: lies.challenge ?? webAuthnChallenge(digest),
      origin: `https://${rpId}`,
      crossOrigin: false,
    }),
  );
  const counter = Buffer.from([0, 0, 0, 1]);
  const authenticatorData = Buffer.concat([sha256(lies.rpId ?? rpId), Buffer.of(lies.flags ?? 0x01), counter]);
  return {
    authenticatorData: hexlify(authenticatorData),
    clientDataJSON: hexlify(clientData),
    signature: hexlify(sign("sha256", Buffer.concat([authenticatorData, sha256(clientData)]), key.privateKey)),
  };
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}
