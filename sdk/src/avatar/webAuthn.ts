/**
 * WebAuthn's interfaces (https://www.w3.org/TR/webauthn-3/), as far as they are used here: written down so that the SDK's types
 * do not need a browser's.
 */
export interface Credentials {
  create(options: { publicKey: CreationOptions }): Promise<unknown>;
  get(options: { publicKey: RequestOptions }): Promise<unknown>;
}

interface CreationOptions {
  challenge: Uint8Array;
  rp: { id: string; name: string };
  user: { id: Uint8Array; name: string; displayName: string };
  pubKeyCredParams: { type: "public-key"; alg: number }[];
  authenticatorSelection: { residentKey: string; userVerification: string };
  timeout: number;
  extensions?: { prf: { eval: { first: Uint8Array } } };
}

interface RequestOptions {
  challenge: Uint8Array;
  rpId: string;
  allowCredentials: { type: "public-key"; id: Uint8Array }[];
  userVerification: string;
  timeout: number;
  extensions?: { prf: { eval: { first: Uint8Array } } };
}

/** A passkey's answer. */
export interface PublicKeyCredential<R = unknown> {
  rawId: ArrayBuffer;
  response: R;
  getClientExtensionResults(): { prf?: { enabled?: boolean; results?: { first?: ArrayBuffer | ArrayBufferView } } };
}
