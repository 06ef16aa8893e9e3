import { bytesToBigInt, bigIntToBytesLE, concatBytes, randomBytes, utf8 } from "../../bytes/index.js";
import type { RandomSource } from "../../bytes/index.js";
import { BASE8, POINT_BYTES, SUBGROUP_ORDER, encodePoint } from "../../curve/index.js";
import { LABELS } from "../../keys/labels.js";
import { MESSAGE_BYTES, SIGNATURE_BYTES } from "../../signature/index.js";
import type { SignedMessage } from "../../signature/index.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { SCALAR_BYTES, bestWindow, windowsOf } from "../msm/index.js";
import type { Running } from "../run.js";
import { POINT_BYTES_IN_MEMORY, SUM_BYTES } from "./curve.js";
import { DECODED } from "./decode.js";
import { decodePreparedPoints, openCurveModule } from "./open.js";

/** Checks many rk signatures at once; the same verdicts as `verifySignatureBatch`. */
export interface SignatureVerifier {
  /** The verdict on each signature, always that of checking it alone. `random` gives the batch's coefficients. */
  verifyBatch(items: readonly SignedMessage[], random?: RandomSource): boolean[];
}

/** A signature whose parts are well formed; its points have been decoded to places `R` and `rk` in the module's memory. */
interface Candidate {
  readonly R: number;
  readonly rk: number;
  readonly S: bigint;
  readonly c: bigint;
}

const SCALAR_BITS = 251;

/** Generates, compiles and starts it; takes some 100 ms. One per thread. Throws wasm/unavailable. */
export function openSignatureVerifier(): SignatureVerifier {
  const running = openCurveModule();
  const base = running.allocate(POINT_BYTES_IN_MEMORY);
  decodePreparedPoints(running, [encodePoint(BASE8)], base);

  return {
    verifyBatch(items, random = randomBytes) {
      const mark = running.allocate(0);
      try {
        const candidates = parse(running, items);
        const verdicts = items.map(() => false);
        settle(candidates.filter((entry) => entry !== undefined));
        return verdicts;

        /** Checks some together; if that fails, half and half, down to single ones, whose verdict is exact. */
        function settle(entries: readonly (readonly [number, Candidate])[]): void {
          if (entries.length === 0) return;
          const coefficient = entries.length > 1 ? () => batchCoefficient(random) : () => 1n;
          if (
            equationHolds(
              running,
              base,
              entries.map(([, candidate]) => candidate),
              coefficient,
            )
          ) {
            for (const [index] of entries) verdicts[index] = true;
          } else if (entries.length > 1) {
            const middle = entries.length >> 1;
            settle(entries.slice(0, middle));
            settle(entries.slice(middle));
          }
        }
      } finally {
        running.release(mark);
      }
    },
  };
}

/** 1 .. 2^128 - 1. */
function batchCoefficient(random: RandomSource): bigint {
  for (;;) {
    const z = bytesToBigInt(random(16));
    if (z !== 0n) return z;
  }
}

/** undefined for: wrong lengths, S >= l, points off the curve or not canonical, 8*rk = identity. */
function parse(running: Running, items: readonly SignedMessage[]): (readonly [number, Candidate] | undefined)[] {
  const shaped = items.map(({ rk, message, signature }) => {
    if (rk.length !== POINT_BYTES || message.length !== MESSAGE_BYTES) return undefined;
    if (signature.length !== SIGNATURE_BYTES) return undefined;
    const S = bytesToBigInt(signature.subarray(POINT_BYTES));
    return S < SUBGROUP_ORDER ? { R: signature.subarray(0, POINT_BYTES), rk, message, S } : undefined;
  });
  const encodings = shaped.flatMap((item) => (item ? [item.R, item.rk] : []));
  const points = running.allocate(POINT_BYTES_IN_MEMORY * (encodings.length + 1));
  const flags = decodePreparedPoints(running, encodings, points);
  let next = 0;
  return shaped.map((item, index) => {
    if (!item) return undefined;
    const at = next;
    next += 2;
    if (flags[at] === DECODED.bad || flags[at + 1] !== DECODED.good) return undefined;
    const c = bytesToBigInt(sha512(concatBytes(utf8(LABELS.signatureChallenge), item.R, item.rk, item.message)));
    const place = points + at * POINT_BYTES_IN_MEMORY;
    return [index, { R: place, rk: place + POINT_BYTES_IN_MEMORY, S: item.S, c: c % SUBGROUP_ORDER }] as const;
  });
}

/** 8 * (sum z*S*B8 - sum z*R - sum z*c*rk) = identity, with a coefficient z for each. */
function equationHolds(
  running: Running,
  base: number,
  items: readonly Candidate[],
  coefficient: () => bigint,
): boolean {
  const count = 2 * items.length + 1;
  const c = bestWindow(count, SCALAR_BITS, 10);
  const windows = windowsOf(SCALAR_BITS, c);
  const points = running.allocate(count * POINT_BYTES_IN_MEMORY);
  const scalars = running.allocate(count * SCALAR_BYTES);
  const digits = running.allocate(2 * windows * count);
  const buckets = running.allocate(SUM_BYTES << (c - 1));
  let next = 0;
  const term = (point: number, scalar: bigint): void => {
    const target = running.bytes(points + next * POINT_BYTES_IN_MEMORY, POINT_BYTES_IN_MEMORY);
    target.set(running.bytes(point, POINT_BYTES_IN_MEMORY));
    running.bytes(scalars + next * SCALAR_BYTES, SCALAR_BYTES).set(bigIntToBytesLE(scalar, SCALAR_BYTES));
    next++;
  };
  let sum = 0n;
  for (const { R, rk, S, c: challenge } of items) {
    const z = coefficient();
    sum += z * S;
    term(R, z);
    term(rk, (z * challenge) % SUBGROUP_ORDER);
  }
  const negative = sum % SUBGROUP_ORDER;
  term(base, negative === 0n ? 0n : SUBGROUP_ORDER - negative);
  running.call("recode", digits, scalars, count, c, windows);
  const holds = running.call("vanishes", points, digits, count, c, windows, buckets) === 1;
  running.release(points);
  return holds;
}
