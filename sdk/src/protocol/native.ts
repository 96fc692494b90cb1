/**
 * Imported for its effect, where there is Node: signatures are recovered by libsecp256k1, some ten times faster than in
 * JavaScript. Where the package has no binary for a platform, all stays as it was.
 */
import { createRequire } from "node:module";

import type secp256k1 from "secp256k1";

import { useRecovery } from "./recover.ts";

const bindings = load();
if (bindings) useRecovery((digest, signature, yParity) => bindings.ecdsaRecover(signature, yParity, digest, false));

/** Not the package's main entry, which would fall back to JavaScript of its own. */
function load(): typeof secp256k1 | undefined {
  try {
    return createRequire(import.meta.url)("secp256k1/bindings.js") as typeof secp256k1;
  } catch {
    return undefined;
  }
}
