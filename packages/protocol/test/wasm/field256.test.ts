import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createModule } from "../../src/wasm/emitter/index.js";
import { createField, fieldShape, limbBytes, readLimbs } from "../../src/wasm/field/index.js";
import { runModule } from "../../src/wasm/run.js";
import { N, P } from "../../src/wasm/secp256k1/constants.js";

describe.each([
  ["secp256k1's p", P],
  ["secp256k1's n", N],
])("arithmetic of 256 bits modulo %s", (_name, p) => {
  const shape = fieldShape(p);
  const module = createModule();
  const field = createField(module, shape, "f");
  module.func("reduced", ["i32", "i32", "i32"], "void", (f, d, a, b) => {
    field.inline.single.reducedSum(f, d.get, [a.get], [{ at: b.get, times: 8 }], 40n);
  });
  const running = runModule(module.finish());
  const [d, a, b] = [0, 0, 0].map(() => running.allocate(48)) as [number, number, number];
  const put = (at: number, x: bigint): void => running.bytes(at, 36).set(limbBytes(x));
  const get = (): bigint => readLimbs(running.buffer, d);
  const mod = (x: bigint): bigint => ((x % p) + p) % p;
  const below = (times: bigint) =>
    fc.oneof(fc.bigInt(0n, times * p - 1n), fc.constantFrom(0n, 1n, p - 1n, p, times * p - 1n));

  it("keeps products within their bound, for any factors below 16p", () => {
    fc.assert(
      fc.property(below(16n), below(16n), (x, y) => {
        put(a, x);
        put(b, y);
        running.call("f_mul", d, a, b);
        expect(mod(get())).toBe(mod(shape.leave(x * y)));
        expect(get() * 1000n).toBeLessThan(p * ((1000n * ((x / p + 1n) * (y / p + 1n))) / 32n + 1001n));
        running.call("f_square", d, a);
        expect(mod(get())).toBe(mod(shape.leave(x * x)));
        running.call("f_normalize", d, a);
        expect(get()).toBe(mod(x));
      }),
    );
  });

  it("reduces sums below 64p to 1.01p", () => {
    fc.assert(
      fc.property(below(16n), below(4n), (x, y) => {
        put(a, x);
        put(b, y);
        running.call("reduced", d, a, b);
        expect(mod(get())).toBe(mod(x - 8n * y));
        expect(get() * 100n).toBeLessThan(101n * p);
      }),
    );
  });

  it("reads any 256 bits and writes them modulo p", () => {
    const bytes = running.allocate(32);
    fc.assert(
      fc.property(fc.oneof(fc.bigInt(1n, (1n << 256n) - 1n), fc.constantFrom(p - 1n, p, p + 1n)), (x) => {
        const text = x.toString(16).padStart(64, "0");
        running.bytes(bytes, 32).set(Buffer.from(text, "hex"));
        expect(running.call("f_fromBytes", a, bytes)).toBe(x < p ? 1 : 0);
        running.call("f_toBytes", bytes, a);
        expect(Buffer.from(running.bytes(bytes, 32)).toString("hex")).toBe(mod(x).toString(16).padStart(64, "0"));
      }),
    );
  });
});
