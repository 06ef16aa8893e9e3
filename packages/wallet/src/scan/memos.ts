import { equalBytes, memoDigest, openMemo, type CompactTransaction } from "@sero/protocol";

/** The memo under a key, as text; undefined if there is none. */
export type ReadMemo = (key: Uint8Array) => string | undefined;

/** Reads memos of one transaction. Chunks that do not match the block's digest are not read, and counted once. */
export function memoReader(
  tx: CompactTransaction,
  chunks: readonly Uint8Array[] | undefined,
  onFalse: () => void,
): ReadMemo {
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
