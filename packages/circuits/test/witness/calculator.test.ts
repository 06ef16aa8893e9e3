import { readFileSync } from "node:fs";
import { FIELD_ORDER } from "@sero/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { CircuitSignals, SpendArtifacts, WitnessCalculator } from "../../src/index.js";
import {
  computeWitness,
  ensureSpendArtifacts,
  openWitnessCalculator,
  publicSignals,
  witnessElements,
  witnessSignals,
} from "../../src/index.js";
import { richPlan, spendWitness } from "../helpers/spend.js";

let artifacts: SpendArtifacts;
let calculator: WitnessCalculator;
beforeAll(async () => {
  artifacts = await ensureSpendArtifacts();
  calculator = openWitnessCalculator(readFileSync(artifacts.wasmPath));
});

const witness = spendWitness(richPlan);
const signals = witnessSignals(witness);

describe("the witness calculator", () => {
  it("gives the constant and the public inputs first", () => {
    const elements = witnessElements(computeWitness(artifacts, witness));
    expect(elements.slice(0, 12)).toEqual([1n, ...publicSignals(witness.statement)]);
  });

  it("gives the same each time, also after a failure", () => {
    const first = calculator.calculate(signals);
    expect(() => calculator.calculate({ ...signals, pubCoin: [5n] })).toThrow(
      expect.objectContaining({ code: "circuits/unsatisfied" }),
    );
    expect(Buffer.compare(calculator.calculate(signals), first)).toBe(0);
  });

  it.each<[string, CircuitSignals]>([
    ["a missing input", { anchor: [1n] }],
    ["an unknown input", { ...signals, surprise: [1n] }],
    ["an input of another length", { ...signals, nf: [1n] }],
    ["r", { ...signals, nk: [FIELD_ORDER] }],
    ["a negative number", { ...signals, nk: [-1n] }],
  ])("refuses %s", (_, bad) => {
    expect(() => calculator.calculate(bad)).toThrow(expect.objectContaining({ code: "circuits/signals" }));
  });

  it("says nothing secret when it fails", () => {
    const secrets = [...Object.values(signals).flat()].filter((x) => x > 2n ** 64n).map(String);
    try {
      calculator.calculate({ ...signals, inRho: [1n, 2n] });
      expect.unreachable();
    } catch (error) {
      const said = `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack ?? ""}`;
      expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
    }
  });

  it("refuses a module that is not one of circom's", () => {
    const refused = expect.objectContaining({ code: "circuits/witness-module" });
    expect(() => openWitnessCalculator(new Uint8Array(10))).toThrow(refused);
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    expect(() => openWitnessCalculator(empty).calculate(signals)).toThrow(refused);
  });

  it("refuses witnesses of another shape", () => {
    const [first, second] = witness.inputs;
    const refused = expect.objectContaining({ code: "circuits/witness-shape" });
    for (const bad of [
      { ...first, d: new Uint8Array(15) },
      { ...first, path: { ...first.path, siblings: first.path.siblings.slice(1) } },
      { ...first, path: { ...first.path, leafIndex: 2n ** 32n } },
      { ...first, path: { ...first.path, leafIndex: -1n } },
    ]) {
      expect(() => witnessSignals({ ...witness, inputs: [bad, second] })).toThrow(refused);
    }
  });
});
