import { SeroError, decodeRlp, keccak256, rlpReader, type BlockHash } from "@sero/protocol";

/** What a wallet reads of a block header. */
export interface HeaderFacts {
  /** keccak256 of the header's RLP. */
  readonly hash: BlockHash;
  readonly parentHash: BlockHash;
  readonly stateRoot: Uint8Array;
  readonly number: bigint;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  readonly extraData: Uint8Array;
}

/** Reads the RLP of an Ethereum header (Yellow Paper 4.4.3; later forks only append fields). Throws proof/header. */
export function readHeader(bytes: Uint8Array): HeaderFacts {
  try {
    const read = rlpReader("proof");
    const fields = read.listOf(
      decodeRlp(bytes, { maxBytes: 2048, maxItems: 40, maxDepth: 1 }),
      "header fields",
      15,
      32,
    );
    return {
      hash: keccak256(bytes) as BlockHash,
      parentHash: read.bytes(fields[0], "parent hash", 32) as BlockHash,
      stateRoot: read.bytes(fields[3], "state root", 32),
      number: read.uint(fields[8], "number", 8),
      timestamp: read.uint(fields[11], "timestamp", 8),
      extraData: read.bytes(fields[12], "extra data"),
    };
  } catch (cause) {
    throw new SeroError(
      "proof/header",
      "The node sent a block header that cannot be read. Use another node.",
      {},
      { cause },
    );
  }
}
