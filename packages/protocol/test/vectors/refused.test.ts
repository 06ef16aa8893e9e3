import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { codeOf } from "../transaction/sample.js";
import { changedBytes, refusedCompactBlocks, refusedTransactions } from "./refused.js";
import { GOOD_ADDRESS, HRP, NETWORK, refusedAddresses, refusedViewKeys } from "./refused-texts.js";
import type { Json } from "./format.js";

const file = (name: string): string => fileURLToPath(new URL(`../../vectors/${name}`, import.meta.url));
const load = <T>(name: string): T => JSON.parse(readFileSync(file(name), "utf8")) as T;

interface Changed {
  readonly name: string;
  readonly of: string;
  readonly path: readonly number[];
  readonly item: string;
  readonly code: string;
}
interface Refused {
  readonly transactions: readonly Changed[];
  readonly compactBlocks: readonly Changed[];
  readonly addresses: { readonly hrp: string; readonly texts: readonly { name: string; text: string }[] };
  readonly viewKeys: { readonly network: string; readonly texts: readonly { name: string; text: string }[] };
}

const compact = (): readonly { name: string; bytes: string }[] => load("compact.json");
const make = (): unknown => ({
  transactions: refusedTransactions(),
  compactBlocks: refusedCompactBlocks(p.fromHex(compact()[2]!.bytes), compact()[2]!.name),
  addresses: { hrp: HRP, texts: refusedAddresses() },
  viewKeys: { network: NETWORK, texts: refusedViewKeys() },
});

// SERO_WRITE_VECTORS=1 writes them anew: only for a deliberate change of the protocol.
if (process.env["SERO_WRITE_VECTORS"] === "1")
  writeFileSync(file("refused.json"), JSON.stringify(make() as Json, null, 2) + "\n");

describe("refused.json", () => {
  const stored = load<Refused>("refused.json");
  const names = (list: readonly { name: string }[]): number => new Set(list.map(({ name }) => name)).size;

  it("is what this code makes, each case under a name of its own", () => {
    expect(stored).toEqual(make());
    for (const list of [stored.transactions, stored.compactBlocks, stored.addresses.texts, stored.viewKeys.texts])
      expect(names(list)).toBe(list.length);
  });

  it("E37: transactions and compact blocks with one item wrong are refused with their code", () => {
    const { valid } = load<{ valid: { name: string; bytes: string }[] }>("transaction.json");
    const base = (list: readonly { name: string; bytes: string }[], of: string): Uint8Array =>
      p.fromHex(list.find(({ name }) => name === of)!.bytes);
    for (const { name, of, path, item, code } of stored.transactions) {
      const bytes = changedBytes(base(valid, of), path, p.fromHex(item));
      expect([name, codeOf(() => p.decodeTransaction(bytes))]).toEqual([name, code]);
    }
    for (const { name, of, path, item, code } of stored.compactBlocks) {
      const bytes = changedBytes(
        p.concatBytes(Uint8Array.of(0x5e), base(compact(), of)),
        path,
        p.fromHex(item),
      ).subarray(1);
      expect([name, codeOf(() => p.decodeCompactBlock(bytes))]).toEqual([name, code]);
    }
  });

  it("D27: addresses and view keys out of range or damaged are refused", () => {
    const { addresses, viewKeys } = stored;
    expect(p.decodeAddress(GOOD_ADDRESS.toUpperCase(), addresses.hrp)).toEqual(p.decodeAddress(GOOD_ADDRESS, HRP));
    for (const { name, text } of addresses.texts)
      expect([name, codeOf(() => p.decodeAddress(text, addresses.hrp))]).toEqual([
        name,
        expect.stringMatching(/^address\//),
      ]);
    for (const { name, text } of viewKeys.texts)
      expect([name, codeOf(() => p.decodeViewKey(text, viewKeys.network))]).toEqual([
        name,
        expect.stringMatching(/^view-key\//),
      ]);
  });
});
