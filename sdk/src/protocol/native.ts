/**
 * Imported for its effect, where there is Node: signatures are recovered by libsecp256k1, some ten times faster than in
 * JavaScript, and hashes are made by WebAssembly, some six times faster. Where the first has no binary for a platform, that
 * stays as it was.
 */
import { createRequire } from "node:module";

import { keccak256 } from "ethers";
import { createKeccak } from "hash-wasm";
import type secp256k1 from "secp256k1";

import { useHashing } from "./hash.ts";
import { useRecovery } from "./recover.ts";

const hasher = await createKeccak(256);
keccak256.register((data) => hasher.init().update(data).digest("binary"));
useHashing((hex) => {
  const bytes = bytesOf(hex);
  // Where a digit is none, Node stops without a word; ethers says it.
  if (!hex.startsWith("0x") || 2 + 2 * bytes.length !== hex.length) return keccak256(hex);
  return `0x${hasher.init().update(bytes).digest("hex")}`;
});

const bindings = load();
if (bindings) {
  useRecovery((digest, signature, yParity) => {
    const point = bindings.ecdsaRecover(bytesOf(signature), yParity, bytesOf(digest), false);
    return `0x${Buffer.from(point.buffer, point.byteOffset, point.length).toString("hex")}`;
  });
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.slice(2), "hex");
}

/** Not the package's main entry, which would fall back to JavaScript of its own. */
function load(): typeof secp256k1 | undefined {
  try {
    return createRequire(import.meta.url)("secp256k1/bindings.js") as typeof secp256k1;
  } catch {
    return undefined;
  }
}
