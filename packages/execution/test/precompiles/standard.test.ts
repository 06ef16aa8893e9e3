import { bigIntToBytes, concatBytes, fromHex, keccak256, toHex } from "@sero/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runPrecompile, runStandard } from "../helpers/precompiles.js";

const address = (n: number): `0x${string}` => `0x${n.toString(16).padStart(40, "0")}`;
const word = (x: bigint): Uint8Array => bigIntToBytes(x, 32);
const hex = (text: string): Uint8Array => fromHex(`0x${text.replace(/\s/g, "")}`);
const q = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const r = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const top = (1n << 256n) - 1n;

/** Output and gas, or failure and gas, are those of the library's own precompile, with plenty of gas, with just enough and one less. */
async function expectStandard(at: `0x${string}`, input: Uint8Array): Promise<Uint8Array | undefined> {
  const theirs = await runStandard(at, input);
  expect(await runPrecompile(at, input), toHex(input)).toEqual(theirs);
  if (theirs.output === undefined) return undefined;
  for (const gas of [theirs.gasUsed, theirs.gasUsed - 1n]) {
    if (gas >= 0n) expect(await runPrecompile(at, input, gas)).toEqual(await runStandard(at, input, gas));
  }
  return theirs.output;
}

/** Bytes cut short or made longer. */
const misfits = (good: Uint8Array, lengths: readonly number[]): Uint8Array[] =>
  lengths.map((length) => {
    const bytes = new Uint8Array(length).fill(0xab);
    bytes.set(good.subarray(0, length));
    return bytes;
  });

describe("0x01 ecrecover is the library's", () => {
  const at = address(1);
  const good = hex(
    "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c" +
      "000000000000000000000000000000000000000000000000000000000000001c" +
      "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f" +
      "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549",
  );

  it("for Ethereum's vector, cut and padded", async () => {
    const output = await expectStandard(at, good);
    expect(toHex(output!)).toBe("0x000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
    for (const input of misfits(good, [0, 1, 32, 63, 64, 96, 127, 129, 1000])) await expectStandard(at, input);
  });

  it("for edges of every word", async () => {
    const edges = [0n, 1n, 2n, 26n, 27n, 28n, 29n, 283n, n - 1n, n, n + 1n, n >> 1n, top, 27n << 8n];
    for (let field = 0; field < 4; field++) {
      for (const edge of edges) {
        const input = Uint8Array.from(good);
        input.set(word(edge), 32 * field);
        await expectStandard(at, input);
      }
    }
  });

  it("for random signatures", async () => {
    for (let i = 0; i < 40; i++) {
      const [digest, rBytes, s] = [1, 2, 3].map((k) => keccak256(Uint8Array.of(i, k)));
      await expectStandard(at, concatBytes(digest!, word(27n + BigInt(i % 2)), rBytes!, s!));
    }
  });
});

describe("0x05 modexp is the library's", () => {
  const at = address(5);
  const call = (base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array =>
    concatBytes(...[base, exponent, modulus].map(({ length }) => word(BigInt(length))), ...[base, exponent, modulus]);

  it("for EIP-198's examples", async () => {
    const p = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
    const fermat = call(hex("03"), hex(p.replace("2f", "2e")), hex(p));
    expect(toHex((await expectStandard(at, fermat))!)).toMatch(/0+1$/);
    const empty = call(new Uint8Array(0), hex(p.replace("2f", "2e")), hex(p));
    expect(toHex((await expectStandard(at, empty))!)).toBe(`0x${"00".repeat(32)}`);
    const cut = concatBytes(word(1n), word(2n), word(32n), hex("03ffff80"));
    expect(toHex((await expectStandard(at, cut))!)).toBe(
      "0x3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab",
    );
    // Lengths that nobody can pay.
    for (const lengths of [
      [0n, 32n, top],
      [top, 0n, 1n],
      [1n, top, 1n],
      [0n, top, 0n],
      [top, top, top],
      [1n << 64n, 1n, 1n],
    ]) {
      await expectStandard(at, concatBytes(...lengths.map(word), hex("01020304")));
    }
  });

  it("for short, odd, even and degenerate numbers of every small length", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 0, maxLength: 40 }),
      fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 1, 255)).map(([k, b]) => new Uint8Array(k).fill(b)),
      // Powers of two, alone and above something.
      fc.integer({ min: 0, max: 300 }).map((k) => bigIntToBytes(1n << BigInt(k), 38)),
      fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.bigInt(1n, 1n << 64n))
        .map(([k, x]) => bigIntToBytes((x << BigInt(k)) & ((1n << 304n) - 1n), 38)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, bytes, bytes, async (base, exponent, modulus) => {
        await expectStandard(at, call(base, exponent, modulus));
      }),
      { numRuns: 400 },
    );
  });

  it("for long numbers, and lengths that do not fit the bytes", async () => {
    const long = fc.uint8Array({ minLength: 30, maxLength: 140 });
    await fc.assert(
      fc.asyncProperty(long, fc.uint8Array({ maxLength: 60 }), long, fc.nat(500), async (b, e, m, cut) => {
        await expectStandard(at, call(b, e, m));
        await expectStandard(at, call(b, e, m).subarray(0, cut));
      }),
      { numRuns: 40 },
    );
    const longExponent = keccak256(Uint8Array.of(1));
    const exponent = concatBytes(...Array.from({ length: 70 }, (_, i) => keccak256(longExponent, Uint8Array.of(i))));
    for (const modulus of ["ff", "fffffffffffffffb", "80", "0100", "fffffffffffffffffffffffffffffffffffffffffffffffe"])
      await expectStandard(at, call(hex("0305"), exponent, hex(modulus)));
  });
});

describe("0x06 to 0x08 on BN254 are the library's", () => {
  const g1 = concatBytes(word(1n), word(2n));
  const minusG1 = concatBytes(word(1n), word(q - 2n));
  const g2 = hex(
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2" +
      "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed" +
      "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b" +
      "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
  );
  const times = async (k: bigint): Promise<Uint8Array> =>
    (await runStandard(address(7), concatBytes(g1, word(k)))).output!;
  const infinity = new Uint8Array(64);
  const offCurve = [
    concatBytes(word(1n), word(3n)),
    concatBytes(word(q + 1n), word(2n)),
    concatBytes(word(1n), word(q + 2n)),
    concatBytes(word(q), word(q)),
    concatBytes(word(0n), word(q)),
    concatBytes(word(top), word(top)),
    concatBytes(word(0n), word(1n)),
  ];

  it("ecAdd", async () => {
    const points = [
      infinity,
      g1,
      minusG1,
      await times(2n),
      await times(r - 2n),
      await times(keccakScalar(1)),
      ...offCurve,
    ];
    for (const a of points) for (const b of points) await expectStandard(address(6), concatBytes(a, b));
    const good = concatBytes(await times(7n), await times(11n));
    for (const input of misfits(good, [0, 1, 31, 32, 64, 65, 96, 127, 129, 192]))
      await expectStandard(address(6), input);
  });

  it("ecMul", async () => {
    const scalars = [0n, 1n, 2n, 3n, r - 1n, r, r + 1n, 2n * r, top, 1n << 255n, q, keccakScalar(3), keccakScalar(4)];
    for (const point of [infinity, g1, minusG1, await times(keccakScalar(2)), ...offCurve])
      for (const scalar of scalars) await expectStandard(address(7), concatBytes(point, word(scalar)));
    const good = concatBytes(await times(7n), word(keccakScalar(5)));
    for (const input of misfits(good, [0, 1, 32, 64, 65, 95, 97, 128, 192])) await expectStandard(address(7), input);
  });

  it("ecPairing", async () => {
    const [a, b] = [concatBytes(g1, g2), concatBytes(minusG1, g2)];
    // On the twist, outside the subgroup (x = 2 + u and the root of its right-hand side).
    const outside = hex(
      "0000000000000000000000000000000000000000000000000000000000000001" +
        "0000000000000000000000000000000000000000000000000000000000000002" +
        "00".repeat(64),
    );
    const noG2 = new Uint8Array(128);
    const inputs = [
      new Uint8Array(0),
      a,
      concatBytes(a, b),
      concatBytes(a, a, b, b),
      concatBytes(...Array.from({ length: 5 }, () => [a, b]).flat()),
      concatBytes(...Array.from({ length: 9 }, () => a)),
      concatBytes(infinity, g2),
      concatBytes(g1, noG2),
      concatBytes(infinity, noG2),
      concatBytes(infinity, noG2, a, b),
      concatBytes(a, infinity, g2, b),
      concatBytes(concatBytes(await times(6n), g2), concatBytes(await times(r - 2n), g2), b, b, b, b),
      concatBytes(infinity, outside),
      concatBytes(g1, outside),
      ...offCurve.map((point) => concatBytes(a, point, g2)),
      ...offCurve.map((point) => concatBytes(point, noG2)),
      concatBytes(
        g1,
        g2.map((byte, i) => (i === 127 ? byte ^ 1 : byte)),
      ),
      concatBytes(g1, word(q), word(0n), word(0n), word(0n)),
      ...misfits(a, [1, 191, 193, 383]),
    ];
    for (const input of inputs) await expectStandard(address(8), input);
  });
});

describe("0x09 blake2f is the library's", () => {
  const at = address(9);
  // EIP-152, test vector 5: one block of "abc".
  const vector = hex(
    "0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b" +
      "6162630000000000" +
      "00".repeat(120) +
      "03000000000000000000000000000000" +
      "01",
  );

  it("for EIP-152's vectors", async () => {
    expect(toHex((await expectStandard(at, vector))!)).toBe(
      "0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    );
    const withRounds = (rounds: number): Uint8Array => {
      const input = Uint8Array.from(vector);
      new DataView(input.buffer).setUint32(0, rounds);
      return input;
    };
    for (const rounds of [0, 1, 2, 9, 10, 11, 19, 20, 21, 12345]) await expectStandard(at, withRounds(rounds));
    expect(await runPrecompile(at, withRounds(0xffffffff), 1_000_000n)).toEqual(
      await runStandard(at, withRounds(0xffffffff), 1_000_000n),
    );
    for (const last of [0, 2, 255]) {
      const input = Uint8Array.from(vector);
      input[212] = last;
      await expectStandard(at, input);
    }
    for (const input of misfits(vector, [0, 1, 212, 214])) await expectStandard(at, input);
  });

  it("for random states", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 208, maxLength: 208 }), fc.nat(30), fc.nat(1), async (body, k, f) => {
        await expectStandard(at, concatBytes(Uint8Array.of(0, 0, 0, k), body, Uint8Array.of(f)));
      }),
      { numRuns: 60 },
    );
  });
});

describe("the precompiles that stay the library's", () => {
  it("answer as ever", async () => {
    for (const at of [2, 3, 4].map(address)) {
      for (const length of [0, 1, 32, 1000]) await expectStandard(at, new Uint8Array(length).fill(7));
    }
  });
});

function keccakScalar(seed: number): bigint {
  return BigInt(toHex(keccak256(Uint8Array.of(seed, 99))));
}
