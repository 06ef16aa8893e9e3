import type { GasSchedule } from "./types.js";

/** Upper bound of what a bundle may cost on any chain (protocol, section 6). */
export const MAX_BUNDLE_GAS = 25_000n;

/**
 * The gas schedule of development chains, on the scale of 6,000 gas a millisecond of the reference machine (protocol, section 7).
 * A bundle: 1.5 ms of batched proof check, 0.2 ms of signature, 3 of the block's leaves with 1 Poseidon each 0.1 ms, 6 storage
 * writes at 0.05 ms, 870 bytes of ciphertext kept for good: about 2.3 ms, rounded up by half for machines slower than the reference.
 * The rest follows Ethereum's prices where the work is the same. docs/performance.md holds the measurements.
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
