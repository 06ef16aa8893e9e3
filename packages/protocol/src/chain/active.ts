import type { ChainSpec, CircuitActivation } from "./types.js";

/** What a chain's schedule allows in one block. */
export interface ActiveRules {
  /** By number, increasing. */
  readonly circuits: readonly CircuitActivation[];
  readonly callPhase: boolean;
  readonly packages: boolean;
  readonly fork: Fork;
}

/** Ethereum's upgrades that a block can be of, oldest first. Every chain begins with Shanghai's blocks at the earliest. */
export const FORKS = ["shanghai", "cancun", "prague", "osaka"] as const;

/** One of `FORKS`. */
export type Fork = (typeof FORKS)[number];

/** Whether `fork` is `other` or a later one. */
export const isAtLeast = (fork: Fork, other: Fork): boolean => FORKS.indexOf(fork) >= FORKS.indexOf(other);

/** The upgrade whose rules a block of this timestamp (seconds since 1970) follows. */
export function forkAt(spec: ChainSpec, timestamp: bigint): Fork {
  const times = [spec.cancunTime, spec.pragueTime, spec.osakaTime];
  const begun = times.filter((time) => time !== undefined && time <= timestamp);
  return FORKS[begun.length] ?? "shanghai";
}

/** What is active in a block of this timestamp, seconds since 1970. */
export function activeRules(spec: ChainSpec, timestamp: bigint): ActiveRules {
  const begun = (time: bigint | undefined): boolean => time !== undefined && time <= timestamp;
  return {
    circuits: spec.circuits.filter(({ fromTime, untilTime }) => begun(fromTime) && !begun(untilTime)),
    callPhase: begun(spec.callPhaseTime),
    packages: begun(spec.packagesTime),
    fork: forkAt(spec, timestamp),
  };
}

/** The number of the spend circuit (protocol, section 5). */
export const SPEND_CIRCUIT = 0;

/** What a verifying key of a circuit is held against on this chain: the chain id, and on real chains the key's hash. */
export function keyExpectations(
  spec: ChainSpec,
  circuit: number = SPEND_CIRCUIT,
): { readonly chainId: bigint; readonly keyHash: string | undefined } {
  return { chainId: spec.chainId, keyHash: spec.circuits.find(({ number }) => number === circuit)?.keyHash };
}
