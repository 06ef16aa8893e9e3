import { importBlock, openBlock, type BlockResult, type Rules } from "@sero/execution";
import { hexDigits, SeroError } from "@sero/protocol";
import type { Draft, Executor, PayloadAttributes } from "../engine/index.js";
import type { Mempool } from "../mempool/index.js";
import type { Chain, ChainBlock } from "./chain.js";

/** Ties the engine to the state transition: candidates come from the pool, and what the pool verified is not verified again. */
export function openExecutor(rules: Rules, chain: Chain, mempool: Mempool): Executor {
  return {
    begin: (parent, attributes) => openDraft(rules, chain, mempool, parent, attributes),
    onNews: (listener) => mempool.onTransaction(listener),
    execute: (parent, block) =>
      importBlock(rules, chain.parent(parent.hash), block, {
        verifiedTransaction: (bytesHash) => mempool.verified(bytesHash),
      }),
  };
}

function openDraft(
  rules: Rules,
  chain: Chain,
  mempool: Mempool,
  parent: ChainBlock,
  attributes: PayloadAttributes,
): Draft {
  const { gasLimit } = rules.spec;
  const run = openBlock(rules, chain.parent(parent.hash), attributes);
  /** Tried, and in the block or never in it. */
  const settled = new Set<string>();
  const noRoom = new Set<string>();
  const prices = new Map<string, bigint>();
  let lowest: bigint | undefined;

  return {
    async fill(stop) {
      let waiting;
      do {
        waiting = mempool.candidates(gasLimit).filter(({ txid }) => {
          const id = hexDigits(txid);
          return !settled.has(id) && !noRoom.has(id);
        });
        for (const candidate of waiting) {
          // The rest of the node gets its turn after each.
          await new Promise((resolve) => setImmediate(resolve));
          if (stop()) return;
          const id = hexDigits(candidate.txid);
          const error = await run.apply(candidate).then(
            (verdict) => (verdict.ok ? undefined : verdict.error),
            // A transaction that this program cannot run must not keep it from building blocks.
            (fault: unknown) => new SeroError("tx/fault", "This program failed to run it.", {}, { cause: fault }),
          );
          if (error?.code === "block/gas-limit" || error?.code === "block/size") noRoom.add(id);
          else settled.add(id);
          if (error) continue;
          prices.set(id, candidate.price);
          if (lowest === undefined || candidate.price < lowest) lowest = candidate.price;
        }
      } while (waiting.length > 0);
    },
    isOutbid() {
      const floor = lowest;
      if (floor === undefined || noRoom.size === 0) return false;
      return mempool.candidates(gasLimit).some(({ txid, price }) => price > floor && !settled.has(hexDigits(txid)));
    },
    seal() {
      const built = run.seal();
      const { hash, header, transactions, withdrawals, requests } = built;
      return { hash, block: { header, transactions, withdrawals }, value: valueOf(prices, built), requests };
    },
  };
}

/** What the proposer earns: the gas that each transaction used, its calls' with it, at its price. */
function valueOf(prices: ReadonlyMap<string, bigint>, { txids, receipts }: BlockResult): bigint {
  let before = 0n;
  return receipts.reduce((sum, { cumulativeGasUsed }, i) => {
    const used = cumulativeGasUsed - before;
    before = cumulativeGasUsed;
    return sum + used * (prices.get(hexDigits(txids[i]!)) ?? 0n);
  }, 0n);
}
