import { op } from "../emitter/code.js";
import { createModule, i32, i64 } from "../emitter/index.js";
import type { I64, Local } from "../emitter/index.js";

/** Bytes that Keccak-256 takes in at a time. */
export const RATE = 136;
/** Bytes of the permutation's state: 25 lanes of 64 bits. */
const STATE_BYTES = 200;
const ROUNDS = 24;
/** The input buffer: a whole number of blocks. */
export const BUFFER_BYTES = RATE * 64;

const rotateLeft = (a: I64, by: number): I64 => (by === 0 ? a : op("i64", [0x89], a, i64.const(BigInt(by))));
const xor = (first: I64, ...rest: readonly I64[]): I64 => rest.reduce((sum, next) => i64.xor(sum, next), first);

/** The 24 round constants (FIPS 202, algorithm 5): bits from a linear feedback shift register. */
export function roundConstants(): bigint[] {
  let register = 1;
  const nextBit = (): boolean => {
    const bit = (register & 1) === 1;
    register = (register << 1) ^ ((register & 0x80) !== 0 ? 0x171 : 0);
    return bit;
  };
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n;
    for (let j = 0; j <= 6; j++) if (nextBit()) constant |= 1n << ((1n << BigInt(j)) - 1n);
    return constant;
  });
}

/** How far lane (x, y) = index x + 5y is rotated (FIPS 202, algorithm 2). */
export function rotations(): number[] {
  const offsets = new Array<number>(25).fill(0);
  let [x, y] = [1, 0];
  for (let t = 0; t < 24; t++) {
    offsets[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return offsets;
}

/** A module with `absorb(blocks)`: takes that many blocks of RATE bytes from the buffer into the state. State and buffer are fixed. */
export function generateKeccak() {
  const module = createModule();
  const constants = new Uint8Array(8 * ROUNDS);
  roundConstants().forEach((constant, i) => new DataView(constants.buffer).setBigUint64(8 * i, constant, true));
  const table = module.data(constants);
  const state = module.reserve(STATE_BYTES);
  const buffer = module.reserve(BUFFER_BYTES);
  const offsets = rotations();
  module.func("absorb", ["i32"], "void", (f, blocks) => {
    const lanes: Local<"i64">[] = Array.from({ length: 25 }, (_, i) => f.let(i64.load(i32.const(state), 8 * i)));
    const input = f.let(i32.const(buffer));
    const end = f.let(i32.add(input.get, i32.mul(blocks.get, i32.const(RATE))));
    const round = f.local("i32");
    const moved = lanes.map(() => f.local("i64"));
    const parity = [0, 1, 2, 3, 4].map(() => f.local("i64"));
    const at = (x: number, y: number): number => (x % 5) + 5 * (y % 5);
    f.while(i32.ltU(input.get, end.get), () => {
      for (let i = 0; i < RATE / 8; i++) f.set(lanes[i]!, i64.xor(lanes[i]!.get, i64.load(input.get, 8 * i)));
      f.loop(round, i32.const(table), i32.const(table + 8 * ROUNDS), 8, () => {
        // Theta: the parity of each column goes into its neighbours.
        for (let x = 0; x < 5; x++) {
          const column = [0, 1, 2, 3, 4].map((y) => lanes[at(x, y)]!.get) as [I64, ...I64[]];
          f.set(parity[x]!, xor(...column));
        }
        // Rho and pi: lane (x, y) is rotated and goes to (y, 2x + 3y).
        for (let x = 0; x < 5; x++) {
          const effect = f.let(i64.xor(parity[(x + 4) % 5]!.get, rotateLeft(parity[(x + 1) % 5]!.get, 1)));
          for (let y = 0; y < 5; y++) {
            const from = at(x, y);
            f.set(moved[at(y, 2 * x + 3 * y)]!, rotateLeft(i64.xor(lanes[from]!.get, effect.get), offsets[from]!));
          }
        }
        // Chi, and iota on lane 0.
        for (let i = 0; i < 25; i++) {
          const y = Math.floor(i / 5);
          const [a, b, c] = [0, 1, 2].map((step) => moved[at(i + step, y)]!.get) as [I64, I64, I64];
          const mixed = i64.xor(a, i64.and(i64.xor(b, i64.const(-1n)), c));
          f.set(lanes[i]!, i === 0 ? i64.xor(mixed, i64.load(round.get)) : mixed);
        }
      });
      f.set(input, i32.add(input.get, i32.const(RATE)));
    });
    lanes.forEach((lane, i) => f.run(i64.store(i32.const(state), lane.get, 8 * i)));
  });
  return { ...module.finish(), state, buffer, stateBytes: STATE_BYTES };
}
