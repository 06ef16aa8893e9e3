import type { BlockHash, FullViewKey, IncomingViewKey, OpenedNote, SharedSecret } from "@sero/protocol";

/** An account as the scanner sees it. `full` is undefined when there is only an incoming view key. */
export interface ScanAccount {
  readonly account: number;
  readonly incoming: IncomingViewKey;
  readonly full: FullViewKey | undefined;
}

/** What is remembered of a scanned block that can be gone back to; the note tree has a checkpoint of the same block. */
export interface BlockMark {
  readonly number: bigint;
  readonly hash: BlockHash;
  readonly timestamp: bigint;
  /** After this block. */
  readonly leafCount: bigint;
  /** After this block, 32 bytes. */
  readonly streamDigest: Uint8Array;
}

/** Outputs to try: for each the commitment (32 bytes big-endian) and its ciphertext, one after the other. */
export interface TrialBatch {
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Output `index` of a batch belongs to the account at `position` of the engine's list, and is this note. Secret. */
export interface TrialHit {
  readonly index: number;
  readonly position: number;
  readonly opened: OpenedNote;
}

/** Tries incoming keys on outputs, in workers or in this thread. */
export interface TrialEngine {
  /** Batches that are worth having under way at once. */
  readonly lanes: number;
  trial(batch: TrialBatch): Promise<readonly TrialHit[]>;
  close(): Promise<void>;
}

/** Makes the X25519 function of one scalar: native in Node, plain elsewhere. */
export type MakeSharedSecret = (scalar: Uint8Array) => SharedSecret;

/** Starts a trial engine for these accounts' incoming keys. */
export type OpenTrialEngine = (accounts: readonly IncomingViewKey[]) => TrialEngine;
