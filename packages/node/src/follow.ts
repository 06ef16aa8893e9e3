import { decodeCompactBlock, type BlockHash } from "@sero/protocol";
import type { Chain, ChainBlock } from "./chain/index.js";
import type { AbandonedTransaction, Mempool, UsedUp } from "./mempool/index.js";
import type { Store } from "./store/index.js";

/** Keeps the pool in step with the head. @returns how to stop */
export function followHead(chain: Chain, store: Store, mempool: Mempool): () => void {
  return chain.onHead(({ joined, left }) => {
    const mined = joined.flatMap((block) => store.body(block.hash)?.txids ?? []);
    mempool.headChanged(mined, abandonedBy(store, left), usedUpBy(store, joined, left));
  });
}

/** Transactions of blocks that left the chain, the oldest block's first; read one block at a time, since there may be many. */
function* abandonedBy(store: Store, left: readonly ChainBlock[]): Iterable<AbandonedTransaction> {
  for (const { hash, header } of [...left].reverse()) {
    for (const bytes of store.body(hash)?.transactions ?? []) yield { bytes, timestamp: header.timestamp };
  }
}

/** What joining and leaving blocks changed of nullifiers and nonces; undefined if one of them is not stored. */
function usedUpBy(store: Store, joined: readonly ChainBlock[], left: readonly ChainBlock[]): UsedUp | undefined {
  const blocks = joined.map(({ hash }) => usedUpByOne(store, hash));
  const known = blocks.filter((block) => block !== undefined);
  if (known.length < blocks.length) return undefined;
  return {
    nullifiers: known.flatMap(({ nullifiers }) => nullifiers),
    pseudonyms: known.flatMap(({ pseudonyms }) => pseudonyms),
    isReorganisation: left.length > 0,
  };
}

/** Every nullifier and pseudonym of a block; undefined if the block is not stored. */
function usedUpByOne(store: Store, hash: BlockHash): UsedUp | undefined {
  const bytes = store.compact(hash);
  if (bytes === undefined) return undefined;
  const { transactions } = decodeCompactBlock(bytes);
  return {
    nullifiers: transactions.flatMap(({ bundles }) => bundles.flatMap(({ nullifiers }) => [...nullifiers])),
    pseudonyms: transactions.flatMap(({ call }) => (call ? [call.pseudonym] : [])),
  };
}
