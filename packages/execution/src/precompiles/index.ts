import type { CustomPrecompile } from "@ethereumjs/evm";
import { blake2fPrecompile } from "./blake2f.js";
import { ecAddPrecompile, ecMulPrecompile, ecPairingPrecompile } from "./bn254.js";
import { ecrecoverPrecompile } from "./ecrecover.js";
import { groth16Precompile, keyCheckPrecompile } from "./groth16.js";
import { modexpPrecompile } from "./modexp.js";
import { poseidonPrecompile } from "./poseidon.js";
import { customPrecompile } from "./precompile.js";
import type { Precompile } from "./precompile.js";

export { MAX_PUBLIC_INPUTS } from "./groth16.js";
export type { Precompile } from "./precompile.js";

/** The chain that precompiles are made for. */
export interface PrecompileOptions {
  /** Whether verifying keys made from the published development constants are accepted. */
  readonly development: boolean;
  readonly chainId: bigint;
}

/** The precompiles that differ from the EVM library's: SERO's own, and standard ones that are computed or priced otherwise (docs/precompiles.md). */
export function precompilesOf({ development }: PrecompileOptions): readonly Precompile[] {
  return [
    ecrecoverPrecompile,
    modexpPrecompile,
    ecAddPrecompile,
    ecMulPrecompile,
    ecPairingPrecompile,
    blake2fPrecompile,
    poseidonPrecompile,
    groth16Precompile,
    keyCheckPrecompile(development),
  ];
}

/** The precompiles of a SERO chain, for `createEVM({ customPrecompiles })`. They are pure: any number of EVMs may share one list. */
export function seroPrecompiles(options: PrecompileOptions): CustomPrecompile[] {
  return precompilesOf(options).map(customPrecompile);
}
