import type { GasSchedule } from "./types.js";

/** Upper bound of what a bundle may cost on any chain (protocol, section 6). */
export const MAX_BUNDLE_GAS = 25_000n;

/**
 * The gas schedule of development chains, on the scale of 6,000 gas a millisecond of the reference machine (protocol, section 7).
 * A bundle takes about 0.5 ms of batched proof check, 0.1 ms of signature and 0.3 ms of state work: 6,000 gas. The rest of its price is for
 * what every node keeps for good, 4.2 kB a payment at about 4 gas a byte: disks, not processors, bound how many payments a chain can
 * bear (at these prices a full one grows by 29 GB a day). The rest follows Ethereum's prices where the work is the same.
 * docs/performance.md holds the measurements.
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
