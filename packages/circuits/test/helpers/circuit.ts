import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CircuitSignals, R1cs, SpendArtifacts, SpendWitness, WitnessCalculator } from "../../src/index.js";
import {
  compileCircuit,
  ensureSpendArtifacts,
  openWitnessCalculator,
  ownSources,
  parseR1cs,
  witnessSignals,
} from "../../src/index.js";
import type { Deduction } from "./deduce.js";
import { openDeduction } from "./deduce.js";

/** The built spend circuit with what tests ask of it. */
export interface SpendCircuit {
  readonly artifacts: SpendArtifacts;
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
  /** The same of a witness. */
  judge(witness: SpendWitness): Deduction;
}

export async function openSpendCircuit(): Promise<SpendCircuit> {
  const artifacts = await ensureSpendArtifacts();
  return {
    artifacts,
    r1cs: parseR1cs(readFileSync(artifacts.r1csPath)),
    calculator: openWitnessCalculator(readFileSync(artifacts.wasmPath)),
    names: readSymbols(artifacts.r1csPath.replace(/\.r1cs$/, ".sym")),
  };
}

export async function openPlainSystem(): Promise<PlainSystem> {
  const { path } = await compileCircuit("spend", await ownSources(), undefined, "O1");
  const r1cs = parseR1cs(readFileSync(join(path, "spend.r1cs")));
  const names = readSymbols(join(path, "spend.sym"));
  const wireOf = new Map([...names].flatMap(([wire, all]) => all.map((name) => [name, wire] as const)));
  const deduce = openDeduction(r1cs);

  const judgeSignals = (signals: CircuitSignals, omit?: ReadonlySet<number>): Deduction => {
    const given = new Map<number, bigint>();
    for (const [name, values] of Object.entries(signals)) {
      flatNames(`main.${name}`, values.length).forEach((element, i) => {
        const wire = wireOf.get(element);
        if (wire === undefined) throw new Error(`no wire for ${element}`);
        given.set(wire, values[i] ?? 0n);
      });
    }
    return deduce(given, omit);
  };
  return { r1cs, names, wireOf, deduce: judgeSignals, judge: (witness) => judgeSignals(witnessSignals(witness)) };
}

/** Dimensions of the inputs that have several. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  "main.inBits": [2, 32],
  "main.inSiblings": [2, 16, 3],
};
const SCALARS = ["anchor", "pubCoin", "pubAsset", "pubAmount", "nk", "alpha", "a"].map((name) => `main.${name}`);

function flatNames(name: string, length: number): string[] {
  if (SCALARS.includes(name)) return [name];
  let all = [name];
  for (const size of SHAPES[name] ?? [length]) {
    all = all.flatMap((prefix) => Array.from({ length: size }, (_, i) => `${prefix}[${i}]`));
  }
  return all;
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
