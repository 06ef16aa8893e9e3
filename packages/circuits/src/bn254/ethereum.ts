import { type Mcl, SIZE } from "../verify/mcl.js";
import { pointCodec } from "../verify/points.js";
import { G1_BYTES, G2_BYTES, pointReader } from "./points.js";

/** Pairs in one Miller loop; longer inputs are cut, so that memory stays what it is. */
const CHUNK = 8;
const PAIR_BYTES = G1_BYTES + G2_BYTES;

/** What the precompiles ecAdd, ecMul and ecPairing compute. Deterministic; throws for no input; undefined stands for a failure. */
export interface Bn254 {
  /** P + Q: 128 bytes in, 64 out (EIP-196). */
  add(input: Uint8Array): Uint8Array | undefined;
  /** s * P: P and s, 96 bytes in, 64 out (EIP-196). s may be any 256-bit number. */
  multiply(input: Uint8Array): Uint8Array | undefined;
  /** Whether the product of the pairings of (P, Q), 192 bytes each, is 1 (EIP-197). The length must be a multiple of 192. */
  pairing(input: Uint8Array): boolean | undefined;
}

/** Opens it on an instance of mcl, whose memory it keeps: a fixed amount, whatever comes in. */
export function bn254On(mcl: Mcl): Bn254 {
  const { raw } = mcl;
  const read = pointReader(mcl);
  const codec = pointCodec(mcl);
  const [g1, g2] = [mcl.reserve(CHUNK * SIZE.g1), mcl.reserve(CHUNK * SIZE.g2)];
  const [scalar, sum] = [mcl.reserve(SIZE.fr), mcl.reserve(SIZE.g1)];
  const [product, factor] = [mcl.reserve(SIZE.gt), mcl.reserve(SIZE.gt)];

  return {
    add(input) {
      if (!read.g1(g1, input, 0) || !read.g1(g1 + SIZE.g1, input, G1_BYTES)) return undefined;
      raw._mclBnG1_add(sum, g1, g1 + SIZE.g1);
      return codec.writeG1(sum);
    },
    multiply(input) {
      if (!read.g1(g1, input, 0)) return undefined;
      read.scalar(scalar, input, G1_BYTES);
      raw._mclBnG1_mul(sum, g1, scalar);
      return codec.writeG1(sum);
    },
    pairing(input) {
      if (input.length % PAIR_BYTES !== 0) return undefined;
      let waiting = 0;
      let any = false;
      const flush = (): void => {
        raw._mclBn_millerLoopVec(any ? factor : product, g1, g2, waiting);
        if (any) raw._mclBnGT_mul(product, product, factor);
        any = true;
        waiting = 0;
      };
      for (let at = 0; at < input.length; at += PAIR_BYTES) {
        const [p, q] = [g1 + waiting * SIZE.g1, g2 + waiting * SIZE.g2];
        if (!read.g1(p, input, at) || !read.g2(q, input, at + G1_BYTES)) return undefined;
        // A pairing with an identity is 1.
        if (raw._mclBnG1_isZero(p) === 1 || raw._mclBnG2_isZero(q) === 1) continue;
        if (++waiting === CHUNK) flush();
      }
      if (waiting > 0) flush();
      if (!any) return true;
      raw._mclBn_finalExp(product, product);
      return raw._mclBnGT_isOne(product) === 1;
    },
  };
}
