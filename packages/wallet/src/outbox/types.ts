import type { AssetId, Commitment, Nullifier, TxId } from "@sero/protocol";
import type { Draft } from "../build/index.js";

/** A note that a pending transaction spends. */
export interface OutboxInput {
  readonly leafIndex: bigint;
  readonly commitment: Commitment;
  readonly nullifier: Nullifier;
  readonly asset: AssetId;
  readonly value: bigint;
}

/** What a pending transaction pays. */
export interface OutboxPayment {
  readonly address: string;
  readonly asset: AssetId;
  readonly amount: bigint;
  readonly memo: string | undefined;
}

/** A transaction that this copy of the wallet made, kept from before it was first sent. Secret: its draft can prove it again. */
export interface OutboxEntry {
  readonly txid: TxId;
  readonly account: number;
  readonly bytes: Uint8Array;
  readonly expiry: bigint;
  readonly anchorBlock: bigint;
  /** Block at which it was last handed to a node. */
  readonly sentAt: bigint;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly fee: bigint;
  readonly inputs: readonly OutboxInput[];
  readonly payments: readonly OutboxPayment[];
  /** Comes back to us: change, by asset. */
  readonly change: readonly { readonly asset: AssetId; readonly amount: bigint }[];
  readonly draft: Draft;
  /** The payment that this one replaces after a reorganisation. */
  readonly replaces: TxId | undefined;
}
