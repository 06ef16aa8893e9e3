import { hexDigits, type BlockHash, type SeroError } from "@sero/protocol";

/** Why a block is invalid, and the newest valid block before it. */
export interface BadBlock {
  readonly latestValidHash: BlockHash;
  readonly error: SeroError;
}

/** Remembers invalid blocks, so that their children are refused without a look. */
export interface BadBlocks {
  get(hash: Uint8Array): BadBlock | undefined;
  add(hash: Uint8Array, bad: BadBlock): void;
}

const LIMIT = 256;

/** Makes an empty memory of at most 256 blocks; the oldest are forgotten first, and would only be checked again. */
export function openBadBlocks(): BadBlocks {
  const blocks = new Map<string, BadBlock>();
  return {
    get: (hash) => blocks.get(hexDigits(hash)),
    add(hash, bad) {
      blocks.set(hexDigits(hash), bad);
      const oldest = blocks.keys().next();
      if (blocks.size > LIMIT && !oldest.done) blocks.delete(oldest.value);
    },
  };
}
