import { bigIntToBytes, bytesToBigInt } from "@sero/protocol";
import { openModexp } from "@sero/protocol/wasm";
import type { Modexp } from "@sero/protocol/wasm";
import { MODEXP_GAS } from "./gas.js";
import type { Precompile } from "./precompile.js";

// Depends on nothing; opened by the first call.
let shared: Modexp | undefined;

/** `length` bytes from `offset` on, zeros where the input has none. */
function slice(input: Uint8Array, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (offset < input.length) bytes.set(input.subarray(offset, offset + length));
  return bytes;
}

const HEAD = 96;

/** The three lengths as they stand: any 256-bit numbers. */
function lengthsOf(input: Uint8Array): readonly [base: bigint, exponent: bigint, modulus: bigint] {
  const head = slice(input, 0, HEAD);
  const [base, exponent, modulus] = [0, 32, 64].map((at) => bytesToBigInt(head.subarray(at, at + 32)));
  return [base!, exponent!, modulus!];
}

/** Where the input surely ends: no input is longer. */
const BEYOND = Number.MAX_SAFE_INTEGER - 2 ** 32;

/** EIP-2565's iteration count: eight for every exponent byte after the 32nd, and the bits of the first 32 bytes less one. */
function iterations(input: Uint8Array, baseLength: bigint, exponentLength: bigint): bigint {
  const offset = baseLength > BigInt(BEYOND) ? BEYOND : HEAD + Number(baseLength);
  const firstLength = exponentLength < 32n ? Number(exponentLength) : 32;
  const first = bytesToBigInt(slice(input, offset, firstLength));
  const bits = first === 0n ? 0 : first.toString(2).length - 1;
  const rest = exponentLength > 32n ? 8n * (exponentLength - 32n) : 0n;
  const count = rest + BigInt(bits);
  return count > 1n ? count : 1n;
}

/** 0x05 (EIP-198) at EIP-2565's price. */
export const modexpPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000005",
  name: "modexp",
  price(input) {
    const [base, exponent, modulus] = lengthsOf(input);
    const words = ((base > modulus ? base : modulus) + 7n) / 8n;
    const gas = (words * words * iterations(input, base, exponent)) / MODEXP_GAS.divisor;
    return gas > MODEXP_GAS.least ? gas : MODEXP_GAS.least;
  },
  run(input) {
    const lengths = lengthsOf(input);
    if (lengths[0] === 0n && lengths[2] === 0n) return new Uint8Array(0);
    // Whoever paid for more would have needed more gas than there is.
    if (lengths.some((length) => length > MODEXP_GAS.longest)) return undefined;
    const [baseLength, exponentLength, modulusLength] = lengths.map(Number) as [number, number, number];
    const modulus = bytesToBigInt(slice(input, HEAD + baseLength + exponentLength, modulusLength));
    if (modulus === 0n) return new Uint8Array(modulusLength);
    shared ??= openModexp();
    const base = bytesToBigInt(slice(input, HEAD, baseLength));
    const exponent = slice(input, HEAD + baseLength, exponentLength);
    return bigIntToBytes(shared(base, exponent, modulus), modulusLength);
  },
};
