import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { fromHex, toHex, utf8 } from "../../src/bytes/index.js";
import { FIELD_ORDER, fieldToBytes } from "../../src/field/index.js";
import { decodeRlp, encodeRlp, rlpReader, rlpUint, type RlpItem } from "../../src/rlp/index.js";

const LIMITS = { maxBytes: 100_000, maxItems: 1_000, maxDepth: 8 };

const decode = (hex: string): RlpItem => decodeRlp(fromHex(hex), LIMITS);

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

const item: fc.Arbitrary<RlpItem> = fc.letrec<{ item: RlpItem }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.uint8Array({ maxLength: 70 }),
    fc.array(tie("item"), { maxLength: 6 }),
  ),
})).item;

describe("RLP", () => {
  it("has the encodings of the Ethereum wiki", () => {
    const cases: [RlpItem, string][] = [
      [utf8("dog"), "83646f67"],
      [[utf8("cat"), utf8("dog")], "c88363617483646f67"],
      [new Uint8Array(0), "80"],
      [[], "c0"],
      [rlpUint(0), "80"],
      [fromHex("00"), "00"],
      [rlpUint(15), "0f"],
      [rlpUint(1024n), "820400"],
      [[[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"],
      [
        utf8("Lorem ipsum dolor sit amet, consectetur adipisicing elit"),
        `b838${toHex(utf8("Lorem ipsum dolor sit amet, consectetur adipisicing elit")).slice(2)}`,
      ],
    ];
    for (const [value, hex] of cases) {
      expect(toHex(encodeRlp(value))).toBe("0x" + hex);
      expect(decode(hex)).toEqual(value);
    }
  });

  it("E37: decodes what it encoded", () => {
    fc.assert(
      fc.property(item, (value) => {
        expect(decodeRlp(encodeRlp(value), LIMITS)).toEqual(value);
      }),
    );
    const long = [new Uint8Array(70_000), new Uint8Array(300), new Uint8Array(55), new Uint8Array(56)];
    expect(decodeRlp(encodeRlp(long), LIMITS)).toEqual(long);
  });

  it("E37: any bytes are rejected or are the encoding of what they decode to", () => {
    const near = fc.tuple(item, fc.nat(), fc.nat(255), fc.nat(3)).map(([value, at, byte, how]) => {
      const bytes = [...encodeRlp(value)];
      const position = at % bytes.length;
      if (how === 0) bytes[position] = byte;
      if (how === 1) bytes.splice(position, 1);
      if (how === 2) bytes.splice(position, 0, byte);
      if (how === 3) bytes.length = position;
      return Uint8Array.from(bytes);
    });
    fc.assert(
      fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 80 })), (bytes) => {
        let decoded: RlpItem;
        try {
          decoded = decodeRlp(bytes, LIMITS);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^rlp\//);
          return;
        }
        expect(encodeRlp(decoded)).toEqual(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it("E37: refuses every other way to write the same thing", () => {
    for (const hex of [
      "",
      "8100",
      "817f",
      "b800",
      "b80161",
      `b837${"61".repeat(55)}`,
      `b90038${"61".repeat(56)}`,
      `f837${"61".repeat(55)}`,
      "b900",
      "b8",
      "83646f",
      "c883636174",
      "8080",
      "c0c0",
      "c18361",
      "bf0100000000000000",
      "ff0100000000000000",
      "bfffffffffffffffff",
      "bb7fffffff",
    ])
      expect([hex, codeOf(() => decode(hex))]).toEqual([hex, "rlp/not-canonical"]);
  });

  it("E37: checks sizes, counts and depth before it allocates", () => {
    expect(codeOf(() => decodeRlp(new Uint8Array(100_001), LIMITS))).toBe("rlp/too-large");
    expect(codeOf(() => decodeRlp(encodeRlp(Array.from({ length: 1_000 }, () => [])), LIMITS))).toBe(
      "rlp/too-many-items",
    );
    expect(codeOf(() => decode("c8c7c6c5c4c3c2c1c0"))).toBe("rlp/too-deep");
    expect(codeOf(() => decode("c7c6c5c4c3c2c1c0"))).toBeUndefined();
    // A claim of 2^47 bytes costs nothing.
    expect(codeOf(() => decode("fd800000000000"))).toBe("rlp/not-canonical");
    expect(codeOf(() => rlpUint(-1))).toBe("rlp/negative");
  });
});

describe("reader", () => {
  const read = rlpReader("test");

  it("E37: takes minimal integers of the size asked for, and nothing else", () => {
    expect(read.uint(rlpUint((1n << 128n) - 1n), "x", 16)).toBe((1n << 128n) - 1n);
    expect(codeOf(() => read.uint(rlpUint(1n << 128n), "x", 16))).toBe("test/encoding");
    expect(codeOf(() => read.uint(fromHex("0001"), "x", 16))).toBe("test/encoding");
    expect(codeOf(() => read.uint(fromHex("00"), "x", 16))).toBe("test/encoding");
    expect(codeOf(() => read.uint([], "x", 16))).toBe("test/encoding");
    expect(codeOf(() => read.uint(undefined, "x", 16))).toBe("test/encoding");
    expect(codeOf(() => read.small(rlpUint(256), "x", 255))).toBe("test/encoding");
    expect(codeOf(() => read.list(rlpUint(1), "x"))).toBe("test/encoding");
    expect(codeOf(() => read.list([[]], "x", 2))).toBe("test/encoding");
    expect(codeOf(() => read.listOf([[]], "x", 2, 3))).toBe("test/too-many");
    expect(codeOf(() => read.optionalBytes(new Uint8Array(19), "x", 20))).toBe("test/encoding");
    expect(read.optionalBytes(new Uint8Array(0), "x", 20)).toBeUndefined();
  });

  it("A6: takes r - 1 and refuses r, r + n and 2^256 - 1 as field elements", () => {
    expect(read.field(fieldToBytes(FIELD_ORDER - 1n), "x")).toBe(FIELD_ORDER - 1n);
    for (const alias of [FIELD_ORDER, FIELD_ORDER + 5n, (1n << 256n) - 1n])
      expect(codeOf(() => read.field(fromHex(alias.toString(16).padStart(64, "0")), "x"))).toBe("test/field");
    expect(codeOf(() => read.field(fromHex("05"), "x"))).toBe("test/encoding");
  });
});
