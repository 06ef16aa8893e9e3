import { COIN, walletAnchorBlock, type AssetId } from "@sero/protocol";
import { assetOrder, countsNote, type FindRegistered } from "../assets/index.js";
import type { OutboxEntry } from "../outbox/index.js";
import { reservedNotes } from "../outbox/index.js";
import type { Ledger } from "../scan/index.js";
import type { Balance, OwnedNote, PendingReason } from "../types.js";

/** What balances are computed from. */
export interface BalanceView {
  readonly ledger: Ledger;
  readonly outbox: readonly OutboxEntry[];
  /** Number of the last scanned block; -1 before block 0. */
  readonly scanned: bigint;
  readonly anchorStep: number;
  /** What contract an asset is of. */
  readonly registered?: FindRegistered;
}

/** The block whose root wallets prove under now: a note is spendable from the first such block at or after its own. */
export const anchorBlockOf = ({ scanned, anchorStep }: Pick<BalanceView, "scanned" | "anchorStep">): bigint =>
  scanned < 0n ? -1n : walletAnchorBlock(scanned, anchorStep);

/** Notes that can be spent now: unspent, under the shared anchor, in no payment under way. Needs a full view key at least. */
export function spendableNotes(view: BalanceView, account: number): OwnedNote[] {
  const anchor = anchorBlockOf(view);
  const reserved = reservedNotes(view.outbox, view.ledger, view.scanned);
  return [...view.ledger.notes.values()].filter(
    (note) =>
      note.account === account &&
      note.spent === undefined &&
      note.nullifier !== undefined &&
      note.block <= anchor &&
      countsNote(view.registered, note) &&
      !reserved.has(note.leafIndex),
  );
}

/** Balances of an account by asset: the coin, tokens, tickets, each by contract. `ofAccount` undefined: of all accounts together. */
export function balancesOf(view: BalanceView, ofAccount: number | undefined): Balance[] {
  const anchor = anchorBlockOf(view);
  const reserved = reservedNotes(view.outbox, view.ledger, view.scanned);
  const sums = new Map<AssetId, { spendable: bigint; anchor: bigint; sending: bigint; notes: number }>();
  const sumOf = (asset: AssetId) => {
    const sum = sums.get(asset) ?? { spendable: 0n, anchor: 0n, sending: 0n, notes: 0 };
    sums.set(asset, sum);
    return sum;
  };
  for (const note of view.ledger.notes.values()) {
    if (ofAccount !== undefined && note.account !== ofAccount) continue;
    if (note.spent !== undefined || !countsNote(view.registered, note)) continue;
    const sum = sumOf(note.asset);
    if (reserved.has(note.leafIndex)) continue;
    sum.notes++;
    if (note.block <= anchor) sum.spendable += note.value;
    else sum.anchor += note.value;
  }
  for (const entry of new Set(reserved.values())) {
    if (ofAccount !== undefined && entry.account !== ofAccount) continue;
    // Of a payment whose money a reorganisation took, only what is left is there: its change may be made of change that is counted already.
    const isUndone = entry.inputs.some(({ nullifier }) => view.ledger.noteOfNullifier(nullifier) === undefined);
    if (!isUndone) for (const { asset, amount } of entry.change) sumOf(asset).sending += amount;
    else
      for (const [leafIndex, holder] of reserved) {
        const note = holder === entry ? view.ledger.notes.get(leafIndex) : undefined;
        if (note !== undefined) sumOf(note.asset).sending += note.value;
      }
  }
  sumOf(COIN);
  const isComplete = view.ledger.accounts.every((account) => account.full !== undefined);
  const step = BigInt(view.anchorStep);
  const order = assetOrder(view.registered);
  return [...sums]
    .sort(([a], [b]) => order(a, b))
    .map(([asset, sum]) => {
      const reasons: PendingReason[] = [];
      if (sum.anchor > 0n)
        reasons.push({
          reason: "anchor",
          amount: sum.anchor,
          sentence: `Spendable from block ${(view.scanned / step + 1n) * step} on, when an anchor that all wallets share covers it.`,
        });
      if (sum.sending > 0n)
        reasons.push({
          reason: "sending",
          amount: sum.sending,
          sentence: "Change of a payment that is not mined yet.",
        });
      const pending = sum.anchor + sum.sending;
      return {
        asset,
        spendable: sum.spendable,
        pending,
        total: sum.spendable + pending,
        reasons,
        notes: sum.notes,
        complete: isComplete,
      };
    });
}
