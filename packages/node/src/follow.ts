import { decodeCompactBlock, type BlockHash } from "@sero/protocol";
import type { Chain } from "./chain/index.js";
import type { Mempool } from "./mempool/index.js";
import type { Store } from "./store/index.js";

/** Keeps the pool in step with the head. @returns how to stop */
export function followHead(chain: Chain, store: Store, mempool: Mempool): () => void {
  return chain.onHead(({ joined, left }) => {
    const mined = joined.flatMap((block) => store.body(block.hash)?.txids ?? []);
    const abandoned = left.flatMap(({ hash, header: { timestamp } }) =>
      (store.body(hash)?.transactions ?? []).map((bytes) => ({ bytes, timestamp })),
    );
    const spent = left.length > 0 ? undefined : joined.map(({ hash }) => nullifiersOf(store, hash));
    mempool.headChanged(
      mined,
      abandoned,
      spent?.includes(undefined) ? undefined : spent?.flatMap((list) => list ?? []),
    );
  });
}

/** Every nullifier of a block; undefined if the block is not stored. */
function nullifiersOf(store: Store, hash: BlockHash): readonly bigint[] | undefined {
  const bytes = store.compact(hash);
  if (bytes === undefined) return undefined;
  const { transactions } = decodeCompactBlock(bytes);
  return transactions.flatMap(({ bundles }) => bundles.flatMap(({ nullifiers }) => [...nullifiers]));
}
