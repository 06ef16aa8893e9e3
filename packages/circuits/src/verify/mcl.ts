import { randomFillSync } from "node:crypto";
import createModule from "mcl-wasm/dist/mcl_c.js";
import { SeroError } from "@sero/protocol";

/**
 * The functions of mcl's WebAssembly build that we call, by address. mcl-wasm's own classes copy every operand in and out and keep one
 * curve for the whole process; here each `openMcl` has an instance of its own, so nobody else's choice of curve can change ours.
 * Arguments are addresses unless said otherwise; the first is the result. (mcl, include/mcl/bn.h)
 */
interface Exports {
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly wasmMemory: { readonly buffer: ArrayBuffer };
  _mclBn_init(curve: number, layout: number): number;
  _mclBn_getFrByteSize(): number;
  _mclBn_getG1ByteSize(): number;
  _mclBn_verifyOrderG1(on: number): void;
  _mclBn_verifyOrderG2(on: number): void;
  _mclBn_finalExp(z: number, x: number): void;
  _mclBn_millerLoop(z: number, p: number, q: number): void;
  _mclBn_millerLoopVec(z: number, p: number, q: number, count: number): void;
  _mclBn_getUint64NumToPrecompute(): number;
  _mclBn_precomputeG2(table: number, q: number): void;
  _mclBn_precomputedMillerLoop2(z: number, p1: number, table1: number, p2: number, table2: number): void;
  _mclBnGT_mul(z: number, x: number, y: number): void;
  _mclBnGT_isOne(x: number): number;
  _mclBnGT_isEqual(x: number, y: number): number;
  _mclBnFp_setInt32(x: number, value: number): void;
  _mclBnFp_setBigEndianMod(x: number, bytes: number, length: number): number;
  _mclBnFp_getLittleEndian(bytes: number, max: number, x: number): number;
  _mclBnFp_neg(z: number, x: number): void;
  _mclBnFp2_mul(z: number, x: number, y: number): void;
  _mclBnFr_setInt32(x: number, value: number): void;
  _mclBnFr_setBigEndianMod(x: number, bytes: number, length: number): number;
  _mclBnFr_add(z: number, x: number, y: number): void;
  _mclBnFr_mul(z: number, x: number, y: number): void;
  _mclBnG1_clear(z: number): void;
  _mclBnG1_isZero(x: number): number;
  _mclBnG1_isEqual(x: number, y: number): number;
  _mclBnG1_isValid(x: number): number;
  _mclBnG1_neg(z: number, x: number): void;
  _mclBnG1_add(z: number, x: number, y: number): void;
  _mclBnG1_mul(z: number, x: number, scalar: number): void;
  _mclBnG1_mulVec(z: number, xs: number, scalars: number, count: number): void;
  _mclBnG1_normalize(z: number, x: number): void;
  _mclBnG2_isZero(x: number): number;
  _mclBnG2_isEqual(x: number, y: number): number;
  _mclBnG2_isValid(x: number): number;
  _mclBnG2_isValidOrder(x: number): number;
  _mclBnG2_neg(z: number, x: number): void;
  _mclBnG2_dbl(z: number, x: number): void;
  _mclBnG2_add(z: number, x: number, y: number): void;
  _mclBnG2_sub(z: number, x: number, y: number): void;
  _mclBnG2_mul(z: number, x: number, scalar: number): void;
  _mclBnG2_normalize(z: number, x: number): void;
}

/** Sizes in bytes of mcl's values in memory, fixed when it was compiled (room for 384-bit base fields). */
export const SIZE = { fp: 48, fp2: 96, fr: 32, g1: 144, g2: 288, gt: 576 } as const;

const BN_SNARK1 = 4;
/** MCLBN_FR_UNIT_SIZE * 10 + MCLBN_FP_UNIT_SIZE: mcl refuses to start when its layout is another one. */
const COMPILED_LAYOUT = 46;

/** An instance of mcl on BN254 with memory of its own. */
export interface Mcl {
  readonly raw: Exports;
  /** Reserves memory: values live as long as the instance, or until the end of the `scope` that they were reserved in. */
  reserve(bytes: number): number;
  /** Runs `work` and gives back what it reserved. */
  scope<T>(work: () => T): T;
  /** Copies `bytes` to `address`. */
  write(address: number, bytes: Uint8Array): void;
  /** A copy of `length` bytes at `address`. */
  read(address: number, length: number): Uint8Array;
}

/**
 * Opens an instance of mcl for BN254 (mcl calls it BN_SNARK1). Points are checked for the subgroup by us and not again inside mcl.
 * @throws SeroError verify/engine when the WebAssembly module doesn't start or has another layout than expected.
 */
export async function openMcl(): Promise<Mcl> {
  const raw = (await createModule({
    cryptoGetRandomValues: (target: Uint8Array) => randomFillSync(target),
  })) as unknown as Exports;
  if (raw._mclBn_init(BN_SNARK1, COMPILED_LAYOUT) !== 0 || raw._mclBn_getFrByteSize() !== SIZE.fr)
    throw new SeroError("verify/engine", "The pairing library did not start; install the locked version of mcl-wasm.");
  raw._mclBn_verifyOrderG1(0);
  raw._mclBn_verifyOrderG2(0);
  const bytes = (): Uint8Array => new Uint8Array(raw.wasmMemory.buffer);
  let reserved: number[] | undefined;
  return {
    raw,
    reserve(length) {
      const address = raw._malloc(length);
      if (address === 0) throw new SeroError("verify/engine", "The pairing library is out of memory.", { length });
      reserved?.push(address);
      return address;
    },
    scope(work) {
      const outer = reserved;
      const mine: number[] = [];
      reserved = mine;
      try {
        return work();
      } finally {
        reserved = outer;
        for (const address of mine) raw._free(address);
      }
    },
    write: (address, source) => bytes().set(source, address),
    read: (address, length) => bytes().slice(address, address + length),
  };
}
