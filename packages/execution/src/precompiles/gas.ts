/** Gas of the Poseidon precompile by number of inputs; index 0 is for an empty input, which fails. */
export const POSEIDON_GAS: readonly bigint[] = [200n, 200n, 250n, 300n, 400n, 500n];

/** Yellow Paper, appendix E. */
export const ECRECOVER_GAS = 3_000n;

/** EIP-1108. */
export const EC_ADD_GAS = 150n;
export const EC_MUL_GAS = 6_000n;
export const EC_PAIRING_GAS = { base: 45_000n, pair: 34_000n } as const;

/** 0x…5e52: four pairings, and for each public input a multiplication. */
export const GROTH16_GAS = { base: 55_000n, input: 1_000n } as const;

/** 0x…5e53: five pairing products, and for each public input a point read and multiplied. */
export const KEY_CHECK_GAS = { base: 250_000n, input: 4_000n } as const;
