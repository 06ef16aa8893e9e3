/** What decides whether a node may be given work. */
export interface ReadinessFacts {
  readonly syncing: boolean;
  /** Whether a consensus client drives it; a development chain's sealer needs none. */
  readonly needsConsensus: boolean;
  /** Seconds since a consensus client called; undefined if none did. */
  readonly sinceConsensus: number | undefined;
  /** Whether it was given peers to begin with. A network of one node has none. */
  readonly needsPeers: boolean;
  readonly peers: number;
}

/** One reason for which a node is not ready. */
export interface Unready {
  /** Stable, `ready/what`. */
  readonly code: string;
  readonly message: string;
}

/** Seconds of silence after which a consensus client is taken for gone; it calls at least once a slot. */
export const CONSENSUS_SILENCE = 60;

/** Everything for which a node is not ready; empty when it is. */
export function unreadyReasons(facts: ReadinessFacts): readonly Unready[] {
  const reasons: Unready[] = [];
  const { sinceConsensus: since } = facts;
  if (facts.needsConsensus && (since === undefined || since > CONSENSUS_SILENCE)) {
    reasons.push({
      code: "ready/consensus",
      message:
        since === undefined
          ? "No consensus client has called the Engine API yet. Start it, with the same jwt.hex."
          : `The consensus client has been silent for ${Math.floor(since)} s. See whether it runs.`,
    });
  }
  if (facts.syncing) {
    reasons.push({ code: "ready/syncing", message: "The node is catching up with the chain. Wait." });
  }
  if (facts.needsPeers && facts.peers === 0) {
    reasons.push({
      code: "ready/peers",
      message: "No other node is connected. See --p2p-peer, and whether their addresses can be reached.",
    });
  }
  return reasons;
}
