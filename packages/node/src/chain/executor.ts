import { buildBlock, importBlock, type BlockResult, type CheckedTransaction, type Rules } from "@sero/execution";
import { hexDigits } from "@sero/protocol";
import type { Executor } from "../engine/index.js";
import type { Mempool } from "../mempool/index.js";
import type { Chain } from "./chain.js";

/** Ties the engine to the state transition: candidates come from the pool, and what the pool verified is not verified again. */
export function openExecutor(rules: Rules, chain: Chain, mempool: Mempool): Executor {
  return {
    async build(parent, attributes) {
      const candidates = mempool.candidates(rules.spec.gasLimit);
      const built = await buildBlock(rules, chain.parent(parent.hash), attributes, candidates, { verified: true });
      const value = valueOf(candidates, built);
      const { hash, header, transactions, withdrawals } = built;
      return { hash, block: { header, transactions, withdrawals }, value };
    },
    execute: (parent, block) =>
      importBlock(rules, chain.parent(parent.hash), block, {
        verifiedTransaction: (bytesHash) => mempool.verified(bytesHash),
      }),
  };
}

/** What the proposer earns: the gas that each transaction used, its calls' with it, at its price. */
function valueOf(candidates: readonly CheckedTransaction[], { txids, receipts }: BlockResult): bigint {
  const prices = new Map(candidates.map(({ txid, price }) => [hexDigits(txid), price]));
  let before = 0n;
  return receipts.reduce((sum, { cumulativeGasUsed }, i) => {
    const used = cumulativeGasUsed - before;
    before = cumulativeGasUsed;
    return sum + used * (prices.get(hexDigits(txids[i]!)) ?? 0n);
  }, 0n);
}
