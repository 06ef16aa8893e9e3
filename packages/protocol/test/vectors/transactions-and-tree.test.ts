import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/index.js";
import { forkSchedule, genesisBytes, genesisId, rulesId, specFromJson } from "../../src/chain/index.js";
import { decodeCompactBlock, encodeCompactBlock, leavesOf, streamDigest } from "../../src/compact/index.js";
import { fieldToBytes } from "../../src/field/index.js";
import {
  BIND_PARTS,
  bindOf,
  decodeTransaction,
  encodeTransaction,
  pseudonymDigest,
} from "../../src/transaction/index.js";
import {
  EMPTY_FRONTIER,
  appendLeaves,
  frontierBytes,
  frontierRoot,
  rootFromPath,
  type Siblings,
} from "../../src/tree/index.js";
import { transactionJson } from "../transaction/json.js";
import { codeOf } from "../transaction/sample.js";
import { makeVectors } from "./transactions-and-tree.js";

const file = (name: string): string => fileURLToPath(new URL(`../../vectors/${name}`, import.meta.url));

// SERO_WRITE_VECTORS=1 writes them anew: only for a deliberate change of the protocol.
if (process.env["SERO_WRITE_VECTORS"] === "1")
  for (const [name, value] of Object.entries(makeVectors()))
    writeFileSync(file(name), JSON.stringify(value, null, 2) + "\n");

const load = <T>(name: string): T => JSON.parse(readFileSync(file(name), "utf8")) as T;
const field = (x: bigint): string => toHex(fieldToBytes(x));

describe("fixed vectors", () => {
  it("are what this code makes", () => {
    for (const [name, value] of Object.entries(makeVectors())) expect([name, load(name)]).toEqual([name, value]);
  });

  it("transaction.json: valid ones decode to their fields and back, invalid ones are refused with their code", () => {
    const { valid, invalid } = load<{
      valid: { transaction: unknown; bytes: string }[];
      invalid: { name: string; bytes: string; code: string }[];
    }>("transaction.json");
    for (const { transaction, bytes } of valid) {
      const tx = decodeTransaction(fromHex(bytes));
      expect(transactionJson(tx)).toEqual(transaction);
      expect(toHex(encodeTransaction(tx))).toBe(bytes);
    }
    for (const { name, bytes, code } of invalid)
      expect([name, codeOf(() => decodeTransaction(fromHex(bytes)))]).toEqual([name, code]);
  });

  it("bind.json", () => {
    const {
      genesisHash,
      rulesId: rules,
      cases,
    } = load<{
      genesisHash: string;
      rulesId: string;
      cases: { bytes: string; parts: Record<string, string>; txid: string; pseudonymDigest: string }[];
    }>("bind.json");
    const context = { genesisHash: fromHex(genesisHash) as never, rulesId: fromHex(rules) };
    for (const { bytes, parts, txid, pseudonymDigest: digest } of cases) {
      const made = bindOf(decodeTransaction(fromHex(bytes)), context);
      expect(toHex(made.txid)).toBe(txid);
      expect(Object.fromEntries(BIND_PARTS.map((part) => [part, toHex(made.parts[part])]))).toEqual(parts);
      expect(toHex(pseudonymDigest(made.bind))).toBe(digest);
    }
  });

  it("tree.json", () => {
    const { cases } = load<{
      cases: {
        leaves: string[];
        root: string;
        frontier: string;
        paths: { leafIndex: number; siblings: string[][] }[];
      }[];
    }>("tree.json");
    for (const { leaves, root, frontier, paths } of cases) {
      const grown = appendLeaves(
        EMPTY_FRONTIER,
        leaves.map((leaf) => BigInt(leaf) as never),
      );
      expect(field(frontierRoot(grown))).toBe(root);
      expect(toHex(frontierBytes(grown))).toBe(frontier);
      for (const { leafIndex, siblings } of paths) {
        const path = {
          leafIndex: BigInt(leafIndex),
          siblings: siblings.map((row) => row.map(BigInt) as unknown as Siblings),
        };
        expect(field(rootFromPath(BigInt(leaves[leafIndex]!) as never, path))).toBe(root);
      }
    }
  });

  it("compact.json: a chain of blocks and stream digests", () => {
    let digest: Uint8Array = new Uint8Array(32);
    for (const { bytes, leaves, streamDigest: expected } of load<
      { bytes: string; leaves: string[]; streamDigest: string }[]
    >("compact.json")) {
      const block = decodeCompactBlock(fromHex(bytes));
      expect(toHex(encodeCompactBlock(block))).toBe(bytes);
      expect(leavesOf(block).map(field)).toEqual(leaves);
      digest = streamDigest(digest, fromHex(bytes));
      expect(toHex(digest)).toBe(expected);
    }
  });

  it("chain-spec.json", () => {
    interface SpecVector {
      readonly json: unknown;
      readonly genesisBytes: string;
      readonly genesisId: string;
      readonly rulesIds: readonly { readonly timestamp: string; readonly rulesId: string }[];
      readonly forkIds: readonly {
        readonly genesisHash: string;
        readonly timestamp: string;
        readonly hash: string;
        readonly next: string;
      }[];
    }
    for (const vector of load<SpecVector[]>("chain-spec.json")) {
      const spec = specFromJson(vector.json);
      expect(toHex(genesisBytes(spec))).toBe(vector.genesisBytes);
      expect(toHex(genesisId(spec))).toBe(vector.genesisId);
      for (const { timestamp, rulesId: id } of vector.rulesIds)
        expect(toHex(rulesId(spec, BigInt(timestamp)))).toBe(id);
      for (const { genesisHash, timestamp, hash, next } of vector.forkIds) {
        const forkId = forkSchedule(spec, fromHex(genesisHash)).at(BigInt(timestamp));
        expect([toHex(forkId.hash), forkId.next.toString()]).toEqual([hash, next]);
      }
    }
  });
});
