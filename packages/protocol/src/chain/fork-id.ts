import { bigIntToBytes, equalBytes, utf8 } from "../bytes/index.js";
import { keccak256 } from "../hash/index.js";
import { rulesId } from "./encode.js";
import type { ChainSpec } from "./types.js";

const TAG = utf8("SERO/forks/1");

/** Bytes of a fork hash. */
export const FORK_HASH_BYTES = 4;

/** What nodes tell each other of their schedules (EIP-2124): two whose rules differ, or will, find out before a block shows it. */
export interface ForkId {
  /** FORK_HASH, 4 bytes: commits to the genesis and to each change of the rules up to the head. */
  readonly hash: Uint8Array;
  /** FORK_NEXT: the next change that is scheduled, seconds since 1970; 0: none. */
  readonly next: bigint;
}

/** A chain's schedule as fork ids. */
export interface ForkSchedule {
  /** The fork id of a node whose head has this timestamp, seconds since 1970. */
  at(headTimestamp: bigint): ForkId;
  /** Whether a node that tells this fork id can be of one chain with one that has this schedule and such a head. */
  accepts(theirs: ForkId, headTimestamp: bigint): boolean;
}

/**
 * Works out a chain's fork ids. With H(0) = keccak256('SERO/forks/1' || genesis hash || rulesId at the genesis time) and
 * H(i) = keccak256(H(i-1) || time of change i, 8 bytes big-endian || rulesId from then on), a fork hash is the first 4 bytes of H of the last
 * change that is not after the head. Accepted is what EIP-2124 accepts, with timestamps as EIP-6122 has them.
 *
 * @param genesisHash 32 bytes
 * @throws SeroError `spec/invalid`
 */
export function forkSchedule(spec: ChainSpec, genesisHash: Uint8Array): ForkSchedule {
  const times = changesOf(spec);
  const hashes: Uint8Array[] = [];
  let chained = keccak256(TAG, genesisHash, rulesId(spec, spec.genesisTime));
  hashes.push(chained.slice(0, FORK_HASH_BYTES));
  for (const time of times) {
    chained = keccak256(chained, bigIntToBytes(time, 8), rulesId(spec, time));
    hashes.push(chained.slice(0, FORK_HASH_BYTES));
  }
  const passedAt = (headTimestamp: bigint): number => times.filter((time) => time <= headTimestamp).length;
  return {
    at(headTimestamp) {
      const passed = passedAt(headTimestamp);
      return { hash: hashes[passed]!, next: times[passed] ?? 0n };
    },
    accepts(theirs, headTimestamp) {
      const passed = passedAt(headTimestamp);
      const their = hashes.findIndex((hash) => equalBytes(hash, theirs.hash));
      if (their < 0) return false;
      // They are behind: fine if they know the change that comes next for them.
      if (their < passed) return theirs.next === times[their];
      // They are where this node is, or ahead of it: fine unless this node's head went by a change of theirs without changing.
      return their > passed || theirs.next === 0n || theirs.next > headTimestamp;
    },
  };
}

/** Timestamps after genesis at which the rules change, increasing. */
function changesOf(spec: ChainSpec): readonly bigint[] {
  const times = [
    ...spec.circuits.flatMap(({ fromTime, untilTime }) => [fromTime, untilTime]),
    spec.callPhaseTime,
    spec.packagesTime,
    spec.cancunTime,
    spec.pragueTime,
    spec.osakaTime,
  ].filter((time) => time !== undefined && time > spec.genesisTime) as bigint[];
  return [...new Set(times)].sort((a, b) => (a < b ? -1 : 1));
}
