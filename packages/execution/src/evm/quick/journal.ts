import type { EVM } from "@ethereumjs/evm";
import { Account, Address, bytesToUnprefixedHex, hexToBytes, stripHexPrefix } from "@ethereumjs/util";
import type { Journal } from "../../state/index.js";

/** What the EVM library wants of its journal. */
export interface WarmJournal {
  putAccount(address: Address, account: Account): Promise<void>;
  deleteAccount(address: Address): Promise<void>;
  touchAddress(address: Address): void;
  checkpoint(): Promise<void>;
  commit(): Promise<void>;
  revert(): Promise<void>;
  cleanJournal(): void;
  /** Ends a transaction: accounts that were touched and are empty go (EIP-161). */
  cleanup(): Promise<void>;
  addAlwaysWarmAddress(address: string): void;
  addAlwaysWarmSlot(address: string, slot: string): void;
  isWarmedAddress(address: Uint8Array): boolean;
  addWarmedAddress(address: Uint8Array): void;
  isWarmedStorage(address: Uint8Array, slot: Uint8Array): boolean;
  addWarmedStorage(address: Uint8Array, slot: Uint8Array): void;
}

/** The precompile that stays touched when a frame is taken back (the accident of block 2,675,119, EIP-161). */
const RIPEMD160 = "0000000000000000000000000000000000000003";

/**
 * The sets of EIP-2929 and EIP-161 over a state journal, in place of the EVM library's own journal, which keeps two records for each frame of
 * a transaction and copies all of them at each revert. Here a revert costs as much as what it takes back.
 */
export function warmJournal(stateManager: EVM["stateManager"], state: Journal): WarmJournal {
  const warm = new Map<string, Set<string>>();
  const always = new Map<string, Set<string>>();
  const touched = new Set<string>();
  const undo: (() => void)[] = [];
  const marks: number[] = [];

  const remember = (back: () => void): void => {
    if (marks.length > 0) undo.push(back);
  };
  const touch = (address: string): void => {
    if (touched.has(address)) return;
    touched.add(address);
    if (address !== RIPEMD160) remember(() => touched.delete(address));
  };
  const slotsOf = (address: string): Set<string> => {
    let slots = warm.get(address);
    if (slots === undefined) {
      warm.set(address, (slots = new Set()));
      remember(() => warm.delete(address));
    }
    return slots;
  };
  const alwaysOf = (address: string): Set<string> => {
    const slots = always.get(address) ?? new Set();
    always.set(address, slots);
    return slots;
  };
  const cleanJournal = (): void => {
    for (const set of [warm, always, touched]) set.clear();
    undo.length = 0;
    marks.length = 0;
  };

  const journal: WarmJournal = {
    putAccount(address, account) {
      journal.touchAddress(address);
      return stateManager.putAccount(address, account);
    },
    deleteAccount(address) {
      journal.touchAddress(address);
      return stateManager.deleteAccount(address);
    },
    touchAddress: (address) => touch(address.toString().slice(2)),
    checkpoint() {
      marks.push(undo.length);
      state.checkpoint();
      return DONE;
    },
    commit() {
      marks.pop();
      if (marks.length === 0) undo.length = 0;
      state.commit();
      return DONE;
    },
    revert() {
      const mark = marks.pop() ?? 0;
      while (undo.length > mark) undo.pop()?.();
      state.revert();
      return DONE;
    },
    cleanJournal,
    async cleanup() {
      for (const key of touched) {
        const address = new Address(hexToBytes(`0x${key}`));
        const account = (await stateManager.getAccount(address)) ?? new Account();
        if (account.isEmpty()) await stateManager.deleteAccount(address);
      }
      cleanJournal();
    },
    addAlwaysWarmAddress: (address) => void alwaysOf(stripHexPrefix(address)),
    addAlwaysWarmSlot: (address, slot) => void alwaysOf(stripHexPrefix(address)).add(stripHexPrefix(slot)),
    isWarmedAddress(address) {
      const key = bytesToUnprefixedHex(address);
      return warm.has(key) || always.has(key);
    },
    addWarmedAddress: (address) => void slotsOf(bytesToUnprefixedHex(address)),
    isWarmedStorage(address, slot) {
      const [owner, key] = [bytesToUnprefixedHex(address), bytesToUnprefixedHex(slot)];
      return warm.get(owner)?.has(key) === true || always.get(owner)?.has(key) === true;
    },
    addWarmedStorage(address, slot) {
      const slots = slotsOf(bytesToUnprefixedHex(address));
      const key = bytesToUnprefixedHex(slot);
      if (slots.has(key)) return;
      slots.add(key);
      remember(() => slots.delete(key));
    },
  };
  return journal;
}

const DONE = Promise.resolve();
