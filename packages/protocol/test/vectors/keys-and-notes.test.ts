import { describe, expect, it } from "vitest";
import type { VectorKind } from "./format.js";
import { readVectors, writeVectors } from "./format.js";
import { KEY_VECTORS } from "./keys.js";
import { MEMO_VECTORS, NOTE_VECTORS } from "./notes.js";
import { CURVE_VECTORS, HASH_VECTORS, SIGNATURE_VECTORS } from "./primitives.js";

const FILES: readonly (readonly [string, string, readonly VectorKind[]])[] = [
  ["hash.json", "Domain constants and Poseidon (docs/protocol/keys-and-notes.md, section 2).", HASH_VECTORS],
  ["curve.json", "Baby Jubjub (docs/protocol/keys-and-notes.md, section 3).", CURVE_VECTORS],
  ["signatures.json", "Signatures (docs/protocol/keys-and-notes.md, section 4).", SIGNATURE_VECTORS],
  ["keys.json", "Keys, addresses, view keys (docs/protocol/keys-and-notes.md, sections 5 to 7).", KEY_VECTORS],
  ["notes.json", "Notes and their encryption (docs/protocol/keys-and-notes.md, sections 8 and 9).", NOTE_VECTORS],
  ["memos.json", "Memos (docs/protocol/keys-and-notes.md, section 10).", MEMO_VECTORS],
];

// Vectors are written anew by: SERO_WRITE_VECTORS=1 npx vitest run packages/protocol/test/vectors/keys-and-notes.test.ts
// A change of one is a change of the protocol.
const write = process.env["SERO_WRITE_VECTORS"] === "1";

describe("vectors", () => {
  for (const [file, description, kinds] of FILES) {
    it(`of ${file} are what this implementation gives`, () => {
      if (write) writeVectors(file, description, kinds);
      const stored = readVectors(file);
      expect(stored.kinds.map(({ name }) => name)).toEqual(kinds.map(({ name }) => name));
      for (const { name, cases } of stored.kinds) {
        const kind = kinds.find((candidate) => candidate.name === name) as VectorKind;
        expect(cases.length).toBeGreaterThan(0);
        for (const { input, output } of cases) expect(kind.compute(input)).toEqual(output);
      }
    });
  }
});
