import type { CheckedTransaction } from "@sero/execution";
import { hexDigits } from "@sero/protocol";

/** A transaction whose proofs and signatures are good and which fits the current head's state. */
export interface PoolEntry {
  readonly checked: CheckedTransaction;
  /** Hex txid without 0x. */
  readonly id: string;
  /** Hex keccak256 of the bytes without 0x. */
  readonly bytesHash: string;
  /** Base units a gas. */
  readonly price: bigint;
}

/** The verified transactions, indexed by txid, nullifier, pseudonym, bytes and price. */
export interface Entries {
  readonly size: number;
  readonly bytes: number;
  get(id: string): PoolEntry | undefined;
  /** The entry that spends a nullifier. */
  holder(nullifier: bigint): PoolEntry | undefined;
  /** The entry that a pseudonym signed: one at a time, since its nonce must be the account's. */
  ofPseudonym(pseudonym: Uint8Array): PoolEntry | undefined;
  /** The entry of exactly these bytes. */
  byBytes(bytesHash: string): PoolEntry | undefined;
  add(entry: PoolEntry): void;
  remove(id: string): void;
  /** Highest price first, then in order of arrival. */
  byPrice(): Iterable<PoolEntry>;
  /** The lowest price of any; undefined when empty. */
  lowestPrice(): bigint | undefined;
  /** Lowest price first, then the newest first: the reverse of `byPrice`. */
  fromCheapest(): Iterable<PoolEntry>;
}

/** Makes an empty set. The caller checks for conflicts before it adds. */
export function openEntries(): Entries {
  const entries = new Map<string, PoolEntry>();
  const holders = new Map<bigint, PoolEntry>();
  const byPseudonym = new Map<string, PoolEntry>();
  const byBytes = new Map<string, PoolEntry>();
  const shelves = new Map<bigint, Set<PoolEntry>>();
  let bytes = 0;

  const prices = (): bigint[] => [...shelves.keys()].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));

  return {
    get size() {
      return entries.size;
    },
    get bytes() {
      return bytes;
    },
    get: (id) => entries.get(id),
    holder: (nullifier) => holders.get(nullifier),
    ofPseudonym: (pseudonym) => byPseudonym.get(hexDigits(pseudonym)),
    byBytes: (hash) => byBytes.get(hash),
    add(entry) {
      entries.set(entry.id, entry);
      byBytes.set(entry.bytesHash, entry);
      bytes += entry.checked.bytes.length;
      for (const nullifier of nullifiersOf(entry.checked)) holders.set(nullifier, entry);
      const { call } = entry.checked.tx;
      if (call) byPseudonym.set(hexDigits(call.pseudonym), entry);
      const shelf = shelves.get(entry.price);
      if (shelf) shelf.add(entry);
      else shelves.set(entry.price, new Set([entry]));
    },
    remove(id) {
      const entry = entries.get(id);
      if (!entry) return;
      entries.delete(id);
      byBytes.delete(entry.bytesHash);
      bytes -= entry.checked.bytes.length;
      for (const nullifier of nullifiersOf(entry.checked)) holders.delete(nullifier);
      const { call } = entry.checked.tx;
      if (call) byPseudonym.delete(hexDigits(call.pseudonym));
      const shelf = shelves.get(entry.price);
      shelf?.delete(entry);
      if (shelf?.size === 0) shelves.delete(entry.price);
    },
    *byPrice() {
      for (const price of prices()) yield* [...(shelves.get(price) ?? [])];
    },
    lowestPrice: () => prices().at(-1),
    *fromCheapest() {
      for (const price of prices().reverse()) yield* [...(shelves.get(price) ?? [])].reverse();
    },
  };
}

/** Every nullifier of a transaction, in order. */
export function nullifiersOf({ tx }: Pick<CheckedTransaction, "tx">): bigint[] {
  return tx.bundles.flatMap((bundle) => [...bundle.nullifiers]);
}
