import { InputError, SyngraphError, TrustError } from "./errors.ts";
import { ProtocolError } from "./protocol/index.ts";

/** What `read` throws, as an error about what the caller gave. */
export function asInput<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof SyngraphError) throw cause;
    const field = cause instanceof ProtocolError ? cause.field : null;
    throw new InputError((cause as Error).message, field, { cause });
  }
}

/** The same, as an error about what a server told. */
export function asTold<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TrustError(`the server's reply cannot be used: ${(cause as Error).message}`, { cause });
  }
}
