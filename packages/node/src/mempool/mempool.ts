import type { BundleCheck, BundleVerifier } from "@sero/circuits";
import type { CheckedTransaction } from "@sero/execution";
import { hexDigits, keccak256, SeroError, toHex, type TxId, type Validity } from "@sero/protocol";
import { openBudget } from "./budget.js";
import { nullifiersOf, openEntries, type Entries, type PoolEntry } from "./entries.js";
import { openRejectedCache } from "./rejected.js";
import { openVerificationQueue, type VerificationQueue } from "./verification.js";

/** The one validation path, as the pool uses it; the builder and import use the same functions. */
export interface PoolRules {
  /** Decodes and checks what needs no state, under the rules of a block of `timestamp`; of the block after the head if left out. */
  decode(bytes: Uint8Array, timestamp?: bigint): Validity<CheckedTransaction>;
  /** Checks against the current head's state, for the block after it; under other rules than that block's, nothing is valid. */
  checkState(checked: CheckedTransaction): Validity<unknown>;
  /** The rules of the block after the head. The same object as long as nothing changes. */
  rulesNow(): CheckedTransaction["rulesAt"];
  /** Number of the block after the head. */
  nextNumber(): bigint;
  /** Proofs and signatures to check. */
  bundleChecks(checked: CheckedTransaction): readonly BundleCheck[];
  /** Base units a gas. */
  priceOf(checked: CheckedTransaction): bigint;
  /** Whether a block of the canonical chain holds this transaction. */
  isMined(txid: TxId): boolean;
}

/** Settings; `DEFAULT_POOL` has what a node uses. */
export interface PoolSettings {
  /** Bytes of verified transactions kept. */
  readonly maxBytes: number;
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
  readonly batch: number;
  /** False proofs that one source may send within `windowMs`. */
  readonly allowedFailures: number;
  readonly windowMs: number;
  readonly rejectedKept: number;
  /** Verified transactions remembered after they left the pool. */
  readonly verifiedKept: number;
  readonly now: () => number;
}

/** What a node uses. */
export const DEFAULT_POOL: PoolSettings = {
  maxBytes: 64 * 1024 * 1024,
  maxQueued: 4096,
  maxQueuedBytes: 32 * 1024 * 1024,
  batch: 64,
  allowedFailures: 64,
  windowMs: 60_000,
  rejectedKept: 20_000,
  verifiedKept: 4096,
  now: () => performance.now(),
};

/** A transaction of a block that left the canonical chain, and that block's timestamp, under whose rules its proofs were checked. */
export interface AbandonedTransaction {
  readonly bytes: Uint8Array;
  readonly timestamp: bigint;
}

/** What the blocks that joined the chain used up, when none left it. */
export interface UsedUp {
  readonly nullifiers: readonly bigint[];
  /** Whose nonces moved. */
  readonly pseudonyms: readonly Uint8Array[];
}

/** The transactions that wait for a block. */
export interface Mempool {
  readonly size: number;
  readonly bytes: number;
  /** Transactions that wait for their proofs to be checked. */
  readonly verifying: number;
  /**
   * Takes in a transaction: cheap checks first, then proofs.
   *
   * @param source groups what one sender sends, for its budget of false proofs
   * @returns its txid once it is verified; at once if a verified copy is here already, or in a block
   * @throws SeroError the reason it is refused
   */
  submit(bytes: Uint8Array, source: string): Promise<TxId>;
  /**
   * Verifies a transaction like `submit` and keeps it nowhere: for what must not be seen yet. It is held against the head's state and
   * against what waits in the pool; nothing that was checked here but not inserted makes another's answer different or quicker.
   *
   * @returns what `insertChecked` takes; the pool's own copy if a verified one waits there already
   * @throws SeroError the reason it is refused; `pool/mined` (with its `txid`) if a block of the canonical chain holds it
   */
  check(bytes: Uint8Array, source: string): Promise<CheckedTransaction>;
  /**
   * Takes in what `check` of this pool returned. The head may have changed since, so all but proofs and signatures is checked again.
   *
   * @returns its txid, also if it waits or is mined already
   * @throws SeroError the reason it is refused; `pool/unchecked` if this pool did not check it
   */
  insertChecked(checked: CheckedTransaction): TxId;
  /** The verified transaction with this txid. */
  get(txid: Uint8Array): PoolEntry | undefined;
  /** The verified transaction that a pseudonym waits for. */
  ofPseudonym(pseudonym: Uint8Array): PoolEntry | undefined;
  /**
   * The transaction of exactly these bytes (by keccak256) if its proofs were verified here, waiting or not: they need no second check,
   * since they depend on nothing but the bytes and the rules.
   */
  verified(bytesHash: Uint8Array): CheckedTransaction | undefined;
  /** Transactions for a block: best price first, then first come; a little more than fits. */
  candidates(gasLimit: bigint): CheckedTransaction[];
  /**
   * Follows a change of head: drops what was mined, has expired or no longer fits, and takes back what abandoned blocks held.
   *
   * @param mined txids of the blocks that joined
   * @param abandoned transactions of the blocks that left; their proofs were checked when their block was, under its rules
   * @param used what the blocks that joined used up, if none left: then what waits need not be held against the state one by one
   */
  headChanged(mined: readonly Uint8Array[], abandoned: readonly AbandonedTransaction[], used?: UsedUp): void;
  /** Calls `listener` with each transaction that becomes verified; returns how to stop. */
  onTransaction(listener: (entry: PoolEntry) => void): () => void;
  close(): Promise<void>;
}

/** What came of the checks of a transaction that is not refused. */
interface Admitted {
  readonly checked: CheckedTransaction;
  readonly bytesHash: string;
  readonly standing: "new" | "waiting" | "mined";
}

/** Opens an empty pool. */
export function openMempool(
  rules: PoolRules,
  verifier: BundleVerifier,
  settings: PoolSettings = DEFAULT_POOL,
): Mempool {
  const entries = openEntries();
  let rejected = openRejectedCache(settings.rejectedKept);
  let rejectedUnder = rules.rulesNow();
  // Waiting, mined or dropped since: their block is imported, or a reorganisation brings them back.
  const verified = new Map<string, CheckedTransaction>();
  const budget = openBudget(settings.allowedFailures, settings.windowMs, settings.now);
  const queue: VerificationQueue = openVerificationQueue(verifier, budget, {
    maxItems: settings.maxQueued,
    maxBytes: settings.maxQueuedBytes,
    batch: settings.batch,
  });
  const listeners = new Set<(entry: PoolEntry) => void>();
  /** Of what `check` returned, for as long as its caller keeps it. */
  const hashOfChecked = new WeakMap<CheckedTransaction, string>();

  /** Steps that cost microseconds. Undefined: a verified copy is here already. */
  function precheck(checked: CheckedTransaction): PoolEntry | undefined {
    const known = entries.get(hexDigits(checked.txid));
    if (known) return known;
    requireFree(entries, checked, rules.priceOf(checked));
    const verdict = rules.checkState(checked);
    if (!verdict.ok) throw verdict.error;
    requireRoom(entries, checked.bytes.length, rules.priceOf(checked), settings.maxBytes);
    return undefined;
  }

  /**
   * Drops what a longer chain leaves void: spent, of a nonce that moved, expired, of old rules, or proved under an anchor too old. What nothing
   * but its own pseudonym can void needs no other look: validity reads no balance of others. The state is asked once an anchor:
   * a full pool must not hold up the node at every block (attack E38).
   */
  function dropAfter({ nullifiers, pseudonyms }: UsedUp): void {
    for (const holder of nullifiers.map(entries.holder)) if (holder) entries.remove(holder.id);
    // Its nonce is behind the account's now; if it was built upon a nonce that a reorganisation brought back, the state says so.
    for (const entry of pseudonyms.map(entries.ofPseudonym)) {
      if (entry && !rules.checkState(entry.checked).ok) entries.remove(entry.id);
    }
    const [number, rulesNow] = [rules.nextNumber(), rules.rulesNow()];
    const goodAnchors = new Set<bigint>();
    for (const { checked, id } of [...entries.byPrice()]) {
      const { anchor, expiry } = checked.tx;
      const stands = expiry >= number && checked.rulesAt === rulesNow;
      if (stands && goodAnchors.has(anchor)) continue;
      if (stands && rules.checkState(checked).ok) goodAnchors.add(anchor);
      else entries.remove(id);
    }
  }

  function insert(checked: CheckedTransaction, bytesHash: string): void {
    const price = rules.priceOf(checked);
    requireRoom(entries, checked.bytes.length, price, settings.maxBytes);
    const replaced = checked.tx.call && entries.ofPseudonym(checked.tx.call.pseudonym);
    if (replaced) entries.remove(replaced.id);
    while (entries.bytes + checked.bytes.length > settings.maxBytes) {
      const cheapest = entries.cheapest();
      if (!cheapest) break;
      entries.remove(cheapest.id);
    }
    const entry: PoolEntry = { checked, id: hexDigits(checked.txid), bytesHash, price };
    entries.add(entry);
    remember(verified, bytesHash, checked, settings.verifiedKept);
    for (const listener of listeners) listener(entry);
  }

  /** All checks of one transaction, the cheap ones first. What is new was verified and fits, as of this very turn. */
  async function admit(bytes: Uint8Array, source: string): Promise<Admitted> {
    if (rejectedUnder !== rules.rulesNow()) {
      // What was false or not active before an upgrade may be good after it.
      rejected = openRejectedCache(settings.rejectedKept);
      rejectedUnder = rules.rulesNow();
    }
    const bytesHash = hexDigits(keccak256(bytes));
    const before = rejected.get(bytesHash);
    if (before) throw before;
    const same = entries.byBytes(bytesHash);
    if (same) return { checked: same.checked, bytesHash, standing: "waiting" };
    const decoded = rules.decode(bytes);
    if (!decoded.ok) {
      // What is not active yet may be one day.
      if (!decoded.error.code.endsWith("-not-active")) rejected.add(bytesHash, decoded.error);
      throw decoded.error;
    }
    const checked = decoded.value;
    const known = standingOf(checked, bytesHash);
    if (known) return known;
    if (verified.get(bytesHash)?.rulesAt !== checked.rulesAt) {
      const verdict = await queue.check({
        source,
        checks: rules.bundleChecks(checked),
        size: bytes.length,
        isWanted: () => !entries.get(hexDigits(checked.txid)),
      });
      if (verdict === "bad") {
        const error = new SeroError(
          "tx/proof",
          "A proof or signature of this transaction is false. Build it again; its notes are untouched.",
          { txid: `0x${hexDigits(checked.txid)}` },
        );
        if (checked.rulesAt === rejectedUnder) rejected.add(bytesHash, error);
        throw error;
      }
      // The head, or what else is in the pool, may have changed while the proofs were checked.
      const meanwhile = standingOf(checked, bytesHash);
      if (meanwhile) return meanwhile;
      // The copy for whose sake these proofs were not checked has left again: only what was checked gets in.
      if (verdict === "unwanted") {
        throw new SeroError(
          "pool/busy",
          "Another copy of this transaction just left the pool. Send this one again in a moment.",
        );
      }
    }
    return { checked, bytesHash, standing: "new" };
  }

  function standingOf(checked: CheckedTransaction, bytesHash: string): Admitted | undefined {
    if (rules.isMined(checked.txid)) return { checked, bytesHash, standing: "mined" };
    const waiting = precheck(checked);
    return waiting && { checked: waiting.checked, bytesHash: waiting.bytesHash, standing: "waiting" };
  }

  return {
    get size() {
      return entries.size;
    },
    get bytes() {
      return entries.bytes;
    },
    get verifying() {
      return queue.length;
    },
    async submit(bytes, source) {
      const admitted = await admit(bytes, source);
      if (admitted.standing === "new") insert(admitted.checked, admitted.bytesHash);
      return admitted.checked.txid;
    },
    async check(bytes, source) {
      const { checked, standing, bytesHash } = await admit(bytes, source);
      if (standing === "mined") {
        throw new SeroError("pool/mined", "This transaction is in a block already; nothing is left to do.", {
          txid: toHex(checked.txid),
        });
      }
      if (standing === "new") hashOfChecked.set(checked, bytesHash);
      return checked;
    },
    insertChecked(checked) {
      const bytesHash = hashOfChecked.get(checked) ?? entries.get(hexDigits(checked.txid))?.bytesHash;
      if (bytesHash === undefined) {
        throw new SeroError("pool/unchecked", "Only what this pool has checked may be inserted; submit its bytes.");
      }
      if (!rules.isMined(checked.txid) && !precheck(checked)) insert(checked, bytesHash);
      return checked.txid;
    },
    get: (txid) => entries.get(hexDigits(txid)),
    ofPseudonym: (pseudonym) => entries.ofPseudonym(pseudonym),
    verified: (bytesHash) => entries.byBytes(hexDigits(bytesHash))?.checked ?? verified.get(hexDigits(bytesHash)),
    candidates(gasLimit) {
      const chosen: CheckedTransaction[] = [];
      let gas = 0n;
      for (const { checked } of entries.byPrice()) {
        if (gas > 2n * gasLimit) break;
        // What each takes at least: how much of its gas limit the calls use, only the builder finds out.
        gas += checked.gas;
        chosen.push(checked);
      }
      return chosen;
    },
    headChanged(mined, abandoned, used) {
      for (const txid of mined) entries.remove(hexDigits(txid));
      if (used === undefined) {
        for (const { checked, id } of [...entries.byPrice()]) if (!rules.checkState(checked).ok) entries.remove(id);
      } else {
        dropAfter(used);
      }
      for (const { bytes, timestamp } of abandoned) {
        // Under the rules that its proofs were checked under: past an upgrade the same bytes are another transaction, which nobody checked.
        const decoded = rules.decode(bytes, timestamp);
        if (!decoded.ok) continue;
        try {
          if (!precheck(decoded.value)) insert(decoded.value, hexDigits(keccak256(bytes)));
        } catch (error) {
          // It no longer fits the new branch: its sender's wallet notices and decides.
          if (!(error instanceof SeroError)) throw error;
        }
      }
    },
    onTransaction(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => queue.close(),
  };
}

/**
 * A nullifier belongs to the first verified transaction that spends it, and a pseudonym has one transaction waiting. That one, which
 * nobody else can have signed, gives way to another of the same pseudonym that pays a better price.
 */
function requireFree(entries: Entries, checked: CheckedTransaction, price: bigint): void {
  const waiting = checked.tx.call && entries.ofPseudonym(checked.tx.call.pseudonym);
  if (waiting && waiting.price >= price) {
    throw new SeroError(
      "pool/pseudonym-busy",
      "A transaction of this pseudonym waits for a block. Wait for it, or send one of the same nonce at a higher price step in its place.",
      { txid: `0x${waiting.id}` },
    );
  }
  for (const nullifier of nullifiersOf(checked)) {
    const holder = entries.holder(nullifier);
    if (holder && holder !== waiting) {
      throw new SeroError(
        "pool/nullifier-held",
        "Another transaction that waits for a block spends the same note. Wait for it, or for its expiry.",
        { txid: `0x${holder.id}` },
      );
    }
  }
}

/** A full pool makes room only for a better price. */
function requireRoom(entries: Entries, size: number, price: bigint, maxBytes: number): void {
  if (entries.bytes + size <= maxBytes) return;
  const cheapest = entries.cheapest();
  if (cheapest && cheapest.price < price) return;
  throw new SeroError(
    "pool/full",
    "The node's pool is full of transactions that pay as much or more. Choose a higher price tier or try later.",
    { price: price.toString() },
  );
}

function remember<T>(map: Map<string, T>, key: string, value: T, limit: number): void {
  map.set(key, value);
  if (map.size <= limit) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
