import { decodeCompactBlock, type BlockHash } from "@sero/protocol";
import type { Chain } from "./chain/index.js";
import type { Mempool, UsedUp } from "./mempool/index.js";
import type { Store } from "./store/index.js";

/** Keeps the pool in step with the head. @returns how to stop */
export function followHead(chain: Chain, store: Store, mempool: Mempool): () => void {
  return chain.onHead(({ joined, left }) => {
    const mined = joined.flatMap((block) => store.body(block.hash)?.txids ?? []);
    const abandoned = left.flatMap(({ hash, header: { timestamp } }) =>
      (store.body(hash)?.transactions ?? []).map((bytes) => ({ bytes, timestamp })),
    );
    const used = left.length > 0 ? [undefined] : joined.map(({ hash }) => usedUpBy(store, hash));
    const known = used.filter((block) => block !== undefined);
    const all: UsedUp = {
      nullifiers: known.flatMap(({ nullifiers }) => nullifiers),
      pseudonyms: known.flatMap(({ pseudonyms }) => pseudonyms),
    };
    mempool.headChanged(mined, abandoned, known.length === used.length ? all : undefined);
  });
}

/** Every nullifier and pseudonym of a block; undefined if the block is not stored. */
function usedUpBy(store: Store, hash: BlockHash): UsedUp | undefined {
  const bytes = store.compact(hash);
  if (bytes === undefined) return undefined;
  const { transactions } = decodeCompactBlock(bytes);
  return {
    nullifiers: transactions.flatMap(({ bundles }) => bundles.flatMap(({ nullifiers }) => [...nullifiers])),
    pseudonyms: transactions.flatMap(({ call }) => (call ? [call.pseudonym] : [])),
  };
}
