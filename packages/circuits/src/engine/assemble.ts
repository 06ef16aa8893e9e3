import { FIELD_ORDER } from "@sero/protocol";
import type { Running } from "@sero/protocol/wasm/toolkit";
import { ELEMENT_BYTES } from "@sero/protocol/wasm/toolkit";
import type { Zkey } from "../keys/zkey.js";
import type { QuerySums } from "../prove/engine.js";
import { affineBytes, DEGREE, type GroupName, jacobianBytes, loadPoints } from "./group.js";

/** The single points of a key that end up in a proof, in a curve module's memory. */
export interface KeyPoints {
  readonly alpha1: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly delta1: number;
  readonly delta2: number;
}

export function loadKeyPoints(curve: Running, zkey: Zkey): KeyPoints {
  const load = (group: GroupName, bytes: Uint8Array): number => loadPoints(curve, group, bytes).address;
  return {
    alpha1: load("g1", zkey.alpha1),
    beta1: load("g1", zkey.beta1),
    beta2: load("g2", zkey.beta2),
    delta1: load("g1", zkey.delta1),
    delta2: load("g2", zkey.delta2),
  };
}

/**
 * A proof from the sums of its queries: A = alpha + a + r*delta, B = beta + b + s*delta, C = c + h + s*A + r*B1 - r*s*delta (Groth 2016,
 * section 3.2). 256 bytes, EIP-197 order. Memory that it used is overwritten.
 */
export function assembleProof(curve: Running, key: KeyPoints, sums: QuerySums, r: bigint, s: bigint): Uint8Array {
  const start = curve.allocate(0);
  let end = start;
  const room = (group: GroupName): number => {
    const address = curve.allocate(jacobianBytes(group));
    end = address + jacobianBytes(group);
    curve.bytes(address, jacobianBytes(group)).fill(0);
    return address;
  };
  const load = (group: GroupName, sum: Uint8Array): number => {
    const address = room(group);
    curve.bytes(address, sum.length).set(sum);
    return address;
  };
  const lift = (group: GroupName, affine: number): number => {
    const address = room(group);
    curve.call(`${group}_addMixed`, address, address, affine);
    return address;
  };
  const [term1, term2] = [room("g1"), room("g2")];
  /** sum += scalar * point, by doubling and adding from the top. */
  const addTimes = (group: GroupName, sum: number, point: number, scalar: bigint): void => {
    const term = group === "g1" ? term1 : term2;
    curve.bytes(term, jacobianBytes(group)).fill(0);
    for (const bit of scalar.toString(2)) {
      curve.call(`${group}_double`, term, term);
      if (bit === "1") curve.call(`${group}_add`, term, term, point);
    }
    curve.call(`${group}_add`, sum, sum, term);
  };
  const delta1 = lift("g1", key.delta1);
  const delta2 = lift("g2", key.delta2);

  const a = load("g1", sums.a);
  curve.call("g1_addMixed", a, a, key.alpha1);
  addTimes("g1", a, delta1, r);
  const b = load("g2", sums.b2);
  curve.call("g2_addMixed", b, b, key.beta2);
  addTimes("g2", b, delta2, s);
  const b1 = load("g1", sums.b1);
  curve.call("g1_addMixed", b1, b1, key.beta1);
  addTimes("g1", b1, delta1, s);
  const c = load("g1", sums.c);
  curve.call("g1_add", c, c, load("g1", sums.h));
  addTimes("g1", c, a, s);
  addTimes("g1", c, b1, r);
  addTimes("g1", c, delta1, FIELD_ORDER - ((r * s) % FIELD_ORDER));

  const proof = new Uint8Array(256);
  writeAffine(curve, "g1", a, proof.subarray(0, 64));
  writeAffine(curve, "g2", b, proof.subarray(64, 192));
  writeAffine(curve, "g1", c, proof.subarray(192));
  curve.bytes(start, end - start).fill(0);
  curve.release(start);
  return proof;
}

/** Writes x, then y, each 32 bytes big-endian a coordinate, c1 before c0 (EIP-197). Infinity, which no proof holds, is zeros. */
function writeAffine(curve: Running, group: GroupName, point: number, out: Uint8Array): void {
  const degree = DEGREE[group];
  const start = curve.allocate(affineBytes(group));
  const text = curve.allocate(32);
  if (curve.call(`${group}_toAffine`, start, point) === 1) {
    for (let i = 0; i < 2 * degree; i++) {
      const swapped = degree === 1 ? i : i ^ 1;
      curve.call("fp_toBytes", text, start + swapped * ELEMENT_BYTES);
      out.set(curve.bytes(text, 32), i * 32);
    }
  }
  curve.release(start);
}
