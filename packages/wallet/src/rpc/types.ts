import type { AssetId, BlockHash, ChainSpec, EthAddress, TxId } from "@sero/protocol";
import type { CallReceiptAnswer, EventLog, PackageEvent, SimulateReport, SimulateRequest } from "./call-types.js";

/** What a node says of its chain. */
export interface ChainInfo {
  readonly spec: ChainSpec;
  readonly genesisHash: BlockHash;
  readonly rulesId: Uint8Array;
  readonly clientVersion: string;
}

/** A node's newest block. */
export interface NodeHead {
  readonly number: bigint;
  readonly hash: BlockHash;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  readonly leafCount: bigint;
  /** Number of the newest finalized block. */
  readonly finalized: bigint | undefined;
  readonly syncing: boolean;
}

/** One block of the stream. */
export interface CompactFrame {
  /** RLP. */
  readonly header: Uint8Array;
  /** As committed to by the stream digest. */
  readonly compact: Uint8Array;
}

/** The memo chunks of one block, by transaction. */
export interface MemoFrame {
  readonly number: bigint;
  readonly transactions: readonly { readonly txid: TxId; readonly chunks: readonly Uint8Array[] }[];
}

/** State of the note tree after a block: where a scan can begin. */
export interface TreeState {
  readonly leafCount: bigint;
  readonly frontier: Uint8Array;
  readonly streamDigest: Uint8Array;
  readonly root: bigint;
}

/** Merkle proof of some of the Pool's slots, and the header that it stands under. */
export interface PoolProof {
  readonly header: Uint8Array;
  readonly accountProof: readonly Uint8Array[];
  readonly storageProof: readonly { readonly key: Uint8Array; readonly proof: readonly Uint8Array[] }[];
}

/** An asset that the Pool registered in a block, as a node tells it. */
export interface AssetAnswer {
  readonly asset: AssetId;
  readonly kind: "token" | "ticket";
  readonly token: EthAddress;
  /** Of a ticket; 0 for tokens. */
  readonly id: bigint;
  readonly block: bigint;
}

/** A call that reads. */
export interface ReadCall {
  readonly to: EthAddress;
  readonly data: Uint8Array;
  readonly gas: bigint;
}

/** Options of every request. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What the wallet asks of a node. Ranges only, never a single note. Each function throws rpc/* or the node's own error. */
export interface NodeClient {
  /** For messages; without credentials. */
  readonly url: string;
  chain(options?: RequestOptions): Promise<ChainInfo>;
  head(options?: RequestOptions): Promise<NodeHead>;
  /** Blocks `from` to `to`, both included, in order. */
  compactBlocks(from: bigint, to: bigint, options?: RequestOptions): AsyncIterable<CompactFrame>;
  memos(from: bigint, to: bigint, options?: RequestOptions): AsyncIterable<MemoFrame>;
  treeState(block: bigint, options?: RequestOptions): Promise<TreeState>;
  /** Current root, leaf count and stream digest after the block of this hash. */
  poolProof(block: BlockHash, options?: RequestOptions): Promise<PoolProof>;
  /** The txid that the node answers. Sending the same bytes again is harmless. */
  sendTransaction(bytes: Uint8Array, options?: RequestOptions): Promise<TxId>;
  /** Assets registered in blocks `from` to `to`, both included, at most 10,000 blocks (sero_assets). */
  assets(from: bigint, to: bigint, options?: RequestOptions): Promise<readonly AssetAnswer[]>;
  /** What a contract answers at the newest block (eth_call); at most 16 KiB are read. Tells the node which contract: for our own node only. */
  call(request: ReadCall, options?: RequestOptions): Promise<Uint8Array>;
  /** Tries a call phase (sero_simulate). A failing phase is an answer with `ok` false. */
  simulate(request: SimulateRequest, options?: RequestOptions): Promise<SimulateReport>;
  /** Nonce, coin and code of an account at the newest block. */
  nonceOf(address: EthAddress, options?: RequestOptions): Promise<bigint>;
  coinOf(address: EthAddress, options?: RequestOptions): Promise<bigint>;
  codeOf(address: EthAddress, options?: RequestOptions): Promise<Uint8Array>;
  /** Events with these topics (undefined: any) in blocks `from` to `to`, both included (eth_getLogs). Tells the node what we look for. */
  logs(
    topics: readonly (Uint8Array | undefined)[],
    from: bigint,
    to: bigint,
    options?: RequestOptions,
  ): Promise<readonly EventLog[]>;
  /** What happened to packages in blocks `from` to `to`, both included, in order (sero_packages); at most 10,000 blocks. */
  packageEvents(from: bigint, to: bigint, options?: RequestOptions): Promise<readonly PackageEvent[]>;
  /** Receipt of a transaction; undefined while it is not mined. Tells the node that we care about it: for our own node only. */
  receipt(txid: TxId, options?: RequestOptions): Promise<CallReceiptAnswer | undefined>;
}
