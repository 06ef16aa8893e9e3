/**
 * What precompiles cost. The rule (protocol, section 7): at least 6,000 gas for a millisecond of the reference machine, with a margin of 1.3
 * over what was measured; never below Ethereum's price. docs/precompiles.md has the measurements, and a test recomputes the rule from them.
 */

/** Yellow Paper, appendix E. */
export const ECRECOVER_GAS = 3_000n;

/** EIP-2565. No exponent, base or modulus is longer than `longest` bytes: that would cost more gas than a block has. */
export const MODEXP_GAS = { divisor: 3n, least: 200n, longest: 1n << 24n } as const;

/** EIP-1108. */
export const EC_ADD_GAS = 150n;
export const EC_MUL_GAS = 6_000n;
export const EC_PAIRING_GAS = { base: 45_000n, pair: 34_000n } as const;

/** EIP-152. */
export const BLAKE2F_ROUND_GAS = 1n;

/** 0x…5e51. */
export const POSEIDON_GAS = { base: 100n, input: 70n } as const;

/** 0x…5e52: four pairings, and for each public input a multiplication. */
export const GROTH16_GAS = { base: 56_000n, input: 450n } as const;

/** 0x…5e53: one product of pairings, three attempts at a forgery, and for each public input a point read and multiplied. */
export const KEY_CHECK_GAS = { base: 210_000n, input: 1_300n } as const;
