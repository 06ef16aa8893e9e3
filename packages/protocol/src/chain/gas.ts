import type { GasSchedule } from "./types.js";

/** Upper bound of what a bundle may cost on any chain (protocol, section 6). */
export const MAX_BUNDLE_GAS = 25_000n;

/**
 * The gas schedule of development chains, on the scale of 6,000 gas a millisecond of the reference machine (protocol, section 7).
 * The bundle's price is an estimate of 3.7 ms: its share of a proof batch, one signature, three leaves of the tree, six storage
 * writes and 870 bytes of ciphertext kept for good. The call phase's prices follow Ethereum's where the work is the same: account
 * access 2,600 (EIP-2929), creation 32,000 (EIP-2), calldata 4 and 16 (EIP-2028), 2 a word of creation code (EIP-3860).
 * A measurement that differs changes this file alone.
 */
export const DEVELOPMENT_GAS: GasSchedule = {
  bundle: 22_000n,
  memoChunk: 3_000n,
  calldataZeroByte: 4n,
  calldataNonZeroByte: 16n,
  callPhase: 12_000n,
  call: 2_600n,
  create: 32_000n,
  initCodeWord: 2n,
  returnEntry: 30_000n,
  packageEntry: 45_000n,
};
