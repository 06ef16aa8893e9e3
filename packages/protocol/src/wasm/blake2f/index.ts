import { op } from "../emitter/code.js";
import { createModule, i32, i64 } from "../emitter/index.js";
import type { I64, Local } from "../emitter/index.js";
import { runModule } from "../run.js";

/** h 64 | m 128 | t 16 | final flag 1: what the compression function reads, in BLAKE2b's little-endian byte order. */
export const BLAKE2F_INPUT_BYTES = 209;
const STATE_BYTES = 64;

/** BLAKE2b's initial values: the first 64 bits of the fractional parts of the square roots of the first eight primes. */
const IV: readonly bigint[] = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
];

/** The message's schedule (RFC 7693, 2.7). */
const SIGMA: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/** Which words of the state each of a round's eight mixings takes: columns, then diagonals. */
const MIXINGS: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

const rotateRight = (a: I64, by: number): I64 => op("i64", [0x8a], a, i64.const(BigInt(by)));

/** A module with `compress(rounds)`: the compression function F of BLAKE2b (RFC 7693, 3.2) on fixed places, any number of rounds. */
function generate() {
  const module = createModule();
  const input = module.reserve(BLAKE2F_INPUT_BYTES);
  const [h, m, t, final] = [input, input + 64, input + 192, input + 208];
  module.func("compress", ["i32"], "void", (f, rounds) => {
    const word = (base: number, index: number): I64 => i64.load(i32.const(base), 8 * index);
    const isFinal = i64.sub(i64.const(0n), i64.extend(i32.load8u(i32.const(final))));
    const v: Local<"i64">[] = Array.from({ length: 16 }, (_, i) => {
      if (i < 8) return f.let(word(h, i));
      const iv = i64.const(IV[i - 8]!);
      if (i === 12 || i === 13) return f.let(i64.xor(iv, word(t, i - 12)));
      return f.let(i === 14 ? i64.xor(iv, isFinal) : iv);
    });
    const mix = (at: readonly [number, number, number, number], x: I64, y: I64): void => {
      const [a, b, c, d] = at.map((i) => v[i]!) as [Local<"i64">, Local<"i64">, Local<"i64">, Local<"i64">];
      for (const [added, first, second] of [
        [x, 32, 24],
        [y, 16, 63],
      ] as const) {
        f.set(a, i64.add(i64.add(a.get, b.get), added));
        f.set(d, rotateRight(i64.xor(d.get, a.get), first));
        f.set(c, i64.add(c.get, d.get));
        f.set(b, rotateRight(i64.xor(b.get, c.get), second));
      }
    };
    f.while(rounds.get, () => {
      for (const schedule of SIGMA) {
        f.if(rounds.get, () => {
          MIXINGS.forEach((at, i) => mix(at, word(m, schedule[2 * i]!), word(m, schedule[2 * i + 1]!)));
          f.set(rounds, i32.sub(rounds.get, i32.const(1)));
        });
      }
    });
    for (let i = 0; i < 8; i++) {
      f.run(i64.store(i32.const(h), i64.xor(word(h, i), i64.xor(v[i]!.get, v[i + 8]!.get)), 8 * i));
    }
  });
  return { ...module.finish(), input };
}

/** F: `rounds` below 2^32 rounds over BLAKE2F_INPUT_BYTES bytes, whose last is 0 or 1; the new h, 64 bytes. */
export type Blake2f = (rounds: number, input: Uint8Array) => Uint8Array;

/** Generates, compiles and starts BLAKE2b's compression function; takes some milliseconds. Throws wasm/unavailable. */
export function openBlake2f(): Blake2f {
  const generated = generate();
  const running = runModule(generated);
  const memory = running.bytes(generated.input, BLAKE2F_INPUT_BYTES);
  return (rounds, input) => {
    memory.set(input.subarray(0, BLAKE2F_INPUT_BYTES));
    running.call("compress", rounds);
    return memory.slice(0, STATE_BYTES);
  };
}
