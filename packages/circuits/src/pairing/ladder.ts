import type { Func, I32, ModuleBuilder, WasmField } from "@sero/protocol/wasm/toolkit";
import { createPairing, ELEMENT_BYTES, i32, inverse, PAIR_BYTES } from "@sero/protocol/wasm/toolkit";
import { createTower } from "../engine/tower.js";

/** An affine point of G1 in memory, x then y. */
export const G1_BYTES = 2 * ELEMENT_BYTES;
/** A point followed by 1/x, as the ladder takes it. */
export const LADDER_POINT_BYTES = 3 * ELEMENT_BYTES;
/** A Jacobian point of G1. */
export const JACOBIAN_BYTES = 3 * ELEMENT_BYTES;
/** Bits of each half of a weight. */
export const WEIGHT_BITS = 64;
/** Bytes of a weight's signs: 64 bits for a, 64 for b, little-endian. */
export const WEIGHT_BYTES = 16;

/** A cube root of unity modulo q: (x, y) -> (BETA x, y) is multiplication by LAMBDA on G1 (Gallant, Lambert and Vanstone 2001). */
export const BETA = 2203960485148121921418603742825762020974279258880205651966n;
/** A cube root of unity modulo r that goes with BETA. */
export const LAMBDA = 4407920970296243842393367215006156084916469457145843978461n;

/**
 * The weight that 16 bytes stand for: a + b*LAMBDA, a and b sums of +-2^i over i < 64 with the signs of the bytes' bits (1 is +). a and b are odd,
 * so never 0, and different bytes give different weights modulo r: the shortest vector (a, b) with a + b*LAMBDA = 0 is of the order of 2^127.
 */
export function weightOf(signs: Uint8Array, order: bigint): bigint {
  const view = new DataView(signs.buffer, signs.byteOffset, WEIGHT_BYTES);
  const half = (at: number): bigint => 2n * view.getBigUint64(at, true) - ((1n << BigInt(WEIGHT_BITS)) - 1n);
  const weight = (half(0) + half(8) * LAMBDA) % order;
  return weight < 0n ? weight + order : weight;
}

/**
 * Adds (out0, out1, point0, point1, signs0, signs1): out = weight * point for two affine points of G1, Jacobian, side by side. Each point is followed
 * in memory by 1/x. Each step doubles and
 * adds one of +-(P + phi P), +-(P - phi P) (Straus 1964 with signed digits). No step meets an exception: before an addition the sum is an even
 * combination of P and phi P and what is added an odd one, and the halves of a weight are too short for two to coincide.
 */
export function createLadder(
  module: ModuleBuilder,
  field: WasmField,
): Func<readonly ["i32", "i32", "i32", "i32", "i32", "i32"], "void"> {
  const tower = createTower(module, field, 1, "pair");
  const { mul, square, mulMinus, squareMinus, sub, times } = tower;
  const { join, split } = createPairing(module);
  const room = (): I32 => i32.const(module.reserve(PAIR_BYTES));
  const [X, Y, Z, x, y] = [room(), room(), room(), room(), room()];
  const [a, b, c, d, e, t] = [room(), room(), room(), room(), room(), room()];

  const double = module.func(undefined, [], "void", (f) => {
    f.run(square.call(a, X), square.call(b, Y), square.call(c, b), mul.call(d, X, b));
    f.run(mul.call(Z, Y, Z));
    times(f, Z, Z, 2);
    times(f, e, a, 3);
    times(f, t, d, 8);
    f.run(squareMinus.call(X, e, t));
    times(f, t, d, 4);
    f.run(sub.call(t, t, X));
    times(f, c, c, 8);
    f.run(mulMinus.call(Y, e, t, c));
  });
  const addMixed = module.func(undefined, [], "void", (f) => {
    f.run(square.call(a, Z), mul.call(b, a, Z), mul.call(a, a, x), mul.call(b, b, y));
    f.run(sub.call(a, a, X), sub.call(b, b, Y), mul.call(Z, a, Z)); // H, R
    f.run(square.call(c, a), mul.call(d, c, a), mul.call(c, c, X), mul.call(Y, Y, d)); // HH, HHH, V
    times(f, t, c, 2);
    f.run(tower.add.call(t, t, d), squareMinus.call(X, b, t), sub.call(t, c, X), mulMinus.call(Y, b, t, Y));
  });

  // For each lane the four points to add, by sign of a + 2 * sign of b: -(P + phi P), P - phi P, -(P - phi P), P + phi P.
  const tables = [module.reserve(4 * G1_BYTES), module.reserve(4 * G1_BYTES)] as const;
  const table = createTable(module, field);
  return module.func(
    undefined,
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    "void",
    (f, out0, out1, point0, point1, signs0, signs1) => {
      f.run(table.call(i32.const(tables[0]), point0.get), table.call(i32.const(tables[1]), point1.get));
      const i = f.let(i32.const(WEIGHT_BITS));
      const bitOf = (signs: I32, half: number): I32 => {
        const byte = i32.load8u(i32.add(signs, i32.shrU(i.get, 3)), 8 * half);
        return i32.and(i32.shrU(byte, i32.and(i.get, i32.const(7))), i32.const(1));
      };
      const entry = (base: number, signs: I32): I32 => {
        const index = i32.add(bitOf(signs, 0), i32.shl(bitOf(signs, 1), 1));
        return i32.add(i32.const(base), i32.mul(index, i32.const(G1_BYTES)));
      };
      const fetch = (): void => {
        const [left, right] = [f.let(entry(tables[0], signs0.get)), f.let(entry(tables[1], signs1.get))];
        f.run(join.call(x, left.get, right.get));
        f.run(join.call(y, i32.add(left.get, i32.const(ELEMENT_BYTES)), i32.add(right.get, i32.const(ELEMENT_BYTES))));
      };
      f.set(i, i32.const(WEIGHT_BITS - 1));
      fetch();
      tower.copy(f, X, x);
      tower.copy(f, Y, y);
      f.run(join.call(Z, field.constant(1n), field.constant(1n)));
      f.while(i.get, () => {
        f.set(i, i32.sub(i.get, i32.const(1)));
        f.run(double.call());
        fetch();
        f.run(addMixed.call());
      });
      [X, Y, Z].forEach((coordinate, k) => {
        const offset = i32.const(k * ELEMENT_BYTES);
        f.run(split.call(i32.add(out0.get, offset), i32.add(out1.get, offset), coordinate));
      });
    },
  );
}

/** (table, point): the four points. P + phi P = -phi^2 P = (BETA^2 x, -y), as 1 + BETA + BETA^2 = 0; x is never 0 on this curve. */
function createTable(module: ModuleBuilder, field: WasmField): Func<readonly ["i32", "i32"], "void"> {
  const { mul, square, sub } = field.single;
  const [betaSquared, one, minusOne] = [field.constant(BETA * BETA), field.constant(1n), field.constant(-1n)];
  const factor = field.constant(inverse(1n - BETA, field.shape.modulus));
  const [slope, t] = [field.scratch(), field.scratch()];
  return module.func(undefined, ["i32", "i32"], "void", (f, table, point) => {
    const part = (index: number, k: 0 | 1): I32 => i32.add(table.get, i32.const(index * G1_BYTES + k * ELEMENT_BYTES));
    const [px, py] = [point.get, i32.add(point.get, i32.const(ELEMENT_BYTES))];
    const { copy, sum } = field.inline.single;
    f.run(mul.call(part(3, 0), px, betaSquared), mul.call(part(3, 1), py, minusOne));
    copy(f, part(0, 0), part(3, 0));
    copy(f, part(0, 1), py);
    // P - phi P: slope 2y / (x - BETA x), x' = slope^2 - x - BETA x = slope^2 + BETA^2 x, y' = slope (x - x') - y
    f.run(mul.call(t, i32.add(point.get, i32.const(G1_BYTES)), factor), field.single.add.call(slope, py, py));
    f.run(mul.call(slope, slope, t), square.call(t, slope));
    sum(f, t, [t, part(3, 0)]);
    f.run(mul.call(part(1, 0), t, one), sub.call(t, px, part(1, 0)), mul.call(t, t, slope));
    f.run(sub.call(t, t, py), mul.call(part(1, 1), t, one), mul.call(part(2, 1), part(1, 1), minusOne));
    copy(f, part(2, 0), part(1, 0));
  });
}
