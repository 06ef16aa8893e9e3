import { BASE8, decodePoint, randomizedKey, sign, type SpendAuthority } from "@sero/protocol";
import type { BundleCheck } from "../../src/types.js";
import { inputsFor, keyOf, simulate, trapdoor } from "./synthetic.js";

/** The secrets of a key that no chain has. */
export const TRAPDOOR = trapdoor(11);
export const SYNTHETIC_KEY = keyOf(TRAPDOOR);

const ask = 12345n as SpendAuthority;

/** A bundle whose signature and proof hold. ask*B8 is made from B8 and alpha - 1 + ask, which is the same rk. */
export function bundleOf(seed: number): BundleCheck {
  const alpha = BigInt(seed) + 1000n;
  const rk = randomizedKey(BASE8, ask + alpha - 1n);
  const { x, y } = decodePoint(rk);
  const inputs = [...inputsFor(seed, 9), x, y];
  const message = new Uint8Array(32).fill(seed);
  return {
    circuit: 0,
    inputs,
    proof: simulate(TRAPDOOR, inputs, BigInt(seed)),
    rk,
    signature: sign(ask, alpha, message),
    message,
  };
}
