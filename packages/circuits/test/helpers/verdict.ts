import type { CircuitSignals, SpendWitness } from "../../src/index.js";
import { witnessSignals } from "../../src/index.js";
import type { PlainSystem } from "./circuit.js";

/** The source's own name for what is written in a constraint, for reports: its named wires. */
export function describeRow({ r1cs, names }: PlainSystem, row: number): string {
  const found = new Set<string>();
  for (const matrix of [r1cs.a, r1cs.b, r1cs.c]) {
    for (let i = matrix.starts[row] ?? 0; i < (matrix.starts[row + 1] ?? 0); i++) {
      const [name] = names.get(matrix.wires[i] ?? 0) ?? [];
      if (name !== undefined) found.add(name);
    }
  }
  // The circuit's own signals say more than those of its gadgets.
  const own = [...found].filter((name) => name.split(".").length === 2);
  return (own.length > 0 ? own : [...found]).join(" ");
}

/**
 * Every constraint that stands between these inputs and a witness: takes away one contradiction after the other until none is left. Empty:
 * there is a witness. One: that rule alone stops a prover, and a circuit without it would let him through; so each test that names a
 * single rule also shows that it would go red without it.
 */
export function obstacles(system: PlainSystem, signals: CircuitSignals): string[] {
  const omitted = new Set<number>();
  for (;;) {
    const found = system.deduce(signals, omitted);
    if (found.kind !== "contradiction") return [...omitted].map((row) => describeRow(system, row));
    omitted.add(found.row);
    if (omitted.size > 20) return ["more than twenty"];
  }
}

/** The same of a witness with some signals replaced. */
export const obstaclesOf = (system: PlainSystem, witness: SpendWitness, replaced: CircuitSignals = {}): string[] =>
  obstacles(system, { ...witnessSignals(witness), ...replaced });
