import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createModule, i32, signedLeb, unsignedLeb } from "../../src/wasm/emitter/index.js";
import { createField, fieldShape, limbBytes, readLimbs } from "../../src/wasm/field/index.js";
import { runModule } from "../../src/wasm/run.js";

const SCALAR_FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

describe("the emitter", () => {
  it("encodes LEB128 as the specification's examples", () => {
    expect(unsignedLeb(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(signedLeb(-123456n)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signedLeb(64n)).toEqual([0xc0, 0x00]);
    expect(signedLeb(-64n)).toEqual([0x40]);
  });

  it("makes functions with loops, branches, calls and data", () => {
    const module = createModule();
    const table = module.data(Uint8Array.from([1, 2, 3, 4, 5]));
    const next = module.func(undefined, ["i32"], "i32", (_f, x) => i32.add(x.get, i32.const(1)));
    module.func("sum", ["i32"], "i32", (f, count) => {
      const [i, sum] = [f.local("i32"), f.local("i32")];
      f.if(i32.gtU(count.get, i32.const(5)), () => f.return(i32.const(-1)));
      f.loop(i, i32.const(0), count.get, 1, () => f.set(sum, i32.add(sum.get, i32.load8u(i.get, table))));
      return next.call(sum.get);
    });
    const running = runModule(module.finish());
    expect(running.call("sum", 5)).toBe(16);
    expect(running.call("sum", 0)).toBe(1);
    expect(running.call("sum", 6)).toBe(-1);
  });
});

describe.each([
  ["r", SCALAR_FIELD],
  ["q", BASE_FIELD],
])("arithmetic modulo %s", (_name, p) => {
  const shape = fieldShape(p);
  const module = createModule();
  const field = createField(module, shape, "f");
  module.func("dot", ["i32", "i32", "i32"], "void", (f, d, a, b) => {
    const series = { left: a.get, leftStride: 0, right: b.get, rightStride: 0 };
    const both = [
      { ...series, count: 5 },
      { ...series, count: 6 },
    ];
    field.inline.single.dotSeries(f, d.get, both, { at: a.get });
  });
  module.func("dot3", ["i32", "i32", "i32"], "void", (f, d, a, b) => {
    const [x, y] = [{ at: a.get }, { at: b.get }];
    const terms = [
      [x, y],
      [x, x],
      [y, y],
    ] as const;
    field.inline.single.dot(f, d.get, terms);
  });
  module.func("sum", ["i32", "i32", "i32"], "void", (f, d, a, b) => {
    field.inline.single.sum(f, d.get, [a.get], [b.get, b.get, b.get], 12n);
  });
  for (const width of ["single", "pair"] as const) {
    module.func(`reduced_${width}`, ["i32", "i32", "i32"], "void", (f, d, a, b) => {
      field.inline[width].reducedSum(f, d.get, [{ at: a.get, times: 9 }, b.get], [{ at: b.get, times: 2 }], 8n);
    });
  }
  const running = runModule(module.finish());
  const [a, b, d] = [running.allocate(128), running.allocate(128), running.allocate(128)];
  const put = (address: number, x: bigint): void => running.bytes(address, 36).set(limbBytes(x));
  const get = (address: number): bigint => readLimbs(running.buffer, address);
  const mod = (x: bigint): bigint => ((x % p) + p) % p;
  const edges = [0n, 1n, 2n, p - 1n, p, p + 1n, 2n * p - 1n, 2n * p, 4n * p - 1n, (1n << 232n) - 1n, (1n << 255n) - 1n];
  const element = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, 4n * p - 1n));
  const check = (property: (x: bigint, y: bigint) => void): void => {
    for (const x of edges) for (const y of edges) property(x, y);
    fc.assert(fc.property(element, element, property), { numRuns: 300 });
  };

  it("multiplies, squares, adds and subtracts like bigint, within its bounds", () => {
    check((x, y) => {
      put(a, x);
      put(b, y);
      running.call("f_mul", d, a, b);
      expect(mod(get(d))).toBe(shape.leave(mod(x * y)));
      expect(get(d) < (3n * p) / 2n).toBe(true);
      running.call("f_square", d, a);
      expect(mod(get(d))).toBe(shape.leave(mod(x * x)));
      running.call("f_add", d, a, b);
      expect(get(d)).toBe(x + y);
      running.call("f_sub", d, a, b);
      expect(get(d)).toBe(x - y + 4n * p);
      running.call("reduced_single", d, a, b);
      expect(mod(get(d))).toBe(mod(9n * x - y));
      expect(get(d) < (101n * p) / 100n).toBe(true);
      running.call("sum", d, a, b);
      expect(get(d)).toBe(x - 3n * y + 12n * p);
      expect(running.call("f_equal", a, b)).toBe(mod(x - y) === 0n ? 1 : 0);
    });
  });

  it("sums three and eleven products with one reduction", () => {
    check((x, y) => {
      put(a, x);
      put(b, y);
      running.call("dot3", d, a, b);
      expect(mod(get(d))).toBe(shape.leave(mod(x * y + x * x + y * y)));
      running.call("dot", d, a, b);
      expect(mod(get(d))).toBe(mod(shape.leave(mod(11n * x * y)) + x));
    });
  });

  it("computes pairs like singles", () => {
    check((x, y) => {
      const z = mod(x * 3n + y);
      const words = (left: bigint, right: bigint): Uint8Array => {
        const out = new Uint32Array(18);
        const [l, r] = [new Uint32Array(limbBytes(left).buffer), new Uint32Array(limbBytes(right).buffer)];
        for (let j = 0; j < 9; j++) out.set([l[j]!, r[j]!], 2 * j);
        return new Uint8Array(out.buffer);
      };
      const lane = (address: number, which: number): bigint => {
        const view = new DataView(running.buffer, address);
        let out = 0n;
        for (let j = 8; j >= 0; j--) out = (out << 29n) + BigInt(view.getUint32(8 * j + 4 * which, true));
        return out;
      };
      running.bytes(a, 72).set(words(x, z));
      running.bytes(b, 72).set(words(y, x));
      running.call("f_pair_mul", d, a, b);
      expect([mod(lane(d, 0)), mod(lane(d, 1))]).toEqual([shape.leave(mod(x * y)), shape.leave(mod(z * x))]);
      running.call("f_pair_square", d, a);
      expect([mod(lane(d, 0)), mod(lane(d, 1))]).toEqual([shape.leave(mod(x * x)), shape.leave(mod(z * z))]);
      running.call("f_pair_sub", d, a, b);
      expect([lane(d, 0), lane(d, 1)]).toEqual([x - y + 4n * p, z - x + 4n * p]);
      running.call("reduced_pair", d, a, b);
      expect([mod(lane(d, 0)), mod(lane(d, 1))]).toEqual([mod(9n * x - y), mod(9n * z - x)]);
      expect(lane(d, 0) < (101n * p) / 100n && lane(d, 1) < (101n * p) / 100n).toBe(true);
      running.call("f_pair_add", d, a, b);
      expect([lane(d, 0), lane(d, 1)]).toEqual([x + y, z + x]);
    });
  });

  it("reads and writes big-endian bytes and says which are canonical", () => {
    const big = fc.oneof(fc.constantFrom(...edges, (1n << 256n) - 1n), fc.bigInt(0n, (1n << 256n) - 1n));
    fc.assert(
      fc.property(big, (x) => {
        const bytes = Uint8Array.from(Buffer.from(x.toString(16).padStart(64, "0"), "hex"));
        running.bytes(a, 32).set(bytes);
        expect(running.call("f_fromBytes", b, a)).toBe(x < p ? 1 : 0);
        expect(mod(get(b))).toBe(shape.enter(x));
        running.call("f_toBytes", d, b);
        expect(Buffer.from(running.bytes(d, 32)).toString("hex")).toBe(mod(x).toString(16).padStart(64, "0"));
      }),
    );
  });

  it("inverts one and many", () => {
    const count = 5;
    const [array, room] = [running.allocate(36 * count), running.allocate(36 * count)];
    fc.assert(
      fc.property(fc.array(fc.bigInt(1n, p - 1n), { minLength: count, maxLength: count }), (xs) => {
        xs.forEach((x, i) => put(array + 36 * i, shape.enter(x)));
        running.call("f_invertMany", array, count, room);
        xs.forEach((x, i) => expect(mod(shape.leave(get(array + 36 * i)) * x)).toBe(1n));
      }),
      { numRuns: 20 },
    );
    running.call("f_normalize", d, a);
    put(a, p * 7n);
    expect(running.call("f_isZero", a)).toBe(1);
  });
});
