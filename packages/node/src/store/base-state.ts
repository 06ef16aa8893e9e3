import { decodeAccount, encodeAccount, ZERO_WORD, type StateBackend, type StateDiff } from "@sero/execution";
import type { Environment } from "./environment.js";
import { fromDigits, slotKey, trieNodeKey, trieNodeKeyOf } from "./keys.js";

/** Reads of the state at the finalized block. The root is the caller's to know. */
export type BaseReads = Omit<StateBackend, "root">;

/** Reads the flat tables. They change when finality advances: views above guard against that. */
export function baseReads(environment: Environment): BaseReads {
  const { accounts, slots, code, nodes } = environment;
  return {
    account(address) {
      const bytes = accounts.get(address);
      return bytes === undefined ? undefined : decodeAccount(plain(bytes));
    },
    storage(address, slot) {
      const bytes = slots.get(slotKey(address, slot));
      if (bytes === undefined) return ZERO_WORD;
      const word = new Uint8Array(32);
      word.set(bytes, 32 - bytes.length);
      return word;
    },
    code(hash) {
      const bytes = code.get(hash);
      return bytes === undefined ? undefined : plain(bytes);
    },
    node(owner, path) {
      const bytes = nodes.get(trieNodeKey(owner, path));
      return bytes === undefined ? undefined : plain(bytes);
    },
  };
}

/** Brings one block's changes into the flat tables. To be called inside `Environment.write`. */
export function mergeIntoBase(environment: Environment, diff: StateDiff): void {
  for (const [hash, code] of diff.code) environment.code.putSync(fromDigits(hash), code);
  for (const [address, account] of diff.accounts) {
    if (account) environment.accounts.putSync(fromDigits(address), encodeAccount(account));
    else environment.accounts.removeSync(fromDigits(address));
  }
  for (const [address, values] of diff.storage) {
    const owner = fromDigits(address);
    for (const [slot, value] of values) {
      const key = slotKey(owner, fromDigits(slot));
      const trimmed = value && trimLeft(value);
      // Most values are small numbers; their zeros are not stored.
      if (trimmed && trimmed.length > 0) environment.slots.putSync(key, trimmed);
      else environment.slots.removeSync(key);
    }
  }
  for (const [key, rlp] of diff.nodes) {
    if (rlp) environment.nodes.putSync(trieNodeKeyOf(key), rlp);
    else environment.nodes.removeSync(trieNodeKeyOf(key));
  }
}

function trimLeft(word: Uint8Array): Uint8Array {
  let start = 0;
  while (start < word.length && word[start] === 0) start++;
  return word.subarray(start);
}

/** lmdb hands out Buffers, whose slice() shares memory where Uint8Array's copies. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
