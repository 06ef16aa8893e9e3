import type { Running } from "@sero/protocol/wasm/toolkit";
import { ELEMENT_BYTES, runModule } from "@sero/protocol/wasm/toolkit";
import { bn254 } from "@noble/curves/bn254.js";
import { beforeAll, describe, expect, it } from "vitest";
import { JACOBIAN_BYTES, LADDER_POINT_BYTES } from "../../src/pairing/ladder.js";
import { G2_BYTES, generatePairingModule } from "../../src/pairing/module.js";
import { BASE_FIELD_ORDER as q, SCALAR_FIELD_ORDER as r } from "../../src/verify/constants.js";
import { g1Bytes, g2Bytes } from "../../src/verify/encoding.js";
import { asG2, g1, times, twistPoint } from "../verify/synthetic.js";

/** Order of the twist divided by r. */
const COFACTOR = 2n * q - r;

type Point = ReturnType<typeof twistPoint>;

/**
 * The loop's own verdict, apart from any equation: a proof whose B is outside the subgroup is false for its equation as well, as far as anybody
 * knows how to make one, so that a test of proofs would pass without the check.
 */
describe("the subgroup check inside the Miller loop", () => {
  let running: Running;
  beforeAll(() => {
    running = runModule(generatePairingModule());
  });

  /** What the loop says about two points of the twist, side by side. */
  function loop(...points: readonly [Point, Point]): boolean {
    const mark = running.allocate(0);
    const text = running.allocate(128);
    const affine = running.allocate(LADDER_POINT_BYTES);
    const jacobian = running.allocate(2 * JACOBIAN_BYTES);
    const room = running.allocate(4 * ELEMENT_BYTES);
    const point = running.allocate(G2_BYTES);
    points.forEach((Q, i) => {
      running.bytes(text, 64).set(g1Bytes(g1(BigInt(i + 5))));
      expect(running.call("readG1", affine, text)).toBe(1);
      running.call("fromAffine", jacobian + i * JACOBIAN_BYTES, affine);
      running.bytes(text, 128).set(g2Bytes(asG2(Q)));
      expect(running.call("readG2", point, text)).toBe(1);
      running.call("placeG2", i, point);
    });
    running.call("placeG1", jacobian, 2, room);
    const verdict = running.call("miller", 1) === 1;
    running.release(mark);
    return verdict;
  }

  const inside = bn254.G2.Point.BASE.multiply(77n);

  it("accepts points of the subgroup in both lanes", () => {
    expect(loop(inside, bn254.G2.Point.BASE)).toBe(true);
    expect(loop(times(twistPoint(2n), COFACTOR), inside)).toBe(true);
  });

  it("C21: refuses any other point of the twist, in either lane, however small its order", () => {
    const outside: Point[] = [];
    for (const start of [2n, 1002n]) {
      const any = twistPoint(start);
      const cofactorPart = times(any, r);
      outside.push(any, cofactorPart, cofactorPart.add(inside));
      for (const factor of [10069n, 5864401n]) {
        const small = times(cofactorPart, COFACTOR / factor);
        if (!small.is0()) outside.push(small, small.add(inside), small.add(small).add(inside));
      }
    }
    for (const point of outside) {
      expect(loop(point, inside)).toBe(false);
      expect(loop(inside, point)).toBe(false);
    }
    expect(outside.length).toBeGreaterThan(10);
  });
});
