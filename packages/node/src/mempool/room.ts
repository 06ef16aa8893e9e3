import { belowFloor, full } from "./errors.js";
import type { Entries, PoolEntry } from "./entries.js";

/** The pool's bound of bytes, and the least price that is taken while it is, or was lately, full. */
export interface Room {
  /** Base units a gas: what pays less is refused. 0 while there is room. */
  readonly floor: bigint;
  /**
   * Whether there is room, or could be made.
   *
   * @param wasMined what comes back from an abandoned block takes the place of its equals too, and no floor holds it off
   * @throws SeroError `pool/price-floor`, `pool/full`
   */
  require(size: number, price: bigint, wasMined?: boolean): void;
  /**
   * Makes room for what pays more than what has to go: the cheapest first, of those the newest.
   *
   * @throws SeroError `pool/price-floor`, `pool/full`; nothing is removed then
   */
  make(size: number, price: bigint, wasMined?: boolean): void;
  /** Blocks took some away: the floor falls once a quarter of the pool is free. */
  relax(): void;
}

/** The floor stays until so much of the pool is free: else who is refused now would be let in, evicted and verified again a moment later. */
const FREE_TO_RELAX = 0.25;

/** @param maxBytes of transactions as they are encoded */
export function openRoom(entries: Entries, maxBytes: number): Room {
  let floor = 0n;

  /** Who has to go; undefined if they pay too much for that. */
  function victims(size: number, price: bigint, wasMined: boolean): readonly PoolEntry[] | undefined {
    const chosen: PoolEntry[] = [];
    let free = maxBytes - entries.bytes;
    if (free >= size) return chosen;
    // Before the line is gone through: what pays too little is refused in a moment.
    const lowest = entries.lowestPrice();
    if (lowest === undefined || (wasMined ? lowest > price : lowest >= price)) return undefined;
    for (const entry of entries.fromCheapest()) {
      if (wasMined ? entry.price > price : entry.price >= price) return undefined;
      chosen.push(entry);
      free += entry.checked.bytes.length;
      if (free >= size) return chosen;
    }
    return undefined;
  }

  function expect(size: number, price: bigint, wasMined: boolean): readonly PoolEntry[] {
    if (price < floor && !wasMined) throw belowFloor(price, floor);
    const chosen = victims(size, price, wasMined);
    if (!chosen) throw full(price);
    return chosen;
  }

  return {
    get floor() {
      return floor;
    },
    require: (size, price, wasMined = false) => void expect(size, price, wasMined),
    make(size, price, wasMined = false) {
      for (const entry of expect(size, price, wasMined)) {
        entries.remove(entry.id);
        if (entry.price >= floor) floor = entry.price + 1n;
      }
    },
    relax() {
      if (entries.bytes <= maxBytes * (1 - FREE_TO_RELAX)) floor = 0n;
    },
  };
}
