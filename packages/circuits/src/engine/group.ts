import { BASE_FIELD_ORDER } from "../keys/zkey.js";
import type { Running } from "@sero/protocol/wasm/toolkit";
import {
  createField,
  createModule,
  createRecoding,
  ELEMENT_BYTES,
  fieldShape,
  i32,
  inverse,
  runModule,
} from "@sero/protocol/wasm/toolkit";
import { createBatchAdd } from "./batch-add.js";
import { createJacobian } from "./jacobian.js";
import { createTower } from "./tower.js";

export type GroupName = "g1" | "g2";

/** Degree of the coordinates' field. */
export const DEGREE: Readonly<Record<GroupName, 1 | 2>> = { g1: 1, g2: 2 };

/** Bytes of a coordinate in a zkey. */
const FILE_COORDINATE = 32;

/** Montgomery's factor of the zkey format. */
const FILE_FACTOR = 1n << 256n;

/** A generated module that is not running yet. Plain data: it can be posted to a worker. */
export interface CurveModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Memory from here on is free. */
  readonly heapBase: number;
}

/**
 * The WebAssembly of the prover's curve arithmetic: for each group `<g>_load`, `<g>_batchAdd`, `<g>_double`, `<g>_add`, `<g>_addMixed`,
 * `<g>_toAffine`; `recode` for the digits of scalars; `fp_toBytes`. Generated in some 50 ms.
 */
export function generateCurveModule(): CurveModule {
  const module = createModule();
  const shape = fieldShape(BASE_FIELD_ORDER);
  const field = createField(module, shape, "fp");
  createRecoding(module, "recode");
  const fromFile = field.constant(inverse(FILE_FACTOR, shape.modulus));
  const minusOne = field.constant(-1n);
  for (const name of ["g1", "g2"] as const) {
    const degree = DEGREE[name];
    const single = createTower(module, field, degree, "single");
    const pair = createTower(module, field, degree, "pair");
    createJacobian(module, field, single, name);
    createBatchAdd(module, field, { single, pair }, name);
    // (destination, point of a zkey): the affine point, and behind it its opposite.
    module.func(`${name}_load`, ["i32", "i32"], "void", (f, d, source) => {
      const at = (index: number): ReturnType<typeof i32.add> => i32.add(d.get, i32.const(index * ELEMENT_BYTES));
      const canonical = f.local("i32");
      for (let i = 0; i < 2 * degree; i++) {
        // The value read is x*2^256: it loses that factor here.
        f.set(canonical, field.fromBytesLE.call(at(i), i32.add(source.get, i32.const(i * FILE_COORDINATE))));
        f.run(field.single.mul.call(at(i), at(i), fromFile));
        if (i < degree) field.inline.single.copy(f, at(2 * degree + i), at(i));
        else f.run(field.single.mul.call(at(2 * degree + i), at(i), minusOne));
      }
    });
  }
  return module.finish();
}

/** Points of a key in the memory of a curve module: each affine, followed by its opposite. */
export interface PointTable {
  readonly group: GroupName;
  readonly address: number;
  readonly count: number;
}

/** Bytes of an affine point, and of a Jacobian one, in memory. */
export const affineBytes = (group: GroupName): number => 2 * DEGREE[group] * ELEMENT_BYTES;
export const jacobianBytes = (group: GroupName): number => 3 * DEGREE[group] * ELEMENT_BYTES;

/** Starts a curve module. */
export const openCurve = (module: CurveModule): Running => runModule(module);

/** Loads points as a zkey has them (affine, coordinates times 2^256 mod q, little-endian). None may be infinity. */
export function loadPoints(curve: Running, group: GroupName, points: Uint8Array): PointTable {
  const size = 2 * DEGREE[group] * FILE_COORDINATE;
  const count = points.length / size;
  const record = 2 * affineBytes(group);
  const address = curve.allocate(count * record);
  const source = curve.allocate(points.length);
  curve.bytes(source, points.length).set(points);
  for (let i = 0; i < count; i++) curve.call(`${group}_load`, address + i * record, source + i * size);
  curve.bytes(source, points.length).fill(0);
  curve.release(source);
  return { group, address, count };
}
