import { bytesToBigInt } from "../../bytes/index.js";
import { POINT_BYTES, decodePoint } from "../../curve/index.js";
import type { Point } from "../../curve/index.js";
import type { Running } from "../run.js";
import { POINT_BYTES_IN_MEMORY } from "./curve.js";
import { DECODED } from "./decode.js";
import { decodePreparedPoints, openCurveModule } from "./open.js";

// A cache of something that depends on nothing: opened by the first call of this thread.
let shared: Running | undefined;

/** Decodes many points at once: `decodePoint` for each, undefined where that throws. */
export function decodePoints(encodings: readonly Uint8Array[]): (Point | undefined)[] {
  const running = (shared ??= openCurveModule());
  const shaped = encodings.filter((encoding) => encoding.length === POINT_BYTES);
  const points = running.allocate(POINT_BYTES_IN_MEMORY * (shaped.length + 1));
  const affine = new Uint8Array(64 * shaped.length);
  const flags = decodePreparedPoints(running, shaped, points, affine);
  running.release(points);
  let next = 0;
  return encodings.map((encoding) => {
    if (encoding.length !== POINT_BYTES) return undefined;
    const i = next++;
    if (flags[i] === DECODED.bad) return undefined;
    return {
      x: bytesToBigInt(affine.subarray(64 * i, 64 * i + 32)),
      y: bytesToBigInt(affine.subarray(64 * i + 32, 64 * i + 64)),
    };
  });
}

/** `decodePoint` in WebAssembly, for whoever decodes much: the same result, the same errors. */
export function decodePointFast(encoding: Uint8Array): Point {
  // What is refused here is refused there too, with its reason.
  return decodePoints([encoding])[0] ?? decodePoint(encoding);
}
