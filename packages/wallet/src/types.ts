import type { AssetId, Commitment, EthAddress, Inner, Nullifier, OwnerTag, PackageId, TxId } from "@sero/protocol";

/** What a wallet's keys can do: everything; see everything; see incoming payments only. */
export type WalletKind = "spending" | "full-view" | "incoming-view";

/**
 * How a note came to this wallet. `slot` and `return`: completed by the chain itself from an inner of ours; `contract`: completed for an address of
 * ours; `package`: out of a package that was released; `received` and `change` also by a repack.
 */
export type NoteOrigin = "received" | "change" | "slot" | "return" | "contract" | "package";

/** A note of this wallet with all that is needed to spend it, and its life so far. Secret. */
export interface OwnedNote {
  readonly account: number;
  readonly origin: NoteOrigin;
  readonly leafIndex: bigint;
  readonly commitment: Commitment;
  readonly d: Uint8Array;
  readonly ownerTag: OwnerTag;
  readonly inner: Inner;
  readonly asset: AssetId;
  readonly value: bigint;
  readonly rho: bigint;
  readonly blind: bigint;
  /** Undefined for an incoming view key, which cannot compute it. */
  readonly nullifier: Nullifier | undefined;
  /** Undefined for slots and returns, which have no ciphertext. */
  readonly seed: Uint8Array | undefined;
  /** Opens the memo, in a disclosure too. Undefined for slots and returns. */
  readonly memoKey: Uint8Array | undefined;
  readonly memo: string | undefined;
  /** Undefined for notes of genesis. */
  readonly txid: TxId | undefined;
  /** Output index over all outputs of its transaction; undefined for what is no output: completed, released, repacked notes. */
  readonly outputIndex: number | undefined;
  readonly block: bigint;
  /** Seconds since 1970, from the block's header. */
  readonly timestamp: bigint;
  readonly spent: { readonly block: bigint; readonly txid: TxId } | undefined;
}

/** One output of a payment of ours, as its sender knows it. */
export interface SentOutput {
  readonly outputIndex: number;
  /** Text form. */
  readonly address: string;
  readonly asset: AssetId;
  readonly value: bigint;
  readonly memo: string | undefined;
  /** Our own account (a payment to oneself), not counted as money gone. */
  readonly own: boolean;
  /** Opens the output for a disclosure. Secret. */
  readonly seed: Uint8Array;
  /** Opens its memo. Secret. */
  readonly memoKey: Uint8Array;
  readonly commitment: Commitment;
  /** Address parts, needed to open the output again. */
  readonly d: Uint8Array;
  readonly ownerTag: OwnerTag;
  /** The output became this package. */
  readonly packageId: PackageId | undefined;
}

/** How a call phase of ours ended, as the chain says. */
export interface SentCall {
  readonly pseudonym: EthAddress;
  /** All coin that left the pool, the fee with it. */
  readonly coin: bigint;
  /** Without the intrinsic gas. */
  readonly gasUsed: bigint;
  /** False: everything was taken back but the gas. */
  readonly succeeded: boolean;
}

/** What is known of a package: its contents are ours, or we sent them, or both. Secret. */
export interface PackageContents {
  readonly id: PackageId;
  readonly account: number;
  /** The contents become a note of ours when it is released. */
  readonly own: boolean;
  /** We made it. */
  readonly sent: boolean;
  readonly commitment: Commitment;
  readonly d: Uint8Array;
  readonly ownerTag: OwnerTag;
  readonly inner: Inner;
  readonly asset: AssetId;
  readonly value: bigint;
  readonly rho: bigint;
  readonly blind: bigint;
  readonly seed: Uint8Array;
  readonly memoKey: Uint8Array;
  readonly memo: string | undefined;
  /** Recipient, text form; only of what we sent. */
  readonly address: string | undefined;
  /** Undefined when it was made in a transaction that the block does not name. */
  readonly txid: TxId | undefined;
  /** Undefined when a repack made it. */
  readonly outputIndex: number | undefined;
  readonly block: bigint;
  readonly timestamp: bigint;
  /** Where its contents became a note. */
  readonly released: { readonly block: bigint; readonly leafIndex: bigint } | undefined;
}

/** A mined transaction that spent notes of ours, or that a pseudonym of ours paid for, recovered from the chain alone. */
export interface SentTransaction {
  readonly account: number;
  readonly txid: TxId;
  readonly block: bigint;
  readonly timestamp: bigint;
  readonly fee: bigint;
  readonly outputs: readonly SentOutput[];
  readonly pseudonym: EthAddress | undefined;
  readonly call: SentCall | undefined;
}

/** A payment to one address. */
export interface PaymentRequest {
  /** Text form. */
  readonly address: string;
  /** Base units, above 0. */
  readonly amount: bigint;
  /** Default: the coin. */
  readonly asset?: AssetId;
  readonly memo?: string;
}

/** What `prepareSend` takes. */
export interface SendRequest {
  readonly payments: readonly PaymentRequest[];
  readonly account?: number;
  /** Index into the chain's price ladder. Default 0. */
  readonly priceStep?: number;
  /** Pays again a payment that a reorganisation undid, with a note that it also spent (never twice). */
  readonly replaces?: TxId;
}

/** Money of one asset. All figures in base units. */
export interface Balance {
  readonly asset: AssetId;
  readonly spendable: bigint;
  readonly pending: bigint;
  readonly total: bigint;
  /** Why `pending` is not spendable yet, with the amounts; sums to `pending`. */
  readonly reasons: readonly PendingReason[];
  readonly notes: number;
  /** False for an incoming view key: spends are not seen, so this is only what was received. */
  readonly complete: boolean;
}

/**
 * Why money is not spendable: `anchor` no shared anchor covers it yet (`block`: the first block after which it does); `sending` a
 * payment of ours that is not mined yet uses it; `change` change of such a payment on its way back (not counted in total).
 */
export interface PendingReason {
  readonly reason: "anchor" | "sending";
  readonly amount: bigint;
  readonly sentence: string;
}

/**
 * Where a payment of ours stands. `conflicted`: another transaction spent one of its notes (a second copy of the wallet). `undone`: a
 * reorganisation took a note that it spends away; it may come back until it expires.
 */
export type PaymentStatus = "pending" | "mined" | "expired" | "conflicted" | "undone";

/**
 * One line of the history. Amounts in base units, never negative but in `moves`. `contract`: paid by a contract; `call`: a transaction of ours that
 * called contracts.
 */
export interface HistoryEntry {
  readonly type: "received" | "sent" | "genesis" | "contract" | "call";
  readonly status: PaymentStatus;
  readonly account: number;
  /** "0x…"; undefined for notes completed by the chain. */
  readonly txid: string | undefined;
  readonly block: bigint | undefined;
  readonly timestamp: bigint | undefined;
  readonly parts: readonly HistoryPart[];
  /** Paid from our shielded coin; 0 for what was received, or what a pseudonym paid for. Of a call without the gas that its calls used, which is in `moves`. */
  readonly fee: bigint;
  /** Of a call: what it changed besides fee and parts, by asset: what came back less what was brought. Undefined while pending. */
  readonly moves: readonly { readonly asset: AssetId; readonly amount: bigint }[] | undefined;
  /** Of a call: as whom contracts saw us, "0x…". */
  readonly pseudonym: string | undefined;
  /** A call that failed: everything was taken back but the gas. */
  readonly callFailed: boolean;
}

/** One recipient (sent) or one note (received). */
export interface HistoryPart {
  readonly asset: AssetId;
  readonly amount: bigint;
  /** Sent: the recipient. Received: undefined. */
  readonly address: string | undefined;
  /** Made safe for a terminal or page. */
  readonly memo: string | undefined;
  /** For `disclose`. A payment larger than two notes is made in several outputs. Empty while pending. */
  readonly outputs: readonly number[];
  /** It went into this package, "0x…", which its controller holds. */
  readonly package: string | undefined;
}

/** How far a sync is: the node against the network, and the wallet against the node. */
export interface SyncProgress {
  readonly chain: { readonly head: bigint; readonly syncing: boolean };
  readonly wallet: {
    readonly scanned: bigint;
    readonly leaves: bigint;
    readonly totalLeaves: bigint;
    readonly fraction: number;
  };
  /** Undefined until there is a rate to judge by. */
  readonly secondsLeft: number | undefined;
  readonly outputsPerSecond: number;
}

/** What a finished sync found. */
export interface SyncResult {
  readonly head: bigint;
  readonly headHash: string;
  readonly newNotes: number;
  readonly spentNotes: number;
  /** Blocks taken back because the chain reorganised; 0 usually. */
  readonly rewound: bigint;
  /** Who vouches for the newest block: this node alone, or at least one further node too. */
  readonly trust: "node" | "several-nodes";
  readonly cancelled: boolean;
}

/** Exactly what everybody will see of one transaction. */
export interface PublicFacts {
  readonly fee: bigint;
  readonly gas: bigint;
  readonly priceStep: number;
  readonly bundles: number;
  readonly memoChunks: number;
  readonly expiry: bigint;
  readonly anchorBlock: bigint;
  readonly bytes: number;
}

/** Shown before anything is signed. */
export interface SendReport {
  readonly transactions: readonly PublicFacts[];
  readonly totalFee: bigint;
  /** Payments that must wait for the change of these transactions; prepare them again after they are mined. */
  readonly later: readonly PaymentRequest[];
  /** Plain sentences: what will be public, what stays hidden, what to mind. */
  readonly sentences: readonly string[];
}

/** What `send` returns for each transaction. */
export interface SentReceipt {
  readonly txid: string;
  readonly expiry: bigint;
  readonly bytes: number;
  readonly proveMs: number;
}

/** Progress of `send`. */
export interface SendProgress {
  readonly transaction: number;
  readonly transactions: number;
  readonly bundle: number;
  readonly bundles: number;
  readonly step: "proving" | "checking" | "sending";
  readonly fraction: number;
}
