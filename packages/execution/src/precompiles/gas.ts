/** Gas of the Poseidon precompile by number of inputs; index 0 is for an empty input, which fails. */
export const POSEIDON_GAS: readonly bigint[] = [200n, 200n, 250n, 300n, 400n, 500n];
