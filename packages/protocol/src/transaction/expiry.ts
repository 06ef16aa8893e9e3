/** A transaction may expire at most this many blocks after the block it is in. */
export const MAX_EXPIRY_AHEAD = 512n;
/** An anchor is the root after one of this many last blocks. */
export const ANCHOR_WINDOW = 1024n;

/**
 * The expiry every wallet uses when the head is block `head`: rounded down to 16, plus 256. One rule for all, so that an expiry
 * tells nothing about the wallet that chose it.
 */
export const walletExpiry = (head: bigint): bigint => (head / 16n) * 16n + 256n;

/** Whether a transaction of this expiry may be in block `number`: not after its expiry, and not more than 512 blocks before it. */
export const mayExpireAt = (expiry: bigint, number: bigint): boolean =>
  number <= expiry && expiry - number <= MAX_EXPIRY_AHEAD;

/** The newest block at or before `head` whose number is a multiple of `anchorStep`: the one whose root every wallet proves under. */
export const walletAnchorBlock = (head: bigint, anchorStep: number): bigint =>
  (head / BigInt(anchorStep)) * BigInt(anchorStep);

/** Whether the root after block `anchorBlock` may be the anchor of a transaction in block `number`. */
export const isAnchorInWindow = (anchorBlock: bigint, number: bigint): boolean =>
  anchorBlock < number && number - anchorBlock <= ANCHOR_WINDOW;
