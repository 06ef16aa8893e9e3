import { bytesToBigIntLE, equalBytes, FIELD_ORDER, Fr } from "@sero/protocol";
import type { Func, I32, ModuleBuilder, Running, WasmField } from "@sero/protocol/wasm/toolkit";
import {
  at,
  createField,
  createModule,
  createPairing,
  ELEMENT_BYTES,
  fieldShape,
  i32,
  limbBytes,
  PAIR_BYTES,
  runModule,
} from "@sero/protocol/wasm/toolkit";
import type { Zkey } from "../keys/zkey.js";
import { createTransforms, reverseBits } from "./ntt.js";

const SCALAR_BYTES = 32;
/** Bytes of a term in memory: address of the coefficient, wire times ELEMENT_BYTES. */
const TERM_BYTES = 8;
/** After so many terms a row's sum is brought below 2p again: each term adds at most 1.1p, and factors may be up to 60p. */
const TERMS_BETWEEN_REDUCTIONS = 32;
/** 2^-512 mod r: what snarkjs's keys multiply their coefficients by. */
const FROM_KEY = Fr.pow(Fr.inv(2n), 512n);
/** 5 generates what isn't a square mod r; its powers are the roots of unity that snarkjs's keys are made with. */
const NON_RESIDUE = 5n;

/** The scalars of a proof's query h, for one key, in one thread. */
export interface Quotient {
  /**
   * A*B - C at the points of the coset where the key's h points belong (odd powers of a root of unity of twice the domain's order), from a
   * witness of 32 bytes little-endian each, below r; 32 bytes little-endian each.
   */
  compute(witness: Uint8Array): Uint8Array;
  /** Overwrites everything that the last witness left in memory. */
  wipe(): void;
}

/** Prepares a key's matrices and the roots of unity of its domain. Throws wasm/unavailable. */
export function openQuotient(zkey: Pick<Zkey, "coefficients" | "domainSize" | "wires">): Quotient {
  const { domainSize, wires } = zkey;
  const running = runModule(generate(domainSize));
  const shape = fieldShape(FIELD_ORDER);
  const room = { value: running.allocate(SCALAR_BYTES), step: running.allocate(2 * ELEMENT_BYTES) };
  /** array[k] = first * ratio^k */
  const powers = (array: number, count: number, first: bigint, ratio: bigint): void => {
    running.bytes(room.step, ELEMENT_BYTES).set(limbBytes(shape.enter(ratio)));
    running.bytes(array, ELEMENT_BYTES).set(limbBytes(shape.enter(first)));
    running.call("powers", array, count, room.step);
  };
  const root = Fr.pow(NON_RESIDUE, (FIELD_ORDER - 1n) / BigInt(domainSize));
  powers(running.call("rootsAddress"), domainSize / 2, 1n, root);
  const coset = running.allocate(domainSize * ELEMENT_BYTES);
  const twiceRoot = Fr.pow(NON_RESIDUE, (FIELD_ORDER - 1n) / BigInt(2 * domainSize));
  powers(coset, domainSize, Fr.inv(BigInt(domainSize)), twiceRoot);
  const starts = loadMatrices(running, zkey);

  const mark = running.allocate(0);
  const witnessBytes = running.allocate(wires * SCALAR_BYTES);
  const witnessElements = running.allocate(wires * ELEMENT_BYTES);
  const [a, b, c, spare] = [0, 0, 0, 0].map(() => running.allocate(domainSize * ELEMENT_BYTES)) as Four;
  const [both, spareBoth] = [0, 0].map(() => running.allocate(domainSize * PAIR_BYTES)) as [number, number];
  const out = running.allocate(domainSize * SCALAR_BYTES);
  const end = running.allocate(0);

  return {
    compute(witness) {
      running.bytes(witnessBytes, wires * SCALAR_BYTES).set(witness);
      running.call("enterAll", witnessElements, witnessBytes, wires);
      running.call("rows", a, starts, domainSize, witnessElements);
      running.call("rows", b, starts + 4 * domainSize, domainSize, witnessElements);
      running.call("multiplyJoin", both, c, a, b, domainSize);
      running.call("toCoset", spareBoth, both, coset, domainSize, 1);
      running.call("toCoset", spare, c, coset, domainSize, 0);
      running.call("combine", out, spareBoth, spare, domainSize);
      return running.bytes(out, domainSize * SCALAR_BYTES).slice();
    },
    wipe() {
      running.bytes(mark, end - mark).fill(0);
    },
  };
}

type Four = [number, number, number, number];

/**
 * Lays the matrices out row by row, rows in bit-reversed order, A before B. Returns the address of the list of each row's
 * terms' address, which has one more entry for the end.
 */
function loadMatrices(
  running: Running,
  { coefficients, domainSize }: Pick<Zkey, "coefficients" | "domainSize">,
): number {
  const view = new DataView(coefficients.buffer, coefficients.byteOffset, coefficients.byteLength);
  const count = view.getUint32(0, true);
  const bits = Math.log2(domainSize);
  const rowOf = (i: number): number => {
    const [matrix, row] = [view.getUint32(4 + 44 * i, true), view.getUint32(8 + 44 * i, true)];
    return matrix * domainSize + reverseBits(row, bits);
  };
  const places = new Uint32Array(2 * domainSize + 1);
  for (let i = 0; i < count; i++) places[rowOf(i) + 1]!++;
  for (let row = 0; row < 2 * domainSize; row++) places[row + 1]! += places[row]!;

  const terms = running.allocate(count * TERM_BYTES);
  const starts = running.allocate(places.length * 4);
  const addresses = Uint32Array.from(places, (place) => terms + place * TERM_BYTES);
  running.bytes(starts, addresses.byteLength).set(new Uint8Array(addresses.buffer));

  // Few coefficients are different: each is converted and kept once. Found by 48 of its bits, then compared.
  const shape = fieldShape(FIELD_ORDER);
  const known = new Map<number, { readonly index: number; readonly bytes: Uint8Array }>();
  const values: Uint8Array[] = [];
  const sorted = new Uint32Array(2 * count);
  const next = places.slice();
  for (let i = 0; i < count; i++) {
    const bytes = coefficients.subarray(16 + 44 * i, 48 + 44 * i);
    const key = view.getUint32(16 + 44 * i, true) * 65536 + view.getUint16(20 + 44 * i, true);
    const found = known.get(key);
    const index = found && equalBytes(found.bytes, bytes) ? found.index : values.length;
    if (index === values.length) {
      known.set(key, { index, bytes });
      values.push(limbBytes(shape.enter(Fr.mul(bytesToBigIntLE(bytes), FROM_KEY))));
    }
    sorted.set([index, view.getUint32(12 + 44 * i, true) * ELEMENT_BYTES], 2 * next[rowOf(i)]!++);
  }
  const table = running.allocate(values.length * ELEMENT_BYTES);
  const tableBytes = running.bytes(table, values.length * ELEMENT_BYTES);
  values.forEach((value, i) => tableBytes.set(value, i * ELEMENT_BYTES));
  for (let i = 0; i < sorted.length; i += 2) sorted[i] = table + sorted[i]! * ELEMENT_BYTES;
  running.bytes(terms, sorted.byteLength).set(new Uint8Array(sorted.buffer));
  return starts;
}

type Three = Func<readonly ["i32", "i32", "i32"], "void">;

function generate(domainSize: number): ReturnType<ModuleBuilder["finish"]> {
  const module = createModule();
  const field = createField(module, fieldShape(FIELD_ORDER));
  const roots = module.reserve((domainSize / 2) * ELEMENT_BYTES);
  const transforms = createTransforms(module, field, roots, domainSize);
  const { copy, dot } = field.inline.single;
  const { join, split } = createPairing(module);

  module.func("rootsAddress", [], "i32", () => i32.const(roots));
  module.func("powers", ["i32", "i32", "i32"], "void", (f, array, count, ratio) => {
    const i = f.local("i32");
    const element = at(array.get, i.get, ELEMENT_BYTES);
    f.loop(i, i32.const(1), count.get, 1, () => {
      f.run(field.single.mul.call(element, i32.sub(element, i32.const(ELEMENT_BYTES)), ratio.get));
    });
  });
  module.func("enterAll", ["i32", "i32", "i32"], "void", (f, elements, bytes, count) => {
    const i = f.local("i32");
    f.loop(i, i32.const(0), count.get, 1, () => {
      f.run(
        i32.drop(field.fromBytesLE.call(at(elements.get, i.get, ELEMENT_BYTES), at(bytes.get, i.get, SCALAR_BYTES))),
      );
    });
  });

  const addTerm: Three = module.func(undefined, ["i32", "i32", "i32"], "void", (f, sum, value, factor) => {
    dot(f, sum.get, [[{ at: value.get }, { at: factor.get }]], { at: sum.get });
  });
  const [zero, one] = [field.constant(0n), field.constant(1n)];
  /** (out, starts, count, witness): out[row] = sum of coefficient * witness[wire]. */
  module.func("rows", ["i32", "i32", "i32", "i32"], "void", (f, out, starts, count, witness) => {
    const [row, term, left] = [f.local("i32"), f.local("i32"), f.local("i32")];
    f.loop(row, i32.const(0), count.get, 1, () => {
      const start = i32.add(starts.get, i32.shl(row.get, 2));
      const sum = f.let(at(out.get, row.get, ELEMENT_BYTES));
      copy(f, sum.get, zero);
      f.set(left, i32.const(TERMS_BETWEEN_REDUCTIONS));
      f.loop(term, i32.load(start), i32.load(start, 4), TERM_BYTES, () => {
        f.run(addTerm.call(sum.get, i32.load(term.get), i32.add(witness.get, i32.load(term.get, 4))));
        f.set(left, i32.sub(left.get, i32.const(1)));
        f.if(i32.eqz(left.get), () => {
          f.run(field.single.mul.call(sum.get, sum.get, one));
          f.set(left, i32.const(TERMS_BETWEEN_REDUCTIONS));
        });
      });
    });
  });
  const productOf: Three = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, b) => {
    dot(f, d.get, [[{ at: a.get }, { at: b.get }]]);
  });
  /** (pairs, products, a, b, count). Factors below 37p: products below 10p, which a transform may start from. */
  module.func("multiplyJoin", ["i32", "i32", "i32", "i32", "i32"], "void", (f, both, c, a, b, count) => {
    const i = f.local("i32");
    const element = (base: I32): I32 => at(base, i.get, ELEMENT_BYTES);
    f.loop(i, i32.const(0), count.get, 1, () => {
      f.run(
        field.single.mul.call(element(a.get), element(a.get), one),
        field.single.mul.call(element(b.get), element(b.get), one),
      );
      f.run(productOf.call(element(c.get), element(a.get), element(b.get)));
      f.run(join.call(at(both.get, i.get, PAIR_BYTES), element(a.get), element(b.get)));
    });
  });
  exportToCoset(module, field, transforms, Math.log2(domainSize));

  const [left, right] = [field.scratch(), field.scratch()];
  const inline = field.inline.single;
  /** (out, pairs of A and B, C, count): A*B - C in bytes. A and B are below 34p, so A*B is below 8p; C is below 34p. */
  module.func("combine", ["i32", "i32", "i32", "i32"], "void", (f, out, both, c, count) => {
    const i = f.local("i32");
    f.loop(i, i32.const(0), count.get, 1, () => {
      f.run(split.call(left, right, at(both.get, i.get, PAIR_BYTES)), productOf.call(left, left, right));
      inline.sum(f, left, [left], [at(c.get, i.get, ELEMENT_BYTES)], 40n);
      f.run(field.toBytesLE.call(at(out.get, i.get, SCALAR_BYTES), left));
    });
  });
  return module.finish();
}

/**
 * Exports `toCoset` (out, values, coset, count, paired): from values at the powers of the root, in bit-reversed order, to values at the points of
 * the coset, in natural order, in `out`; `values` is overwritten. The inverse transform is the transform with its results read backwards, divided
 * by the size, which the coset's factors contain.
 */
function exportToCoset(
  module: ModuleBuilder,
  field: WasmField,
  transforms: ReturnType<typeof createTransforms>,
  bits: number,
): void {
  const shift = (width: "single" | "pair", bytes: number): Func<readonly ["i32", "i32", "i32", "i32"], "void"> => {
    const scale = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, b) =>
      field.inline[width].dot(f, d.get, [[{ spread: b.get }, { at: a.get }]]),
    );
    return module.func(undefined, ["i32", "i32", "i32", "i32"], "void", (f, out, values, coset, count) => {
      const [i, reversed, rest] = [f.local("i32"), f.local("i32"), f.local("i32")];
      f.loop(i, i32.const(0), count.get, 1, () => {
        f.set(reversed, i32.const(0));
        f.set(rest, i.get);
        f.repeat(bits, () => {
          f.set(reversed, i32.or(i32.shl(reversed.get, 1), i32.and(rest.get, i32.const(1))));
          f.set(rest, i32.shrU(rest.get, 1));
        });
        const backwards = i32.and(i32.sub(count.get, i.get), i32.sub(count.get, i32.const(1)));
        const source = at(values.get, backwards, bytes);
        f.run(scale.call(at(out.get, reversed.get, bytes), source, at(coset.get, i.get, ELEMENT_BYTES)));
      });
    });
  };
  const shifts = { single: shift("single", ELEMENT_BYTES), pair: shift("pair", PAIR_BYTES) };
  const params = ["i32", "i32", "i32", "i32", "i32"] as const;
  module.func("toCoset", params, "void", (f, out, values, coset, count, paired) => {
    const run = (width: "single" | "pair"): void => {
      f.run(transforms[width].call(values.get, count.get));
      f.run(shifts[width].call(out.get, values.get, coset.get, count.get));
      f.run(transforms[width].call(out.get, count.get));
    };
    f.if(
      paired.get,
      () => run("pair"),
      () => run("single"),
    );
  });
}
