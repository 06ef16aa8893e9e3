import type { BundleVerifier } from "@sero/circuits";
import type { CheckedTransaction } from "@sero/execution";
import { hexDigits, toHex, type TxId } from "@sero/protocol";
import { openAdmission } from "./admission.js";
import { openEntries, type PoolEntry } from "./entries.js";
import { isMinedAlready, notChecked } from "./errors.js";
import { dropAllVoid, dropVoid, openReturning, type AbandonedTransaction, type UsedUp } from "./head.js";
import { openRoom } from "./room.js";
import type { PoolRules } from "./rules.js";
import { DEFAULT_POOL, type PoolSettings } from "./settings.js";
import { openSources } from "./sources.js";
import { openVerificationQueue } from "./verification.js";
import { openVerifiedCache } from "./verified.js";

/** The transactions that wait for a block. docs/mempool.md says in what order they are checked, and what bounds what. */
export interface Mempool {
  readonly size: number;
  readonly bytes: number;
  /** Base units a gas that a transaction has to pay to be taken; 0 unless the pool is, or was lately, full. */
  readonly floor: bigint;
  /** Transactions whose proofs wait to be checked. */
  readonly verifying: number;
  /** Whether any transaction waits for the verifier or is with it. */
  readonly isVerifying: boolean;
  /**
   * Takes in a transaction: cheap checks first, then proofs.
   *
   * @param source groups what one sender sends, for its share of the queue and its budget of false proofs; "rpc..." is this node's own
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
   * @param abandoned transactions of the blocks that left; their proofs were checked when their block was, under its rules. Of more than a few
   *   hundred the rest is taken back in later turns (`idle`)
   * @param used what the blocks that joined used up, if it is known: then what waits need not be held against the state one by one
   */
  headChanged(mined: readonly Uint8Array[], abandoned: Iterable<AbandonedTransaction>, used?: UsedUp): void;
  /** When all that abandoned blocks held was looked at. */
  idle(): Promise<void>;
  /** Calls `listener` with each transaction that becomes verified; returns how to stop. */
  onTransaction(listener: (entry: PoolEntry) => void): () => void;
  /** Rejects what waits for its verdict. */
  close(): Promise<void>;
}

/** Opens an empty pool. */
export function openMempool(
  rules: PoolRules,
  verifier: BundleVerifier,
  settings: PoolSettings = DEFAULT_POOL,
): Mempool {
  const entries = openEntries();
  const room = openRoom(entries, settings.maxBytes);
  // Waiting, mined or dropped since: their block is imported, or a reorganisation brings them back.
  const verified = openVerifiedCache(settings.verifiedBytes);
  const sources = openSources(settings.allowedFailures, settings.windowMs, settings.now);
  const queue = openVerificationQueue(verifier, rules, sources, settings);
  const admission = openAdmission({ rules, entries, room, verified, sources, queue, settings });
  const returning = openReturning(rules, admission, (checked, bytesHash) => insert(checked, bytesHash, true));
  const listeners = new Set<(entry: PoolEntry) => void>();
  /** Of what `check` returned, for as long as its caller keeps it. */
  const hashOfChecked = new WeakMap<CheckedTransaction, string>();

  /** Puts in what was just found to be new and to fit. */
  function insert(checked: CheckedTransaction, bytesHash: string, wasMined = false): void {
    const replaced = checked.tx.call && entries.ofPseudonym(checked.tx.call.pseudonym);
    if (replaced) entries.remove(replaced.id);
    room.make(checked.bytes.length, checked.price, wasMined);
    const entry: PoolEntry = { checked, id: hexDigits(checked.txid), bytesHash, price: checked.price };
    entries.add(entry);
    verified.add(bytesHash, checked);
    for (const listener of listeners) listener(entry);
  }

  /** Asks once more in the very turn in which it goes in: the head, or what else is in the pool, may have changed meanwhile. */
  function insertIfItFits(checked: CheckedTransaction, bytesHash: string): TxId {
    if (!admission.standingOf(checked)) insert(checked, bytesHash);
    return checked.txid;
  }

  return {
    get size() {
      return entries.size;
    },
    get bytes() {
      return entries.bytes;
    },
    get floor() {
      return room.floor;
    },
    get verifying() {
      return queue.length;
    },
    get isVerifying() {
      return queue.isBusy;
    },
    async submit(bytes, source) {
      const standing = await admission.admit(bytes, source);
      if (standing.is === "mined") return standing.txid;
      if (standing.is === "waiting") return standing.entry.checked.txid;
      return insertIfItFits(standing.checked, standing.bytesHash);
    },
    async check(bytes, source) {
      const before = await admission.admit(bytes, source);
      const standing = before.is === "new" ? (admission.standingOf(before.checked) ?? before) : before;
      if (standing.is === "mined") throw isMinedAlready(toHex(standing.txid));
      const { checked, bytesHash } = standing.is === "new" ? standing : standing.entry;
      hashOfChecked.set(checked, bytesHash);
      return checked;
    },
    insertChecked(checked) {
      const bytesHash = hashOfChecked.get(checked);
      if (bytesHash === undefined) throw notChecked();
      return insertIfItFits(checked, bytesHash);
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
      if (used === undefined) dropAllVoid(entries, rules);
      else dropVoid(entries, rules, used);
      room.relax();
      returning.add(abandoned);
    },
    idle: () => returning.idle(),
    onTransaction(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      returning.close();
      await queue.close();
    },
  };
}
