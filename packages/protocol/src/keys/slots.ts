import { fastH } from "../hash/fast.js";
import { DOMAINS } from "../hash/index.js";
import type { Nullifier } from "../types.js";

/** rho of entry i (over all inners, from 0) of a transaction's returns: H(D_RET, rhoKey, nf[0], i), nf[0] the first nullifier of bundle 0. */
export function returnRho(rhoKey: bigint, nf0: Nullifier, i: number): bigint {
  return fastH(DOMAINS.D_RET, rhoKey, nf0, BigInt(i));
}

/** rho of the receive slot `counter` (from 0) that is handed over out of band: H(D_SLOT, rhoKey, counter). */
export function slotRho(rhoKey: bigint, counter: bigint): bigint {
  return fastH(DOMAINS.D_SLOT, rhoKey, counter);
}

/** rho of receive slot i that is handed over in a transaction: H(D_SLOT, rhoKey, nf[0], i). */
export function slotRhoOnchain(rhoKey: bigint, nf0: Nullifier, i: number): bigint {
  return fastH(DOMAINS.D_SLOT, rhoKey, nf0, BigInt(i));
}
