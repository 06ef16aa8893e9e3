import {
  checkAgainstState,
  completeDrafts,
  draftTransaction,
  poolView,
  txidOfDraft,
  type CheckedTransaction,
  type Rules,
  type TransactionDraft,
} from "@sero/execution";
import { invalid, type TxId, type Validity } from "@sero/protocol";
import type { Chain } from "../chain/index.js";
import type { Store } from "../store/index.js";

/** The one validation path in the stages that the pool takes it in; builder and import use the same functions (attack E39). */
export interface PoolRules {
  /** What the bytes alone say, under the rules of a block of `timestamp`; of the block after the head if left out. */
  draft(bytes: Uint8Array, timestamp?: bigint): Validity<TransactionDraft>;
  /** Checks against the current head's state, for the block after it; under other rules than that block's, nothing is valid. */
  checkState(draft: TransactionDraft): Validity<unknown>;
  /** Keys, identity and the pseudonym's signature; what is left then are proofs and signatures of bundles. */
  complete(drafts: readonly TransactionDraft[]): readonly Validity<CheckedTransaction>[];
  /** The identity alone. */
  txidOf(draft: TransactionDraft): TxId;
  /** The rules of the block after the head. The same object as long as nothing changes. */
  rulesNow(): TransactionDraft["rulesAt"];
  /** Whether no upgrade is so near that an honest node may still, or already, go by other rules. */
  isSteady(): boolean;
  /** Number of the block after the head. */
  nextNumber(): bigint;
  /** Whether a block of the canonical chain holds this transaction. */
  isMined(txid: TxId): boolean;
}

/** Seconds before and after an upgrade in which nobody is blamed for following other rules: nodes differ in what their head is. */
const UPGRADE_GRACE = 600n;

/** The rules of a chain, and its head's state. */
export function openPoolRules(rules: Rules, chain: Chain, store: Store): PoolRules {
  let head = chain.head();
  let view = poolView(chain.state(head.hash));
  const nextTime = (): bigint => chain.head().header.timestamp + 1n;
  return {
    draft: (bytes, timestamp = nextTime()) => draftTransaction(rules, bytes, timestamp),
    complete: (drafts) => completeDrafts(rules, drafts),
    txidOf: txidOfDraft,
    nextNumber: () => chain.head().number + 1n,
    rulesNow: () => rules.at(nextTime()),
    isSteady() {
      const now = nextTime();
      const before = now > UPGRADE_GRACE ? now - UPGRADE_GRACE : 0n;
      return [before, now + UPGRADE_GRACE].every((time) => rules.at(time) === rules.at(now));
    },
    checkState(draft) {
      if (chain.head() !== head) {
        head = chain.head();
        view = poolView(chain.state(head.hash));
      }
      // The pool asks for the block after the head; its time is not known yet, only that it is later.
      const next = { number: head.number + 1n, timestamp: head.header.timestamp + 1n };
      if (draft.rulesAt !== rules.at(next.timestamp)) {
        return invalid("tx/old-rules", "The chain's rules changed since this transaction was signed; make it anew.");
      }
      return checkAgainstState(draft, view, next);
    },
    isMined: (txid) => store.place(txid) !== undefined,
  };
}
