import type { Curve } from "ffjavascript";
import { SeroError } from "@sero/protocol";

type Address = number;
type Op1 = (x: Address, z: Address) => void;
type Op2 = (x: Address, y: Address, z: Address) => void;

/** The functions of one group in ffjavascript's module. Jacobian points unless said otherwise; the last address is the result's. */
export interface GroupFunctions {
  readonly zero: (z: Address) => void;
  readonly add: Op2;
  readonly addMixed: (x: Address, affine: Address, z: Address) => void;
  readonly double: Op1;
  readonly toAffine: (x: Address, affine: Address) => void;
  readonly timesScalar: (x: Address, scalar: Address, scalarBytes: number, z: Address) => void;
  /** One window of a multi-scalar multiplication over affine points. */
  readonly multiexpAffineChunk: (
    bases: Address,
    scalars: Address,
    scalarBytes: number,
    count: number,
    startBit: number,
    bits: number,
    z: Address,
  ) => void;
}

/** The functions of the scalar field and of the quotient. Elements in Montgomery form. */
export interface FieldFunctions {
  readonly fft: (values: Address, count: number) => void;
  readonly ifft: (values: Address, count: number) => void;
  readonly applyKey: (values: Address, count: number, first: Address, factor: Address, z: Address) => void;
  readonly toMontgomery: Op1;
  readonly batchFromMontgomery: (values: Address, count: number, z: Address) => void;
  readonly buildABC: (...addressesAndCounts: number[]) => void;
  readonly joinABC: (a: Address, b: Address, c: Address, count: number, z: Address) => void;
  /** An element of the base field, out of Montgomery form. */
  readonly coordinateFromMontgomery: Op1;
}

/** ffjavascript's WebAssembly for BN254 in this thread, with memory that grows at its end only. */
export interface FfMemory {
  readonly g1: GroupFunctions;
  readonly g2: GroupFunctions;
  readonly fields: FieldFunctions;
  /** Reserves zeroed memory for good. */
  reserve(bytes: number): Address;
  write(address: Address, bytes: Uint8Array): void;
  /** A copy. */
  read(address: Address, length: number): Uint8Array;
  wipe(address: Address, length: number): void;
  /** Runs `work`, then takes back and overwrites what the module's own functions allocated in it. */
  scoped<T>(work: () => T): T;
}

/** Memory that the module's functions may allocate in one `scoped` call: a table of 2^13 G2 points, and some. */
const SCRATCH_BYTES = 4 << 20;
const PAGE = 65536;
/** Pages that the module asks for (ffjavascript/src/threadman.js). */
const MODULE_PAGES = 25;

/** The module's code, for workers: ffjavascript itself can't be imported in one (its dependency web-worker takes every worker for its own). */
export const ffModuleCode = async (): Promise<Uint8Array> => (await buildFfCurve()).tm.code.slice();

/** ffjavascript, loaded only where it is used. */
const buildFfCurve = async (): Promise<Curve> => (await import("ffjavascript")).buildBn128(true);

/** Opens an instance of the module. @throws SeroError prove/engine when it lacks a function that is needed. */
export function openFfMemory(code: Uint8Array): FfMemory {
  const linear = new WebAssembly.Memory({ initial: MODULE_PAGES });
  const exported = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory: linear } }).exports;
  const fn = <F>(name: string): F => {
    if (typeof exported[name] !== "function") {
      throw new SeroError("prove/engine", "ffjavascript lacks a function; install the locked version.", { name });
    }
    return exported[name] as F;
  };
  const group = (prefix: string): GroupFunctions => ({
    zero: fn(`${prefix}_zero`),
    add: fn(`${prefix}_add`),
    addMixed: fn(`${prefix}_addMixed`),
    double: fn(`${prefix}_double`),
    toAffine: fn(`${prefix}_toAffine`),
    timesScalar: fn(`${prefix}_timesScalar`),
    multiexpAffineChunk: fn(`${prefix}_multiexpAffine_chunk`),
  });

  // The module keeps the address of its free memory in its first word and allocates upwards from there without looking at the end. Its share is
  // fixed here; ours lies behind it.
  linear.grow(SCRATCH_BYTES / PAGE);
  let end = linear.buffer.byteLength;
  let free = end;
  const bytes = (): Uint8Array => new Uint8Array(linear.buffer);

  return {
    g1: group("g1m"),
    g2: group("g2m"),
    fields: {
      fft: fn("frm_fft"),
      ifft: fn("frm_ifft"),
      applyKey: fn("frm_batchApplyKey"),
      toMontgomery: fn("frm_toMontgomery"),
      batchFromMontgomery: fn("frm_batchFromMontgomery"),
      buildABC: fn("qap_buildABC"),
      joinABC: fn("qap_joinABC"),
      coordinateFromMontgomery: fn("f1m_fromMontgomery"),
    },
    reserve(length) {
      const address = free;
      free += Math.ceil(length / 32) * 32;
      if (free > end) {
        linear.grow(Math.ceil((free - end) / PAGE));
        end = linear.buffer.byteLength;
      }
      return address;
    },
    write: (address, source) => bytes().set(source, address),
    read: (address, length) => bytes().slice(address, address + length),
    wipe: (address, length) => void bytes().fill(0, address, address + length),
    scoped(work) {
      const first = new Uint32Array(linear.buffer, 0, 1);
      const before = first[0] ?? 0;
      try {
        return work();
      } finally {
        const after = first[0] ?? 0;
        bytes().fill(0, before, after);
        first[0] = before;
      }
    },
  };
}
