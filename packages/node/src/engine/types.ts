import type { Block, Header, Withdrawal } from "@sero/execution";
import type { BlockHash, EthAddress } from "@sero/protocol";

/** Engine API: the verdict on a payload or head. */
export type PayloadStatus =
  | { readonly status: "VALID"; readonly latestValidHash: BlockHash }
  | {
      readonly status: "INVALID";
      /** The newest valid ancestor; undefined when it is not known. */
      readonly latestValidHash: BlockHash | undefined;
      readonly validationError: string;
    }
  | { readonly status: "SYNCING" | "ACCEPTED" };

/** Engine API: which blocks the consensus client names. A hash of zeros names none. */
export interface ForkchoiceState {
  readonly head: Uint8Array;
  readonly safe: Uint8Array;
  readonly finalized: Uint8Array;
}

/** Engine API: what a block to be built must contain. */
export interface PayloadAttributes {
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  readonly prevRandao: Uint8Array;
  readonly feeRecipient: EthAddress;
  readonly withdrawals: readonly Withdrawal[];
  /** From Cancun on: the root of the parent's beacon block, 32 bytes. */
  readonly parentBeaconRoot?: Uint8Array | undefined;
}

/** Attributes as a consensus client sent them. */
export interface UnreadAttributes {
  /** @throws SeroError `engine/invalid-payload-attributes` */
  read(): PayloadAttributes;
  /** Whether the method's version is for blocks of this timestamp. @throws SeroError `engine/unsupported-fork` */
  check(timestamp: bigint): void;
}

/** Engine API: names a payload under construction, 8 bytes. */
export type PayloadId = Uint8Array;

/** Answer to forkchoiceUpdated. */
export interface ForkchoiceResult {
  readonly status: PayloadStatus;
  readonly payloadId: PayloadId | undefined;
}

/** A block as the engine hands it around. */
export interface Payload {
  readonly hash: BlockHash;
  readonly block: Block;
}

/** Answer to getPayload. */
export interface BuiltPayload extends Payload {
  /** What the proposer earns, base units. */
  readonly value: bigint;
  /** From Prague on: what the block asks of the consensus layer (EIP-7685), type byte and data each. */
  readonly requests: readonly Uint8Array[];
}

/** The consensus client names a block that cannot be executed, because the block or ancestors of it are not here. */
export interface MissingBlocks {
  /** The newest block in question: a head that was named, or a payload that was sent. */
  readonly hash: BlockHash;
  /** Its header if the payload is kept here; then only ancestors are missing. */
  readonly header: Header | undefined;
  /** The newest block that is not here: `hash` itself, or the parent of the oldest kept payload below it. The search goes backwards from it. */
  readonly wanted: BlockHash;
  /** Whether `hash` is the head of the newest fork choice, not only a payload. */
  readonly isHead: boolean;
  /**
   * The newest finalized block that the consensus client named, if it has one. What turns out to be an ancestor of it, or the block itself, is
   * final, known here or not.
   */
  readonly finalized: BlockHash | undefined;
}

/** How blocks from peers come in. */
export interface ImportOptions {
  /**
   * Says that the caller saw, by hashes from header to header, that the blocks are ancestors of a block that the consensus client called
   * finalized, or that block. They become final when the call ends, so that their layers need no memory any more; the head moves with them. Give at most a few dozen at a time.
   */
  readonly isFinal: boolean;
  /** Stops before the next block. */
  readonly signal?: AbortSignal;
}

/** What became of a run of blocks. */
export interface ImportOutcome {
  /** How many blocks of the run are in the chain now, counted from its beginning. */
  readonly imported: number;
  /** The verdict on the first that is not, if any: INVALID, or SYNCING if its parent is unknown. VALID when all are in. */
  readonly status: PayloadStatus;
}
