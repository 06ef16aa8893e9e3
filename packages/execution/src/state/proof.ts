import { keccak256 } from "@sero/protocol";
import { EMPTY_ROOT, lookUp } from "../trie/index.js";
import type { Account, StateBackend } from "./types.js";
import { EMPTY_CODE_HASH } from "./views.js";

/** Merkle proof of one storage slot: the nodes from the storage root on. */
export interface SlotProof {
  readonly slot: Uint8Array;
  /** 32 bytes. */
  readonly value: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** EIP-1186: an account and some of its slots, with the trie nodes that prove them against the state root. */
export interface AccountProof {
  readonly account: Account;
  readonly exists: boolean;
  readonly accountProof: readonly Uint8Array[];
  readonly storageProof: readonly SlotProof[];
}

const OWNER_OF_ACCOUNTS = new Uint8Array(0);

/**
 * Proves an account, present or absent, and any of its slots.
 *
 * @param slots 32-byte storage keys
 * @throws SeroError `trie/missing-node` when the view has forgotten its nodes
 */
export function proofOf(state: StateBackend, address: Uint8Array, slots: readonly Uint8Array[]): AccountProof {
  const found = lookUp((path) => state.node(OWNER_OF_ACCOUNTS, path), state.root, keccak256(address));
  const account = state.account(address) ?? {
    nonce: 0n,
    balance: 0n,
    storageRoot: EMPTY_ROOT,
    codeHash: EMPTY_CODE_HASH,
  };
  const storageProof = slots.map((slot) => ({
    slot,
    value: state.storage(address, slot),
    proof: lookUp((path) => state.node(address, path), account.storageRoot, keccak256(slot)).proof,
  }));
  return { account, exists: found.value !== undefined, accountProof: found.proof, storageProof };
}
