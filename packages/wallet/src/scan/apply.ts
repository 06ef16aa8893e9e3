import {
  encodeAddress,
  equalBytes,
  incomingOpener,
  fieldToBytes,
  memoDigest,
  nullifierOf,
  openMemo,
  openSent,
  ownerTagOf,
  transactionLeaves,
  type CompactOutput,
  type CompactTransaction,
  type IncomingOpener,
  type OpenedNote,
} from "@sero/protocol";
import type { OwnedNote, SentOutput } from "../types.js";
import type { CheckedBlock } from "./check.js";
import type { BlockHits } from "./chunks.js";
import type { Ledger } from "./ledger.js";
import type { MakeSharedSecret, ScanAccount } from "./types.js";

/** Memo chunks of a transaction by its place in the block; undefined if the node gave none. */
export type MemosOf = (index: number) => readonly Uint8Array[] | undefined;

/** What applying a block found. */
export interface Applied {
  /** Leaves of ours in this block. */
  readonly marked: readonly bigint[];
  readonly spent: number;
  /** Transactions of ours whose memo chunks do not have the digest that the block commits to. */
  readonly falseMemos: number;
}

/** Opens change, by the account's place in the list; undefined for an incoming view key. Made once for a scan. */
export type ChangeOpeners = readonly (IncomingOpener | undefined)[];

/** The openers of these accounts' change. */
export const changeOpenersOf = (accounts: readonly ScanAccount[], makeSharedSecret: MakeSharedSecret): ChangeOpeners =>
  accounts.map(({ full }) =>
    full === undefined ? undefined : incomingOpener(makeSharedSecret(full.ivkInt), full.acct),
  );

/** An output's place: transaction in the block and output in the transaction. */
interface Place {
  readonly tx: CompactTransaction;
  readonly outputIndex: number;
  /** Undefined for an output that became a package. */
  readonly leafIndex: bigint | undefined;
  readonly output: CompactOutput;
}

/**
 * Books one block, in its order: spends of our notes, notes found by the trial (`hits`, by output, counted over the block's
 * outputs), change and what we sent in transactions that spend our notes, and completed notes. `hrp`: for the text of recipients' addresses.
 */
export function applyBlock(
  ledger: Ledger,
  changeOpeners: ChangeOpeners,
  block: CheckedBlock,
  hits: BlockHits,
  memosOf: MemosOf,
  hrp: string,
): Applied {
  const { compact, mark } = block;
  const marked: bigint[] = [];
  let spent = 0;
  let falseMemos = 0;
  let leaf = compact.firstLeaf;
  let outputOfBlock = 0;
  compact.transactions.forEach((tx, txIndex) => {
    const places = placesOf(tx, leaf);
    leaf += BigInt(transactionLeaves(tx).length);
    const memo = memoReader(tx, memosOf(txIndex), () => falseMemos++);
    const spenders = new Set<number>();
    for (const bundle of tx.bundles)
      for (const nullifier of bundle.nullifiers) {
        const note = ledger.noteOfNullifier(nullifier);
        if (note === undefined || note.spent !== undefined) continue;
        ledger.spend(note, mark.number, tx.txid);
        spenders.add(note.account);
        spent++;
      }
    for (const place of places) {
      const found = hits.get(outputOfBlock++);
      ledger.accounts.forEach((account, position) => {
        const isSpender = spenders.has(account.account);
        const external = found?.find((hit) => hit.position === position)?.opened;
        const internal = external === undefined && isSpender ? openWith(changeOpeners[position], place) : undefined;
        const opened = external ?? internal;
        if (opened === undefined || place.leafIndex === undefined) return;
        const note = ownedNote(account, place, opened, internal === undefined ? "received" : "change", mark, memo);
        ledger.addNote(note);
        marked.push(note.leafIndex);
      });
    }
    for (const account of ledger.accounts)
      if (spenders.has(account.account)) bookSent(ledger, account, tx, places, mark, memo, hrp);
  });
  for (const note of completedNotes(ledger, block, leaf)) {
    ledger.addNote(note);
    marked.push(note.leafIndex);
  }
  return { marked, spent, falseMemos };
}

function placesOf(tx: CompactTransaction, firstLeaf: bigint): Place[] {
  let leaf = firstLeaf;
  const packages = new Set(tx.packages);
  return tx.bundles
    .flatMap((bundle) => bundle.outputs)
    .map((output, outputIndex) => ({
      tx,
      output,
      outputIndex,
      leafIndex: packages.has(outputIndex) ? undefined : leaf++,
    }));
}

const openWith = (opener: IncomingOpener | undefined, { output }: Place): OpenedNote | undefined =>
  opener?.(fieldToBytes(output.commitment), output.ciphertext);

type ReadMemo = (key: Uint8Array) => string | undefined;

/** Reads memos of one transaction. Chunks that do not match the block's digest are not read, and counted once. */
function memoReader(tx: CompactTransaction, chunks: readonly Uint8Array[] | undefined, onFalse: () => void): ReadMemo {
  let checked: readonly Uint8Array[] | undefined;
  return (key) => {
    if (checked === undefined) {
      const isTrue = chunks !== undefined && equalBytes(memoDigest(chunks), tx.memoDigest);
      if (!isTrue) onFalse();
      checked = isTrue ? chunks : [];
    }
    return openMemo(key, checked)?.text;
  };
}

function ownedNote(
  account: ScanAccount,
  place: Place,
  opened: OpenedNote,
  origin: "received" | "change",
  mark: CheckedBlock["mark"],
  memo: ReadMemo,
): OwnedNote {
  const { output, tx, outputIndex } = place;
  const leafIndex = place.leafIndex ?? 0n;
  const { note } = opened;
  return {
    account: account.account,
    origin,
    leafIndex,
    commitment: output.commitment,
    d: note.d,
    ownerTag: note.ownerTag,
    inner: opened.inner,
    asset: note.asset,
    value: note.value,
    rho: note.rho,
    blind: note.blind,
    nullifier: account.full === undefined ? undefined : nullifierOf(account.full.nk, output.commitment, leafIndex),
    seed: opened.seed,
    memoKey: opened.memoKey,
    memo: memo(opened.memoKey),
    txid: tx.txid,
    outputIndex,
    block: mark.number,
    timestamp: mark.timestamp,
    spent: undefined,
  };
}

function bookSent(
  ledger: Ledger,
  account: ScanAccount,
  tx: CompactTransaction,
  places: readonly Place[],
  mark: CheckedBlock["mark"],
  memo: ReadMemo,
  hrp: string,
): void {
  const { full } = account;
  if (full === undefined) return;
  const outputs: SentOutput[] = [];
  for (const { output, outputIndex } of places) {
    const rk = tx.bundles[Math.floor(outputIndex / 3)]?.rk;
    const opened = rk === undefined ? undefined : openSent(full.ovk, rk, output.commitment, output.ciphertext);
    if (opened === undefined) continue;
    const { note, address, seed } = opened;
    outputs.push({
      outputIndex,
      address: encodeAddress(address, hrp),
      asset: note.asset,
      value: note.value,
      memo: memo(opened.memoKey),
      own: note.ownerTag === ownerTagOf(full.acct, note.d),
      seed,
      memoKey: opened.memoKey,
      commitment: output.commitment,
      d: note.d,
      ownerTag: note.ownerTag,
    });
  }
  ledger.addSent({
    account: account.account,
    txid: tx.txid,
    block: mark.number,
    timestamp: mark.timestamp,
    fee: tx.fee,
    outputs,
    pseudonym: tx.call?.pseudonym,
  });
  const nf0 = tx.bundles[0]?.nullifiers[0];
  if (tx.call !== undefined && nf0 !== undefined)
    ledger.addCall({ account: account.account, nf0, block: mark.number });
}

/** Completed notes of ours. Every note of an inner is booked: the chain does not refuse a second one. */
function* completedNotes(
  ledger: Ledger,
  { compact, leaves, mark }: CheckedBlock,
  firstLeaf: bigint,
): Generator<OwnedNote> {
  let leafIndex = firstLeaf;
  for (const entry of compact.entries) {
    if (entry.kind !== "completed") {
      if (entry.kind !== "sealed") leafIndex++;
      continue;
    }
    const { inner, asset, value } = entry;
    const expected = value > 0n ? ledger.expectedInner(inner) : undefined;
    const account = ledger.accounts.find((candidate) => candidate.account === expected?.account);
    const commitment = leaves[Number(leafIndex - compact.firstLeaf)];
    if (expected !== undefined && account?.full !== undefined && commitment !== undefined) {
      const { slot, origin } = expected;
      yield {
        account: account.account,
        origin,
        leafIndex,
        commitment,
        nullifier: nullifierOf(account.full.nk, commitment, leafIndex),
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
        txid: undefined,
        outputIndex: undefined,
        block: mark.number,
        timestamp: mark.timestamp,
        spent: undefined,
      };
    }
    leafIndex++;
  }
}
