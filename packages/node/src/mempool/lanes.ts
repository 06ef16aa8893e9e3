import { RANKS, type Rank, type Sources } from "./sources.js";

/** What waits in a lane. */
export interface LaneItem {
  readonly source: string;
  /** Bytes. */
  readonly size: number;
  /** Bundles to verify. */
  readonly bundles: number;
}

/** Bounds of all lanes together. */
export interface LaneLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** The part of both that one source may fill. */
  readonly share: number;
  /** Bundles in a batch at most. */
  readonly batch: number;
}

/** What is to be verified together. */
export interface Batch<Item> {
  readonly rank: Rank;
  readonly items: readonly Item[];
}

/** Whether an item has a place in its line, and what lost its own. */
export interface Added<Item> {
  readonly isIn: boolean;
  readonly dropped: readonly Item[];
}

/** One waiting line a source, served in turns. */
export interface Lanes<Item> {
  readonly length: number;
  readonly bytes: number;
  /** Room is made at the cost of the longest line of those least trusted, whose newest goes. */
  add(item: Item): Added<Item>;
  /** The next batch. It is under way until `done`. */
  take(): Batch<Item> | undefined;
  /** @param falseBundles what was false costs its rank more of the verifier's time */
  done(batch: Batch<Item>, falseBundles: number): void;
  /** Empties all lines. */
  clear(): Item[];
}

interface Lane<Item> {
  readonly source: string;
  readonly items: Item[];
  bytes: number;
}

/** How much of the verifier's time a rank gets while all have something to verify. What one leaves goes to the others. */
const WEIGHTS: Readonly<Record<Rank, number>> = { own: 8, known: 8, fresh: 4, suspect: 1 };

/** What a batch costs besides its bundles, and what each false one adds, in bundles of a large batch (docs/mempool.md). */
const BATCH_COST = 10;
const FALSE_COST = 10;

/**
 * Opens empty lines. Ranks share the verifier by weight (stride scheduling: Waldspurger and Weihl, 1995), sources of a rank take turns, each
 * of its turns a few bundles. Batches hold what is trusted alike: of known sources mixed, of a fresh one its own alone, of a suspect one
 * single transaction. So a false proof makes nobody's good ones be verified twice but those of its own source.
 */
export function openLanes<Item extends LaneItem>(sources: Sources, limits: LaneLimits): Lanes<Item> {
  const byRank = new Map<Rank, Map<string, Lane<Item>>>(RANKS.map((rank) => [rank, new Map()]));
  const busy = new Set<string>();
  const passes = new Map<Rank, number>(RANKS.map((rank) => [rank, 0]));
  let length = 0;
  let bytes = 0;

  const lanesOf = (rank: Rank): Map<string, Lane<Item>> => byRank.get(rank)!;
  const isMixed = (rank: Rank): boolean => rank === "own" || rank === "known";

  /** Whoever had nothing to verify saves up no time by it. */
  function wake(rank: Rank): void {
    const others = RANKS.filter((other) => other !== rank && lanesOf(other).size > 0).map((other) =>
      passes.get(other)!,
    );
    if (others.length > 0) passes.set(rank, Math.max(passes.get(rank)!, Math.min(...others)));
  }

  function laneOf(source: string): Lane<Item> {
    const rank = sources.rank(source);
    for (const other of RANKS) {
      const lane = lanesOf(other).get(source);
      if (!lane) continue;
      if (other !== rank) move(lane, other, rank);
      return lane;
    }
    const lane: Lane<Item> = { source, items: [], bytes: 0 };
    put(lane, rank);
    return lane;
  }

  function put(lane: Lane<Item>, rank: Rank): void {
    if (lanesOf(rank).size === 0) wake(rank);
    lanesOf(rank).set(lane.source, lane);
  }

  function move(lane: Lane<Item>, from: Rank, to: Rank): void {
    lanesOf(from).delete(lane.source);
    put(lane, to);
  }

  function remove(lane: Lane<Item>, item: Item | undefined): void {
    if (!item) return;
    lane.bytes -= item.size;
    bytes -= item.size;
    length--;
  }

  /** The longest line of the least trusted rank that is no more trusted than `rank`. */
  function longest(rank: Rank): { readonly lane: Lane<Item>; readonly rank: Rank } | undefined {
    for (const other of [...RANKS].reverse()) {
      if (RANKS.indexOf(other) < RANKS.indexOf(rank)) return undefined;
      let found: Lane<Item> | undefined;
      for (const lane of lanesOf(other).values()) if (lane.bytes > (found?.bytes ?? 0)) found = lane;
      if (found) return { lane: found, rank: other };
    }
    return undefined;
  }

  /** Takes up to `most` bundles off a line, at least one item. */
  function takeFrom(lane: Lane<Item>, most: number): Item[] {
    const taken: Item[] = [];
    let bundles = 0;
    for (
      let item = lane.items[0];
      item && (taken.length === 0 || bundles + item.bundles <= most);
      item = lane.items[0]
    ) {
      lane.items.shift();
      remove(lane, item);
      taken.push(item);
      bundles += item.bundles;
    }
    return taken;
  }

  /** A turn of a rank: its lines go round, each to the end once it was served, until the batch is full. */
  function turn(rank: Rank): Item[] {
    const lanes = lanesOf(rank);
    const batch: Item[] = [];
    const isFull = (): boolean => bundlesOf(batch) >= limits.batch;
    const quantum = isMixed(rank) ? Math.max(1, Math.floor(limits.batch / Math.max(1, lanes.size))) : limits.batch;
    for (let before = -1; before < batch.length && !isFull();) {
      before = batch.length;
      for (const lane of [...lanes.values()]) {
        if (!isMixed(rank) && busy.has(lane.source)) continue;
        const now = sources.rank(lane.source);
        lanes.delete(lane.source);
        if (now === rank) {
          const left = limits.batch - bundlesOf(batch);
          const most = rank === "suspect" ? 1 : Math.min(quantum, sources.allowance(lane.source), left);
          batch.push(...takeFrom(lane, most));
        }
        if (lane.items.length > 0) put(lane, now);
        if (batch.length > 0 && (!isMixed(rank) || isFull())) return batch;
      }
    }
    return batch;
  }

  function charge(rank: Rank, cost: number): void {
    passes.set(rank, passes.get(rank)! + cost / WEIGHTS[rank]);
  }

  return {
    get length() {
      return length;
    },
    get bytes() {
      return bytes;
    },
    add(item) {
      const rank = sources.rank(item.source);
      const lane = laneOf(item.source);
      const isOver = (items: number, size: number, share: number): boolean =>
        items + 1 > limits.maxItems * share || size + item.size > limits.maxBytes * share;
      const dropped: Item[] = [];
      let fits = !isOver(lane.items.length, lane.bytes, limits.share);
      while (fits && isOver(length, bytes, 1)) {
        const victim = longest(rank);
        // Among equals nobody has to go for one whose own line is as long.
        if (!victim || (victim.rank === rank && victim.lane.bytes <= lane.bytes + item.size)) {
          fits = false;
          break;
        }
        const last = victim.lane.items.pop();
        remove(victim.lane, last);
        if (last) dropped.push(last);
        if (victim.lane.items.length === 0) lanesOf(victim.rank).delete(victim.lane.source);
      }
      if (!fits) {
        if (lane.items.length === 0) lanesOf(rank).delete(lane.source);
        return { isIn: false, dropped };
      }
      lane.items.push(item);
      lane.bytes += item.size;
      bytes += item.size;
      length++;
      return { isIn: true, dropped };
    },
    take() {
      // Once more where lines changed their rank: what was moved to a rank that was passed over must not wait for the next item.
      for (let moved = true; moved;) {
        const before = RANKS.map((rank) => lanesOf(rank).size);
        const order = RANKS.filter((rank) => lanesOf(rank).size > 0).sort((a, b) => passes.get(a)! - passes.get(b)!);
        for (const rank of order) {
          const items = turn(rank);
          if (items.length === 0) continue;
          charge(rank, BATCH_COST + bundlesOf(items));
          if (!isMixed(rank)) for (const { source } of items) busy.add(source);
          return { rank, items };
        }
        moved = RANKS.some((rank, i) => lanesOf(rank).size !== before[i]);
      }
      return undefined;
    },
    done({ rank, items }, falseBundles) {
      charge(rank, falseBundles * FALSE_COST);
      for (const { source } of items) busy.delete(source);
    },
    clear() {
      const all = RANKS.flatMap((rank) => [...lanesOf(rank).values()].flatMap(({ items }) => items));
      for (const rank of RANKS) lanesOf(rank).clear();
      [length, bytes] = [0, 0];
      return all;
    },
  };
}

const bundlesOf = (items: readonly LaneItem[]): number => items.reduce((sum, { bundles }) => sum + bundles, 0);
