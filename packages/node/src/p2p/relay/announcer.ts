import type { Mempool } from "../../mempool/index.js";
import type { Random } from "./settings.js";
import { openTimers } from "./timers.js";

/** When what waits in the mempool is announced again. Milliseconds. */
export interface AnnouncerSettings {
  /** Nothing younger is: by then peers have forgotten that they saw it (gossipsub remembers two minutes). */
  readonly leastMs: number;
  /** Mean of what is added, exponential, each time. */
  readonly meanMs: number;
  /** Announcements a second at most; what is due beyond that waits. */
  readonly perSecond: number;
}

export const DEFAULT_ANNOUNCER: AnnouncerSettings = { leastMs: 150_000, meanMs: 300_000, perSecond: 20 };

/**
 * Announces everything that waits in the mempool again, at random times, whoever it is from: a transaction that became public while
 * the network was split reaches the other part, and that a node announces one says only that it waits there, as at any other node.
 */
export interface Announcer {
  /** Announces what is due. */
  tick(now: number): void;
  stop(): void;
}

/**
 * @param announce gives a transaction to gossip
 * @param isHeldBack whether a transaction of the mempool is not to be announced now
 */
export function openAnnouncer(
  mempool: Mempool,
  announce: (bytes: Uint8Array) => void,
  isHeldBack: (txid: Uint8Array) => boolean,
  settings: AnnouncerSettings,
  random: Random,
  now: () => number,
): Announcer {
  const timers = openTimers<Uint8Array>();
  let last = now();
  const plan = (txid: Uint8Array, from: number): void =>
    timers.add(from + settings.leastMs - settings.meanMs * Math.log(1 - random()), txid);
  const stop = mempool.onTransaction(({ checked }) => plan(checked.txid, now()));
  return {
    tick(at) {
      let left = Math.ceil((settings.perSecond * (at - last)) / 1000);
      last = at;
      while (left > 0) {
        const txid = timers.take(at);
        if (!txid) return;
        const entry = mempool.get(txid);
        if (!entry) continue;
        plan(txid, at);
        if (isHeldBack(txid)) continue;
        left--;
        announce(entry.checked.bytes);
      }
    },
    stop,
  };
}
