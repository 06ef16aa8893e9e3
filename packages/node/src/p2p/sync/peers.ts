import { SeroError } from "@sero/protocol";
import type { Peer, PeerHost, PeerId } from "../host/types.js";
import { PeerFault } from "./ask.js";

/** How many requests one peer has at a time, and how long one rests that failed; doubles with each failure in a row. */
const MOST_BUSY = 2;
const REST_MS = 500;
const MOST_REST_MS = 30_000;
/** What an answer is taken to last of a peer that has failed and never answered: without it, who says nothing would always be asked first. */
const UNKNOWN_MS = 5_000;
/** Times in a row that a peer is blamed for not having what its head number promises. */
const MOST_BLAMED = 4;

/** What a peer must have told of itself to be asked. */
export interface Need {
  /** A block whose body is wanted: peers that have thrown it away are not asked. */
  readonly body?: bigint;
}

/** Chooses whom to ask. */
export interface SyncPeers {
  /**
   * Asks peers one after another, the best first and each once, until one gives an answer. What they do wrong costs them points and rest.
   *
   * @param work undefined when the peer does not have what was asked for
   * @returns undefined when nobody could, or nobody is there
   * @throws SeroError `p2p/aborted`, and whatever `work` throws that is not a peer's fault
   */
  ask<T>(need: Need, work: (peer: PeerId) => Promise<T | undefined>): Promise<T | undefined>;
  /** Whether anybody is connected who may have the body of this block. */
  mayHaveBody(number: bigint): boolean;
}

interface Record {
  busy: number;
  failures: number;
  restUntil: number;
  /** Milliseconds that answers took lately. */
  usualMs: number;
}

/** Opens the choice over a host's peers. */
export function openSyncPeers(host: PeerHost, now: () => number = () => performance.now()): SyncPeers {
  const records = new Map<PeerId, Record>();
  host.onPeer(({ type, peer }) => void (type === "left" && records.delete(peer.id)));
  const recordOf = (id: PeerId): Record => {
    const known = records.get(id);
    if (known) return known;
    const fresh: Record = { busy: 0, failures: 0, restUntil: 0, usualMs: 0 };
    records.set(id, fresh);
    return fresh;
  };
  const keeps = (peer: Peer, body: bigint | undefined): boolean => body === undefined || peer.status.oldestBody <= body;

  function best(need: Need, asked: ReadonlySet<PeerId>): Peer | undefined {
    const at = now();
    const cost = ({ id }: Peer): number => {
      const { busy, failures, usualMs } = recordOf(id);
      const usual = usualMs === 0 && failures > 0 ? UNKNOWN_MS : usualMs;
      return usual * (1 + busy) * 2 ** Math.min(failures, 16);
    };
    return host
      .peers()
      .filter((peer) => {
        const { busy, restUntil } = recordOf(peer.id);
        return !asked.has(peer.id) && keeps(peer, need.body) && busy < MOST_BUSY && restUntil <= at;
      })
      .reduce<Peer | undefined>((one, other) => (one && cost(one) <= cost(other) ? one : other), undefined);
  }

  function failed(record: Record): void {
    record.restUntil = now() + Math.min(MOST_REST_MS, REST_MS * 2 ** Math.min(record.failures, 10));
    record.failures++;
  }

  return {
    async ask(need, work) {
      const asked = new Set<PeerId>();
      for (let peer = best(need, asked); peer; peer = best(need, asked)) {
        const { id, status } = peer;
        asked.add(id);
        const record = recordOf(id);
        record.busy++;
        const started = now();
        try {
          const answer = await work(id);
          if (answer !== undefined) {
            record.failures = 0;
            record.usualMs = record.usualMs === 0 ? now() - started : 0.8 * record.usualMs + 0.2 * (now() - started);
            return answer;
          }
          failed(record);
          // It said that it has this body. Honest ones have thrown it away since, or are on another branch for as long as it takes: that costs them
          // little, and rest, but never their place.
          const isClaimed = need.body !== undefined && status.headNumber >= need.body;
          if (isClaimed && record.failures <= MOST_BLAMED) host.penalize(id, "minor", "sync/empty");
          void host.refresh(id).catch(() => undefined);
        } catch (error) {
          if (!(error instanceof PeerFault)) throw error;
          failed(record);
          if (error.offence) host.penalize(id, error.offence, error.code);
        } finally {
          record.busy--;
        }
      }
      return undefined;
    },
    mayHaveBody: (number) => host.peers().some((peer) => keeps(peer, number)),
  };
}

/** Waits, or throws as soon as it is stopped. @throws SeroError `p2p/aborted` */
export function pause(ms: number, signal: AbortSignal, wake?: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => done(() => reject(new SeroError("p2p/aborted", "Syncing was stopped.")));
    const timer = setTimeout(() => done(resolve), ms);
    function done(then: () => void): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      then();
    }
    if (signal.aborted) return aborted();
    signal.addEventListener("abort", aborted);
    void wake?.then(() => done(resolve));
  });
}
