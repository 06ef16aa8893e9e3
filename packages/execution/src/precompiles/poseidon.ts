import { FIELD_ORDER, bigIntToBytes, compareBytes } from "@sero/protocol";
import { openPoseidon } from "@sero/protocol/wasm";
import type { Poseidon } from "@sero/protocol/wasm";
import { POSEIDON_GAS } from "./gas.js";
import type { Precompile } from "./precompile.js";

/** Most inputs of one hash: circomlib's Poseidon of width 6. */
const MAX_INPUTS = 5;
const INPUT_BYTES = 32;
const ORDER = bigIntToBytes(FIELD_ORDER, INPUT_BYTES);

// Depends on nothing; its modules are made when first used.
let shared: Poseidon | undefined;

/**
 * 0x…5e51: circomlib's Poseidon of 1 to 5 field elements, 32 bytes big-endian each; 32 bytes big-endian come out. A domain constant is simply
 * the first input. Any other length, and an input of r or more, is a failure.
 */
export const poseidonPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000005e51",
  name: "poseidon",
  price: ({ length }) => POSEIDON_GAS.base + POSEIDON_GAS.input * BigInt(inputsOf(length) ?? 0),
  run(input) {
    const count = inputsOf(input.length);
    if (count === undefined) return undefined;
    for (let at = 0; at < input.length; at += INPUT_BYTES) {
      if (compareBytes(input.subarray(at, at + INPUT_BYTES), ORDER) >= 0) return undefined;
    }
    shared ??= openPoseidon();
    return shared.hashMany(undefined, count, input);
  },
};

function inputsOf(length: number): number | undefined {
  const count = length / INPUT_BYTES;
  return Number.isInteger(count) && count >= 1 && count <= MAX_INPUTS ? count : undefined;
}
