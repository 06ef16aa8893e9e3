import { headerHash, type Header } from "../block/index.js";
import type { BlockHashOf } from "../evm/open.js";

/** How far back BLOCKHASH sees. */
const DEPTH = 256n;

/**
 * Hashes of `head` and its ancestors by number, for `Parent.blockHash`: walks back from parent to parent, on whatever branch they are, only when
 * asked, and remembers what it saw.
 *
 * @param headerOf header of a block by its hash; undefined ends the walk
 */
export function blockHashes(head: Header, headerOf: (hash: Uint8Array) => Header | undefined): BlockHashOf {
  const hashes: Uint8Array[] = [];
  let last: Header | undefined = head;
  return (number) => {
    const back = head.number - number;
    if (back < 0n || back > DEPTH) return undefined;
    if (hashes.length === 0) hashes.push(headerHash(head));
    while (BigInt(hashes.length) <= back && last !== undefined && last.number > 0n) {
      const hash: Uint8Array = last.parentHash;
      hashes.push(hash);
      last = headerOf(hash);
    }
    return hashes[Number(back)];
  };
}
