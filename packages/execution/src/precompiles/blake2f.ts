import { BLAKE2F_INPUT_BYTES, openBlake2f } from "@sero/protocol/wasm";
import type { Blake2f } from "@sero/protocol/wasm";
import { BLAKE2F_ROUND_GAS } from "./gas.js";
import type { Precompile } from "./precompile.js";

/** Rounds 4 | h 64 | m 128 | t 16 | final 1. */
const LENGTH = 4 + BLAKE2F_INPUT_BYTES;

// Depends on nothing; opened by the first call.
let shared: Blake2f | undefined;

/** 0x09 (EIP-152). */
export const blake2fPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000009",
  name: "blake2f",
  // A malformed input fails and takes all gas, whatever its price.
  price: (input) => (input.length === LENGTH ? BLAKE2F_ROUND_GAS * BigInt(roundsOf(input)) : 0n),
  run(input) {
    if (input.length !== LENGTH || (input[LENGTH - 1] ?? 2) > 1) return undefined;
    shared ??= openBlake2f();
    return shared(roundsOf(input), input.subarray(4));
  },
};

const roundsOf = (input: Uint8Array): number => new DataView(input.buffer, input.byteOffset).getUint32(0);
