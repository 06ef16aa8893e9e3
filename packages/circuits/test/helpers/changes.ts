import { FIELD_ORDER, Fr } from "@sero/protocol";
import type { R1cs } from "../../src/index.js";
import { element } from "./spend.js";

/** The wires that have some other value with all else as it is. Each constraint is evaluated again for each change of a wire in it. */
export function wiresThatCanChange(r1cs: R1cs, wires: readonly bigint[]): number[] {
  const sides = [r1cs.a, r1cs.b, r1cs.c] as const;
  const values = sides.map(({ starts, wires: of, coefficients }) =>
    Array.from({ length: r1cs.constraints }, (_, row) => {
      let sum = 0n;
      for (let i = starts[row] ?? 0; i < (starts[row + 1] ?? 0); i++)
        sum += (coefficients[i] ?? 0n) * (wires[of[i] ?? 0] ?? 0n);
      return sum % FIELD_ORDER;
    }),
  );
  // For each wire its rows, and its weight on each side of them.
  const uses = wires.map(() => new Map<number, [bigint, bigint, bigint]>());
  sides.forEach(({ starts, wires: of, coefficients }, side) => {
    for (let row = 0; row < r1cs.constraints; row++) {
      for (let i = starts[row] ?? 0; i < (starts[row + 1] ?? 0); i++) {
        const rows = uses[of[i] ?? 0];
        const weights = rows?.get(row) ?? [0n, 0n, 0n];
        weights[side] = coefficients[i] ?? 0n;
        rows?.set(row, weights);
      }
    }
  });
  const free: number[] = [];
  uses.forEach((rows, wire) => {
    if (wire === 0) return;
    const value = wires[wire] ?? 0n;
    const others = [value + 1n, value - 1n, 1n - value, -value, 0n, element(`other ${wire}`)];
    const passes = others.some((other) => {
      const change = Fr.reduce(other - value);
      if (change === 0n) return false;
      for (const [row, [a, b, c]] of rows) {
        const [x, y, z] = values.map((side) => side[row] ?? 0n) as [bigint, bigint, bigint];
        if (((x + a * change) * (y + b * change) - (z + c * change)) % FIELD_ORDER !== 0n) return false;
      }
      return true;
    });
    if (passes) free.push(wire);
  });
  return free;
}
