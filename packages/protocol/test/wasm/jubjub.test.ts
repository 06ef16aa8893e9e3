import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigIntToBytes, bigIntToBytesLE, bytesToBigInt, concatBytes, utf8 } from "../../src/bytes/index.js";
import type { Point } from "../../src/curve/index.js";
import {
  BASE8,
  IDENTITY,
  SUBGROUP_ORDER,
  addPoints,
  decodePoint,
  encodePoint,
  isOnCurve,
  mulPoint,
} from "../../src/curve/index.js";
import { FIELD_ORDER, Fr } from "../../src/field/index.js";
import type { SignedMessage } from "../../src/signature/index.js";
import { randomizedKey, sign, verifySignature } from "../../src/signature/index.js";
import type { SpendAuthority } from "../../src/types.js";
import { decodePointFast, decodePoints, verifySignatureBatchFast } from "../../src/wasm/index.js";

const ask = 123456789012345678901234567890n as SpendAuthority;
const A = mulPoint(BASE8, ask);

function signed(i: number): SignedMessage {
  const alpha = BigInt(i) * 987654321987654321n + 5n;
  const message = bigIntToBytes(BigInt(i) ** 7n + 3n, 32);
  return { rk: randomizedKey(A, alpha), message, signature: sign(ask, alpha, message) };
}

/** Signs with a given key, nonce point and torsion, as an attacker may. `encode` writes R. */
function forged(key: bigint, k: bigint, rkTwist: Point, rTwist: Point, encode = encodePoint): SignedMessage {
  const rk = encodePoint(addPoints(mulPoint(BASE8, key), rkTwist));
  const R = encode(addPoints(mulPoint(BASE8, k), rTwist));
  const message = new Uint8Array(32).fill(9);
  const c = bytesToBigInt(sha512(concatBytes(utf8("SERO/sig-chal"), R, rk, message))) % SUBGROUP_ORDER;
  return { rk, message, signature: concatBytes(R, bigIntToBytes((k + c * key) % SUBGROUP_ORDER, 32)) };
}

/** Points of order 2 and 4: (0, -1), and y = 0. */
const order2 = { x: 0n, y: FIELD_ORDER - 1n };
const order4 = { x: Fr.sqrt(Fr.inv(168700n))!, y: 0n };

const same = (items: readonly SignedMessage[]): void => {
  const expected = items.map((item) => verifySignature(item.rk, item.message, item.signature));
  expect(verifySignatureBatchFast(items)).toEqual(expected);
};

describe("point decoding in WebAssembly", () => {
  it("B17: gives the reference's point, or its error", () => {
    const plain = (bytes: Uint8Array): Point | undefined => {
      try {
        return decodePoint(bytes);
      } catch {
        return undefined;
      }
    };
    const ys = [0n, 1n, 2n, 3n, FIELD_ORDER - 1n, FIELD_ORDER, FIELD_ORDER + 1n, (1n << 255n) - 1n];
    const edges = ys.flatMap((y) => [bigIntToBytesLE(y, 32), bigIntToBytesLE(y + (1n << 255n), 32)]);
    const any = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => b.map((x, i) => (i === 31 ? x & 0xaf : x)));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (random) => {
        const encodings = [...edges, new Uint8Array(31), ...random, encodePoint(A)];
        expect(decodePoints(encodings)).toEqual(encodings.map(plain));
      }),
      { numRuns: 20 },
    );
    expect(decodePointFast(encodePoint(A))).toEqual(A);
    const refused = bigIntToBytesLE(FIELD_ORDER, 32);
    expect(() => decodePointFast(refused)).toThrow(expect.objectContaining({ code: "curve/not-canonical" }));
  });
});

describe("signatures in WebAssembly", () => {
  const good = Array.from({ length: 5 }, (_, i) => signed(i));

  it("B15: accepts good signatures, alone and together, and finds the bad ones among them", () => {
    expect(verifySignatureBatchFast([])).toEqual([]);
    expect(verifySignatureBatchFast(good.slice(0, 1))).toEqual([true]);
    expect(verifySignatureBatchFast(good)).toEqual([true, true, true, true, true]);
    const bad = { ...good[2]!, message: new Uint8Array(32) };
    expect(verifySignatureBatchFast([good[0]!, bad, good[1]!, bad])).toEqual([true, false, true, false]);
    // two errors that cancel in a sum without coefficients
    const shift = (item: SignedMessage, by: bigint): SignedMessage => {
      const S = (bytesToBigInt(item.signature.subarray(32)) + by + SUBGROUP_ORDER) % SUBGROUP_ORDER;
      return { ...item, signature: concatBytes(item.signature.subarray(0, 32), bigIntToBytes(S, 32)) };
    };
    expect(verifySignatureBatchFast([shift(good[0]!, 1n), shift(good[1]!, -1n), good[2]!])).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("B15: refuses S >= l and wrong lengths", () => {
    const { signature } = good[0]!;
    const S = bytesToBigInt(signature.subarray(32)) + SUBGROUP_ORDER;
    const large = { ...good[0]!, signature: concatBytes(signature.subarray(0, 32), bigIntToBytes(S, 32)) };
    const items = [large, { ...good[1]!, rk: good[1]!.rk.subarray(1) }, { ...good[2]!, signature: new Uint8Array(65) }];
    expect(verifySignatureBatchFast([...items, good[3]!])).toEqual([false, false, false, true]);
    same([large]);
  });

  it("B14: low order and off-curve points as rk and R get the reference's verdict", () => {
    expect(isOnCurve(order4)).toBe(true);
    const twists = [IDENTITY, order2, order4];
    const items = twists.flatMap((rkTwist) =>
      twists.flatMap((rTwist) => [
        forged(77n, 99n, rkTwist, rTwist),
        forged(0n, 99n, rkTwist, rTwist), // rk of low order: refused
        forged(77n, 0n, rkTwist, rTwist), // R of low order: fine if the equation holds
      ]),
    );
    same(items);
    for (const item of items.slice(0, 9)) same([item]);
    expect(verifySignatureBatchFast([forged(0n, 99n, IDENTITY, IDENTITY)])).toEqual([false]);
    for (let y = 2n; y < 12n; y++) same([{ ...good[0]!, rk: bigIntToBytesLE(y, 32) }]);
  });

  it("B17: refuses encodings that are not canonical", () => {
    const top = (bytes: Uint8Array): Uint8Array => bytes.map((b, i) => (i === 31 ? b | 0x80 : b));
    const encodings = [
      bigIntToBytesLE(FIELD_ORDER + 1n, 32), // y = 1 + r
      bigIntToBytesLE(FIELD_ORDER, 32),
      top(bigIntToBytesLE(1n, 32)), // x = -0
      top(bigIntToBytesLE(FIELD_ORDER - 1n, 32)),
      new Uint8Array(32).fill(255),
    ];
    const items = encodings.flatMap((bytes) => [
      { ...good[0]!, rk: bytes },
      { ...good[1]!, signature: concatBytes(bytes, good[1]!.signature.subarray(32)) },
    ]);
    // The equation holds for these; only the encoding of R, the identity, is not canonical.
    items.push(forged(77n, 0n, IDENTITY, IDENTITY, (point) => top(encodePoint(point))));
    items.push(forged(77n, 0n, IDENTITY, IDENTITY, () => bigIntToBytesLE(FIELD_ORDER + 1n, 32)));
    expect(verifySignatureBatchFast(items)).toEqual(items.map(() => false));
    same(items);
  });

  it("agrees with the reference on mutated signatures", () => {
    const mutation = fc.record({
      which: fc.nat(4),
      part: fc.constantFrom("rk", "message", "signature") as fc.Arbitrary<"rk" | "message" | "signature">,
      byte: fc.nat(63),
      flip: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const items = mutations.map(({ which, part, byte, flip }) => {
          const value = Uint8Array.from(good[which]![part]);
          const at = byte % value.length;
          value[at] = value[at]! ^ flip;
          return { ...good[which]!, [part]: value };
        });
        same(items);
      }),
      { numRuns: 25 },
    );
  });
});
