import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { concatBytes } from "../../src/bytes/index.js";
import { FIELD_ORDER } from "../../src/field/index.js";
import { keccak256 } from "../../src/hash/index.js";
import { noteCommitment } from "../../src/note/index.js";
import { decodeRlp, encodeRlp, rlpUint, type RlpItem } from "../../src/rlp/index.js";
import {
  EMPTY_STREAM_DIGEST,
  coinOut,
  compactTransactionOf,
  decodeCompactBlock,
  encodeCompactBlock,
  leavesOf,
  memoDigest,
  streamDigest,
  type CompactBlock,
} from "../../src/compact/index.js";
import { bindOf, publicCoinOf } from "../../src/transaction/index.js";
import type { PackageId } from "../../src/types.js";
import { CONTEXT, addressOf, bytesOf, codeOf, fieldOf, sampleCall, samplePayment } from "../transaction/sample.js";

const LIMITS = { maxBytes: 1 << 20, maxItems: 1 << 16, maxDepth: 10 };

const compact = (tx: ReturnType<typeof samplePayment>): CompactBlock["transactions"][number] =>
  compactTransactionOf(tx, bindOf(tx, CONTEXT).txid, 25_000n, tx.call && { gasUsed: 91_234n, status: 1 });

const id = (name: string): PackageId => bytesOf(name, 32) as PackageId;

const block: CompactBlock = {
  number: 7n,
  firstLeaf: 100n,
  transactions: [compact(samplePayment()), compact(sampleCall())],
  entries: [
    { kind: "completed", transaction: undefined, inner: fieldOf("i") as never, asset: 0n as never, value: 5n },
    {
      kind: "completed",
      transaction: 0,
      inner: fieldOf("j") as never,
      asset: fieldOf("asset") as never,
      value: (1n << 128n) - 1n,
      ciphertext: bytesOf("note", 290),
    },
    { kind: "released", transaction: 1, id: id("released"), commitment: fieldOf("cm/released") as never },
    {
      kind: "repacked",
      transaction: 1,
      commitment: fieldOf("cm/repacked") as never,
      ciphertext: bytesOf("repacked", 290),
    },
    {
      kind: "sealed",
      transaction: 1,
      id: id("sealed"),
      commitment: fieldOf("cm/sealed") as never,
      ciphertext: bytesOf("sealed", 290),
    },
  ],
  credited: [addressOf("proposer")],
};

const empty: CompactBlock = { number: 0n, firstLeaf: 0n, transactions: [], entries: [], credited: [] };

const forged = (path: readonly number[], change: (item: RlpItem) => RlpItem): Uint8Array => {
  const replace = (item: RlpItem, [head, ...rest]: readonly number[]): RlpItem =>
    head === undefined
      ? change(item)
      : (item as RlpItem[]).map((child, i) => (i === head ? replace(child, rest) : child));
  return encodeRlp(replace(decodeRlp(encodeCompactBlock(block), LIMITS), path));
};

describe("compact blocks", () => {
  it("decode to what was encoded", () => {
    for (const each of [block, empty]) expect(decodeCompactBlock(encodeCompactBlock(each))).toEqual(each);
  });

  it("hold each transaction's nullifiers, commitments, ciphertexts and digests", () => {
    const tx = sampleCall();
    const made = compact(tx);
    expect(made.bundles.map(({ nullifiers }) => nullifiers)).toEqual(tx.bundles.map(({ nullifiers }) => nullifiers));
    expect(made.bundles.flatMap(({ outputs }) => outputs.map(({ ciphertext }) => ciphertext))).toEqual(tx.outputs);
    expect(made.bundles.map(({ rk }) => rk)).toEqual(tx.bundles.map(({ rk }) => rk));
    expect(made.packages).toEqual([0, 4]);
    expect(made.call).toEqual({ pseudonym: tx.call!.pseudonym, coin: publicCoinOf(tx), gasUsed: 91_234n, status: 1 });
    expect(coinOut(made)).toBe(publicCoinOf(tx));
    expect(coinOut(compact(samplePayment()))).toBe(25_000n);
    expect(codeOf(() => compactTransactionOf(tx, bindOf(tx, CONTEXT).txid, 1n))).toBe("compact/outcome");
    expect(made.memoDigest).toEqual(keccak256(concatBytes(...tx.memos)));
    expect(memoDigest([bytesOf("a", 256), bytesOf("b", 256)])).toEqual(keccak256(bytesOf("a", 256), bytesOf("b", 256)));
  });

  it("give the leaves in order: outputs that are no packages, then those of the entries, completed with blind 0", () => {
    const [payment, call] = [samplePayment(), sampleCall()];
    const all = [...payment.bundles, ...call.bundles].flatMap(({ commitments }) => [...commitments]);
    const sealed = all.filter((_, i) => i !== 3 && i !== 7);
    expect(leavesOf(block)).toEqual([
      ...sealed,
      noteCommitment(fieldOf("i") as never, 0n as never, 5n, 0n),
      noteCommitment(fieldOf("j") as never, fieldOf("asset") as never, (1n << 128n) - 1n, 0n),
      fieldOf("cm/released"),
      fieldOf("cm/repacked"),
    ]);
  });

  it("D33: leaving a ciphertext, a transaction or anything else out changes the stream digest", () => {
    const bytes = encodeCompactBlock(block);
    const digest = streamDigest(EMPTY_STREAM_DIGEST, bytes);
    expect(digest).toEqual(keccak256(concatBytes(new Uint8Array(32), keccak256(bytes))));
    const blank = forged([2, 0, 1, 0, 4], () => new Uint8Array(290));
    expect(decodeCompactBlock(blank).transactions[0]!.bundles[0]!.outputs[0].ciphertext).toEqual(new Uint8Array(290));
    expect(streamDigest(EMPTY_STREAM_DIGEST, blank)).not.toEqual(digest);
    expect(streamDigest(digest, bytes)).not.toEqual(digest);
    expect(codeOf(() => streamDigest(new Uint8Array(31), bytes))).toBe("compact/digest");
  });

  it("E37: cut, padded and mutated bytes are rejected or encode to themselves again", () => {
    const bytes = encodeCompactBlock(block);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(3), (at, byte, how) => {
        const damaged = bytes.slice();
        damaged[at] = byte;
        const input = [
          damaged,
          bytes.slice(0, at),
          concatBytes(bytes, Uint8Array.of(byte)),
          concatBytes(bytes.subarray(0, at), Uint8Array.of(byte), bytes.subarray(at)),
        ][how]!;
        try {
          expect(encodeCompactBlock(decodeCompactBlock(input))).toEqual(input);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^compact\//);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("A6, E37: field elements at or above r, wrong lengths, orders and unknown kinds are rejected", () => {
    const r = rlpUint(FIELD_ORDER);
    const code = (path: readonly number[], item: RlpItem): string | undefined =>
      codeOf(() => decodeCompactBlock(forged(path, () => item)));
    for (const path of [
      [2, 0, 1, 0, 0],
      [2, 0, 1, 0, 1],
      [2, 0, 1, 0, 3],
      [3, 0, 2],
      [3, 0, 3],
      [3, 2, 3],
      [3, 3, 2],
      [3, 4, 3],
    ])
      expect(code(path, r)).toBe("compact/field");
    expect(code([2, 0, 1, 0, 3], new Uint8Array(32))).toBe("compact/encoding");
    expect(code([2, 0, 1, 0, 4], new Uint8Array(289))).toBe("compact/encoding");
    expect(code([2, 1, 2], [rlpUint(4), rlpUint(0)])).toBe("compact/encoding");
    expect(code([2, 0, 2], [rlpUint(3)])).toBe("compact/encoding");
    expect(code([2, 0, 1], [])).toBe("compact/too-many");
    expect(code([2, 1, 5, 0], new Uint8Array(19))).toBe("compact/encoding");
    expect(code([2, 1, 5, 1], rlpUint(1n << 131n))).toBe("compact/encoding");
    expect(code([2, 1, 5, 3], rlpUint(2))).toBe("compact/encoding");
    expect(code([3, 0, 0], rlpUint(5))).toBe("compact/kind");
    expect(code([3, 0, 0], rlpUint(0))).toBe("compact/kind");
    expect(code([3, 0, 0], rlpUint(2))).toBe("compact/encoding");
    expect(code([3, 0, 1], rlpUint(2))).toBe("compact/encoding");
    expect(code([3, 1, 1], rlpUint(0))).toBeUndefined();
    expect(code([3, 4, 1], rlpUint(3))).toBe("compact/encoding");
    expect(code([3, 0, 4], rlpUint(0))).toBe("compact/encoding");
    expect(code([3, 0, 5], new Uint8Array(1))).toBe("compact/encoding");
    expect(code([3, 2, 2], new Uint8Array(31))).toBe("compact/encoding");
    expect(code([3, 2, 3], new Uint8Array(32))).toBe("compact/encoding");
    expect(code([3, 3, 3], new Uint8Array(0))).toBe("compact/encoding");
    expect(code([3, 4, 4], new Uint8Array(289))).toBe("compact/encoding");
    expect(code([4, 0], new Uint8Array(21))).toBe("compact/encoding");
    expect(code([1], rlpUint((1n << 32n) + 1n))).toBe("compact/encoding");
    expect(codeOf(() => encodeCompactBlock({ ...block, firstLeaf: -1n }))).toBe("compact/encoding");
  });
});
