import {
  decodeRlp,
  encodeRlp,
  rlpReader,
  rlpUint,
  SeroError,
  utf8,
  type BlockHash,
  type RlpItem,
} from "@sero/protocol";

/** What a snapshot file begins with. The number is the version of the format. */
export const MAGIC: Uint8Array = utf8("SERO snapshot 2\n");

/** Kinds of frames, in the order in which they stand. */
export const FRAME = { manifest: 1, blocks: 2, tail: 3, code: 4, slots: 5, accounts: 6, end: 7 } as const;

/** A kind of frame. */
export type FrameKind = (typeof FRAME)[keyof typeof FRAME];

/** Longest payload of a frame: a compact block of the largest size and its header. */
export const MAX_FRAME_BYTES = 40 * 1024 * 1024;
/** Payload at which a frame with several entries ends. */
export const FRAME_BYTES = 1024 * 1024;

/** What the first frame says. */
export interface SnapshotManifest {
  readonly chainId: bigint;
  readonly genesisHash: Uint8Array;
  /** The block that the state is after; every block up to it is in the file. */
  readonly number: bigint;
  readonly hash: BlockHash;
  readonly stateRoot: Uint8Array;
  /** For the progress only. */
  readonly accounts: bigint;
  readonly slots: bigint;
}

/** RLP of [chainId, genesisHash, number, hash, stateRoot, accounts, slots]. */
export function encodeManifest(manifest: SnapshotManifest): Uint8Array {
  const { chainId, genesisHash, number, hash, stateRoot, accounts, slots } = manifest;
  return encodeRlp([
    rlpUint(chainId),
    genesisHash,
    rlpUint(number),
    hash,
    stateRoot,
    rlpUint(accounts),
    rlpUint(slots),
  ]);
}

/** Inverse of `encodeManifest`. @throws SeroError `snapshot/*` or `rlp/*` */
export function decodeManifest(bytes: Uint8Array): SnapshotManifest {
  const read = rlpReader("snapshot");
  const items = read.list(decodeRlp(bytes, { maxBytes: 1_024, maxItems: 8, maxDepth: 1 }), "manifest", 7);
  return {
    chainId: read.uint(items[0], "chain id", 32),
    genesisHash: read.bytes(items[1], "genesis hash", 32).slice(),
    number: read.uint(items[2], "number", 8),
    hash: read.bytes(items[3], "hash", 32).slice() as BlockHash,
    stateRoot: read.bytes(items[4], "state root", 32).slice(),
    accounts: read.uint(items[5], "number of accounts", 8),
    slots: read.uint(items[6], "number of slots", 8),
  };
}

/** Entries of a frame: an RLP list. @throws SeroError `snapshot/*` or `rlp/*` */
export function decodeEntries(payload: Uint8Array): readonly RlpItem[] {
  const limits = { maxBytes: MAX_FRAME_BYTES, maxItems: 4_000_000, maxDepth: 4 };
  return rlpReader("snapshot").list(decodeRlp(payload, limits), "entries");
}

/** A file that is not what it should be; it is not believed. `code` is `snapshot/...`. */
export function refusal(
  code: string,
  message: string,
  values: Readonly<Record<string, string | number>> = {},
): SeroError {
  return new SeroError(`snapshot/${code}`, message, values);
}

/** What a snapshot says that its own hashes do not bear out. */
export function forged(what: string, values: Readonly<Record<string, string | number>> = {}): SeroError {
  return refusal(
    "forged",
    `This snapshot is not of the chain that it claims: ${what}. Nothing was imported; get one from another node.`,
    values,
  );
}
