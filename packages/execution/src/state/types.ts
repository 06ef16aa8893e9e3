import type { Nibbles } from "../trie/index.js";

/** An Ethereum account as the state trie commits to it. */
export interface Account {
  readonly nonce: bigint;
  /** Base units. */
  readonly balance: bigint;
  /** Root of the account's storage trie, 32 bytes. */
  readonly storageRoot: Uint8Array;
  /** keccak256 of the account's code, 32 bytes. */
  readonly codeHash: Uint8Array;
}

/** A read-only view of the state after one block. Immutable: it answers the same for ever, or throws once its block is forgotten. */
export interface StateBackend {
  /** The state root, 32 bytes. */
  readonly root: Uint8Array;
  account(address: Uint8Array): Account | undefined;
  /** The 32 bytes at a 32-byte storage key; zeros where nothing was written. */
  storage(address: Uint8Array, slot: Uint8Array): Uint8Array;
  code(hash: Uint8Array): Uint8Array | undefined;
  /** RLP of the stored trie node at `path`. `owner` is empty for the account trie, a 20-byte address for that account's storage trie. */
  node(owner: Uint8Array, path: Nibbles): Uint8Array | undefined;
}

/**
 * What one block changes. Keys are lower-case hex without 0x: addresses 40 digits, slots and code hashes 64. A null account is deleted; a
 * null storage value is zero. `nodes` has keys `owner:path`, the owner as in StateBackend.node, one hex digit a nibble; null deletes.
 */
export interface StateDiff {
  readonly root: Uint8Array;
  readonly accounts: ReadonlyMap<string, Account | null>;
  readonly storage: ReadonlyMap<string, ReadonlyMap<string, Uint8Array | null>>;
  readonly code: ReadonlyMap<string, Uint8Array>;
  readonly nodes: ReadonlyMap<string, Uint8Array | null>;
}
