import { randomBytes } from "node:crypto";
import { bn254 } from "@noble/curves/bn254.js";
import { FIELD_ORDER } from "@sero/protocol";
import { runModule } from "@sero/protocol/wasm/toolkit";
import { beforeAll, describe, expect, it } from "vitest";
import { type BatchPairing, openBatchPairing } from "../../src/pairing/batch.js";
import { JACOBIAN_BYTES, LADDER_POINT_BYTES, weightOf } from "../../src/pairing/ladder.js";
import { generatePairingModule } from "../../src/pairing/module.js";
import type { ProofItem } from "../../src/types.js";
import { openMcl } from "../../src/verify/mcl.js";
import { inputsFor, keyOf, simulate, trapdoor } from "../verify/synthetic.js";

const t = trapdoor();
const good = (seed: number): ProofItem => ({ inputs: inputsFor(seed), proof: simulate(t, inputsFor(seed), BigInt(seed)) });

describe("the batch pairing", () => {
  const items = Array.from({ length: 9 }, (_, i) => good(i + 1));
  let batch: BatchPairing;
  beforeAll(async () => {
    batch = openBatchPairing(await openMcl(), keyOf(t));
  });

  it("C20: accepts good proofs in even and odd numbers, and sees one bad among them", () => {
    for (const n of [1, 2, 8, 9]) expect(batch.holds(items.slice(0, n), randomBytes)).toBe(true);
    const bad = { ...items[3]!, inputs: items[4]!.inputs };
    expect(batch.holds(items.with(3, bad), randomBytes)).toBe(false);
    expect(batch.holds([bad], randomBytes)).toBe(false);
    // two proofs whose errors would cancel in a product without weights
    const swapped = [{ ...items[0]!, inputs: items[1]!.inputs }, { ...items[1]!, inputs: items[0]!.inputs }];
    expect(batch.holds([...swapped, ...items.slice(2)], randomBytes)).toBe(false);
  });
});
