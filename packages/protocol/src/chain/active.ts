import type { ChainSpec, CircuitActivation } from "./types.js";

/** What a chain's schedule allows in one block. */
export interface ActiveRules {
  /** By number, increasing. */
  readonly circuits: readonly CircuitActivation[];
  readonly callPhase: boolean;
  readonly packages: boolean;
}

/** What is active in a block of this timestamp, seconds since 1970. */
export function activeRules(spec: ChainSpec, timestamp: bigint): ActiveRules {
  const begun = (time: bigint | undefined): boolean => time !== undefined && time <= timestamp;
  return {
    circuits: spec.circuits.filter(({ fromTime, untilTime }) => begun(fromTime) && !begun(untilTime)),
    callPhase: begun(spec.callPhaseTime),
    packages: begun(spec.packagesTime),
  };
}
