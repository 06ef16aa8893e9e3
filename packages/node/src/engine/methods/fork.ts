import { forkAt, FORKS, SeroError, type ChainSpec, type Fork } from "@sero/protocol";

/**
 * Makes sure that a block of this timestamp is of one of the forks that a method's version is for.
 *
 * @param timestamp seconds since 1970
 * @throws SeroError `engine/unsupported-fork`
 */
export function requireFork(spec: ChainSpec, timestamp: bigint, from: Fork, to: Fork = from): void {
  const fork = forkAt(spec, timestamp);
  const place = FORKS.indexOf(fork);
  if (place >= FORKS.indexOf(from) && place <= FORKS.indexOf(to)) return;
  throw new SeroError(
    "engine/unsupported-fork",
    "A block of this time is of a fork that this version of the method is not for. Use the version of that fork.",
    { timestamp: timestamp.toString(), fork },
  );
}
