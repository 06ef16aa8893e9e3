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
    mempool.headChanged(mined, abandoned);
  });
}
