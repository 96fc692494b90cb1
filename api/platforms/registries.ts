import { ensName } from "./normalForms.ts";
import type { InputRule } from "./types.ts";

/** What other registries name, that the graph knows of them and nobody can bind here; by platform. */
export const REGISTRIES: Readonly<Record<string, InputRule>> = {
  basenames: {
    rule: "a name under base.eth, normalised (ENSIP-15)",
    shapes: [
      /^([^\s/:?#"\\<>&]+\.base\.eth)$/i,
      /^(?:https?:\/\/)?(?:www\.)?base\.org\/name\/([^\s/:?#"\\<>&.]+)\/?(?:[?#][!-~]*)?$/i,
    ],
    normalForm: (name) => ensName(/\.base\.eth$/i.test(name) ? name : `${name}.base.eth`),
  },
  farcaster: numbered("a Farcaster account's number (fid), as #3"),
  lens: numbered("a Lens profile's number, as #3 or in hex"),
};

/** By the registry's own number, since names are renamed. */
function numbered(rule: string): InputRule {
  return {
    rule,
    shapes: [/^#?([1-9]\d{0,77}|0x[0-9a-f]{1,64})$/i],
    normalForm: (number) => (BigInt(number) === 0n ? null : `#${BigInt(number)}`),
  };
}
