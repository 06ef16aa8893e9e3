/** Settings of the pool; `DEFAULT_POOL` has what a node uses. Each is a bound: nothing that others send grows without one. */
export interface PoolSettings {
  /** Bytes of verified transactions that wait. */
  readonly maxBytes: number;
  /** Transactions that wait for their proofs to be checked, and their bytes. */
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  /** The part of both that one source may fill. */
  readonly queueShare: number;
  /** Bundles given to the verifier at a time, at most. */
  readonly batch: number;
  /** Fewer transactions than this wait for the next tick, to be verified with others. */
  readonly gather: number;
  /** Whole milliseconds between ticks; 0: none waits. Less than the least time that a stem is held (relay/settings.ts). */
  readonly gatherMs: number;
  /** Batches under way at a time: as many as the verifier has threads. */
  readonly parallel: number;
  /** False proofs that one source may send within `windowMs`; then it is refused for as long. */
  readonly allowedFailures: number;
  readonly windowMs: number;
  /** Hashes of rejected bytes that are remembered, of all sources and of one. */
  readonly rejectedKept: number;
  readonly rejectedPerSource: number;
  /** Bytes of verified transactions that are remembered after they left the pool. */
  readonly verifiedBytes: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /**
   * Told of each transaction that no honest node passes on, once: malformed (`tx/...`, `rlp/...`) or with a false proof or signature
   * (`tx/proof`, `tx/rk`, `tx/pseudonym-signature`). Never of what is stale, in conflict, too cheap or too much.
   */
  readonly onOffence: (source: string, code: string) => void;
}

/** What a node uses. */
export const DEFAULT_POOL: PoolSettings = {
  maxBytes: 32 * 1024 * 1024,
  maxQueued: 4096,
  maxQueuedBytes: 16 * 1024 * 1024,
  queueShare: 1 / 4,
  batch: 64,
  gather: 64,
  gatherMs: 150,
  parallel: 2,
  allowedFailures: 8,
  windowMs: 60_000,
  rejectedKept: 20_000,
  rejectedPerSource: 1_000,
  verifiedBytes: 16 * 1024 * 1024,
  now: () => performance.now(),
  onOffence: () => undefined,
};
