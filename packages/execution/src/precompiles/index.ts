import type { CustomPrecompile } from "@ethereumjs/evm";
import { poseidonPrecompile } from "./poseidon.js";
import { customPrecompile } from "./precompile.js";

/** The chain that precompiles are made for. */
export interface PrecompileOptions {
  /** Whether verifying keys made from the published development constants are accepted. */
  readonly development: boolean;
  readonly chainId: bigint;
}

/** The precompiles of a SERO chain, for `createEVM({ customPrecompiles })`. They are pure: any number of EVMs may share one list. */
export function seroPrecompiles(_options: PrecompileOptions): CustomPrecompile[] {
  return [poseidonPrecompile].map(customPrecompile);
}
