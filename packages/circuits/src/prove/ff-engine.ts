import { bigIntToBytesLE, FIELD_ORDER } from "@sero/protocol";
import type { Zkey } from "../keys/zkey.js";
import type { OpenEngine, Query, QuerySums } from "./engine.js";
import { type FfMemory, type GroupFunctions, openFfMemory } from "./ff-memory.js";

const SCALAR = 32;
const AFFINE = { g1: 64, g2: 128 } as const;
const JACOBIAN = { g1: 96, g2: 192 } as const;

/** Room for the points that a proof is assembled from. */
const DESK_BYTES = 4096;

/** Bits of a window for 2^13 to 2^15 points. */
const WINDOW_BITS = 13;
const SCALAR_BITS = 254;
const WINDOWS = Math.ceil(SCALAR_BITS / WINDOW_BITS);

/** 5 generates what isn't a square mod r; its powers are the roots of unity that snarkjs's keys are made with. */
const NON_RESIDUE = 5n;

/** A query's points in memory, without those at infinity: wires that a matrix doesn't use. */
interface Table {
  readonly group: "g1" | "g2";
  readonly points: number;
  readonly count: number;
  /** Which of the scalars each point belongs to; undefined: all in order. */
  readonly picked: Uint32Array | undefined;
}

const groupOf = (query: Query): "g1" | "g2" => (query === "b2" ? "g2" : "g1");

/** The prover's arithmetic on ffjavascript's WebAssembly: Pippenger's method in windows of 13 bits, radix-2 transforms. */
export const openFfEngine: OpenEngine = (zkey, code) => {
  const memory = openFfMemory(code);
  const { fields } = memory;
  const { domainSize, wires } = zkey;
  const tables: Readonly<Record<Query, Table>> = {
    a: loadTable(memory, "g1", zkey.a),
    b1: loadTable(memory, "g1", zkey.b1),
    b2: loadTable(memory, "g2", zkey.b2),
    c: loadTable(memory, "g1", zkey.c),
    h: loadTable(memory, "g1", zkey.h),
  };
  const coefficients = place(memory, zkey.coefficients.subarray(4));
  const coefficientCount = (zkey.coefficients.length - 4) / (12 + SCALAR);

  const scalars = memory.reserve(Math.max(domainSize, wires) * SCALAR);
  const abc = [0, 1, 2].map(() => memory.reserve(domainSize * SCALAR));
  const [polyA = 0, polyB = 0, polyC = 0] = abc;
  const [one, coset] = [memory.reserve(SCALAR), memory.reserve(SCALAR)];
  const setElement = (address: number, value: bigint): void => {
    memory.write(address, bigIntToBytesLE(value, SCALAR));
    fields.toMontgomery(address, address);
  };
  setElement(one, 1n);
  // The h points of a snarkjs key belong to the odd powers of a root of unity of twice the domain's order.
  setElement(coset, power(NON_RESIDUE, (FIELD_ORDER - 1n) / BigInt(2 * domainSize)));
  const desk = memory.reserve(DESK_BYTES);
  const point = memory.reserve(JACOBIAN.g2);
  const sum = memory.reserve(JACOBIAN.g2);

  return {
    multiply(query, values, share, shares) {
      const { group, points, count, picked } = tables[query];
      const functions = memory[group];
      writeScalars(memory, scalars, values, picked);
      const firstWindow = Math.floor((WINDOWS * share) / shares);
      const windows = Math.floor((WINDOWS * (share + 1)) / shares) - firstWindow;
      functions.zero(sum);
      for (let window = firstWindow + windows - 1; window >= firstWindow; window--) {
        doubleTimes(functions, sum, WINDOW_BITS);
        const startBit = window * WINDOW_BITS;
        memory.scoped(() =>
          functions.multiexpAffineChunk(
            points,
            scalars,
            SCALAR,
            count,
            startBit,
            Math.min(WINDOW_BITS, 256 - startBit),
            point,
          ),
        );
        functions.add(sum, point, sum);
      }
      doubleTimes(functions, sum, WINDOW_BITS * firstWindow);
      return memory.read(sum, JACOBIAN[group]);
    },

    add(query, sums) {
      const functions = memory[groupOf(query)];
      functions.zero(sum);
      for (const share of sums) {
        memory.write(point, share);
        functions.add(sum, point, sum);
      }
      return memory.read(sum, JACOBIAN[groupOf(query)]);
    },

    quotient(witness) {
      memory.write(scalars, witness);
      fields.buildABC(coefficients, coefficientCount, scalars, polyA, polyB, polyC, 0, domainSize, 0, wires);
      for (const values of abc) {
        fields.ifft(values, domainSize);
        fields.applyKey(values, domainSize, one, coset, values);
        fields.fft(values, domainSize);
      }
      fields.joinABC(polyA, polyB, polyC, domainSize, polyA);
      fields.batchFromMontgomery(polyA, domainSize, polyA);
      return memory.read(polyA, domainSize * SCALAR);
    },

    assemble: (sums, r, s) => assemble(memory, desk, zkey, sums, r, s),

    wipe() {
      memory.wipe(scalars, Math.max(domainSize, wires) * SCALAR);
      for (const values of abc) memory.wipe(values, domainSize * SCALAR);
      memory.wipe(point, JACOBIAN.g2);
      memory.wipe(sum, JACOBIAN.g2);
    },
  };
};

function place(memory: FfMemory, bytes: Uint8Array): number {
  const address = memory.reserve(bytes.length);
  memory.write(address, bytes);
  return address;
}

/** Keeps the points that are not at infinity, which the key's format writes as zeros. */
function loadTable(memory: FfMemory, group: "g1" | "g2", bytes: Uint8Array): Table {
  const size = AFFINE[group];
  const total = bytes.length / size;
  const picked = Uint32Array.from({ length: total }, (_, i) => i).filter((i) =>
    bytes.subarray(i * size, (i + 1) * size).some((byte) => byte !== 0),
  );
  const points = memory.reserve(picked.length * size);
  picked.forEach((i, k) => memory.write(points + k * size, bytes.subarray(i * size, (i + 1) * size)));
  return { group, points, count: picked.length, picked: picked.length === total ? undefined : picked };
}

function writeScalars(memory: FfMemory, target: number, values: Uint8Array, picked: Uint32Array | undefined): void {
  if (picked === undefined) return memory.write(target, values);
  const chosen = new Uint8Array(picked.length * SCALAR);
  picked.forEach((i, k) => chosen.set(values.subarray(i * SCALAR, (i + 1) * SCALAR), k * SCALAR));
  memory.write(target, chosen);
  chosen.fill(0);
}

function doubleTimes(functions: GroupFunctions, point: number, times: number): void {
  for (let i = 0; i < times; i++) functions.double(point, point);
}

/** `desk` is DESK_BYTES of memory for this and nothing else; it is left overwritten. */
function assemble(memory: FfMemory, desk: number, zkey: Zkey, sums: QuerySums, r: bigint, s: bigint): Uint8Array {
  const { g1, g2, fields } = memory;
  let used = desk;
  const room = (length: number): number => {
    used += length;
    return used - length;
  };
  const load = (bytes: Uint8Array): number => {
    const address = room(bytes.length);
    memory.write(address, bytes);
    return address;
  };
  const scalar = (value: bigint): number => load(bigIntToBytesLE(value, SCALAR));
  const [scalarR, scalarS, scalarRS] = [scalar(r), scalar(s), scalar(FIELD_ORDER - ((r * s) % FIELD_ORDER))];
  const term = room(JACOBIAN.g2);
  const addTimes = (functions: GroupFunctions, sum: number, base: number, by: number): void => {
    functions.timesScalar(base, by, SCALAR, term);
    functions.add(sum, term, sum);
  };
  const lift = (functions: GroupFunctions, affine: Uint8Array, jacobian: number): number => {
    const address = room(jacobian);
    functions.zero(address);
    functions.addMixed(address, load(affine), address);
    return address;
  };
  const delta1 = lift(g1, zkey.delta1, JACOBIAN.g1);
  const delta2 = lift(g2, zkey.delta2, JACOBIAN.g2);

  const a = load(sums.a);
  g1.addMixed(a, load(zkey.alpha1), a);
  addTimes(g1, a, delta1, scalarR);
  const b = load(sums.b2);
  g2.addMixed(b, load(zkey.beta2), b);
  addTimes(g2, b, delta2, scalarS);
  const b1 = load(sums.b1);
  g1.addMixed(b1, load(zkey.beta1), b1);
  addTimes(g1, b1, delta1, scalarS);
  const c = load(sums.c);
  g1.add(c, load(sums.h), c);
  addTimes(g1, c, a, scalarS);
  addTimes(g1, c, b1, scalarR);
  addTimes(g1, c, delta1, scalarRS);

  const affine = room(AFFINE.g2);
  const coordinates = (functions: GroupFunctions, source: number, order: readonly number[]): Uint8Array[] => {
    functions.toAffine(source, affine);
    return order.map((i) => {
      fields.coordinateFromMontgomery(affine + i * SCALAR, term);
      return memory.read(term, SCALAR).reverse();
    });
  };
  const proof = Buffer.concat([
    ...coordinates(g1, a, [0, 1]),
    // EIP-197 writes c1 before c0.
    ...coordinates(g2, b, [1, 0, 3, 2]),
    ...coordinates(g1, c, [0, 1]),
  ]);
  memory.wipe(desk, DESK_BYTES);
  return new Uint8Array(proof);
}

/** base^exponent mod r. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % FIELD_ORDER;
    square = (square * square) % FIELD_ORDER;
  }
  return result;
}
