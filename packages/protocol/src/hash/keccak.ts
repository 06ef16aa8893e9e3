import { keccak_256 } from "@noble/hashes/sha3.js";
import { openKeccak, type Keccak256 } from "../wasm/keccak/index.js";

function plainKeccak(...parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return keccak_256(first);
  const state = keccak_256.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

/** The WebAssembly version, several times as fast; the plain one where there is no WebAssembly. */
function bestKeccak(): Keccak256 {
  try {
    return openKeccak();
  } catch {
    return plainKeccak;
  }
}

const best = bestKeccak();

/** Keccak-256 (the original padding, as in Ethereum) of `parts` one after another; 32 bytes. */
export function keccak256(...parts: readonly Uint8Array[]): Uint8Array {
  return best(...parts);
}
