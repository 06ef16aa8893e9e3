import { concatBytes } from "../../bytes/index.js";
import { POINT_BYTES } from "../../curve/index.js";
import { FIELD_ORDER } from "../../field/index.js";
import { createModule, i32 } from "../emitter/index.js";
import { createField, fieldShape } from "../field/index.js";
import { createBucketMethod, createRecoding } from "../msm/index.js";
import { runModule } from "../run.js";
import type { Running } from "../run.js";
import { SUM_BYTES, createCurve } from "./curve.js";
import { createDecoder, decodeRoom } from "./decode.js";

/** Generates, compiles and starts Baby Jubjub; takes some 100 ms. Throws wasm/unavailable. */
export function openCurveModule(): Running {
  return runModule(generate());
}

/**
 * Decodes to `points`, which has room for one more if their number is odd, and answers what each is (DECODED). Into `affine`, if
 * given, go x and y of each point that is not bad, 32 bytes big-endian each.
 */
export function decodePreparedPoints(
  running: Running,
  encodings: readonly Uint8Array[],
  points: number,
  affine?: Uint8Array,
): Uint8Array {
  const count = encodings.length + (encodings.length % 2);
  const mark = running.allocate(2 * count * POINT_BYTES);
  const flags = running.allocate(count);
  const room = running.allocate(decodeRoom(count));
  running.bytes(mark, count * POINT_BYTES).set(concatBytes(...encodings));
  running.call("decode", points, flags, mark, count, room);
  if (affine) {
    running.call("coordinates", mark, encodings.length, count, room);
    affine.set(running.bytes(mark, affine.length));
  }
  const result = running.bytes(flags, encodings.length).slice();
  running.release(mark);
  return result;
}

function generate(): ReturnType<ReturnType<typeof createModule>["finish"]> {
  const module = createModule();
  const field = createField(module, fieldShape(FIELD_ORDER));
  const curve = createCurve(module, field);
  createDecoder(module, field, curve);
  createRecoding(module, "recode");
  const buckets = createBucketMethod(module, curve);
  const address = i32.const(module.reserve(SUM_BYTES));
  const params = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;
  /** (points, digits, count, c, windows, buckets): whether 8 times the sum of products is the identity. */
  module.func("vanishes", params, "i32", (f, points, digits, count, c, windows, room) => {
    f.run(buckets.call(address, points.get, digits.get, count.get, c.get, windows.get, room.get));
    for (let k = 0; k < 3; k++) f.run(curve.double.call(address));
    return curve.isIdentity.call(address);
  });
  return module.finish();
}
