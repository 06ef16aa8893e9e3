import { bigIntToBytesLE, bytesToBigIntLE, concatBytes, FIELD_ORDER, Fr } from "@sero/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openQuotient } from "../../src/engine/quotient.js";

const domainSize = 8;
const wires = 5;
const root = Fr.pow(5n, (FIELD_ORDER - 1n) / BigInt(domainSize));
const coset = Fr.pow(5n, (FIELD_ORDER - 1n) / BigInt(2 * domainSize));
const MONTGOMERY_TWICE = Fr.pow(2n, 512n);

interface Coefficient {
  readonly matrix: number;
  readonly row: number;
  readonly wire: number;
  readonly value: bigint;
}

/** The coefficients section of a zkey. */
function section(coefficients: readonly Coefficient[]): Uint8Array {
  const u32 = (x: number): Uint8Array => bigIntToBytesLE(BigInt(x), 4);
  const parts = coefficients.map(({ matrix, row, wire, value }) =>
    concatBytes(u32(matrix), u32(row), u32(wire), bigIntToBytesLE(Fr.mul(value, MONTGOMERY_TWICE), 32)),
  );
  return concatBytes(u32(coefficients.length), ...parts);
}

/** The polynomial with these values at the powers of the root, at x (Lagrange's formula on a subgroup). */
function interpolate(values: readonly bigint[], x: bigint): bigint {
  const outside = Fr.mul(Fr.sub(Fr.pow(x, BigInt(domainSize)), 1n), Fr.inv(BigInt(domainSize)));
  return values.reduce((sum, value, i) => {
    const point = Fr.pow(root, BigInt(i));
    return Fr.add(sum, Fr.mul(Fr.mul(value, outside), Fr.mul(point, Fr.inv(Fr.sub(x, point)))));
  }, 0n);
}

const element = fc.oneof(fc.constantFrom(0n, 1n, FIELD_ORDER - 1n), fc.bigInt(0n, FIELD_ORDER - 1n));

describe("the quotient", () => {
  it("is A*B - C on the coset, for rows of many terms too", () => {
    const coefficient = fc.record({
      matrix: fc.nat(1),
      row: fc.nat(domainSize - 1),
      wire: fc.nat(wires - 1),
      value: element,
    });
    const matrices = fc.array(coefficient, { minLength: 1, maxLength: 12 });
    const witnesses = fc.array(element, { minLength: wires, maxLength: wires });
    fc.assert(
      fc.property(matrices, witnesses, fc.constantFrom(1, 90), (few, witness, repeat) => {
        const coefficients = Array.from({ length: repeat }, () => few).flat();
        const rows = [0, 1].map((matrix) => {
          const values = new Array<bigint>(domainSize).fill(0n);
          for (const c of coefficients) {
            if (c.matrix === matrix) values[c.row] = Fr.add(values[c.row]!, Fr.mul(c.value, witness[c.wire]!));
          }
          return values;
        });
        const [a, b] = rows as [bigint[], bigint[]];
        const products = a.map((x, i) => Fr.mul(x, b[i]!));
        const quotient = openQuotient({ coefficients: section(coefficients), domainSize, wires });
        const bytes = quotient.compute(concatBytes(...witness.map((x) => bigIntToBytesLE(x, 32))));
        for (let k = 0; k < domainSize; k++) {
          const x = Fr.mul(coset, Fr.pow(root, BigInt(k)));
          const expected = Fr.sub(Fr.mul(interpolate(a, x), interpolate(b, x)), interpolate(products, x));
          expect(bytesToBigIntLE(bytes.subarray(32 * k, 32 * k + 32))).toBe(expected);
        }
      }),
      { numRuns: 6 },
    );
  });
});
