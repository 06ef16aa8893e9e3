import { concatBytes } from "../../bytes/index.js";
import { i32 } from "../emitter/index.js";
import type { Func, I32, ModuleBuilder } from "../emitter/index.js";
import { ELEMENT_BYTES, PAIR_BYTES, createPairing, limbBytes, pairBytes } from "../field/index.js";
import type { Arithmetic, Series, WasmField } from "../field/index.js";
import type { PoseidonRecurrence } from "./recurrence.js";

/** (destination, state): permutes the t elements at `state`, which it overwrites, and writes element 0 of the result. */
export type Permutation = Func<readonly ["i32", "i32"], "void">;

/** One width of lanes: elements of 36 bytes, or pairs of 72. */
interface Width {
  readonly size: number;
  readonly arithmetic: Arithmetic;
  table(values: readonly bigint[]): number;
}

/**
 * Adds Poseidon of width t to a module, one state at a time and two side by side.
 *
 * Bounds: every dot product has at most 11 terms of (below 2.2p) * (below p), so it comes out below 1.2p, below 2.2p with a
 * constant added; fifth powers are below 1.1p.
 */
export function createPermutation(
  module: ModuleBuilder,
  field: WasmField,
  parameters: PoseidonRecurrence,
): { readonly single: Permutation; readonly pair: Permutation } {
  const tableOf =
    (bytesOf: (x: bigint) => Uint8Array) =>
    (values: readonly bigint[]): number =>
      module.data(concatBytes(...values.map((x) => bytesOf(field.shape.enter(x)))));
  const build = (width: Width): Permutation => permutation(module, width, parameters);
  return {
    single: build({ size: ELEMENT_BYTES, arithmetic: field.inline.single, table: tableOf(limbBytes) }),
    pair: build({ size: PAIR_BYTES, arithmetic: field.inline.pair, table: tableOf(pairBytes) }),
  };
}

function permutation(module: ModuleBuilder, width: Width, parameters: PoseidonRecurrence): Permutation {
  const { t, partialRounds } = parameters;
  const { size, arithmetic, table } = width;
  const half = parameters.fullConstants.length / 2;
  const address = (base: number, index = 0): I32 => i32.const(base + index * size);

  /** (destination, row, plus, vector): destination = row * vector + plus. */
  const dotOf = (seriesOf: (row: I32, vector: I32) => Series[]): Func<readonly ["i32", "i32", "i32", "i32"], "void"> =>
    module.func(undefined, ["i32", "i32", "i32", "i32"], "void", (f, destination, row, plus, vector) => {
      arithmetic.dotSeries(f, destination.get, seriesOf(row.get, vector.get), { at: plus.get });
    });
  const dotState = dotOf((left, right) => [{ left, leftStride: size, right, rightStride: size, count: t }]);
  // The history lies as (y, x) of round after round; t rounds from the cursor on are read, the latest first.
  const dotHistory = dotOf((row, cursor) => {
    const last = (offset: number): I32 => i32.add(cursor, i32.const((2 * (t - 1) + offset) * size));
    const strides = { leftStride: size, rightStride: -2 * size };
    return [
      { ...strides, left: row, right: last(0), count: t - 1 },
      { ...strides, left: i32.add(row, i32.const((t - 1) * size)), right: last(1), count: t },
    ];
  });

  const room = module.reserve(size);
  const next = module.reserve(t * size);
  const history = module.reserve(2 * (t + partialRounds) * size);
  /** (destination, a): a^5. */
  const power5 = module.func(undefined, ["i32", "i32"], "void", (f, destination, a) => {
    arithmetic.square(f, address(room), a.get);
    arithmetic.square(f, address(room), address(room));
    arithmetic.mul(f, destination.get, address(room), a.get);
  });

  const mds = table(parameters.mds.flat());
  const full = table(parameters.fullConstants.flat());
  const zero = table([0n]);
  const entry = table(parameters.entry.flat());
  const entryConstants = table(parameters.entryConstants);
  const coefficients = table(parameters.coefficients);
  const constants = table(parameters.constants);
  const exit = table(parameters.exit.flat());
  const exitConstants = table(parameters.exitConstants);

  return module.func(undefined, ["i32", "i32"], "void", (f, destination, state) => {
    const round = f.local("i32");
    const element = (base: I32, index: number): I32 => i32.add(base, i32.const(index * size));
    const sboxes = (): void => {
      for (let i = 0; i < t; i++) f.run(power5.call(element(state.get, i), element(state.get, i)));
    };
    /** state = matrix * state + constants */
    const mix = (matrix: number, plus: (i: number) => I32): void => {
      for (let i = 0; i < t; i++) f.run(dotState.call(address(next, i), address(matrix, i * t), plus(i), state.get));
      for (let i = 0; i < t; i++) arithmetic.copy(f, element(state.get, i), address(next, i));
    };
    const fullRounds = (from: number, count: number): void =>
      f.loop(round, i32.const(from), i32.const(from + count), 1, () => {
        const row = f.let(i32.add(i32.const(full), i32.mul(i32.add(round.get, i32.const(1)), i32.const(t * size))));
        sboxes();
        mix(mds, (i) => element(row.get, i));
      });

    for (let i = 0; i < t; i++) arithmetic.sum(f, element(state.get, i), [element(state.get, i), address(full, i)]);
    fullRounds(0, half - 1);
    sboxes();

    // The made-up history: y_-1 .. y_-(t-1), x_-1; the earlier x are zero.
    const cursor = f.let(address(history));
    for (let i = 0; i < t; i++) {
      const index = i < t - 1 ? 2 * (t - 1 - i) : 2 * (t - 1) + 1;
      f.run(dotState.call(element(cursor.get, index), address(entry, i * t), address(entryConstants, i), state.get));
      if (i < t - 1) arithmetic.copy(f, element(cursor.get, 2 * i + 1), address(zero));
    }
    const constant = f.let(address(constants));
    f.loop(round, i32.const(0), i32.const(partialRounds), 1, () => {
      const y = f.let(element(cursor.get, 2 * t));
      f.run(dotHistory.call(y.get, address(coefficients), constant.get, cursor.get));
      f.run(power5.call(element(y.get, 1), y.get));
      f.set(cursor, element(cursor.get, 2));
      f.set(constant, element(constant.get, 1));
    });
    for (let i = 0; i < t; i++) {
      const row = address(exit, i * (2 * t - 1));
      f.run(dotHistory.call(element(state.get, i), row, address(exitConstants, i), cursor.get));
    }

    fullRounds(half, half - 1);
    sboxes();
    f.run(dotState.call(destination.get, address(mds), address(zero), state.get));
  });
}

/**
 * Exports `hash_<t>`: (out, in, count, prefix) hashes `count` groups of inputs given as 32 bytes big-endian each. With prefix != 0
 * the first input of every group is the element at that address and t-2 follow in `in`; else t-1 do. Returns 1 if all inputs
 * were below r, else 0 (and hashes them reduced).
 */
export function exportHash(
  module: ModuleBuilder,
  field: WasmField,
  t: number,
  permutations: { readonly single: Permutation; readonly pair: Permutation },
): void {
  const { join, split } = createPairing(module);
  const [left, right] = [module.reserve(t * ELEMENT_BYTES), module.reserve(t * ELEMENT_BYTES)];
  const both = module.reserve(t * PAIR_BYTES);
  const copy = field.inline.single.copy;
  /** (state, in, prefix): fills a state; returns 1 if all inputs were canonical. */
  const read = module.func(undefined, ["i32", "i32", "i32"], "i32", (f, state, input, prefix) => {
    const fine = f.let(i32.const(1));
    copy(f, state.get, field.constant(0n));
    for (let i = 1; i < t; i++) {
      const element = i32.add(state.get, i32.const(i * ELEMENT_BYTES));
      const next = (): void => {
        f.set(fine, i32.and(fine.get, field.fromBytes.call(element, input.get)));
        f.set(input, i32.add(input.get, i32.const(32)));
      };
      if (i === 1) f.if(prefix.get, () => copy(f, element, prefix.get), next);
      else next();
    }
    return fine.get;
  });
  module.func(`hash_${t}`, ["i32", "i32", "i32", "i32"], "i32", (f, out, input, count, prefix) => {
    const [i, fine] = [f.local("i32"), f.let(i32.const(1))];
    // 32 * (t - 1) bytes a group, one input less if there is a prefix
    const group = f.let(i32.mul(i32.const(32), i32.sub(i32.const(t - 1), i32.ne(prefix.get, i32.const(0)))));
    const take = (state: number): void => {
      f.set(fine, i32.and(fine.get, read.call(i32.const(state), input.get, prefix.get)));
      f.set(input, i32.add(input.get, group.get));
    };
    const give = (state: number): void => {
      f.run(field.toBytes.call(out.get, i32.const(state)));
      f.set(out, i32.add(out.get, i32.const(32)));
    };
    f.loop(i, i32.const(0), i32.shrU(count.get, 1), 1, () => {
      take(left);
      take(right);
      for (let k = 0; k < t; k++) {
        const offset = k * ELEMENT_BYTES;
        f.run(join.call(i32.const(both + k * PAIR_BYTES), i32.const(left + offset), i32.const(right + offset)));
      }
      f.run(permutations.pair.call(i32.const(both), i32.const(both)));
      f.run(split.call(i32.const(left), i32.const(right), i32.const(both)));
      give(left);
      give(right);
    });
    f.if(i32.and(count.get, i32.const(1)), () => {
      take(left);
      f.run(permutations.single.call(i32.const(left), i32.const(left)));
      give(left);
    });
    return fine.get;
  });
}
