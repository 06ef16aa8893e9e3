import { SeroError } from "@sero/protocol";
import { silent, type Log } from "../log.js";
import type { Store } from "../store/index.js";
import type { Chain } from "./chain.js";
import { auditThrough } from "./check.js";

/** Fewest blocks that a node may be told to keep: what peers that were away for an hour or two ask for. */
export const MIN_KEPT_BLOCKS = 128;

/** Blocks thrown away in one transaction, and how many have to be due before one is made: a transaction a block would double the writes. */
const AT_ONCE = 32;

/** Throws old bodies away behind the head. */
export interface Pruner {
  /** Ends it after the transaction that is under way. */
  stop(): Promise<void>;
}

/**
 * Keeps the bodies, receipts and details of the newest `keep` blocks, and of all that are not final. Headers, compact blocks, memos, the
 * Pool's events and the note tree's records stay for ever: they are what wallets need. Works in small steps between everything else.
 *
 * @param keep number of blocks, at least MIN_KEPT_BLOCKS
 */
export function openPruner(store: Store, chain: Chain, keep: number, log: Log = silent): Pruner {
  let work: Promise<void> | undefined;
  let isStopped = false;

  /** Number of the first block that keeps its body. */
  function border(): bigint {
    const wanted = chain.head().number - BigInt(keep) + 1n;
    const final = chain.finalized().number;
    return wanted < final ? wanted : final;
  }

  async function run(): Promise<void> {
    const from = store.oldestBody();
    for (let isMore = border() - from >= BigInt(AT_ONCE); isMore && !isStopped;) {
      await new Promise((resolve) => setImmediate(resolve));
      const oldest = store.oldestBody();
      const below = border();
      const end = below - oldest > BigInt(AT_ONCE) ? oldest + BigInt(AT_ONCE) : below;
      // Once only: a start adds up the blocks since the last audit, and could not without bodies.
      auditThrough(store, end - 1n);
      isMore = store.prune(below, AT_ONCE);
    }
  }

  function begin(): void {
    if (isStopped || border() - store.oldestBody() < BigInt(AT_ONCE)) return;
    work ??= run()
      .catch((error: unknown) => {
        const reason = error instanceof SeroError ? `${error.code}: ${error.message}` : String(error);
        log({ level: "error", event: "store/prune", message: `Old blocks could not be thrown away: ${reason}` });
      })
      .finally(() => (work = undefined));
  }

  const unsubscribe = chain.onHead(begin);
  begin();
  return {
    async stop() {
      isStopped = true;
      unsubscribe();
      await work;
    },
  };
}
