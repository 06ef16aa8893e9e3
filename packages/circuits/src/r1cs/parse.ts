import { bytesToBigIntLE, FIELD_ORDER, SeroError } from "@sero/protocol";

/** The rows of one matrix of an R1CS, one after the other. Row i is the entries from `starts[i]` to `starts[i + 1]`. */
export interface SparseMatrix {
  readonly starts: Uint32Array;
  readonly wires: Uint32Array;
  /** In F, never 0. */
  readonly coefficients: readonly bigint[];
}

/** A rank-1 constraint system over F: for each row i, (A_i w)(B_i w) = C_i w. Wire 0 is the constant 1, then come the public ones. */
export interface R1cs {
  readonly wires: number;
  /** Public wires without the constant. */
  readonly publicInputs: number;
  readonly constraints: number;
  readonly a: SparseMatrix;
  readonly b: SparseMatrix;
  readonly c: SparseMatrix;
}

const MAGIC = 0x73633172; // "r1cs"
const HEADER_SECTION = 1;
const CONSTRAINT_SECTION = 2;

const malformed = (why: string): SeroError =>
  new SeroError("circuits/r1cs", "This is not an R1CS file over BN254 as circom writes it; build the circuit again.", {
    why,
  });

/**
 * Reads circom's binary R1CS format, version 1 (iden3/r1csfile, doc/r1cs_bin_format.md). Throws circuits/r1cs when the file is cut, is for
 * another field or names a wire that does not exist.
 */
export function parseR1cs(bytes: Uint8Array): R1cs {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== 1) throw malformed("magic");
  const sections = new Map<number, { start: number; end: number }>();
  let at = 12;
  for (let i = view.getUint32(8, true); i > 0; i--) {
    if (at + 12 > bytes.length) throw malformed("section table");
    const size = Number(view.getBigUint64(at + 4, true));
    sections.set(view.getUint32(at, true), { start: at + 12, end: at + 12 + size });
    at += 12 + size;
  }
  const header = sections.get(HEADER_SECTION);
  const body = sections.get(CONSTRAINT_SECTION);
  if (at !== bytes.length || header === undefined || body === undefined) throw malformed("sections");

  if (view.getUint32(header.start, true) !== 32) throw malformed("field size");
  if (bytesToBigIntLE(bytes.subarray(header.start + 4, header.start + 36)) !== FIELD_ORDER) throw malformed("field");
  const wires = view.getUint32(header.start + 36, true);
  const publicInputs = view.getUint32(header.start + 40, true) + view.getUint32(header.start + 44, true);
  const constraints = view.getUint32(header.start + 60, true);
  if (publicInputs >= wires) throw malformed("wires");
  return { wires, publicInputs, constraints, ...parseConstraints(view, body, wires, constraints) };
}

function parseConstraints(
  view: DataView,
  body: { readonly start: number; readonly end: number },
  wires: number,
  constraints: number,
): { readonly a: SparseMatrix; readonly b: SparseMatrix; readonly c: SparseMatrix } {
  const capacity = Math.floor((body.end - body.start) / 36);
  const matrices = [0, 1, 2].map(() => ({
    starts: new Uint32Array(constraints + 1),
    wires: new Uint32Array(capacity),
    coefficients: [] as bigint[],
  }));
  let at = body.start;
  for (let row = 0; row < constraints; row++) {
    for (const matrix of matrices) {
      if (at + 4 > body.end) throw malformed("constraints end early");
      const terms = view.getUint32(at, true);
      at += 4;
      if (at + 36 * terms > body.end) throw malformed("constraints end early");
      for (let i = 0; i < terms; i++, at += 36) {
        const wire = view.getUint32(at, true);
        if (wire >= wires) throw malformed("wire out of range");
        matrix.wires[matrix.coefficients.length] = wire;
        matrix.coefficients.push(readElement(view, at + 4));
      }
      matrix.starts[row + 1] = matrix.coefficients.length;
    }
  }
  if (at !== body.end) throw malformed("bytes after the last constraint");
  const [a, b, c] = matrices.map((m) => ({ ...m, wires: m.wires.slice(0, m.coefficients.length) }));
  if (a === undefined || b === undefined || c === undefined) throw malformed("matrices");
  return { a, b, c };
}

function readElement(view: DataView, at: number): bigint {
  const value =
    view.getBigUint64(at, true) |
    (view.getBigUint64(at + 8, true) << 64n) |
    (view.getBigUint64(at + 16, true) << 128n) |
    (view.getBigUint64(at + 24, true) << 192n);
  if (value >= FIELD_ORDER) throw malformed("coefficient not below r");
  return value;
}
