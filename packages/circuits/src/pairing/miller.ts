import type { Body, Func, I32, Local, ModuleBuilder, WasmField } from "@sero/protocol/wasm/toolkit";
import { at, i32, PAIR_BYTES } from "@sero/protocol/wasm/toolkit";
import { createTower } from "../engine/tower.js";
import { BN_PARAMETER } from "../verify/constants.js";
import { createFq12, FQ12_BYTES, FQ2_BYTES } from "./extension.js";
import { constantOfPairs, createEquality, createPairInversion, createPsi, nonAdjacentForm } from "./helpers.js";

/** Two points of G2 side by side, affine. */
export const G2_PAIR_BYTES = 2 * FQ2_BYTES;
/** What the loop takes of two points of G1: -x/y and 1/y, side by side. */
export const G1_PAIR_BYTES = 2 * PAIR_BYTES;
/** Most couples (two pairs (P, Q) side by side) of one loop. */
export const MAX_COUPLES = 68;

/** Where the loop finds its operands and leaves its result, in static memory. */
export interface MillerLoop {
  readonly g1: number;
  readonly g2: number;
  /** An element of Fq12 for either lane; their product is the value. */
  readonly result: number;
  /**
   * (couples): computes the product of f_{6x+2,Q}(P) and the two last lines of the optimal ate pairing over all pairs. Returns 1, or 0 if some Q is
   * not in the subgroup of order r (or so unlikely a case was met that the caller may as well check in another way).
   */
  readonly run: Func<readonly ["i32"], "i32">;
}

/** Signed binary digits of 6x + 2, most significant first, without the leading 1. */
const DIGITS = nonAdjacentForm(6n * BN_PARAMETER + 2n).slice(1);

/**
 * Adds the Miller loop of the optimal ate pairing (Vercauteren 2008) for many pairs at once to a module.
 *
 * Points T are affine, and each step inverts all its denominators together (Montgomery's trick): cheaper than projective formulas from some eight
 * pairs on. A line through T with slope s, at P, is 1 - (x/y) s w + (1/y) (s x_T - y_T) w^3 after division by y, which the final exponentiation
 * would remove anyway.
 *
 * Membership in the subgroup comes for free. For Q of order r, (6x+2) Q + psi Q - psi^2 Q + psi^3 Q = 0, and the loop has computed the first three
 * terms; that no other point of the twist satisfies this follows from a greatest common divisor, which the test computes.
 */
export function createMillerLoop(module: ModuleBuilder, field: WasmField): MillerLoop {
  const single = createTower(module, field, 2, "single");
  const tower = createTower(module, field, 2, "pair");
  const { mul, square, mulMinus, squareMinus, sub, times, copy } = tower;
  const fq12 = createFq12(module, field, tower);
  const area = (bytes: number): number => module.reserve(bytes * MAX_COUPLES);
  const [g1, g2, moving, addend] = [area(G1_PAIR_BYTES), area(G2_PAIR_BYTES), area(G2_PAIR_BYTES), area(G2_PAIR_BYTES)];
  const [denominators, prefixes] = [area(FQ2_BYTES), area(FQ2_BYTES)];
  const [value, squared] = [module.reserve(FQ12_BYTES), module.reserve(FQ12_BYTES)];
  const room = (): I32 => i32.const(module.reserve(FQ2_BYTES));
  const [running, inverse, slope, t, x3, lineB, lineC] = [room(), room(), room(), room(), room(), room(), room()];
  const ops = field.inline.pair;
  const second = (address: I32, bytes = FQ2_BYTES): I32 => i32.add(address, i32.const(bytes));
  const invertPair = createPairInversion(module, field, single);
  const one = constantOfPairs(module, field, [1n, 0n]);
  const zero = constantOfPairs(module, field, [0n, 0n]);

  /** b = slope * (-x/y), c = (slope x_T - y_T)/y: multiplies the value by the line at P. */
  const scale = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, factor) => {
    ops.mul(f, d.get, a.get, factor.get);
  });
  const finishStep = module.func(undefined, ["i32", "i32"], "void", (f, T, P) => {
    // lineC holds slope x_T - y_T, x3 the new x
    f.run(sub.call(t, T.get, x3), mulMinus.call(second(T.get), slope, t, second(T.get)));
    copy(f, T.get, x3);
    for (const offset of [0, PAIR_BYTES]) {
      const by = i32.const(offset);
      f.run(scale.call(i32.add(lineB, by), i32.add(slope, by), P.get));
      f.run(scale.call(i32.add(lineC, by), i32.add(lineC, by), second(P.get, PAIR_BYTES)));
    }
    f.run(fq12.mulLine.call(i32.const(value), lineB, lineC));
  });

  /** A step for all couples: denominators and their inverses, slope = numerator / denominator, the new T, the line. */
  const step = (
    denominator: (f: Body, target: I32, k: I32) => void,
    numerator: (f: Body, k: I32) => void,
    newX: (f: Body, k: I32) => void,
  ): Func<readonly ["i32"], "i32"> =>
    module.func(undefined, ["i32"], "i32", (f, count) => {
      const k = f.local("i32");
      const denominatorAt = at(i32.const(denominators), k.get, FQ2_BYTES);
      const prefixAt = at(i32.const(prefixes), k.get, FQ2_BYTES);
      copy(f, running, one);
      f.loop(k, i32.const(0), count.get, 1, () => {
        denominator(f, denominatorAt, k.get);
        copy(f, prefixAt, running);
        f.run(mul.call(running, running, denominatorAt));
      });
      f.if(i32.eqz(invertPair.call(running, running)), () => f.return(i32.const(0)));
      f.set(k, count.get);
      f.while(k.get, () => {
        f.set(k, i32.sub(k.get, i32.const(1)));
        f.run(mul.call(inverse, running, prefixAt), mul.call(running, running, denominatorAt));
        numerator(f, k.get); // to slope
        const T = f.let(at(i32.const(moving), k.get, G2_PAIR_BYTES));
        f.run(mul.call(slope, inverse, slope), mulMinus.call(lineC, slope, T.get, second(T.get)));
        newX(f, k.get); // to x3
        f.run(finishStep.call(T.get, at(i32.const(g1), k.get, G1_PAIR_BYTES)));
      });
      return i32.const(1);
    });
  const T = (k: I32): I32 => at(i32.const(moving), k, G2_PAIR_BYTES);
  const A = (k: I32): I32 => at(i32.const(addend), k, G2_PAIR_BYTES);
  const double = step(
    (f, target, k) => times(f, target, second(T(k)), 2),
    (f, k) => {
      f.run(square.call(slope, T(k)));
      times(f, slope, slope, 3);
    },
    (f, k) => {
      times(f, t, T(k), 2);
      f.run(squareMinus.call(x3, slope, t));
    },
  );
  const add = step(
    (f, target, k) => f.run(sub.call(target, A(k), T(k))),
    (f, k) => f.run(sub.call(slope, second(A(k)), second(T(k)))),
    (f, k) => f.run(tower.add.call(t, A(k), T(k)), squareMinus.call(x3, slope, t)),
  );

  const psi = createPsi(module, field, tower);
  const minus = module.func(undefined, ["i32"], "void", (f, y) => {
    f.run(sub.call(y.get, zero, y.get));
    for (const offset of [0, PAIR_BYTES]) {
      const c = i32.add(y.get, i32.const(offset));
      ops.reducedSum(f, c, [c]);
    }
  });
  const equal = createEquality(module, field);
  /** (count, negative): the points to add: Q or -Q. */
  const takeQ = module.func(undefined, ["i32", "i32"], "void", (f, count, negative) => {
    const k = f.local("i32");
    f.loop(k, i32.const(0), count.get, 1, () => {
      const Q = at(i32.const(g2), k.get, G2_PAIR_BYTES);
      copy(f, A(k.get), Q);
      copy(f, second(A(k.get)), second(Q));
      f.if(negative.get, () => f.run(minus.call(second(A(k.get)))));
    });
  });
  const forAll = (f: Body, count: Local<"i32">, body: (k: I32) => void): void => {
    const k = f.local("i32");
    f.loop(k, i32.const(0), count.get, 1, () => body(k.get));
  };
  const digits = module.data(Uint8Array.from(DIGITS, (digit) => digit + 1));

  const run = module.func("miller", ["i32"], "i32", (f, count) => {
    const [i, digit] = [f.local("i32"), f.local("i32")];
    const failed = (condition: I32): void => f.if(i32.eqz(condition), () => f.return(i32.const(0)));
    for (let k = 0; k < 6; k++) copy(f, i32.const(value + k * FQ2_BYTES), k === 0 ? one : zero);
    forAll(f, count, (k) => {
      copy(f, T(k), at(i32.const(g2), k, G2_PAIR_BYTES));
      copy(f, second(T(k)), second(at(i32.const(g2), k, G2_PAIR_BYTES)));
    });
    f.loop(i, i32.const(0), i32.const(DIGITS.length), 1, () => {
      f.run(fq12.square.call(i32.const(squared), i32.const(value)));
      for (let k = 0; k < 6; k++) copy(f, i32.const(value + k * FQ2_BYTES), i32.const(squared + k * FQ2_BYTES));
      failed(double.call(count.get));
      f.set(digit, i32.load8u(i.get, digits));
      f.if(i32.ne(digit.get, i32.const(1)), () => {
        f.run(takeQ.call(count.get, i32.eqz(digit.get)));
        failed(add.call(count.get));
      });
    });
    f.run(takeQ.call(count.get, i32.const(0)));
    forAll(f, count, (k) => f.run(psi.call(A(k))));
    failed(add.call(count.get));
    forAll(f, count, (k) => f.run(psi.call(A(k)), minus.call(second(A(k)))));
    failed(add.call(count.get));
    // The addend is -psi^2 Q: one more psi gives -psi^3 Q, which T must equal.
    forAll(f, count, (k) => {
      f.run(psi.call(A(k)));
      failed(equal.call(T(k), A(k)));
    });
    return i32.const(1);
  });
  return { g1, g2, result: value, run };
}
