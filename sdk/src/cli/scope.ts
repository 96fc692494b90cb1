import { type Command, InvalidArgumentError, Option } from "commander";

import { readInteger } from "./options.ts";

/** Which connections count. */
export interface ScopeOptions {
  level?: number;
  asOf?: number | string;
}

/** The options of a command that looks at connections. */
export function addScope(command: Command): void {
  command
    .addOption(readInteger("--level <number>", "the weakest connections that count; 3 unless told", [1, 5]))
    .addOption(
      new Option("--as-of <time>", "what was so then: Unix seconds, or <chain id>:<block>").argParser((text) => {
        if (!/^\d{1,12}(?::\d{1,15})?$/.test(text)) {
          throw new InvalidArgumentError("It must be Unix seconds, or <chain id>:<block>.");
        }
        return text.includes(":") ? text : Number(text);
      }),
    );
}

export function scopeOf({ level, asOf }: ScopeOptions): ScopeOptions {
  return { ...(level !== undefined && { level }), ...(asOf !== undefined && { asOf }) };
}
