import {
  encodeAddress,
  fieldToBytes,
  nullifierOf,
  openSent,
  NO_RK,
  type IncomingOpener,
  type OpenedNote,
  type PoolEntry,
} from "@sero/protocol";
import type { NoteOrigin, OwnedNote } from "../types.js";
import type { CheckedBlock } from "./check.js";
import { placedEntries, type BlockHits, type PlacedEntry } from "./hits.js";
import type { Ledger } from "./ledger.js";
import type { ReadMemo } from "./memos.js";
import { packageFrom, releasedNote } from "./packages.js";
import type { ScanAccount } from "./types.js";

/** What the block's transactions told. */
export interface BlockContext {
  /** Accounts of ours that spent, by transaction. */
  readonly spendersOf: readonly ReadonlySet<number>[];
  /** By transaction. */
  readonly memos: readonly ReadMemo[];
  readonly hrp: string;
}

const NO_MEMO: ReadMemo = () => undefined;

/**
 * Books what the Pool did itself: notes completed from our inners or for our addresses, packages released, notes and packages made by repacks.
 * Returns the leaves that are ours.
 */
export function applyEntries(
  ledger: Ledger,
  changeOpeners: readonly (IncomingOpener | undefined)[],
  block: CheckedBlock,
  hits: BlockHits,
  context: BlockContext,
): bigint[] {
  const marked: bigint[] = [];
  for (const placed of placedEntries(block)) {
    const { entry, leafIndex, commitment } = placed;
    const add = (note: OwnedNote | undefined): void => {
      if (note === undefined) return;
      ledger.addNote(note);
      marked.push(note.leafIndex);
    };
    if (entry.kind === "released") {
      if (leafIndex === undefined) continue;
      for (const contents of ledger.packagesOf(entry.id)) {
        if (contents.commitment !== commitment) continue;
        ledger.releasePackage(contents, block.mark.number, leafIndex);
        const account = ledger.accounts.find((candidate) => candidate.account === contents.account);
        if (contents.own && account !== undefined)
          add(releasedNote(contents, placeOf(account, placed, leafIndex, block)));
      }
      continue;
    }
    const byInner = entry.kind === "completed" ? fromInner(ledger, entry, placed, block) : undefined;
    if (byInner !== undefined) {
      add(byInner);
      continue;
    }
    ledger.accounts.forEach((account, position) => {
      const isSpender = entry.transaction !== undefined && spendersAt(context, entry.transaction).has(account.account);
      const external = hits.entries.get(placed.index)?.find((hit) => hit.position === position)?.opened;
      const internal = external === undefined && isSpender ? openEntry(changeOpeners[position], placed) : undefined;
      const opened = external ?? internal;
      const memo = (entry.transaction === undefined ? undefined : context.memos[entry.transaction]) ?? NO_MEMO;
      if (entry.kind === "sealed") {
        bookSealed(ledger, account, placed, block, opened, isSpender, memo, context.hrp);
      } else if (opened !== undefined && leafIndex !== undefined) {
        const origin = entry.kind === "completed" ? "contract" : internal === undefined ? "received" : "change";
        add(noteOf(account, opened, origin, memo, placed, leafIndex, block));
      }
    });
  }
  return marked;
}

const spendersAt = (context: BlockContext, transaction: number): ReadonlySet<number> =>
  context.spendersOf[transaction] ?? new Set();

function openEntry(opener: IncomingOpener | undefined, { entry, commitment }: PlacedEntry): OpenedNote | undefined {
  if (entry.kind === "released" || entry.ciphertext === undefined) return undefined;
  const opened = opener?.(fieldToBytes(commitment), entry.ciphertext);
  return opened?.isCompleted === (entry.kind === "completed") ? opened : undefined;
}

function placeOf(
  { full }: ScanAccount,
  { entry, commitment }: PlacedEntry,
  leafIndex: bigint,
  { compact, mark }: CheckedBlock,
): Pick<OwnedNote, "leafIndex" | "nullifier" | "txid" | "block" | "timestamp"> {
  return {
    leafIndex,
    nullifier: full === undefined ? undefined : nullifierOf(full.nk, commitment, leafIndex),
    txid: entry.transaction === undefined ? undefined : compact.transactions[entry.transaction]?.txid,
    block: mark.number,
    timestamp: mark.timestamp,
  };
}

/** A note completed from an inner of ours. Every note of an inner is booked: the chain does not refuse a second one. */
function fromInner(
  ledger: Ledger,
  { inner, asset, value }: PoolEntry & { readonly kind: "completed" },
  placed: PlacedEntry,
  block: CheckedBlock,
): OwnedNote | undefined {
  const expected = value > 0n ? ledger.expectedInner(inner) : undefined;
  const account = ledger.accounts.find((candidate) => candidate.account === expected?.account);
  if (expected === undefined || account?.full === undefined || placed.leafIndex === undefined) return undefined;
  const { slot, origin } = expected;
  return {
    account: account.account,
    origin,
    commitment: placed.commitment,
    d: slot.d,
    ownerTag: slot.ownerTag,
    inner,
    asset,
    value,
    rho: slot.rho,
    blind: 0n,
    seed: undefined,
    memoKey: undefined,
    memo: undefined,
    outputIndex: undefined,
    spent: undefined,
    ...placeOf(account, placed, placed.leafIndex, block),
  };
}

function noteOf(
  account: ScanAccount,
  { note, inner, seed, memoKey }: OpenedNote,
  origin: NoteOrigin,
  memo: ReadMemo,
  placed: PlacedEntry,
  leafIndex: bigint,
  block: CheckedBlock,
): OwnedNote {
  const { d, ownerTag, asset, value, rho, blind } = note;
  return {
    account: account.account,
    origin,
    commitment: placed.commitment,
    d,
    ownerTag,
    inner,
    asset,
    value,
    rho,
    blind,
    seed,
    memoKey,
    memo: memo(memoKey),
    outputIndex: undefined,
    spent: undefined,
    ...placeOf(account, placed, leafIndex, block),
  };
}

/** A package that a repack made: for us, or by us. */
function bookSealed(
  ledger: Ledger,
  account: ScanAccount,
  { entry, commitment }: PlacedEntry,
  { compact, mark }: CheckedBlock,
  opened: OpenedNote | undefined,
  isSpender: boolean,
  memo: ReadMemo,
  hrp: string,
): void {
  if (entry.kind !== "sealed") return;
  const tx = entry.transaction === undefined ? undefined : compact.transactions[entry.transaction];
  const place = { id: entry.id, commitment, tx, outputIndex: undefined, mark };
  if (opened !== undefined) ledger.addPackage(packageFrom(opened, place, memo, { account: account.account }));
  if (!isSpender || account.full === undefined) return;
  const sent = openSent(account.full.ovk, NO_RK, commitment, entry.ciphertext);
  if (sent === undefined) return;
  const sentTo = encodeAddress(sent.address, hrp);
  ledger.addPackage(packageFrom(sent, place, memo, { account: account.account, sentTo }));
}
