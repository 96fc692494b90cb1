import { createHmac, randomBytes } from "node:crypto";

import { getBytes, hexlify } from "ethers";

import { type Es256Key, assertWith, es256Key } from "../helpers/passkey.ts";

/** What stands before the point of a P-256 key in its SubjectPublicKeyInfo (RFC 5480). */
const SPKI = "0x3059301306072a8648ce3d020106082a8648ce3d03010703420004";

interface Options {
  publicKey: {
    rpId?: string;
    rp?: { id: string };
    challenge: Uint8Array;
    allowCredentials?: { id: Uint8Array }[];
    extensions?: { prf: { eval: { first: Uint8Array } } };
  };
}

/**
 * A browser's passkeys without the browser, with WebAuthn's PRF extension: what `navigator.credentials` is. Chromium's own is
 * used in test/browser.
 */
export class Authenticator {
  readonly #keys = new Map<string, { key: Es256Key; secret: Buffer; rpId: string }>();

  async create({ publicKey: { rp } }: Options): Promise<object> {
    const rawId = randomBytes(16);
    const key = es256Key(hexlify(rawId));
    this.#keys.set(hexlify(rawId), { key, secret: randomBytes(32), rpId: rp!.id });
    const spki = getBytes(SPKI + key.publicKey.slice(2));
    return {
      rawId: Uint8Array.from(rawId).buffer,
      response: { getPublicKey: () => Uint8Array.from(spki).buffer },
      getClientExtensionResults: () => ({ prf: { enabled: true } }),
    };
  }

  async get({ publicKey: { rpId, challenge, allowCredentials, extensions } }: Options): Promise<object> {
    const held = this.#keys.get(hexlify(allowCredentials![0]!.id));
    if (!held || held.rpId !== rpId) throw new DOMException("not allowed", "NotAllowedError");
    const salt = extensions?.prf.eval.first;
    // https://w3c.github.io/webauthn/#prf-extension: the salt is hashed with a context first.
    const first = salt && createHmac("sha256", held.secret).update("WebAuthn PRF\0").update(salt).digest();
    const { authenticatorData, clientDataJSON, signature } = assertWith(held.key, rpId, hexlify(challenge), {
      flags: 0x05,
    });
    return {
      rawId: Uint8Array.from(allowCredentials![0]!.id).buffer,
      response: {
        authenticatorData: buffer(authenticatorData),
        clientDataJSON: buffer(clientDataJSON),
        signature: buffer(signature),
      },
      getClientExtensionResults: () => (first ? { prf: { results: { first: Uint8Array.from(first).buffer } } } : {}),
    };
  }
}

function buffer(hex: string): ArrayBuffer {
  return Uint8Array.from(getBytes(hex)).buffer;
}
