import { type DestinationStream, type Logger, pino } from "pino";

/** What of a throw is logged: by itself, JSON has of an error only what was hung on it. */
interface LoggedError {
  code?: unknown;
  /** With its name, message and place. */
  stack: string;
  cause?: unknown;
}

/**
 * The log. The RPC's URL, whose path is a key at most providers, is cut to its origin wherever it turns up: ethers writes it
 * into the messages of its errors.
 *
 * @param destination standard output by default.
 */
export function createLog(level: string, rpcUrl: string, destination?: DestinationStream): Logger {
  const { origin, href } = new URL(rpcUrl);
  const options = {
    level,
    serializers: { error: describe },
    hooks: { streamWrite: (line: string) => line.replaceAll(rpcUrl, origin).replaceAll(href, `${origin}/`) },
  };
  return destination ? pino(options, destination) : pino(options);
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  return {
    ...(code !== undefined && { code }),
    stack: error.stack ?? `${error.name}: ${error.message}`,
    ...(error.cause !== undefined && { cause: describe(error.cause) }),
  } satisfies LoggedError;
}
