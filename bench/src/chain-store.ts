import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BlockResult, type Parent, type Rules } from "@sero/execution";
import { openChain, openStore, storedBlock, treeRecordOf, type Chain, type ChainBlock, type Store } from "@sero/node";

/** A chain in a real store without a node around it. */
export interface ChainInStore {
  readonly chain: Chain;
  readonly store: Store;
  /** What the next block is built on. */
  parent(): Parent;
  /** Stores a block and makes it the head; each of the two is on disk when this returns, as after newPayload and forkchoiceUpdated. */
  add(block: BlockResult): void;
  close(): Promise<void>;
}

/** Blocks behind the head that are final, as on the development chain. */
const FINAL_DEPTH = 32;

/** A folder that is gone when `work` is done. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "sero-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Begins the chain of `rules` in an empty folder. */
export function beginChainInStore(folder: string, rules: Rules): ChainInStore {
  const { genesis, spec } = rules;
  const store = openStore(folder, { chainId: spec.chainId, genesisHash: genesis.hash });
  const nothing = { transactions: [], withdrawals: [], receipts: [], txids: [], details: [] };
  store.begin(storedBlock({ ...genesis, ...nothing }, treeRecordOf(genesis.state, undefined)));
  const chain = openChain(store);
  const recent: ChainBlock[] = [chain.head()];
  return {
    chain,
    store,
    parent: () => chain.parent(chain.head().hash),
    add(block) {
      recent.push(chain.insert(block));
      if (recent.length > FINAL_DEPTH + 1) recent.shift();
      const final = recent.length > FINAL_DEPTH ? recent[0]?.hash : undefined;
      chain.setForkchoice({ head: block.hash, safe: final, finalized: final });
    },
    close: () => store.close(),
  };
}
