import { LIMB_BITS, LIMB_MASK } from "../field/index.js";
import { runModule } from "../run.js";
import type { Running } from "../run.js";
import { CHUNK_BYTES, generateModexp, WIDTHS } from "./generate.js";
import type { Places } from "./generate.js";
import { inverseModuloPowerOfTwo, powerModuloPowerOfTwo } from "./power-of-two.js";
import { powerOfBigInts } from "./wide.js";

/** base^exponent modulo a modulus of 1 and more; the exponent as bytes, big-endian. 0^0 is 1. */
export type Modexp = (base: bigint, exponent: Uint8Array, modulus: bigint) => bigint;

const MOST_BITS = 256n;

/**
 * Opens modular exponentiation: moduli of up to 256 bits in WebAssembly (odd ones by Montgomery's method, even ones in two parts), longer ones by
 * the engine's own integers, whose multiplication is quick for long numbers. Takes some milliseconds. Throws wasm/unavailable.
 */
export function openModexp(): Modexp {
  const generated = generateModexp();
  const running = runModule(generated);
  return (base, exponent, modulus) => {
    if (modulus === 1n) return 0n;
    const trimmed = withoutZeros(exponent);
    if (modulus >> MOST_BITS > 0n) return powerOfBigInts(base % modulus, trimmed, modulus);
    const twos = trailingZeros(modulus);
    const odd = modulus >> BigInt(twos);
    const oddPart = odd === 1n ? 0n : powerModuloOdd(running, generated.places, base % odd, trimmed, odd);
    if (twos === 0) return oddPart;
    // Chinese remainders: oddPart + odd * ((rest - oddPart) / odd modulo 2^twos)
    const rest = powerModuloPowerOfTwo(base, trimmed, twos);
    const steps = BigInt.asUintN(twos, (rest - oddPart) * inverseModuloPowerOfTwo(odd, twos));
    return oddPart + odd * steps;
  };
}

function powerModuloOdd(running: Running, places: Places, base: bigint, exponent: Uint8Array, modulus: bigint): bigint {
  const { limbs } = WIDTHS.find(({ bits }) => modulus >> BigInt(bits) === 0n)!;
  const shift = BigInt(LIMB_BITS * limbs);
  const words = new DataView(running.buffer);
  const put = (address: number, x: bigint): void => {
    for (let j = 0; j < limbs; j++) {
      words.setUint32(address + 4 * j, Number(x & LIMB_MASK), true);
      x >>= BigInt(LIMB_BITS);
    }
  };
  put(places.modulus, modulus);
  words.setUint32(places.negativeInverse, negativeInverse(Number(modulus & LIMB_MASK)), true);
  put(places.table, (1n << shift) % modulus);
  put(places.table + 4 * limbs, (base << shift) % modulus);
  running.call(`begin_${limbs}`);
  for (let at = 0; at < exponent.length; at += CHUNK_BYTES) {
    const chunk = exponent.subarray(at, at + CHUNK_BYTES);
    running.bytes(places.exponent, CHUNK_BYTES).set(chunk);
    running.call(`power_${limbs}`, chunk.length);
  }
  running.call(`leave_${limbs}`);
  let result = 0n;
  for (let j = limbs - 1; j >= 0; j--) {
    result = (result << BigInt(LIMB_BITS)) | BigInt(words.getUint32(places.value + 4 * j, true));
  }
  return result % modulus; // a value of m itself is 0
}

/** -1/x modulo 2^29 for odd x, by Newton's method: each round doubles the bits that are right. */
function negativeInverse(x: number): number {
  let inverse = x; // right in 3 bits
  for (let bits = 3; bits < LIMB_BITS; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(x, inverse));
  return -inverse & Number(LIMB_MASK);
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? new Uint8Array(0) : bytes.subarray(first);
}

function trailingZeros(x: bigint): number {
  let count = 0;
  while (BigInt.asUintN(32, x) === 0n) {
    x >>= 32n;
    count += 32;
  }
  const low = Number(BigInt.asUintN(32, x));
  return count + 31 - Math.clz32(low & -low);
}
