import { decodeAccount, EMPTY_CODE_HASH, EMPTY_ROOT, encodeAccount } from "@sero/execution";
import { encodeRlp, equalBytes, hexDigits, keccak256, rlpReader, type RlpItem } from "@sero/protocol";
import type { Environment } from "../store/environment.js";
import { slotKey } from "../store/keys.js";
import { forged } from "./format.js";
import { openTrieBuilder, type TrieBuilder } from "./rebuild.js";

/** Takes the state of a snapshot, entry by entry, and rebuilds every trie from it. To be used inside `Environment.write`. */
export interface StateImport {
  /** Frames of each kind come in this order: code, slots, accounts. */
  code(entries: readonly RlpItem[]): void;
  slots(entries: readonly RlpItem[]): void;
  accounts(entries: readonly RlpItem[]): void;
  /** Root of the state that came. @throws SeroError `snapshot/forged` when storage or code is left that no account has */
  finish(): Uint8Array;
}

/** Begins with the empty state. */
export function openStateImport(environment: Environment): StateImport {
  const { accounts, slots, code } = environment;
  const read = rlpReader("snapshot");
  const codes = new Set<string>();
  const roots = new Map<string, Uint8Array>();
  const state = openTrieBuilder(environment, new Uint8Array(0));
  let owner: { readonly address: Uint8Array; readonly trie: TrieBuilder; last: Uint8Array | undefined } | undefined;
  let lastAccount: Uint8Array | undefined;

  function closeOwner(): void {
    if (owner) roots.set(hexDigits(owner.address), owner.trie.root());
    owner = undefined;
  }

  function ownerOf(address: Uint8Array) {
    if (owner && equalBytes(owner.address, address)) return owner;
    if (owner && compare(owner.address, address) > 0) throw forged("its accounts are not in order");
    closeOwner();
    owner = { address: address.slice(), trie: openTrieBuilder(environment, address.slice()), last: undefined };
    return owner;
  }

  return {
    code(entries) {
      for (const entry of entries) {
        const bytes = read.bytes(entry, "code");
        const hash = keccak256(bytes);
        codes.add(hexDigits(hash));
        code.putSync(hash, bytes);
      }
    },
    slots(entries) {
      for (const entry of entries) {
        const [address, pairs] = read.list(entry, "storage", 2);
        const at = ownerOf(read.bytes(address, "address", 20));
        const items = read.list(pairs, "slots").map((pair) => {
          const [slot, value] = read.list(pair, "slot", 2);
          const key = read.bytes(slot, "slot", 32);
          const word = read.bytes(value, "value");
          if (at.last && compare(at.last, key) >= 0) throw forged("its slots are not in order");
          if (word.length === 0 || word.length > 32 || word[0] === 0) throw forged("a slot's value is none");
          at.last = key;
          slots.putSync(slotKey(at.address, key), word);
          return { key, value: encodeRlp(word) };
        });
        at.trie.add(items);
      }
    },
    accounts(entries) {
      closeOwner();
      const items = entries.map((entry) => {
        const [address, encoded] = read.list(entry, "account", 2);
        const key = read.bytes(address, "address", 20);
        const bytes = read.bytes(encoded, "account");
        if (lastAccount && compare(lastAccount, key) >= 0) throw forged("its accounts are not in order");
        lastAccount = key.slice();
        const account = decodeAccount(bytes);
        const digits = hexDigits(key);
        if (!equalBytes(account.storageRoot, roots.get(digits) ?? EMPTY_ROOT)) {
          throw forged("an account's storage is not what its root commits to", { address: `0x${digits}` });
        }
        roots.delete(digits);
        if (!equalBytes(account.codeHash, EMPTY_CODE_HASH) && !codes.has(hexDigits(account.codeHash))) {
          throw forged("an account's code is missing", { address: `0x${digits}` });
        }
        accounts.putSync(key, bytes);
        return { key, value: encodeAccount(account) };
      });
      state.add(items);
    },
    finish() {
      closeOwner();
      if (roots.size > 0) throw forged("it has storage of accounts that are not there");
      return state.root();
    },
  };
}

/** Order of byte strings of one length. */
function compare(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}
