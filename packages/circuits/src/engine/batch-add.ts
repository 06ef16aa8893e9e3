import type { Body, Func, I32, ModuleBuilder } from "@sero/protocol/wasm/toolkit";
import { at, createPairing, i32 } from "@sero/protocol/wasm/toolkit";
import type { WasmField } from "@sero/protocol/wasm/toolkit";
import { createInversion } from "./jacobian.js";
import type { Tower } from "./tower.js";

/** Most pairs of additions in one call: large enough that the one inversion costs little, small enough for the cache. */
export const MAX_PAIRS = 512;

/** Bytes of an entry in the list of additions: the addresses of destination, first and second summand. */
export const ENTRY_BYTES = 12;

/**
 * (list, pairs): adds affine points, 2*pairs of them, as the list says, each destination = first + second. Returns 1, or 0 with nothing
 * written if two x coordinates were equal (the sum is then a double or infinity, which this can't do).
 *
 * An affine addition is one inversion and three products; Montgomery's trick gives all inversions of a call for one and three products each, and
 * so six in all, where Jacobian coordinates take eleven. Two additions go side by side in the lanes of a v128.
 */
export type BatchAdd = Func<readonly ["i32", "i32"], "i32">;

/** Adds `<name>_batchAdd` to a module. An affine point is x, then y, at single width. */
export function createBatchAdd(
  module: ModuleBuilder,
  field: WasmField,
  { single, pair }: { readonly single: Tower; readonly pair: Tower },
  name: string,
): BatchAdd {
  const { degree } = single;
  const { join, split } = createPairing(module);
  const unit = { single: single.size / degree, pair: pair.size / degree };
  /** (pair, a, b) and back for elements of the tower. */
  const joinElement = (f: Body, target: I32, a: I32, b: I32, offset: number): void => {
    for (let i = 0; i < degree; i++) {
      const from = i32.const(offset + i * unit.single);
      f.run(join.call(i32.add(target, i32.const(i * unit.pair)), i32.add(a, from), i32.add(b, from)));
    }
  };
  const splitElement = (f: Body, a: I32, b: I32, source: I32, offset: number): void => {
    for (let i = 0; i < degree; i++) {
      const to = i32.const(offset + i * unit.single);
      f.run(split.call(i32.add(a, to), i32.add(b, to), i32.add(source, i32.const(i * unit.pair))));
    }
  };
  const array = (): ((index: I32) => I32) => {
    const base = i32.const(module.reserve(MAX_PAIRS * pair.size));
    return (index) => at(base, index, pair.size);
  };
  const [x1, y1, x2, y2, difference, prefix] = [array(), array(), array(), array(), array(), array()];
  const room = (tower: Tower): I32 => i32.const(module.reserve(tower.size));
  const invertPair = createPairInversion(module, field, single, pair, { joinElement, splitElement });
  const [running, inverse, next, slope, t] = [room(pair), room(pair), room(pair), room(pair), room(pair)];
  const onePair = room(pair);
  const one = field.constant(1n);

  return module.func(`${name}_batchAdd`, ["i32", "i32"], "i32", (f, list, pairs) => {
    const k = f.local("i32");
    const [d0, d1, a0, a1, b0, b1] = [
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
    ];
    const entry = f.local("i32");
    const readEntry = (): void => {
      f.set(entry, at(list.get, k.get, 2 * ENTRY_BYTES));
      f.set(d0, i32.load(entry.get, 0));
      f.set(a0, i32.load(entry.get, 4));
      f.set(b0, i32.load(entry.get, 8));
      f.set(d1, i32.load(entry.get, 12));
      f.set(a1, i32.load(entry.get, 16));
      f.set(b1, i32.load(entry.get, 20));
    };
    const cell = (of: (index: I32) => I32): I32 => of(k.get);

    // c1 of `onePair` is memory that nothing else writes, and so zero.
    f.run(join.call(onePair, one, one));
    pair.copy(f, running, onePair);
    f.loop(k, i32.const(0), pairs.get, 1, () => {
      readEntry();
      joinElement(f, cell(x1), a0.get, a1.get, 0);
      joinElement(f, cell(x2), b0.get, b1.get, 0);
      joinElement(f, cell(y1), a0.get, a1.get, single.size);
      joinElement(f, cell(y2), b0.get, b1.get, single.size);
      f.run(pair.sub.call(cell(difference), cell(x2), cell(x1)));
      pair.copy(f, cell(prefix), running);
      f.run(pair.mul.call(running, cell(difference), running));
    });
    f.if(i32.eqz(invertPair.call(inverse, running)), () => f.return(i32.const(0)));

    f.set(k, pairs.get);
    f.while(k.get, () => {
      f.set(k, i32.sub(k.get, i32.const(1)));
      readEntry();
      f.run(pair.mul.call(next, cell(difference), inverse));
      f.run(pair.mul.call(slope, inverse, cell(prefix)));
      pair.copy(f, inverse, next);
      f.run(pair.sub.call(t, cell(y2), cell(y1)), pair.mul.call(slope, t, slope));
      f.run(pair.add.call(cell(x2), cell(x1), cell(x2)), pair.squareMinus.call(cell(x2), slope, cell(x2)));
      f.run(pair.sub.call(t, cell(x1), cell(x2)), pair.mulMinus.call(cell(y2), slope, t, cell(y1)));
      splitElement(f, d0.get, d1.get, cell(x2), 0);
      splitElement(f, d0.get, d1.get, cell(y2), single.size);
    });
    return i32.const(1);
  });
}

/** (destination, a): inverts both lanes with one inversion; returns 0 if either is zero. Leaves the destination untouched then. */
function createPairInversion(
  module: ModuleBuilder,
  field: WasmField,
  single: Tower,
  pair: Tower,
  {
    joinElement,
    splitElement,
  }: Record<"joinElement" | "splitElement", (f: Body, a: I32, b: I32, c: I32, o: number) => void>,
): Func<readonly ["i32", "i32"], "i32"> {
  const room = (): I32 => i32.const(module.reserve(single.size));
  const [a, b, product, inverse] = [room(), room(), room(), room()];
  const invert = createInversion(module, field, single);
  return module.func(undefined, ["i32", "i32"], "i32", (f, destination, source) => {
    splitElement(f, a, b, source.get, 0);
    f.run(single.mul.call(product, a, b));
    const zero =
      single.degree === 1
        ? field.isZero.call(product)
        : i32.and(field.isZero.call(product), field.isZero.call(i32.add(product, i32.const(single.size / 2))));
    f.if(zero, () => f.return(i32.const(0)));
    f.run(invert.call(inverse, product), single.mul.call(product, inverse, b), single.mul.call(b, inverse, a));
    joinElement(f, destination.get, product, b, 0);
    return i32.const(1);
  });
}
