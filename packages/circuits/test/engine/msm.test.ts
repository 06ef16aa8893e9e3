import { bn254 } from "@noble/curves/bn254.js";
import { bigIntToBytesLE, FIELD_ORDER as r } from "@sero/protocol";
import type { Running } from "@sero/protocol/wasm/toolkit";
import { ELEMENT_BYTES } from "@sero/protocol/wasm/toolkit";
import { beforeAll, describe, expect, it } from "vitest";
import { DEGREE, generateCurveModule, type GroupName, loadPoints, openCurve } from "../../src/engine/group.js";
import { type Msm, openMsm } from "../../src/engine/msm.js";
import { BASE_FIELD_ORDER as q } from "../../src/keys/zkey.js";

/** A point as its coordinates' parts, all integers; none for infinity. */
type Coordinates = readonly bigint[];

const generators = { g1: bn254.G1.Point.BASE, g2: bn254.G2.Point.BASE };

function coordinates(group: GroupName, scalar: bigint): Coordinates {
  const k = ((scalar % r) + r) % r;
  if (k === 0n) return [];
  if (group === "g1") {
    const { x, y } = generators.g1.multiply(k).toAffine();
    return [x, y];
  }
  const { x, y } = generators.g2.multiply(k).toAffine();
  return [x.c0, x.c1, y.c0, y.c1];
}

/** As a zkey has it: times 2^256 mod q, little-endian. */
const fileForm = (point: Coordinates): Uint8Array =>
  new Uint8Array(Buffer.concat(point.map((c) => bigIntToBytesLE((c << 256n) % q, 32))));

const scalarBytes = (scalars: readonly bigint[]): Uint8Array =>
  new Uint8Array(Buffer.concat(scalars.map((x) => bigIntToBytesLE(x, 32))));

/** Numbers that look random and are the same in every run. */
const number = (seed: number): bigint => BigInt(seed * 2 + 3) ** 197n % r;

describe.each(["g1", "g2"] as const)("multi-scalar multiplication in %s", (group) => {
  let curve: Running;
  let msm: Msm;
  beforeAll(() => {
    curve = openCurve(generateCurveModule());
    msm = openMsm(curve, group, 600);
  });

  function affine(sum: Uint8Array): Coordinates {
    const point = curve.allocate(sum.length);
    const out = curve.allocate(2 * DEGREE[group] * ELEMENT_BYTES);
    const text = curve.allocate(32);
    curve.bytes(point, sum.length).set(sum);
    const finite = curve.call(`${group}_toAffine`, out, point) === 1;
    const result = Array.from({ length: finite ? 2 * DEGREE[group] : 0 }, (_, i) => {
      curve.call("fp_toBytes", text, out + i * ELEMENT_BYTES);
      return BigInt(`0x${Buffer.from(curve.bytes(text, 32)).toString("hex")}`);
    });
    curve.release(point);
    return result;
  }

  /** Multiplies points known by their logarithms, in one share and in several, and compares with the sum of the logarithms. */
  function check(logarithms: readonly bigint[], scalars: readonly bigint[]): void {
    const file = Buffer.concat(logarithms.map((k) => fileForm(coordinates(group, k))));
    const table = loadPoints(curve, group, new Uint8Array(file));
    const expected = coordinates(
      group,
      logarithms.reduce((sum, k, i) => sum + k * (scalars[i] ?? 0n), 0n),
    );
    expect(affine(msm.multiply(table, scalarBytes(scalars), 0, 1))).toEqual(expected);
    const shares = [0, 1, 2].map((share) => msm.multiply(table, scalarBytes(scalars), share, 3));
    const total = curve.allocate(shares[0]?.length ?? 0);
    const term = curve.allocate(shares[0]?.length ?? 0);
    curve.bytes(total, shares[0]?.length ?? 0).fill(0);
    for (const share of shares) {
      curve.bytes(term, share.length).set(share);
      curve.call(`${group}_add`, total, total, term);
    }
    expect(affine(curve.bytes(total, shares[0]?.length ?? 0).slice())).toEqual(expected);
  }

  it("agrees with another implementation on many points", () => {
    const count = group === "g1" ? 600 : 150;
    check(
      Array.from({ length: count }, (_, i) => number(i)),
      Array.from({ length: count }, (_, i) => number(i + 1000)),
    );
  });

  it("is right for scalars at the edges: 0, 1, 2^k, r - 1, and digits that carry", () => {
    const edges = [
      0n,
      1n,
      2n,
      511n,
      512n,
      513n,
      1023n,
      1024n,
      2n ** 128n,
      2n ** 253n,
      r - 1n,
      r - 2n,
      (1n << 250n) - 1n,
    ];
    check(
      edges.map((_, i) => number(i)),
      edges,
    );
    check([5n], [0n]);
    check([5n], [r - 1n]);
  });

  it("is right when equal or opposite points meet in a bucket, and when sums do", () => {
    check([7n, 7n, 7n, 7n], [3n, 3n, 3n, 3n]);
    check([7n, r - 7n], [number(1), number(1)]);
    check([7n, 7n], [5n, r - 5n]);
    check([1n, 2n, 3n, 9n], [77n, 77n, 77n, 77n]);
    check([1n, 4n, 2n, 3n, 8n], Array(5).fill(number(2)));
    check([9n, 9n, r - 9n, 4n], [number(3), number(4), number(3), number(4)]);
  });

  it("leaves nothing of the scalars in memory after wiping", () => {
    const secret = number(42);
    const table = loadPoints(
      curve,
      group,
      new Uint8Array(Buffer.concat([1n, 2n, 3n].map((k) => fileForm(coordinates(group, k))))),
    );
    msm.multiply(table, scalarBytes([secret, secret, secret]), 0, 1);
    const needle = Buffer.from(bigIntToBytesLE(secret, 32));
    const memory = (): Buffer => Buffer.from(curve.buffer);
    expect(memory().includes(needle)).toBe(true);
    msm.wipe();
    expect(memory().includes(needle)).toBe(false);
  });
});
