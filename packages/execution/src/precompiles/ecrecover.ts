import { recoverPseudonym } from "@sero/protocol/wasm";
import { padded } from "./bytes.js";
import { ECRECOVER_GAS } from "./gas.js";
import type { Precompile } from "./precompile.js";

/** 0x01: digest | v | r | s, 32 bytes each, to the signer's address as a word; no bytes, successfully, when no key signed this. */
export const ecrecoverPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000001",
  name: "ecrecover",
  price: () => ECRECOVER_GAS,
  run(input) {
    const bytes = padded(input, 128);
    const v = bytes[63] ?? 0;
    const parity = v - 27;
    const isParity = (parity === 0 || parity === 1) && bytes.subarray(32, 63).every((byte) => byte === 0);
    const address = isParity
      ? recoverPseudonym(bytes.subarray(0, 32), bytes.subarray(64, 96), bytes.subarray(96, 128), parity)
      : undefined;
    if (address === undefined) return new Uint8Array(0);
    const word = new Uint8Array(32);
    word.set(address, 12);
    return word;
  },
};
