import { bigIntToBytes, bytesToBigInt } from "../../bytes/index.js";
import { SeroError } from "../../errors.js";
import { FIELD_ORDER } from "../../field/index.js";
import { DOMAINS } from "../../hash/domains.js";
import { poseidonParameters } from "../../hash/poseidon-parameters.js";
import { createModule } from "../emitter/index.js";
import { createField, fieldShape, limbBytes } from "../field/index.js";
import { runModule } from "../run.js";
import type { Running } from "../run.js";
import { createPermutation, exportHash } from "./generate.js";
import { poseidonRecurrence } from "./recurrence.js";

/** circomlib's Poseidon in WebAssembly: the same results as `poseidon`, for whoever hashes much. Not for several threads at once. */
export interface Poseidon {
  /** Hash of 1 to 5 field elements. Throws hash/arity, field/not-canonical. */
  hash(inputs: readonly bigint[]): bigint;
  /** `count` tree nodes: 4 children of 32 bytes big-endian each in, H(D_NODE, c0..c3) as 32 bytes big-endian each out. */
  hashNodes(children: Uint8Array): Uint8Array;
  /** For each group of `arity` inputs (32 bytes big-endian each): H(domain, ...inputs), or without a domain if undefined. */
  hashMany(domain: bigint | undefined, arity: number, inputs: Uint8Array): Uint8Array;
}

/** Opens it at once; each width is generated and compiled when it is first used, in some 50 ms. Then throws wasm/unavailable if it cannot. */
export function openPoseidon(): Poseidon {
  const shape = fieldShape(FIELD_ORDER);
  const running = new Map<number, { readonly module: Running; readonly prefix: number; domain?: bigint }>();
  const moduleOf = (t: number): { readonly module: Running; readonly prefix: number; domain?: bigint } => {
    let entry = running.get(t);
    if (!entry) {
      const module = runModule(generate(t));
      running.set(t, (entry = { module, prefix: module.allocate(64) }));
    }
    return entry;
  };

  const hashMany: Poseidon["hashMany"] = (domain, arity, inputs) => {
    const t = arity + (domain === undefined ? 1 : 2);
    const count = inputs.length / (32 * arity);
    if (!(arity >= 1 && t <= 6) || !Number.isInteger(count)) {
      throw new SeroError("hash/arity", "Give Poseidon 1 to 5 inputs of 32 bytes each.", {
        arity,
        bytes: inputs.length,
      });
    }
    const entry = moduleOf(t);
    const { module, prefix } = entry;
    if (domain !== undefined && entry.domain !== domain) {
      module.bytes(prefix, 36).set(limbBytes(shape.enter(domain)));
      entry.domain = domain;
    }
    const input = module.allocate(inputs.length);
    const output = module.allocate(32 * count);
    try {
      module.bytes(input, inputs.length).set(inputs);
      const canonical = module.call(`hash_${t}`, output, input, count, domain === undefined ? 0 : prefix);
      if (canonical !== 1) throw notCanonical();
      return module.bytes(output, 32 * count).slice();
    } finally {
      module.release(input);
    }
  };

  return {
    hashMany,
    hashNodes: (children) => hashMany(DOMAINS.D_NODE, 4, children),
    hash(inputs) {
      const bytes = new Uint8Array(32 * inputs.length);
      inputs.forEach((x, i) => {
        if (x < 0n || x >= FIELD_ORDER) throw notCanonical();
        bytes.set(bigIntToBytes(x, 32), 32 * i);
      });
      return bytesToBigInt(hashMany(undefined, inputs.length, bytes));
    },
  };
}

function notCanonical(): SeroError {
  return new SeroError("field/not-canonical", "Give every input to Poseidon as an integer from 0 to r - 1.");
}

/** The module for one width, with `hash_<t>`. */
function generate(t: number): ReturnType<ReturnType<typeof createModule>["finish"]> {
  const module = createModule();
  const field = createField(module, fieldShape(FIELD_ORDER));
  exportHash(module, field, t, createPermutation(module, field, poseidonRecurrence(poseidonParameters(t))));
  return module.finish();
}
