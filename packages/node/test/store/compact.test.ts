import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { decodeStoredCompact, encodeStoredCompact } from "../../src/store/compact.js";
import { encodeStoredBody } from "../../src/store/body.js";
import { openTestChain, type TestChain } from "../helpers/chain.js";

describe("compact blocks as they are stored", () => {
  const open: TestChain[] = [];
  afterEach(async () => {
    for (const test of open.splice(0)) await test.close();
  });

  it("of any bytes are found again, whatever of them the body holds", () => {
    const piece = fc.uint8Array({ maxLength: 80 });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        piece,
        (pieces, order, own) => {
          const body = Buffer.concat(pieces);
          const parts = order.flatMap((i) => [pieces[i % Math.max(1, pieces.length)] ?? own, own.subarray(i % 7)]);
          const compact = Uint8Array.from(Buffer.concat(parts));
          const stored = encodeStoredCompact(compact, body);
          expect(stored.length).toBeLessThanOrEqual(compact.length + 1);
          expect(decodeStoredCompact(stored, () => body)).toEqual(compact);
          const whole = encodeStoredCompact(compact, undefined);
          expect(decodeStoredCompact(whole, () => undefined)).toEqual(compact);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("take a tenth of their size while the body is kept", async () => {
    const test = await openTestChain();
    open.push(test);
    const { hash } = test.chain.head();
    const block = await test.grow(
      hash,
      [1, 2, 3, 4].map((seed) => test.pay(hash, seed, { bundles: 2 })),
    );
    const body = encodeStoredBody({ transactions: block.transactions, withdrawals: [], txids: block.txids });
    const stored = encodeStoredCompact(block.compact, body);
    expect(stored.length).toBeLessThan(block.compact.length / 8);
    expect(decodeStoredCompact(stored, () => body)).toEqual(block.compact);
    expect(test.store.compact(block.hash)).toEqual(block.compact);
  });

  it("that are damaged are called that", () => {
    const body = Uint8Array.from({ length: 200 }, (_, i) => (i * 97) % 251);
    const compact = body.slice(20, 120);
    const stored = encodeStoredCompact(compact, body);
    expect(stored.length).toBeLessThan(20);
    const damaged = expect.objectContaining({ code: "store/damaged" }) as Error;
    expect(() => decodeStoredCompact(stored, () => undefined)).toThrowError(damaged);
    expect(() => decodeStoredCompact(stored, () => body.subarray(0, 60))).toThrowError(damaged);
    for (let cut = 0; cut < stored.length; cut++) {
      expect(() => decodeStoredCompact(stored.subarray(0, cut), () => body)).toThrowError(damaged);
    }
    expect(() => decodeStoredCompact(Uint8Array.of(...stored, 0), () => body)).toThrowError(damaged);
    expect(() => decodeStoredCompact(Uint8Array.of(7), () => body)).toThrowError(damaged);
  });
});
