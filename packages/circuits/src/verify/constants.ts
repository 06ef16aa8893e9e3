import type { G1Point, G2Point } from "../types.js";

export { FIELD_ORDER as SCALAR_FIELD_ORDER } from "@sero/protocol";
export { BASE_FIELD_ORDER } from "../keys/zkey.js";

/** The parameter x of the Barreto-Naehrig family that gives BN254: r = 36x^4 + 36x^3 + 18x^2 + 6x + 1. */
export const BN_PARAMETER = 4965661367192848881n;

/** Length of a proof: A (64), B (128), C (64), uncompressed. */
export const PROOF_BYTES = 256;

/** The generator of G1 (EIP-196). */
export const G1_GENERATOR: G1Point = { x: 1n, y: 2n };

/** The generator of G2 (EIP-197). */
export const G2_GENERATOR: G2Point = {
  x: [
    10857046999023057135944570762232829481370756359578518086990519993285655852781n,
    11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  ],
  y: [
    8495653923123431417604973247489272438418190587263600148770280649306958101930n,
    4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  ],
};
