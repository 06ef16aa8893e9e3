import type { CheckedTransaction } from "@sero/execution";
import { hexDigits } from "@sero/protocol";

/**
 * The transactions that are being stemmed, verified and not public. Nothing but the relay reads it: no RPC method, filter, builder, metric
 * or peer. It checks nothing against itself: two that spend the same note both stay until one is public, since whoever was told of a
 * conflict would know what is here.
 */
export interface StemPool {
  readonly size: number;
  add(key: string, checked: CheckedTransaction): void;
  get(key: string): CheckedTransaction | undefined;
  /** Keys of all copies of a transaction. */
  copiesOf(txid: Uint8Array): readonly string[];
  remove(key: string): void;
  /** Takes out what `isOver` says of, e.g. what is mined or has expired. @returns their keys */
  sweep(isOver: (checked: CheckedTransaction) => boolean): readonly string[];
}

/** Makes an empty pool. Its bounds are the state machine's: whatever that forgets is removed here. */
export function openStemPool(): StemPool {
  const entries = new Map<string, CheckedTransaction>();
  const copies = new Map<string, Set<string>>();

  function remove(key: string): void {
    const checked = entries.get(key);
    if (!checked) return;
    entries.delete(key);
    const id = hexDigits(checked.txid);
    const keys = copies.get(id);
    keys?.delete(key);
    if (keys?.size === 0) copies.delete(id);
  }

  return {
    get size() {
      return entries.size;
    },
    add(key, checked) {
      entries.set(key, checked);
      const id = hexDigits(checked.txid);
      const keys = copies.get(id);
      if (keys) keys.add(key);
      else copies.set(id, new Set([key]));
    },
    get: (key) => entries.get(key),
    copiesOf: (txid) => [...(copies.get(hexDigits(txid)) ?? [])],
    remove,
    sweep(isOver) {
      const over = [...entries].filter(([, checked]) => isOver(checked)).map(([key]) => key);
      over.forEach(remove);
      return over;
    },
  };
}
