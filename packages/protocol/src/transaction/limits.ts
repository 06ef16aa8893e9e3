/** First byte of every transaction: its EIP-2718 type. */
export const TRANSACTION_TYPE = 0x5e;
/** Most bytes of an encoded transaction: 128 KiB. */
export const MAX_TRANSACTION_BYTES = 131_072;
/** Most RLP items of a transaction; the largest one that the other limits allow has fewer. */
export const MAX_TRANSACTION_ITEMS = 2_048;
/** Most bundles. */
export const MAX_BUNDLES = 8;
/** Notes that one bundle makes. */
export const OUTPUTS_PER_BUNDLE = 3;
/** Most memo chunks: 8 KiB of text. */
export const MAX_MEMO_CHUNKS = 32;
/** Most calls of a call phase. */
export const MAX_CALLS = 32;
/** Most entries of `returns`. */
export const MAX_RETURNS = 32;
/** Largest n of an ANY(n). */
export const MAX_ANY_IDS = 64;
/** Most inners of all `returns` together. */
export const MAX_RETURN_INNERS = 128;
/** Bytes of an `rk`. */
export const RK_BYTES = 32;
/** Bytes of a signature under `rk`. */
export const BUNDLE_SIGNATURE_BYTES = 64;
/** Bytes of a proof. */
export const PROOF_BYTES = 256;
/** Bytes of a pseudonym's signature: r, s, yParity. */
export const PSEUDONYM_SIGNATURE_BYTES = 65;
/** Amounts are below this. */
export const AMOUNT_LIMIT = 1n << 128n;
/** Chain ids, block numbers and gas are below this. */
export const UINT64_LIMIT = 1n << 64n;
