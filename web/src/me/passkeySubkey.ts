import { type SubkeySigner, createPasskeySubkey as createPasskey, passkeySubkey } from "@syngraph/sdk";

/**
 * Makes a passkey for this site that can become a subkey. It is asked once more for each signature.
 *
 * @param userName under which the browser lists it.
 * @throws {KeystoreError} where there are no passkeys, or none was made.
 */
export async function createPasskeySubkey(userName: string): Promise<SubkeySigner> {
  return passkeySubkey(await createPasskey({ rpId: window.location.hostname, rpName: "Syngraph", userName }));
}
