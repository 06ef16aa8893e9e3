import { openPoseidon } from "@sero/protocol/wasm";
import type { Poseidon } from "@sero/protocol/wasm";
import { POSEIDON_GAS } from "./gas.js";
import type { Precompile } from "./precompile.js";

/** Most inputs of one hash: circomlib's Poseidon of width 6. */
const MAX_INPUTS = 5;

// Depends on nothing; its modules are made when first used.
let shared: Poseidon | undefined;

/**
 * 0x…5e51: circomlib's Poseidon of 1 to 5 field elements, 32 bytes big-endian each; 32 bytes big-endian come out. A domain constant is simply
 * the first input. Any other length, and an input of r or more, is a failure.
 */
export const poseidonPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000005e51",
  name: "poseidon",
  price: ({ length }) => POSEIDON_GAS[Math.min(MAX_INPUTS, Math.ceil(length / 32))] ?? 0n,
  run(input) {
    const count = input.length / 32;
    if (!Number.isInteger(count) || count < 1 || count > MAX_INPUTS) return undefined;
    shared ??= openPoseidon();
    try {
      return shared.hashMany(undefined, count, input);
    } catch (error) {
      if ((error as { code?: unknown }).code === "field/not-canonical") return undefined;
      throw error; // no WebAssembly: not the input's fault, and no result that other nodes would agree with
    }
  },
};
