import type { Commitment, OpenedNote, PackageId, TxId } from "@sero/protocol";
import type { OwnedNote, PackageContents } from "../types.js";
import type { ReadMemo } from "./memos.js";
import type { BlockMark } from "./types.js";

/** Where a package was made. */
export interface PackagePlace {
  readonly id: PackageId;
  readonly commitment: Commitment;
  readonly tx: { readonly txid: TxId } | undefined;
  /** Undefined: by a repack. */
  readonly outputIndex: number | undefined;
  readonly mark: BlockMark;
}

/** Contents that were opened: with an incoming key, or (`sentTo`) with the sender's. */
export function packageFrom(
  { note, inner, seed, memoKey }: OpenedNote,
  place: PackagePlace,
  memo: ReadMemo,
  owner: { readonly account: number; readonly sentTo?: string },
): PackageContents {
  const { id, commitment, tx, outputIndex, mark } = place;
  return {
    id,
    account: owner.account,
    own: owner.sentTo === undefined,
    sent: owner.sentTo !== undefined,
    commitment,
    d: note.d,
    ownerTag: note.ownerTag,
    inner,
    asset: note.asset,
    value: note.value,
    rho: note.rho,
    blind: note.blind,
    seed,
    memoKey,
    memo: memo(memoKey),
    address: owner.sentTo,
    txid: tx?.txid,
    outputIndex,
    block: mark.number,
    timestamp: mark.timestamp,
    released: undefined,
  };
}

/** The note that a package of ours becomes when it is released. */
export const releasedNote = (
  contents: PackageContents,
  place: Pick<OwnedNote, "leafIndex" | "nullifier" | "txid" | "block" | "timestamp">,
): OwnedNote => {
  const { account, commitment, d, ownerTag, inner, asset, value, rho, blind, seed, memoKey, memo } = contents;
  return {
    account,
    origin: "package",
    commitment,
    d,
    ownerTag,
    inner,
    asset,
    value,
    rho,
    blind,
    seed,
    memoKey,
    memo,
    outputIndex: undefined,
    spent: undefined,
    ...place,
  };
};
