import {
  encodeAddress,
  incomingOpener,
  fieldToBytes,
  nullifierOf,
  openSent,
  openSentEmpty,
  ownerTagOf,
  packageIdOf,
  type CompactOutput,
  type CompactTransaction,
  type IncomingOpener,
  type OpenedNote,
  type PackageId,
} from "@sero/protocol";
import type { OwnedNote, SentOutput } from "../types.js";
import type { CheckedBlock } from "./check.js";
import { applyEntries } from "./entries.js";
import type { BlockHits } from "./hits.js";
import type { Ledger } from "./ledger.js";
import { memoReader, type ReadMemo } from "./memos.js";
import { packageFrom } from "./packages.js";
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
  /** Of an ordinary output. */
  readonly leafIndex: bigint | undefined;
  /** Of an output that became a package. */
  readonly packageId: PackageId | undefined;
  readonly output: CompactOutput;
}

/**
 * Books one block, in its order: spends of our notes, notes and contents of packages found by the trial (`hits`), change and what we sent in
 * transactions that spend our notes or that a pseudonym of ours pays for, and then what the Pool did itself. `hrp`: for the text of recipients' addresses.
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
  const spendersOf: ReadonlySet<number>[] = [];
  const memos: ReadMemo[] = [];
  compact.transactions.forEach((tx, txIndex) => {
    const places = placesOf(tx, leaf);
    for (const { leafIndex } of places) if (leafIndex !== undefined) leaf = leafIndex + 1n;
    const memo = memoReader(tx, memosOf(txIndex), () => falseMemos++);
    memos.push(memo);
    const spenders = new Set<number>();
    spendersOf.push(spenders);
    for (const bundle of tx.bundles)
      for (const nullifier of bundle.nullifiers) {
        const note = ledger.noteOfNullifier(nullifier);
        if (note === undefined || note.spent !== undefined) continue;
        ledger.spend(note, mark.number, tx.txid);
        spenders.add(note.account);
        spent++;
      }
    for (const account of ledger.accounts) if (isPaidByOurPseudonym(account, tx)) spenders.add(account.account);
    for (const place of places) {
      const found = hits.outputs.get(outputOfBlock++);
      ledger.accounts.forEach((account, position) => {
        const isSpender = spenders.has(account.account);
        const external = found?.find((hit) => hit.position === position)?.opened;
        const internal = external === undefined && isSpender ? openWith(changeOpeners[position], place) : undefined;
        const opened = external ?? internal;
        if (opened === undefined) return;
        const { leafIndex, packageId, output, outputIndex } = place;
        if (packageId !== undefined)
          ledger.addPackage(
            packageFrom(opened, { id: packageId, commitment: output.commitment, tx, outputIndex, mark }, memo, {
              account: account.account,
            }),
          );
        if (leafIndex === undefined) return;
        const origin = internal === undefined ? "received" : "change";
        ledger.addNote(ownedNote(account, { ...place, leafIndex }, opened, origin, mark, memo));
        marked.push(leafIndex);
      });
    }
    for (const account of ledger.accounts)
      if (spenders.has(account.account)) bookSent(ledger, account, tx, places, mark, memo, hrp);
  });
  marked.push(...applyEntries(ledger, changeOpeners, block, hits, { spendersOf, memos, hrp }));
  return { marked, spent, falseMemos };
}

/** Whether its pseudonym pays: no coin leaves the Pool. */
const isSelfPaid = ({ call }: CompactTransaction): boolean => call?.coin === 0n;

/**
 * Whether a transaction that its pseudonym pays for is this account's. It spends no note by which it would be
 * known, but its change, worth nothing, is sealed with the account's outgoing key under a key that signed the transaction: nobody without that
 * outgoing key can make such an output, and nobody else can repeat ours.
 */
const isPaidByOurPseudonym = ({ full }: ScanAccount, tx: CompactTransaction): boolean =>
  full !== undefined &&
  isSelfPaid(tx) &&
  tx.bundles.some(({ rk, outputs }) =>
    outputs.some(({ commitment, ciphertext }) => openSentEmpty(full.ovk, rk, commitment, ciphertext) !== undefined),
  );

function placesOf(tx: CompactTransaction, firstLeaf: bigint): Place[] {
  let leaf = firstLeaf;
  const packages = new Set(tx.packages);
  return tx.bundles.flatMap(({ nullifiers, outputs }, bundle) =>
    outputs.map((output, i): Place => {
      const outputIndex = 3 * bundle + i;
      const isPackage = packages.has(outputIndex);
      return {
        tx,
        output,
        outputIndex,
        leafIndex: isPackage ? undefined : leaf++,
        packageId: isPackage ? packageIdOf(nullifiers[0], outputIndex, output.commitment) : undefined,
      };
    }),
  );
}

/** An output's note; a ciphertext of a completed note counts for those only. */
function openWith(opener: IncomingOpener | undefined, { output }: Place): OpenedNote | undefined {
  const opened = opener?.(fieldToBytes(output.commitment), output.ciphertext);
  return opened?.isCompleted === false ? opened : undefined;
}

function ownedNote(
  account: ScanAccount,
  place: Place & { readonly leafIndex: bigint },
  opened: OpenedNote,
  origin: "received" | "change",
  mark: CheckedBlock["mark"],
  memo: ReadMemo,
): OwnedNote {
  const { output, tx, outputIndex, leafIndex } = place;
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
  for (const { output, outputIndex, packageId } of places) {
    const rk = tx.bundles[Math.floor(outputIndex / 3)]?.rk;
    if (rk === undefined) continue;
    const opened =
      openSent(full.ovk, rk, output.commitment, output.ciphertext) ??
      (isSelfPaid(tx) ? openSentEmpty(full.ovk, rk, output.commitment, output.ciphertext) : undefined);
    if (opened === undefined) continue;
    const { note, seed } = opened;
    const address = encodeAddress(opened.address, hrp);
    outputs.push({
      outputIndex,
      address,
      asset: note.asset,
      value: note.value,
      memo: memo(opened.memoKey),
      own: note.ownerTag === ownerTagOf(full.acct, note.d),
      seed,
      memoKey: opened.memoKey,
      commitment: output.commitment,
      d: note.d,
      ownerTag: note.ownerTag,
      packageId,
    });
    if (packageId !== undefined)
      ledger.addPackage(
        packageFrom(opened, { id: packageId, commitment: output.commitment, tx, outputIndex, mark }, memo, {
          account: account.account,
          sentTo: address,
        }),
      );
  }
  ledger.addSent({
    account: account.account,
    txid: tx.txid,
    block: mark.number,
    timestamp: mark.timestamp,
    fee: tx.fee,
    outputs,
    pseudonym: tx.call?.pseudonym,
    call:
      tx.call === undefined
        ? undefined
        : {
            pseudonym: tx.call.pseudonym,
            coin: tx.call.coin,
            gasUsed: tx.call.gasUsed,
            succeeded: tx.call.status === 1,
          },
  });
  const nf0 = tx.bundles[0]?.nullifiers[0];
  if (tx.call !== undefined && nf0 !== undefined) ledger.addCall({ account: account.account, nf0, block: mark.number });
}
