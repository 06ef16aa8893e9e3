import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBlock, decodeAndCheckMany, type BlockResult, type Parent, type Rules } from "@sero/execution";
import { openChain, openStore, storedBlock, treeRecordOf, type Chain, type ChainBlock, type Store } from "@sero/node";
import type { EthAddress } from "@sero/protocol";

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

/**
 * The block after `parent`, one slot later, of these transactions; their proofs are taken as verified.
 *
 * @throws SeroError why the first that is not valid is not
 */
export async function buildNext(
  rules: Rules,
  parent: Parent,
  transactions: readonly Uint8Array[],
): Promise<BlockResult> {
  const timestamp = parent.header.timestamp + BigInt(rules.spec.slotSeconds);
  const checked = decodeAndCheckMany(rules, transactions, timestamp).map((verdict) => {
    if (!verdict.ok) throw verdict.error;
    return verdict.value;
  });
  const attributes = {
    timestamp,
    feeRecipient: new Uint8Array(20).fill(0xfe) as EthAddress,
    prevRandao: new Uint8Array(32),
    withdrawals: [],
  };
  const built = await buildBlock(rules, parent, attributes, checked, { verified: true });
  if (built.skipped[0] !== undefined) throw built.skipped[0].error;
  return built;
}
