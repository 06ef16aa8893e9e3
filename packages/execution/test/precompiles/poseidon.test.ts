import { FIELD_ORDER, bigIntToBytes, bytesToBigInt, concatBytes, poseidon } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { poseidonPrecompile } from "../../src/precompiles/poseidon.js";
import { runPrecompile } from "../helpers/precompiles.js";

const bytes = (...inputs: readonly bigint[]): Uint8Array => concatBytes(...inputs.map((x) => bigIntToBytes(x, 32)));

describe("0x5e51 Poseidon", () => {
  it("is circomlib's Poseidon of one to five inputs", async () => {
    for (let n = 1; n <= 5; n++) {
      const inputs = Array.from({ length: n }, (_, i) => (i === 2 ? FIELD_ORDER - 1n : BigInt(i) << 100n));
      const result = await runPrecompile(poseidonPrecompile.address, bytes(...inputs));
      expect(bytesToBigInt(result.output!)).toBe(poseidon(inputs));
      expect(result.gasUsed).toBe(poseidonPrecompile.price(bytes(...inputs)));
    }
    // circomlib: poseidon([1, 2])
    const known = 7853200120776062878684798364095072458815029376092732009249414926327459813530n;
    expect(bytesToBigInt((await runPrecompile(poseidonPrecompile.address, bytes(1n, 2n))).output!)).toBe(known);
  });

  it("A6: fails with all gas for inputs of r and more, and for impossible lengths", async () => {
    const bad = [
      new Uint8Array(0),
      new Uint8Array(31),
      new Uint8Array(33),
      new Uint8Array(192),
      bytes(FIELD_ORDER),
      bytes(1n, FIELD_ORDER + 1n),
      bytes(1n, 2n, 3n, 4n, (1n << 256n) - 1n),
      new Uint8Array(100_000),
    ];
    for (const input of bad) {
      const result = await runPrecompile(poseidonPrecompile.address, input, 50_000n);
      expect(result).toEqual({ output: undefined, gasUsed: 50_000n });
    }
    // A failure leaves nothing behind.
    expect((await runPrecompile(poseidonPrecompile.address, bytes(5n))).output).toBeDefined();
  });

  it("is out of gas one unit below its price", async () => {
    const price = poseidonPrecompile.price(bytes(1n, 2n));
    expect((await runPrecompile(poseidonPrecompile.address, bytes(1n, 2n), price)).output).toBeDefined();
    expect((await runPrecompile(poseidonPrecompile.address, bytes(1n, 2n), price - 1n)).output).toBeUndefined();
  });
});
