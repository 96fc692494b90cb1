import { KeystoreError, type SubkeySigner } from "@syngraph/sdk";
import { es256PublicKey } from "@syngraph/sdk/protocol";
import { getBytes, hexlify } from "ethers";

/**
 * Names of signatures in COSE's registry (RFC 9053): ES256, the one that contracts verify, and RS256, which browsers want to
 * see offered too. An authenticator takes the first that it can.
 */
const ALGORITHMS = [-7, -257];

/**
 * Makes a passkey for this site that can become a subkey. It is asked once more for each signature.
 *
 * @param userName under which the browser lists it.
 * @throws {KeystoreError} where there are no passkeys, or none was made.
 */
export async function createPasskeySubkey(userName: string): Promise<SubkeySigner> {
  const rpId = window.location.hostname;
  const { id, publicKey } = await answerOf(async () => {
    const made = (await navigator.credentials.create({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rp: { id: rpId, name: "Syngraph" },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name: userName, displayName: userName },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key" as const, alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
      },
    })) as PublicKeyCredential;
    const { response } = made as { response: AuthenticatorAttestationResponse } & PublicKeyCredential;
    return { id: made.rawId, publicKey: es256PublicKey(hexOf(response.getPublicKey()!)) };
  });
  return {
    ...{ algorithm: "es256", publicKey, rpId },
    prove: (digest) =>
      answerOf(async () => {
        const answer = (await navigator.credentials.get({
          publicKey: {
            challenge: new Uint8Array(getBytes(digest)),
            rpId,
            allowCredentials: [{ type: "public-key", id }],
            userVerification: "preferred",
          },
        })) as PublicKeyCredential;
        const { authenticatorData, clientDataJSON, signature } = answer.response as AuthenticatorAssertionResponse;
        return {
          authenticator_data: hexOf(authenticatorData),
          client_data_json: hexOf(clientDataJSON),
          signature: hexOf(signature),
        };
      }),
  };
}

function hexOf(bytes: ArrayBuffer): string {
  return hexlify(new Uint8Array(bytes));
}

async function answerOf<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new KeystoreError("passkey_refused", words, { cause });
  }
}
