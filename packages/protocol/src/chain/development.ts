import { checkSpec } from "./check.js";
import { DEVELOPMENT_GAS } from "./gas.js";
import type { ChainSpec, GenesisNote } from "./types.js";

const GIGA = 1_000_000_000n;

/**
 * The spec of a development chain with these notes at genesis: network "sero-dev", chain id 24158, 4 s slots, 8 M gas, eight price
 * steps from 1 to 128 giga base units, anchors of every block. `overrides` replaces fields, `overrides.gas` the whole schedule.
 * Throws `spec/invalid` if the result makes no sense.
 */
export function developmentSpec(genesisNotes: readonly GenesisNote[], overrides: Partial<ChainSpec> = {}): ChainSpec {
  const spec: ChainSpec = {
    network: "sero-dev",
    hrp: "serodev",
    chainId: 24158n,
    development: true,
    // 2026-01-01T00:00:00Z. Fixed, so that the same notes make the same genesis block on every machine.
    genesisTime: 1_767_225_600n,
    slotSeconds: 4,
    gasLimit: 8_000_000n,
    baseFee: GIGA,
    priceLadder: Array.from({ length: 8 }, (_, step) => GIGA << BigInt(step)),
    gas: DEVELOPMENT_GAS,
    anchorStep: 1,
    genesisNotes: [...genesisNotes],
    circuits: [{ number: 0, keyHash: undefined, fromTime: 0n, untilTime: undefined }],
    callPhaseTime: 0n,
    packagesTime: 0n,
    ...overrides,
  };
  checkSpec(spec);
  return spec;
}
