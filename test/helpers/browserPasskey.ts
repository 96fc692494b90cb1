import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { type WebAuthnAssertion, es256PublicKey } from "@syngraph/sdk/protocol";
import { getBytes } from "ethers";
import type { Browser, Page } from "playwright-core";

import { watchPage } from "./browser.ts";

/** A passkey of Chromium's virtual authenticator. */
export interface BrowserPasskey {
  /** The host of the page that made it. */
  rpId: string;
  /** X ‖ Y, `0x` hex. */
  publicKey: string;
  /** Asks the browser for an assertion, as a wallet's page would. */
  assert: (challenge: string) => Promise<WebAuthnAssertion>;
}

/** What a wallet's page does. It runs in the browser, whose types this project has not. */
const PAGE = `<!doctype html><title>Passkeys</title><script>
  const hex = (buffer) => "0x" + [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  async function register() {
    const { response } = await navigator.credentials.create({
      publicKey: {
        rp: { name: "Test" },
        user: { id: new Uint8Array(16), name: "alice", displayName: "Alice" },
        challenge: new Uint8Array(32),
        pubKeyCredParams: [{ type: "public-key", alg: -7 }], // ES256 (RFC 9053, section 2.1).
        authenticatorSelection: { residentKey: "required" },
      },
    });
    return hex(response.getPublicKey());
  }
  async function assert(challenge) {
    const { response } = await navigator.credentials.get({ publicKey: { challenge: Uint8Array.from(challenge) } });
    const { authenticatorData, clientDataJSON, signature } = response;
    return {
      authenticatorData: hex(authenticatorData),
      clientDataJSON: hex(clientDataJSON),
      signature: hex(signature),
    };
  }
</script>`;

/** That page at every name below localhost, which Chromium takes for loopback and for a secure context. */
export class PasskeySite {
  readonly #server: Server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end(PAGE);
  });

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  origin(host: string): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Gives a page an authenticator of its own whose user always agrees, and which has the PRF extension. */
export async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      isUserVerified: true,
    },
  });
}

/** Opens a page on a host, gives it an authenticator, and has it make a passkey. */
export async function createPasskey(browser: Browser, site: PasskeySite, rpId: string): Promise<BrowserPasskey> {
  const { page } = await watchPage(browser, site.origin(rpId));
  await page.goto("/");
  await addAuthenticator(page);
  return {
    rpId,
    publicKey: es256PublicKey(await page.evaluate<string>("register()")),
    assert: (challenge) => page.evaluate<WebAuthnAssertion>(`assert([${getBytes(challenge).join()}])`),
  };
}
