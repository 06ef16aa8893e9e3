import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { COIN } from "@sero/protocol";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RepackPlan } from "../helpers/repack.js";
import {
  domainPower,
  pinOf,
  REPACK_DEVELOPMENT_KEY,
  repackSignals,
  violatedConstraint,
  witnessElements,
} from "../../src/index.js";
import { wiresThatCanChange } from "../helpers/changes.js";
import type { BuiltCircuit, PlainSystem } from "../helpers/circuit.js";
import { openCircuit, openPlainSystem } from "../helpers/circuit.js";
import { repackInputs, repackWitness, richRepack, sealed } from "../helpers/repack.js";
import { OTHER_TOKEN, TOKEN } from "../helpers/spend.js";
import { letMessagesThrough } from "../helpers/yield.js";

afterEach(letMessagesThrough);

let circuit: BuiltCircuit;
let system: PlainSystem;
beforeAll(async () => {
  circuit = await openCircuit("repack");
  system = await openPlainSystem("repack");
});

/** ctx and -ctx have one square: the constraint keeps ctx in the system, and its own row in the proof system binds its value (A8). */
const CONTEXT = ["main.ctx"];

const cases: readonly (readonly [string, RepackPlan, readonly string[]])[] = [
  ["of coin and a token", richRepack, CONTEXT],
  // Without a token the private asset stands for nothing, and nothing depends on it.
  ["of coin", { packages: [sealed("c", COIN, 9n)], outputs: [sealed("d", COIN, 9n)] }, [...CONTEXT, "main.a"]],
  [
    "of one token package",
    { asset: TOKEN, packages: [sealed("t", TOKEN, 9n)], outputs: [sealed("d", TOKEN, 9n)] },
    CONTEXT,
  ],
  ["of nothing", { packages: [], outputs: [] }, [...CONTEXT, "main.a"]],
];

describe("A1: the constraints of the repack circuit", () => {
  it("A1: constraint count, R1CS hash and key are pinned, and fit the domain", async () => {
    const pin = await pinOf("repack");
    const bytes = await readFile(circuit.artifacts.r1csPath);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(pin.r1csSha256);
    expect(circuit.r1cs).toMatchObject({
      constraints: pin.constraints,
      publicInputs: pin.publicInputs,
      wires: pin.wires,
    });
    expect(pin).toMatchObject({ constraints: 2266, publicInputs: 6 });
    expect(domainPower(circuit.r1cs)).toBe(12);
    expect(circuit.artifacts.hashes.key).toBe(pin.developmentKeySha256);
  });

  it("the development key in the source is the one that a fresh build gives", () => {
    expect(circuit.artifacts.vk).toEqual(REPACK_DEVELOPMENT_KEY);
  });

  it.each(cases)("A1: the inputs of a repack %s determine every wire", (_, plan) => {
    const signals = repackInputs(plan);
    expect(repackSignals(repackWitness(plan))).toEqual(signals);
    const found = system.deduce(signals);
    if (found.kind !== "unique") throw new Error(found.kind);
    // What is proved is the simplified system: all its wires are among these, with the same values, and they satisfy it.
    const wires = witnessElements(circuit.calculator.calculate(signals));
    for (const [wire, names] of circuit.names) {
      for (const name of names) expect(found.wires[system.wireOf.get(name) ?? -1], name).toBe(wires[wire]);
    }
    expect(violatedConstraint(circuit.r1cs, wires)).toBeUndefined();
  });

  it.each(cases)("A1: of a repack %s no wire can change alone", (_, plan, free) => {
    const wires = witnessElements(circuit.calculator.calculate(repackInputs(plan)));
    const changeable = wiresThatCanChange(circuit.r1cs, wires);
    expect(changeable.flatMap((wire) => circuit.names.get(wire) ?? [`wire ${wire}`])).toEqual(free);
  });

  it("A12: a witness with two assets besides the coin is refused before it is proved", () => {
    const plan = { packages: [sealed("x", TOKEN, 1n), sealed("y", OTHER_TOKEN, 1n)], outputs: [] };
    expect(() => repackSignals(repackWitness(plan))).toThrow(
      expect.objectContaining({ code: "circuits/witness-shape" }),
    );
    expect(() => repackSignals(repackWitness({ packages: [sealed("x", COIN, 2n ** 128n)], outputs: [] }))).toThrow(
      expect.objectContaining({ code: "note/value" }),
    );
  });
});
