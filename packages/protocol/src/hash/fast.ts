import { openPoseidon, type Poseidon } from "../wasm/poseidon/index.js";
import { poseidon } from "./poseidon.js";

// A cache of something that depends on nothing; false where there is no WebAssembly, as on browsers' main threads.
let fast: Poseidon | false | undefined;

/**
 * `H` in WebAssembly, four to seven times as fast, with the plain one's results and errors, and the plain one where there is none. The first hash of a
 * width takes some 50 ms: for what is hashed often, or what a stranger can make us hash.
 */
export function fastH(domain: bigint, ...xs: readonly bigint[]): bigint {
  const inputs = [domain, ...xs];
  if (fast !== false) {
    try {
      fast ??= openPoseidon();
      return fast.hash(inputs);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "wasm/unavailable") throw error;
      fast = false;
    }
  }
  return poseidon(inputs);
}
