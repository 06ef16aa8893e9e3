import { putBounded } from "./bounded.js";

/**
 * How a source is served. `own`: this node's RPC. `known`: it has sent good transactions, and nothing false lately. `fresh`: nothing is known of
 * it. `suspect`: something false came from it lately.
 */
export type Rank = "own" | "known" | "fresh" | "suspect";

/** From most to least trusted: who has to make room for whom. */
export const RANKS: readonly Rank[] = ["own", "known", "fresh", "suspect"];

/** What each source got right and wrong, so that one who sends false proofs runs out of attempts and not the node out of time. */
export interface Sources {
  rank(source: string): Rank;
  /** Bundles of the source that may be verified together: grows with what was good (docs/mempool.md). */
  allowance(source: string): number;
  /** Whether nothing of the source is looked at for now. */
  isRefused(source: string): boolean;
  /** So many bundles of the source were good. */
  praise(source: string, bundles: number): void;
  /** Something was false that took a proof's, or only a decoder's, time to find out. */
  blame(source: string, weight: "proof" | "bytes"): void;
}

/** Sources remembered at most, of good and of bad ones: an attacker with many addresses must not fill the memory. */
const MAX_SOURCES = 10_000;

/**
 * The first transaction of a stranger is checked alone, then five together, then more: one false proof alone costs what it costs, but among four it
 * makes all four be checked twice. One's own RPC begins as a source that is known.
 */
const GROWTH = 4;

/** So many good bundles make a source known. */
const KNOWN_FROM = 16;

/** Malformed transactions that weigh as much as one false proof. */
const BYTES_PER_PROOF = 8;

/** Transactions that come over this node's own JSON-RPC. */
const OWN = /^rpc\b/;

interface Offender {
  points: number;
  readonly since: number;
}

/**
 * @param allowed false proofs within a window
 * @param windowMs milliseconds
 * @param now a clock in milliseconds
 */
export function openSources(allowed: number, windowMs: number, now: () => number): Sources {
  // Two maps: a crowd of offenders can't push out those who behave.
  const good = new Map<string, number>();
  const offenders = new Map<string, Offender>();

  function points(source: string): number {
    const offender = offenders.get(source);
    if (!offender) return 0;
    if (now() - offender.since < windowMs) return offender.points;
    offenders.delete(source);
    return 0;
  }

  const sources: Sources = {
    rank(source) {
      if (points(source) >= BYTES_PER_PROOF) return "suspect";
      if (OWN.test(source)) return "own";
      return (good.get(source) ?? 0) >= KNOWN_FROM ? "known" : "fresh";
    },
    allowance(source) {
      const rank = sources.rank(source);
      if (rank === "suspect") return 1;
      return 1 + GROWTH * Math.max(good.get(source) ?? 0, rank === "own" ? KNOWN_FROM : 0);
    },
    isRefused: (source) => points(source) >= allowed * BYTES_PER_PROOF,
    praise: (source, bundles) => putBounded(good, source, (good.get(source) ?? 0) + bundles, MAX_SOURCES),
    blame(source, weight) {
      const before = points(source);
      const added = weight === "proof" ? BYTES_PER_PROOF : 1;
      // Trust is earned anew after a false proof.
      if (weight === "proof") good.delete(source);
      // A source that reaches the limit is refused for a whole window from then on.
      const isOver = before + added >= allowed * BYTES_PER_PROOF;
      const since = before === 0 || isOver ? now() : (offenders.get(source)?.since ?? now());
      putBounded(offenders, source, { points: before + added, since }, MAX_SOURCES);
    },
  };
  return sources;
}
