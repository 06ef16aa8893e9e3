import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { concatBytes, toHex } from "../../src/bytes/index.js";
import { FIELD_ORDER } from "../../src/field/index.js";
import { decodeRlp, encodeRlp, rlpUint, type RlpItem } from "../../src/rlp/index.js";
import {
  MAX_TRANSACTION_BYTES,
  decodeTransaction,
  encodeTransaction,
  type Transaction,
} from "../../src/transaction/index.js";
import { transaction } from "./arbitrary.js";
import { codeOf, sampleCall, sampleCallPhase, samplePayment } from "./sample.js";

const LIMITS = { maxBytes: 1 << 20, maxItems: 1 << 16, maxDepth: 10 };

/** The bytes of `tx` with the RLP item at `path` replaced; what the encoder itself would refuse to make. */
function forged(tx: Transaction, path: readonly number[], change: (item: RlpItem) => RlpItem): Uint8Array {
  const replace = (item: RlpItem, [head, ...rest]: readonly number[]): RlpItem => {
    if (head === undefined) return change(item);
    return (item as readonly RlpItem[]).map((child, i) => (i === head ? replace(child, rest) : child));
  };
  const root = decodeRlp(encodeTransaction(tx).subarray(1), LIMITS);
  return concatBytes(Uint8Array.of(0x5e), encodeRlp(replace(root, path)));
}

const decodeCode = (bytes: Uint8Array): string | undefined => codeOf(() => decodeTransaction(bytes));

describe("transaction codec", () => {
  it("decodes what it encoded: one bundle, eight, every field", () => {
    for (const tx of [samplePayment(), samplePayment(8), sampleCall()])
      expect(decodeTransaction(encodeTransaction(tx))).toEqual(tx);
    expect(encodeTransaction(samplePayment()).length).toBe(1_761);
  });

  it("E37: decodes every well-formed transaction to itself", () => {
    fc.assert(
      fc.property(transaction, (tx) => {
        const bytes = encodeTransaction(tx);
        expect(decodeTransaction(bytes)).toEqual(tx);
        expect(encodeTransaction(decodeTransaction(bytes))).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it("E37: cut, padded, nested and mutated bytes are rejected or encode to themselves again", () => {
    const damage = fc.tuple(transaction, fc.nat(), fc.nat(255), fc.nat(5)).map(([tx, at, byte, how]) => {
      const bytes = encodeTransaction(tx);
      const position = at % bytes.length;
      if (how === 0) return bytes.slice(0, position);
      if (how === 1) return concatBytes(bytes, Uint8Array.of(byte));
      if (how === 2) return concatBytes(Uint8Array.of(0x5e), encodeRlp([decodeRlp(bytes.subarray(1), LIMITS)]));
      if (how === 3) return concatBytes(bytes.subarray(0, position), bytes.subarray(position + 1));
      if (how === 4) return concatBytes(bytes.subarray(0, position), Uint8Array.of(byte), bytes.subarray(position));
      const mutated = bytes.slice();
      mutated[position] = byte;
      return mutated;
    });
    fc.assert(
      fc.property(damage, (bytes) => {
        let tx: Transaction;
        try {
          tx = decodeTransaction(bytes);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^tx\//);
          return;
        }
        expect(encodeTransaction(tx)).toEqual(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it("E37: every change of a header byte of the smallest transaction is rejected or means something else", () => {
    const bytes = encodeTransaction(samplePayment());
    for (let at = 0; at < 20; at++)
      for (let byte = 0; byte < 256; byte++) {
        const mutated = bytes.slice();
        mutated[at] = byte;
        try {
          expect(toHex(encodeTransaction(decodeTransaction(mutated)))).toBe(toHex(mutated));
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^tx\//);
        }
      }
  });

  it("E37: nothing nested in the place of a string, and no string in the place of a list", () => {
    const tx = sampleCall();
    const walk = (item: RlpItem, path: readonly number[]): void => {
      const other: RlpItem = item instanceof Uint8Array ? [item] : new Uint8Array(1).fill(1);
      // An id may be a number or the list of ANY; [7] with one inner too few or too many is refused all the same.
      expect([path, decodeCode(forged(tx, path, () => other))]).toEqual([path, expect.stringMatching(/^tx\//)]);
      if (!(item instanceof Uint8Array)) item.forEach((child, i) => walk(child, [...path, i]));
    };
    walk(decodeRlp(encodeTransaction(tx).subarray(1), LIMITS), []);
  });

  it("E37: every list must have its length: one item more or less is rejected, but for memos, calls, returns and packages", () => {
    const tx = sampleCall();
    const mayGrow = ["6", "7,4"];
    const mayShrink = ["7,4", "7,5", "8"];
    const walk = (item: RlpItem, path: readonly number[]): void => {
      if (item instanceof Uint8Array) return;
      const longer = decodeCode(forged(tx, path, (list) => [...(list as RlpItem[]), (list as RlpItem[])[0] ?? []]));
      const shorter = decodeCode(forged(tx, path, (list) => (list as RlpItem[]).slice(0, -1)));
      const key = String(path);
      expect([key, longer !== undefined]).toEqual([key, !mayGrow.includes(key)]);
      expect([key, shorter !== undefined]).toEqual([key, !mayShrink.includes(key)]);
      item.forEach((child, i) => walk(child, [...path, i]));
    };
    walk(decodeRlp(encodeTransaction(tx).subarray(1), LIMITS), []);
  });

  it("E37: at most 128 KiB, checked before anything else, in both directions", () => {
    const huge = new Uint8Array(MAX_TRANSACTION_BYTES + 1);
    huge[0] = 0x5e;
    expect(decodeCode(huge)).toBe("tx/too-large");
    const room = (length: number): Transaction =>
      samplePayment(1, {
        call: sampleCallPhase({ calls: [{ to: undefined, value: 0n, data: new Uint8Array(length).fill(1) }] }),
      });
    expect(codeOf(() => encodeTransaction(room(MAX_TRANSACTION_BYTES)))).toBe("tx/too-large");
    const overhead = encodeTransaction(room(100_000)).length - 100_000;
    const largest = encodeTransaction(room(MAX_TRANSACTION_BYTES - overhead));
    expect(largest.length).toBe(MAX_TRANSACTION_BYTES);
    expect(encodeTransaction(decodeTransaction(largest))).toEqual(largest);
    expect(codeOf(() => encodeTransaction(room(MAX_TRANSACTION_BYTES - overhead + 1)))).toBe("tx/too-large");
  });

  it("refuses every other transaction type and no bytes at all", () => {
    const bytes = encodeTransaction(samplePayment());
    for (const type of [0x00, 0x01, 0x02, 0x03, 0x04, 0x5d, 0x5f, 0xf8])
      expect(decodeCode(concatBytes(Uint8Array.of(type), bytes.subarray(1)))).toBe("tx/type");
    expect(decodeCode(new Uint8Array(0))).toBe("tx/type");
    expect(decodeCode(Uint8Array.of(0x5e))).toBe("tx/encoding");
  });

  it("does not hold on to the caller's bytes", () => {
    const bytes = encodeTransaction(samplePayment());
    const tx = decodeTransaction(bytes);
    bytes.fill(0xff);
    expect(tx).toEqual(samplePayment());
  });

  it("A6: n + r is refused wherever a field element stands", () => {
    const alias = (item: RlpItem): RlpItem => {
      const value = BigInt(toHex(item as Uint8Array)) + FIELD_ORDER;
      return rlpUint(value).length <= 32
        ? concatBytes(new Uint8Array(32 - rlpUint(value).length), rlpUint(value))
        : item;
    };
    const tx = sampleCall();
    const fields = [
      [3],
      ...[1, 2, 3, 4, 5, 7].flatMap((i) => [0, 1].map((b) => [4, b, i])),
      ...[0, 1, 2, 3].map((e) => [7, 5, e, 4, 0]),
    ];
    for (const path of fields) expect([path, decodeCode(forged(tx, path, alias))]).toEqual([path, "tx/field"]);
  });

  it("A6, E37: amounts of 2^128, and amounts with a leading zero, are refused", () => {
    for (const path of [
      [4, 0, 6],
      [4, 0, 8],
      [7, 4, 0, 1],
    ]) {
      expect(decodeCode(forged(sampleCall(), path, () => rlpUint(1n << 128n)))).toBe("tx/encoding");
      expect(decodeCode(forged(sampleCall(), path, () => Uint8Array.of(0, 1)))).toBe("tx/encoding");
      expect(decodeCode(forged(sampleCall(), path, () => Uint8Array.of(0)))).toBe("tx/encoding");
    }
  });
});
