import { keccak256, SeroError } from "@sero/protocol";
import { fromHexKey, hexKey } from "../bytes/hex.js";
import { EMPTY_ROOT } from "../trie/index.js";
import { diffOf } from "./finish.js";
import type { Account, StateBackend, StateDiff } from "./types.js";
import { EMPTY_CODE_HASH, ZERO_WORD } from "./views.js";

/** The part of an account that execution sets; its storage root follows from the slots at the end of the block. */
export type AccountFields = Pick<Account, "nonce" | "balance" | "codeHash">;

/**
 * The state while a block is executed: a cache of changes over an unchanging view, with nested checkpoints. All calls are synchronous; a
 * revert costs as much as what it takes back.
 */
export interface Journal {
  account(address: Uint8Array): Account | undefined;
  setAccount(address: Uint8Array, fields: AccountFields): void;
  /** Removes the account and the slots it was given in this block. @throws SeroError `state/wipe` as clearStorage does */
  removeAccount(address: Uint8Array): void;
  /** Adds `amount` (>= 0, base units), creating the account if there is none. Adding 0 to nothing creates nothing. */
  credit(address: Uint8Array, amount: bigint): void;
  /** Takes `amount` away. @throws SeroError `state/balance` when there is less */
  debit(address: Uint8Array, amount: bigint): void;
  /** 32 bytes, zeros where nothing was written. Not to be written to. */
  storage(address: Uint8Array, slot: Uint8Array): Uint8Array;
  setStorage(address: Uint8Array, slot: Uint8Array, value: Uint8Array): void;
  /** The value that the slot had at the last `beginTransaction` (EIP-2200). */
  originalStorage(address: Uint8Array, slot: Uint8Array): Uint8Array;
  /** Forgets the slots written in this block. @throws SeroError `state/wipe` when the account had storage before it */
  clearStorage(address: Uint8Array): void;
  code(address: Uint8Array): Uint8Array;
  setCode(address: Uint8Array, code: Uint8Array): void;
  checkpoint(): void;
  commit(): void;
  revert(): void;
  /** How many checkpoints are open. */
  depth(): number;
  beginTransaction(): void;
  /** The accounts that were written, in no order that matters; some may be as they were. */
  touched(): Uint8Array[];
  /**
   * Hashes everything once. The journal stays usable.
   *
   * @param depth checkpoints that the caller knows to be open, when it takes back what it wrote last
   * @throws SeroError `state/open-checkpoint` within any other number of checkpoints
   */
  finish(depth?: number): StateDiff;
}

const NO_CODE = new Uint8Array(0);
const NEW_ACCOUNT: Account = { nonce: 0n, balance: 0n, storageRoot: EMPTY_ROOT, codeHash: EMPTY_CODE_HASH };

/** Opens a journal over `state`. */
export function openJournal(state: StateBackend): Journal {
  const accounts = new Map<string, Account | null>();
  const storage = new Map<string, Map<string, Uint8Array>>();
  const code = new Map<string, Uint8Array>();
  const original = new Map<string, Uint8Array>();
  const undo: (() => void)[] = [];
  const marks: number[] = [];

  const put = <K, V>(map: Map<K, V>, key: K, value: V): void => {
    if (marks.length > 0) {
      const before = map.get(key);
      undo.push(before === undefined ? () => map.delete(key) : () => map.set(key, before));
    }
    map.set(key, value);
  };

  const account = (address: Uint8Array): Account | undefined => {
    const found = accounts.get(hexKey(address));
    return found === undefined ? state.account(address) : (found ?? undefined);
  };
  const setAccount = (address: Uint8Array, fields: AccountFields): void => {
    const { nonce, balance, codeHash } = fields;
    const storageRoot = account(address)?.storageRoot ?? EMPTY_ROOT;
    put(accounts, hexKey(address), { nonce, balance, storageRoot, codeHash });
  };
  const readStorage = (address: Uint8Array, slot: Uint8Array): Uint8Array =>
    storage.get(hexKey(address))?.get(hexKey(slot)) ?? state.storage(address, slot);

  const clearStorage = (address: Uint8Array): void => {
    const before = state.account(address);
    if (before !== undefined && !before.storageRoot.every((byte, i) => byte === EMPTY_ROOT[i])) {
      throw new SeroError("state/wipe", "Storage from earlier blocks cannot be cleared (EIP-6780, EIP-7610).");
    }
    const owner = hexKey(address);
    if (storage.has(owner)) put(storage, owner, new Map<string, Uint8Array>());
  };

  return {
    account,
    setAccount,
    removeAccount(address) {
      clearStorage(address);
      put(accounts, hexKey(address), null);
    },
    credit(address, amount) {
      if (amount === 0n) return;
      const before = account(address) ?? NEW_ACCOUNT;
      setAccount(address, { ...before, balance: before.balance + amount });
    },
    debit(address, amount) {
      if (amount === 0n) return;
      const before = account(address) ?? NEW_ACCOUNT;
      if (before.balance < amount) {
        throw new SeroError("state/balance", "An account holds less than is to be taken from it.", {
          address: `0x${hexKey(address)}`,
        });
      }
      setAccount(address, { ...before, balance: before.balance - amount });
    },
    storage: readStorage,
    setStorage(address, slot, value) {
      const owner = hexKey(address);
      const key = hexKey(slot);
      let slots = storage.get(owner);
      if (slots === undefined) storage.set(owner, (slots = new Map()));
      const mark = owner + key;
      if (!original.has(mark)) original.set(mark, slots.get(key) ?? state.storage(address, slot));
      put(slots, key, value);
    },
    originalStorage: (address, slot) => original.get(hexKey(address) + hexKey(slot)) ?? readStorage(address, slot),
    clearStorage,
    code(address) {
      const hash = account(address)?.codeHash ?? EMPTY_CODE_HASH;
      return code.get(hexKey(hash)) ?? state.code(hash) ?? NO_CODE;
    },
    setCode(address, bytes) {
      const codeHash = keccak256(bytes);
      code.set(hexKey(codeHash), bytes);
      setAccount(address, { ...(account(address) ?? NEW_ACCOUNT), codeHash });
    },
    checkpoint: () => void marks.push(undo.length),
    commit() {
      marks.pop();
      if (marks.length === 0) undo.length = 0;
    },
    revert() {
      const mark = marks.pop() ?? 0;
      while (undo.length > mark) undo.pop()!();
    },
    depth: () => marks.length,
    beginTransaction: () => original.clear(),
    touched: () => [...accounts.keys()].map(fromHexKey),
    finish(depth = 0) {
      if (marks.length !== depth) {
        throw new SeroError("state/open-checkpoint", "A block cannot end inside a checkpoint; a programming error.");
      }
      return diffOf(state, { accounts, storage, code });
    },
  };
}

/** The 32-byte word of an unsigned integer below 2^256, big-endian. */
export function wordOf(value: bigint): Uint8Array {
  if (value === 0n) return ZERO_WORD;
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  for (let i = 0; i < 4; i++) view.setBigUint64(24 - 8 * i, BigInt.asUintN(64, value >> BigInt(64 * i)));
  return out;
}

/** Inverse of `wordOf`. */
export function wordToBigInt(word: Uint8Array): bigint {
  const view = new DataView(word.buffer, word.byteOffset, 32);
  let value = 0n;
  for (let i = 0; i < 4; i++) value = (value << 64n) | view.getBigUint64(8 * i);
  return value;
}
