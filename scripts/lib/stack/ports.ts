import { randomInt } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";

/**
 * Below what systems hand out by themselves (RFC 6335 section 6 from 49152 on, Linux from 32768 on): of those, somebody's outgoing
 * connection may take one again before who asked for it listens there.
 */
const OWN_PORTS = [20_000, 32_768] as const;

/** A port of loopback that nobody listens on just now, and hardly anybody else will soon. */
export async function freePort(): Promise<number> {
  for (;;) {
    try {
      return await listenOnce(randomInt(...OWN_PORTS));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
}

/**
 * Makes sure that a port of loopback is free.
 *
 * @param variable the environment variable that chooses it, for the message.
 * @throws when somebody listens there.
 */
export async function requireFreePort(port: number, variable: string, use: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(
      `Port ${port} for the ${use} is taken: end what listens there, or choose another with ${variable}`,
      {
        cause: error,
      },
    );
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}
