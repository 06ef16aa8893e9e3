import { bigIntToBytesLE, bytesToBigIntLE, FIELD_ORDER, Fr, SeroError } from "@sero/protocol";
import type { R1cs } from "../r1cs/index.js";
import type { G1Point, G2Point, VerifyingKey } from "../types.js";

/** q: the prime of the field that BN254's points have their coordinates in. */
export const BASE_FIELD_ORDER = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;

/** Montgomery's factor of both fields. */
const MONTGOMERY = 1n << 256n;
const TO_MONTGOMERY_TWICE = (MONTGOMERY * MONTGOMERY) % FIELD_ORDER;
const MAGIC = 0x79656b7a; // "zkey"
const GROTH16 = 1;

/** Sections of snarkjs's zkey format (snarkjs/src/zkey_utils.js). */
export const ZKEY_SECTION = {
  prover: 1,
  header: 2,
  ic: 3,
  coefficients: 4,
  a: 5,
  b1: 6,
  b2: 7,
  c: 8,
  h: 9,
  contributions: 10,
} as const;

/** The points of a Groth16 proving key: affine, 64 or 128 bytes each, coordinates in Montgomery form little-endian (see AFFINE_BYTES). */
export interface ProvingKeyPoints {
  readonly alpha1: Uint8Array;
  readonly beta1: Uint8Array;
  readonly beta2: Uint8Array;
  readonly gamma2: Uint8Array;
  readonly delta1: Uint8Array;
  readonly delta2: Uint8Array;
  readonly ic: Uint8Array;
  readonly a: Uint8Array;
  readonly b1: Uint8Array;
  readonly b2: Uint8Array;
  readonly c: Uint8Array;
  readonly h: Uint8Array;
}

/** A parsed zkey. The byte arrays are views on the file. */
export interface Zkey extends ProvingKeyPoints {
  readonly wires: number;
  readonly publicInputs: number;
  readonly domainSize: number;
  /**
   * u32 count, then for each coefficient of A (matrix 0) and B (matrix 1): u32 matrix, u32 row, u32 wire, value times 2^512 mod r, 32 bytes
   * little-endian. All little-endian. The rows of the public wires are among them.
   */
  readonly coefficients: Uint8Array;
  readonly vk: VerifyingKey;
}

/** A proving key as a file that snarkjs, and our prover, can use. The contributions section says: none. */
export function encodeZkey(r1cs: R1cs, power: number, points: ProvingKeyPoints): Uint8Array {
  const header = [
    u32(32),
    bigIntToBytesLE(BASE_FIELD_ORDER, 32),
    u32(32),
    bigIntToBytesLE(FIELD_ORDER, 32),
    u32(r1cs.wires),
    u32(r1cs.publicInputs),
    u32(2 ** power),
    ...[points.alpha1, points.beta1, points.beta2, points.gamma2, points.delta1, points.delta2],
  ];
  const sections: readonly (readonly [number, readonly Uint8Array[]])[] = [
    [ZKEY_SECTION.prover, [u32(GROTH16)]],
    [ZKEY_SECTION.header, header],
    [ZKEY_SECTION.ic, [points.ic]],
    [ZKEY_SECTION.coefficients, [encodeCoefficients(r1cs)]],
    [ZKEY_SECTION.a, [points.a]],
    [ZKEY_SECTION.b1, [points.b1]],
    [ZKEY_SECTION.b2, [points.b2]],
    [ZKEY_SECTION.c, [points.c]],
    [ZKEY_SECTION.h, [points.h]],
    [ZKEY_SECTION.contributions, [new Uint8Array(64), u32(0)]],
  ];
  const parts = [u32(MAGIC), u32(1), u32(sections.length)];
  for (const [id, body] of sections) {
    const size = body.reduce((sum, part) => sum + part.length, 0);
    parts.push(u32(id), bigIntToBytesLE(BigInt(size), 8), ...body);
  }
  return Buffer.concat(parts);
}

function encodeCoefficients(r1cs: R1cs): Uint8Array {
  const count = r1cs.a.coefficients.length + r1cs.b.coefficients.length + r1cs.publicInputs + 1;
  const bytes = new Uint8Array(4 + count * 44);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, count, true);
  let at = 4;
  // A circuit has few different coefficients besides those of Poseidon; converting each once halves the time.
  const converted = new Map<bigint, Uint8Array>();
  const write = (matrix: number, row: number, wire: number, value: bigint): void => {
    let form = converted.get(value);
    if (form === undefined) converted.set(value, (form = bigIntToBytesLE(Fr.mul(value, TO_MONTGOMERY_TWICE), 32)));
    view.setUint32(at, matrix, true);
    view.setUint32(at + 4, row, true);
    view.setUint32(at + 8, wire, true);
    bytes.set(form, at + 12);
    at += 44;
  };
  for (let row = 0; row < r1cs.constraints; row++) {
    for (const [number, matrix] of [r1cs.a, r1cs.b].entries()) {
      for (let i = matrix.starts[row] ?? 0; i < (matrix.starts[row + 1] ?? 0); i++) {
        write(number, row, matrix.wires[i] ?? 0, matrix.coefficients[i] ?? 0n);
      }
    }
  }
  for (let wire = 0; wire <= r1cs.publicInputs; wire++) write(0, r1cs.constraints + wire, wire, 1n);
  return bytes;
}

const malformed = (why: string): SeroError =>
  new SeroError("circuits/zkey", "This is not a Groth16 proving key over BN254; run `sero setup` again.", { why });

/** Reads a zkey file. Checks sizes, not points (the key's hash does that). Throws circuits/zkey. */
export function parseZkey(bytes: Uint8Array): Zkey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== 1) throw malformed("magic");
  const sections = new Map<number, Uint8Array>();
  let at = 12;
  for (let i = view.getUint32(8, true); i > 0; i--) {
    if (at + 12 > bytes.length) throw malformed("section table");
    const size = Number(view.getBigUint64(at + 4, true));
    if (at + 12 + size > bytes.length) throw malformed("section size");
    sections.set(view.getUint32(at, true), bytes.subarray(at + 12, at + 12 + size));
    at += 12 + size;
  }
  const section = (id: number, length?: number): Uint8Array => {
    const found = sections.get(id);
    if (found === undefined || (length !== undefined && found.length !== length)) throw malformed(`section ${id}`);
    return found;
  };

  if (bytesToBigIntLE(section(ZKEY_SECTION.prover, 4)) !== BigInt(GROTH16)) throw malformed("prover");
  const header = section(ZKEY_SECTION.header, 84 + 3 * 64 + 3 * 128);
  const numbers = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (bytesToBigIntLE(header.subarray(4, 36)) !== BASE_FIELD_ORDER) throw malformed("base field");
  if (bytesToBigIntLE(header.subarray(40, 72)) !== FIELD_ORDER) throw malformed("scalar field");
  const [wires, publicInputs, domainSize] = [72, 76, 80].map((offset) => numbers.getUint32(offset, true));
  if (wires === undefined || publicInputs === undefined || domainSize === undefined) throw malformed("header");

  const points = {
    alpha1: header.subarray(84, 148),
    beta1: header.subarray(148, 212),
    beta2: header.subarray(212, 340),
    gamma2: header.subarray(340, 468),
    delta1: header.subarray(468, 532),
    delta2: header.subarray(532, 660),
    ic: section(ZKEY_SECTION.ic, 64 * (publicInputs + 1)),
    a: section(ZKEY_SECTION.a, 64 * wires),
    b1: section(ZKEY_SECTION.b1, 64 * wires),
    b2: section(ZKEY_SECTION.b2, 128 * wires),
    c: section(ZKEY_SECTION.c, 64 * (wires - publicInputs - 1)),
    h: section(ZKEY_SECTION.h, 64 * domainSize),
  };
  const coefficients = section(ZKEY_SECTION.coefficients);
  return { wires, publicInputs, domainSize, coefficients, ...points, vk: verifyingKeyOf(points) };
}

/** The verifying key that goes with a proving key's points. */
export function verifyingKeyOf(points: ProvingKeyPoints): VerifyingKey {
  return {
    alpha1: decodeG1(points.alpha1),
    beta1: decodeG1(points.beta1),
    beta2: decodeG2(points.beta2),
    gamma2: decodeG2(points.gamma2),
    delta1: decodeG1(points.delta1),
    delta2: decodeG2(points.delta2),
    ic: Array.from({ length: points.ic.length / 64 }, (_, i) => decodeG1(points.ic.subarray(64 * i, 64 * i + 64))),
  };
}

/** 2^-256 mod q. */
const FROM_MONTGOMERY = 0x2e67157159e5c639cf63e9cfb74492d9eb2022850278edf8ed84884a014afa37n;

const coordinate = (bytes: Uint8Array, index: number): bigint =>
  (bytesToBigIntLE(bytes.subarray(32 * index, 32 * index + 32)) * FROM_MONTGOMERY) % BASE_FIELD_ORDER;

/** The affine point in 64 bytes: coordinates in Montgomery form, little-endian. */
export const decodeG1 = (bytes: Uint8Array): G1Point => ({ x: coordinate(bytes, 0), y: coordinate(bytes, 1) });

/** The same for G2: 128 bytes, c0 before c1. */
export const decodeG2 = (bytes: Uint8Array): G2Point => ({
  x: [coordinate(bytes, 0), coordinate(bytes, 1)],
  y: [coordinate(bytes, 2), coordinate(bytes, 3)],
});

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
