import { bytesToBigInt } from "../bytes/index.js";
import { frontierFrom, type Frontier } from "../tree/index.js";
import { frontierSlot, storageWord } from "./slots.js";

/** A write to the Pool's storage: both 32 bytes. */
export interface SlotWrite {
  readonly slot: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * The frontier that the Pool's storage holds when it has `count` leaves; `read` gives the 32 bytes at a slot. Digit l of `count`
 * in base 4 says how many nodes of level l count; what other frontier slots hold is left over and means nothing.
 * Throws `tree/*` if the storage can't be a frontier.
 */
export function frontierFromSlots(count: bigint, read: (slot: Uint8Array) => Uint8Array): Frontier {
  return frontierFrom(count, (level, index) => bytesToBigInt(read(frontierSlot(level, index))));
}

/** The slots to write so that storage which holds `before` holds `after`; in order of level and index. Left-over nodes are kept. */
export function frontierWrites(before: Frontier, after: Frontier): SlotWrite[] {
  const writes: SlotWrite[] = [];
  after.filled.forEach((nodes, level) =>
    nodes.forEach((node, index) => {
      if (before.filled[level]?.[index] !== node)
        writes.push({ slot: frontierSlot(level, index), value: storageWord(node) });
    }),
  );
  return writes;
}
