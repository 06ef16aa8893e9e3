import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SeroError } from "@sero/protocol";
import { circomDirectory } from "./paths.js";

/** What a circuit must compile to. A changed pin is a changed protocol: old proofs and keys end with it. */
export interface CircuitPin {
  readonly constraints: number;
  readonly publicInputs: number;
  readonly wires: number;
  /** Lower-case hex SHA-256 of the .r1cs file. */
  readonly r1csSha256: string;
  /** The same of its development key, which is the same everywhere. Tests hold it. */
  readonly developmentKeySha256?: string;
}

/** The pin of a circuit from circom/pins.json. Throws circuits/pin when there is none. */
export async function pinOf(name: string): Promise<CircuitPin> {
  const pins = JSON.parse(await readFile(join(circomDirectory(), "pins.json"), "utf8")) as Record<string, CircuitPin>;
  const pin = pins[name];
  if (pin === undefined)
    throw new SeroError("circuits/pin", "Pin this circuit in packages/circuits/circom/pins.json.", { name });
  return pin;
}

/** Throws circuits/pin when a compiled circuit is not the pinned one. */
export function checkPin(name: string, pin: CircuitPin, found: CircuitPin): void {
  for (const field of ["r1csSha256", "constraints", "publicInputs", "wires"] as const) {
    if (pin[field] !== found[field]) {
      throw new SeroError(
        "circuits/pin",
        "The compiled circuit is not the pinned one. If that is meant, review it, run its tests and change packages/circuits/circom/pins.json.",
        { name, field, pinned: pin[field], found: found[field] },
      );
    }
  }
}
