import { decodeRlp, encodeRlp, rlpReader, rlpUint } from "@sero/protocol";
import type { Account } from "./types.js";

/** RLP of an account as the state trie holds it: nonce, balance, storage root, code hash. */
export function encodeAccount(account: Account): Uint8Array {
  return encodeRlp([rlpUint(account.nonce), rlpUint(account.balance), account.storageRoot, account.codeHash]);
}

/** Inverse of `encodeAccount`. @throws SeroError `account/*` or `rlp/*` when the bytes are not an account's */
export function decodeAccount(bytes: Uint8Array): Account {
  const read = rlpReader("account");
  const fields = read.list(decodeRlp(bytes, { maxBytes: 128, maxItems: 5, maxDepth: 1 }), "account", 4);
  return {
    nonce: read.uint(fields[0], "nonce", 8),
    balance: read.uint(fields[1], "balance", 32),
    storageRoot: read.bytes(fields[2], "storage root", 32),
    codeHash: read.bytes(fields[3], "code hash", 32),
  };
}
