import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CircuitArtifacts, CircuitSignals, R1cs, SpendWitness, WitnessCalculator } from "../../src/index.js";
import {
  compileCircuit,
  ensureArtifacts,
  openWitnessCalculator,
  ownSources,
  parseR1cs,
  sourcesOf,
  witnessSignals,
} from "../../src/index.js";
import type { Deduction } from "./deduce.js";
import { openDeduction } from "./deduce.js";

/** A built circuit with what tests ask of it. */
export interface BuiltCircuit {
  readonly artifacts: CircuitArtifacts;
  readonly r1cs: R1cs;
  readonly calculator: WitnessCalculator;
  /** Names of the signals that became wires, by wire. One wire may have several. */
  readonly names: ReadonlyMap<number, readonly string[]>;
}

/** The system as compiled for reasoning: one constraint for each line of the source. */
export interface PlainSystem {
  readonly r1cs: R1cs;
  readonly names: ReadonlyMap<number, readonly string[]>;
  /** The wire of each named signal. */
  readonly wireOf: ReadonlyMap<string, number>;
  /** What the constraints alone say about these inputs, without those in `omit`. */
  deduce(signals: CircuitSignals, omit?: ReadonlySet<number>): Deduction;
  /** The same of a spend's witness. */
  judge(witness: SpendWitness): Deduction;
}

export async function openCircuit(name: string): Promise<BuiltCircuit> {
  const artifacts = await ensureArtifacts(name);
  return {
    artifacts,
    r1cs: parseR1cs(readFileSync(artifacts.r1csPath)),
    calculator: openWitnessCalculator(readFileSync(artifacts.wasmPath)),
    names: readSymbols(artifacts.r1csPath.replace(/\.r1cs$/, ".sym")),
  };
}

export async function openPlainSystem(circuit: string): Promise<PlainSystem> {
  const { path } = await compileCircuit(circuit, sourcesOf(circuit, await ownSources()), undefined, "O1");
  const r1cs = parseR1cs(readFileSync(join(path, `${circuit}.r1cs`)));
  const names = readSymbols(join(path, `${circuit}.sym`));
  const wireOf = new Map([...names].flatMap(([wire, all]) => all.map((name) => [name, wire] as const)));
  const deduce = openDeduction(r1cs);

  // The elements of an input are named in the order in which they are given.
  const inputs = new Map<string, number[]>();
  for (const [wire, all] of names) {
    for (const name of all) {
      const [, input] = /^main\.(\w+)(?:\[\d+\])*$/.exec(name) ?? [];
      if (input !== undefined) inputs.set(input, [...(inputs.get(input) ?? []), wire]);
    }
  }

  const judgeSignals = (signals: CircuitSignals, omit?: ReadonlySet<number>): Deduction => {
    const given = new Map<number, bigint>();
    for (const [name, values] of Object.entries(signals)) {
      const wires = inputs.get(name) ?? [];
      if (wires.length !== values.length) throw new Error(`${wires.length} wires for ${name}`);
      wires.forEach((wire, i) => given.set(wire, values[i] ?? 0n));
    }
    return deduce(given, omit);
  };
  return { r1cs, names, wireOf, deduce: judgeSignals, judge: (witness) => judgeSignals(witnessSignals(witness)) };
}

/** Lines of a .sym file are label, wire (-1: solved for), component, name. */
function readSymbols(path: string): Map<number, string[]> {
  const names = new Map<number, string[]>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [, wire, , name] = line.split(",");
    if (name === undefined || wire === "-1") continue;
    const list = names.get(Number(wire));
    if (list === undefined) names.set(Number(wire), [name]);
    else list.push(name);
  }
  return names;
}
