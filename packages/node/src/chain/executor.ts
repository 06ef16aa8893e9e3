import { buildBlock, importBlock, type Rules } from "@sero/execution";
import type { Executor } from "../engine/index.js";
import type { Mempool } from "../mempool/index.js";
import type { Chain } from "./chain.js";

/** Ties the engine to the state transition: candidates come from the pool, and what the pool verified is not verified again. */
export function openExecutor(rules: Rules, chain: Chain, mempool: Mempool): Executor {
  return {
    async build(parent, attributes) {
      const candidates = mempool.candidates(rules.spec.gasLimit);
      const on = { header: parent.header, state: chain.state(parent.hash) };
      const built = await buildBlock(rules, on, attributes, candidates, { verified: true });
      const included = new Set(built.txids);
      const value = candidates.reduce((sum, { txid, fee }) => (included.has(txid) ? sum + fee : sum), 0n);
      const { hash, header, transactions, withdrawals } = built;
      return { hash, block: { header, transactions, withdrawals }, value };
    },
    execute: (parent, block) =>
      importBlock(rules, { header: parent.header, state: chain.state(parent.hash) }, block, {
        verifiedTransaction: (bytesHash) => mempool.verified(bytesHash),
      }),
  };
}
