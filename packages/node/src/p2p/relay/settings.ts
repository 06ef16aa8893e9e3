/** How Dandelion++ is run. Times in milliseconds. */
export interface DandelionSettings {
  /** Mean length of an epoch; each is between 0.8 and 1.2 of it, the first between 0 and 1.2. */
  readonly epochMs: number;
  /** Chance that a node is a diffuser for an epoch: it fluffs what others stem to it. */
  readonly fluffProbability: number;
  /** Outbound peers that stems go to in an epoch. */
  readonly successors: number;
  /** Mean of the exponential embargo after which a transaction that has not been seen is fluffed. */
  readonly embargoMs: number;
  /** A transaction goes on between these two after it came, so that how long its checks took shows nowhere. */
  readonly hopMs: readonly [least: number, most: number];
  /** Of one peer: stemmed transactions held, and their bytes. The oldest make room. */
  readonly maxPerPeer: number;
  readonly maxBytesPerPeer: number;
  /** The same for all that came by this node's own RPC. The oldest are fluffed: nothing of one's own is lost. */
  readonly maxOwn: number;
  readonly maxOwnBytes: number;
  /** Bytes of all peers together. */
  readonly maxBytes: number;
}

/**
 * What a node uses. Diffusers and embargo as Monero has them (monero#7025): stems of five hops on average, 39 s. Two successors and epochs of ten
 * minutes as in the paper (Fanti et al., "Dandelion++", 2018).
 */
export const DEFAULT_DANDELION: DandelionSettings = {
  epochMs: 600_000,
  fluffProbability: 0.2,
  successors: 2,
  embargoMs: 39_000,
  hopMs: [200, 500],
  maxPerPeer: 2048,
  maxBytesPerPeer: 8 * 1024 * 1024,
  maxOwn: 8192,
  maxOwnBytes: 32 * 1024 * 1024,
  maxBytes: 64 * 1024 * 1024,
};

/** Numbers that nobody can foresee, in [0, 1). In a node they are cryptographically random. */
export type Random = () => number;
