import { decode, encode } from "@ethereumjs/rlp";
import { bigIntToUnpaddedBytes, bytesToBigInt } from "@ethereumjs/util";
import { SeroError } from "@sero/protocol";
import type { Account } from "./types.js";

/** RLP of an account as the state trie holds it: nonce, balance, storage root, code hash. */
export function encodeAccount(account: Account): Uint8Array {
  return encode([
    bigIntToUnpaddedBytes(account.nonce),
    bigIntToUnpaddedBytes(account.balance),
    account.storageRoot,
    account.codeHash,
  ]);
}

/**
 * Inverse of `encodeAccount`.
 *
 * @throws SeroError `state/bad-account` when the bytes are not four items of the right form
 */
export function decodeAccount(bytes: Uint8Array): Account {
  const items = decode(bytes);
  const fields = Array.isArray(items) ? items : [];
  const [nonce, balance, storageRoot, codeHash] = fields;
  if (
    fields.length !== 4 ||
    !(nonce instanceof Uint8Array && balance instanceof Uint8Array) ||
    !(storageRoot instanceof Uint8Array && storageRoot.length === 32) ||
    !(codeHash instanceof Uint8Array && codeHash.length === 32)
  ) {
    throw new SeroError("state/bad-account", "A stored account is damaged; restore the state or sync again.");
  }
  return {
    nonce: nonce.length === 0 ? 0n : bytesToBigInt(nonce),
    balance: balance.length === 0 ? 0n : bytesToBigInt(balance),
    storageRoot,
    codeHash,
  };
}
