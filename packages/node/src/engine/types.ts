import type { Withdrawal, Block } from "@sero/execution";
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
}
