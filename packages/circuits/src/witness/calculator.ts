import { isField, SeroError } from "@sero/protocol";

/** A circuit's inputs by name, arrays flattened row by row; each a field element. */
export type CircuitSignals = Readonly<Record<string, readonly bigint[]>>;

/** Computes all wires of one circuit from its inputs. Holds compiled code only, nothing of what it computed. */
export interface WitnessCalculator {
  /**
   * The witness: 32 bytes little-endian for each wire. Throws circuits/unsatisfied when the inputs satisfy no witness,
   * circuits/signals when an input is missing, unknown, of another length or not a field element. No error holds a value.
   */
  calculate(signals: CircuitSignals): Uint8Array;
}

/** The functions of circom 2's witness modules that are used. Field elements pass through a shared buffer of 32-bit words. */
interface CircomModule {
  readonly init: (sanityCheck: number) => void;
  readonly getVersion: () => number;
  readonly getFieldNumLen32: () => number;
  readonly getWitnessSize: () => number;
  readonly getInputSize: () => number;
  readonly getInputSignalSize: (hashHigh: number, hashLow: number) => number;
  readonly setInputSignal: (hashHigh: number, hashLow: number, position: number) => void;
  readonly getWitness: (wire: number) => void;
  readonly readSharedRWMemory: (word: number) => number;
  readonly writeSharedRWMemory: (word: number, value: number) => void;
  readonly getMessageChar: () => number;
}

const FUNCTIONS = [
  "init",
  "getVersion",
  "getFieldNumLen32",
  "getWitnessSize",
  "getInputSize",
  "getInputSignalSize",
  "setInputSignal",
  "getWitness",
  "readSharedRWMemory",
  "writeSharedRWMemory",
  "getMessageChar",
] as const satisfies readonly (keyof CircomModule)[];

const WORDS = 8;
const ASSERT_FAILED = 4;

/**
 * Prepares a witness module as circom 2 writes it (what its witness_calculator.js does, without globals or console). Works in any thread.
 * Throws circuits/witness-module when the bytes are not one over BN254.
 */
export function openWitnessCalculator(wasm: Uint8Array): WitnessCalculator {
  let compiled: WebAssembly.Module;
  try {
    compiled = new WebAssembly.Module(wasm);
  } catch (cause) {
    throw new SeroError(
      "circuits/witness-module",
      "The circuit's witness module is damaged; run `sero setup` again.",
      {},
      { cause },
    );
  }
  // A new instance each time: nothing of one payment is in memory during the next, and a failed run leaves none in disorder.
  return { calculate: (signals) => calculate(instantiate(compiled), signals) };
}

function instantiate(compiled: WebAssembly.Module): CircomModule {
  const state: { circom: CircomModule | undefined } = { circom: undefined };
  const drainMessage = (): void => {
    while (state.circom?.getMessageChar()) {
      // circom's messages name templates and lines of generated code: of no use to anybody, so they are read and dropped.
    }
  };
  const instance = new WebAssembly.Instance(compiled, {
    runtime: {
      exceptionHandler: (code: number): never => {
        throw failureOf(code);
      },
      printErrorMessage: drainMessage,
      writeBufferMessage: drainMessage,
      // log() in a circuit would print secrets.
      showSharedRWMemory: () => undefined,
    },
  });
  for (const name of FUNCTIONS) {
    if (typeof instance.exports[name] !== "function") {
      throw new SeroError("circuits/witness-module", "The circuit's witness module is not one of circom 2's.", {
        missing: name,
      });
    }
  }
  state.circom = instance.exports as unknown as CircomModule;
  if (state.circom.getVersion() !== 2 || state.circom.getFieldNumLen32() !== WORDS) {
    throw new SeroError(
      "circuits/witness-module",
      "The circuit's witness module is for another circom or another field.",
    );
  }
  return state.circom;
}

function failureOf(code: number): SeroError {
  return code === ASSERT_FAILED
    ? new SeroError("circuits/unsatisfied", "The circuit rejects these inputs: they break one of its rules.")
    : new SeroError("circuits/signals", "The circuit's inputs don't fit it.", { circomCode: code });
}

function calculate(circom: CircomModule, signals: CircuitSignals): Uint8Array {
  circom.init(1);
  let given = 0;
  for (const [name, values] of Object.entries(signals)) {
    const [high, low] = signalHash(name);
    if (circom.getInputSignalSize(high, low) !== values.length) {
      throw new SeroError("circuits/signals", "The circuit has no such input of this length.", {
        name,
        length: values.length,
      });
    }
    given += values.length;
  }
  if (given !== circom.getInputSize()) {
    throw new SeroError("circuits/signals", "The circuit has more inputs than were given.", {
      given,
      needed: circom.getInputSize(),
    });
  }
  // The last input set starts the computation, so all of them are checked before the first is set.
  for (const [name, values] of Object.entries(signals)) {
    if (!values.every(isField))
      throw new SeroError("circuits/signals", "A circuit's inputs are integers from 0 to r - 1.", { name });
  }
  for (const [name, values] of Object.entries(signals)) {
    const [high, low] = signalHash(name);
    values.forEach((value, position) => {
      for (let word = 0; word < WORDS; word++) {
        circom.writeSharedRWMemory(word, Number((value >> BigInt(32 * word)) & 0xffffffffn));
      }
      circom.setInputSignal(high, low, position);
    });
  }

  const size = circom.getWitnessSize();
  const witness = new Uint8Array(size * 32);
  const view = new DataView(witness.buffer);
  for (let wire = 0; wire < size; wire++) {
    circom.getWitness(wire);
    for (let word = 0; word < WORDS; word++)
      view.setUint32(32 * wire + 4 * word, circom.readSharedRWMemory(word), true);
  }
  return witness;
}

/** 64-bit FNV-1a of an input's name, as two 32-bit halves: how circom's modules name their inputs. */
function signalHash(name: string): readonly [high: number, low: number] {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(name))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)];
}
