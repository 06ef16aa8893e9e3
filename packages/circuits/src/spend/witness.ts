import { readFileSync } from "node:fs";
import type { SpendArtifacts, SpendWitness } from "../types.js";
import { openWitnessCalculator } from "../witness/index.js";
import { witnessSignals } from "./signals.js";

/**
 * The wires of a spend: 32 bytes little-endian for each, the constant 1 first, then the public inputs. Reads and compiles the witness module
 * each time; who proves often keeps an `openWitnessCalculator`. Throws circuits/unsatisfied when the spend breaks a rule of the circuit, and
 * circuits/witness-shape.
 */
export function computeWitness(artifacts: Pick<SpendArtifacts, "wasmPath">, witness: SpendWitness): Uint8Array {
  return openWitnessCalculator(readFileSync(artifacts.wasmPath)).calculate(witnessSignals(witness));
}
