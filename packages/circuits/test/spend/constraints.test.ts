import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { COIN } from "@sero/protocol";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { R1cs, SpendWitness } from "../../src/index.js";
import { domainPower, pinOf, violatedConstraint, witnessElements, witnessSignals } from "../../src/index.js";
import { wiresThatCanChange } from "../helpers/changes.js";
import type { BuiltCircuit, PlainSystem } from "../helpers/circuit.js";
import { openCircuit, openPlainSystem } from "../helpers/circuit.js";
import { output, ownNote, richPlan, spendWitness } from "../helpers/spend.js";
import { letMessagesThrough } from "../helpers/yield.js";

afterEach(letMessagesThrough);

let circuit: BuiltCircuit;
let system: PlainSystem;
beforeAll(async () => {
  circuit = await openCircuit("spend");
  system = await openPlainSystem("spend");
});

const cases: readonly (readonly [string, () => SpendWitness, readonly string[]])[] = [
  ["with coin and a token", () => spendWitness(richPlan), []],
  // Without a token the private asset stands for nothing, and nothing depends on it.
  [
    "of coin",
    () => spendWitness({ notes: [ownNote("c", COIN, 9n)], outputs: [output("o", COIN, 8n)], pubCoin: 1n }),
    ["main.a"],
  ],
  // Dummies are in no tree. The proof binds the anchor all the same, as it does every public input (A8).
  ["of dummies", () => spendWitness({ notes: [], outputs: [] }), ["main.anchor", "main.a"]],
];

describe("A1: the constraints", () => {
  it("A1: constraint count and R1CS hash are pinned, and fit the domain", async () => {
    const pin = await pinOf("spend");
    const bytes = await readFile(circuit.artifacts.r1csPath);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(pin.r1csSha256);
    expect(circuit.r1cs).toMatchObject({
      constraints: pin.constraints,
      publicInputs: pin.publicInputs,
      wires: pin.wires,
    });
    expect(pin).toMatchObject({ constraints: 15872, publicInputs: 11 });
    expect(domainPower(circuit.r1cs)).toBe(14);
  });

  it.each(cases)("A1: the inputs of a spend %s determine every wire", (_, make) => {
    const witness = make();
    const found = system.judge(witness);
    if (found.kind !== "unique") throw new Error(found.kind);
    // What is proved is the simplified system: all its wires are among these, with the same values, and they satisfy it.
    const wires = witnessElements(circuit.calculator.calculate(witnessSignals(witness)));
    for (const [wire, names] of circuit.names) {
      for (const name of names) expect(found.wires[system.wireOf.get(name) ?? -1], name).toBe(wires[wire]);
    }
    expect(violatedConstraint(circuit.r1cs, wires)).toBeUndefined();
  });

  it.each(cases)("A1: of a spend %s no wire can change alone", (_, make, free) => {
    const wires = witnessElements(circuit.calculator.calculate(witnessSignals(make())));
    const changeable = wiresThatCanChange(circuit.r1cs, wires);
    expect(changeable.flatMap((wire) => circuit.names.get(wire) ?? [`wire ${wire}`])).toEqual(free);
  });

  it("A1: the checker sees a missing constraint", () => {
    const { r1cs } = circuit;
    const wires = witnessElements(circuit.calculator.calculate(witnessSignals(spendWitness(richPlan))));
    // The last constraint in which a wire appears alone on the right is emptied: that wire must now be found free.
    const row = lastDefinition(r1cs);
    const wire = r1cs.c.wires[r1cs.c.starts[row] ?? 0] ?? 0;
    const starts = Uint32Array.from(r1cs.c.starts);
    const empty = { starts: new Uint32Array(starts.length), wires: new Uint32Array(0), coefficients: [] };
    const only = { ...r1cs, a: onlyRow(r1cs, "a", row), b: onlyRow(r1cs, "b", row), c: onlyRow(r1cs, "c", row) };
    expect(wiresThatCanChange(only, wires)).not.toContain(wire);
    expect(wiresThatCanChange({ ...only, a: empty, b: empty, c: empty }, wires)).toContain(wire);
  });
});

function lastDefinition({ c, constraints }: R1cs): number {
  for (let row = constraints - 1; row >= 0; row--)
    if ((c.starts[row + 1] ?? 0) - (c.starts[row] ?? 0) === 1) return row;
  throw new Error("no such constraint");
}

/** The matrix with one row left in its place. */
function onlyRow(r1cs: R1cs, side: "a" | "b" | "c", row: number): R1cs["a"] {
  const { starts, wires, coefficients } = r1cs[side];
  const [from, to] = [starts[row] ?? 0, starts[row + 1] ?? 0];
  return {
    starts: starts.map((_, i) => (i > row ? to - from : 0)),
    wires: wires.slice(from, to),
    coefficients: coefficients.slice(from, to),
  };
}
