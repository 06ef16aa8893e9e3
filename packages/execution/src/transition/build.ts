import { SeroError, type TxId } from "@sero/protocol";
import type { CheckedTransaction } from "../validity/index.js";
import type { Rules } from "./rules.js";
import { openBlock, type BlockAttributes, type BlockResult, type Parent } from "./run.js";

/** A candidate that could not be in the block, and why: `block/gas-limit` may fit into the next one, others are void now. */
export interface Skipped {
  readonly txid: TxId;
  readonly error: SeroError;
}

/** A block that was built, and what was left out. */
export interface BuiltBlock extends BlockResult {
  readonly skipped: readonly Skipped[];
}

/**
 * Builds a block on `parent` from candidates in their order; those that cannot be in it are skipped and reported.
 *
 * @param verified says that the caller has checked every candidate's proofs and signatures (`verifyBundles`); the mempool holds no others
 */
export async function buildBlock(
  rules: Rules,
  parent: Parent,
  attributes: BlockAttributes,
  candidates: Iterable<CheckedTransaction>,
  _verified: { readonly verified: true },
): Promise<BuiltBlock> {
  const run = openBlock(rules, parent, attributes);
  const skipped: Skipped[] = [];
  for (const candidate of candidates) {
    const error = await run.apply(candidate).then(
      (verdict) => (verdict.ok ? undefined : verdict.error),
      (fault: unknown) => faultOf(fault),
    );
    if (error !== undefined) skipped.push({ txid: candidate.txid, error });
  }
  return { ...run.seal(), skipped };
}

/** A transaction that this program can't run must not keep it from building blocks. */
const faultOf = (fault: unknown): SeroError =>
  new SeroError("tx/fault", "This program failed to run the transaction; please report it.", {}, { cause: fault });
