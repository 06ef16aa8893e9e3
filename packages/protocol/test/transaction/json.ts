import { toHex } from "../../src/bytes/index.js";
import { fieldToBytes } from "../../src/field/index.js";
import type { Bundle, Call, PackageEntry, ReturnEntry, Transaction } from "../../src/transaction/index.js";

/** JSON as the vectors hold it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const field = (x: bigint): string => toHex(fieldToBytes(x));
const bytes = (x: Uint8Array | undefined): string | null => (x === undefined ? null : toHex(x));

const bundleJson = (b: Bundle): Json => ({
  circuit: b.circuit,
  nullifiers: b.nullifiers.map(field),
  commitments: b.commitments.map(field),
  pubCoin: String(b.pubCoin),
  pubAsset: field(b.pubAsset),
  pubAmount: String(b.pubAmount),
  rk: toHex(b.rk),
  signature: toHex(b.signature),
  proof: toHex(b.proof),
});

const returnJson = (entry: ReturnEntry): Json => ({
  kind: entry.kind,
  token: bytes(entry.token),
  id: typeof entry.id === "bigint" ? String(entry.id) : { any: entry.id.any },
  leave: entry.leave,
  inners: entry.inners.map(field),
});

/** A transaction as the vectors write it: integers decimal, everything else 0x hex, null for what is absent. */
export const transactionJson = (tx: Transaction): Json => ({
  chainId: String(tx.chainId),
  expiry: String(tx.expiry),
  priceStep: tx.priceStep,
  anchor: field(tx.anchor),
  bundles: tx.bundles.map(bundleJson),
  outputs: tx.outputs.map(toHex),
  memos: tx.memos.map(toHex),
  call:
    tx.call === undefined
      ? null
      : {
          pseudonym: toHex(tx.call.pseudonym),
          nonce: String(tx.call.nonce),
          signature: toHex(tx.call.signature),
          gasLimit: String(tx.call.gasLimit),
          calls: tx.call.calls.map(({ to, value, data }: Call) => ({
            to: bytes(to),
            value: String(value),
            data: toHex(data),
          })),
          returns: tx.call.returns.map(returnJson),
        },
  packages: tx.packages.map(({ outputIndex, controller, onFailure }: PackageEntry) => ({
    outputIndex,
    controller: bytes(controller),
    onFailure,
  })),
});
