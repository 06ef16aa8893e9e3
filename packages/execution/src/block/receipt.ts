import {
  decodeRlp,
  encodeRlp,
  keccak256,
  rlpReader,
  rlpUint,
  SeroError,
  type EthAddress,
  type RlpItem,
} from "@sero/protocol";

/** An event of the EVM. */
export interface Log {
  readonly address: EthAddress;
  /** Up to four words of 32 bytes. */
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
}

/** The outcome of one transaction. Its type is 0x5e. */
export interface Receipt {
  /** 1; or 0 when the calls of a call phase failed and were taken back. */
  readonly status: 0 | 1;
  /** Gas of this and all earlier transactions of the block. */
  readonly cumulativeGasUsed: bigint;
  readonly logs: readonly Log[];
}

/** The type byte of transactions and receipts. */
export const TRANSACTION_TYPE = 0x5e;

const BLOOM_BYTES = 256;

/** Sets the bits of one value in a bloom filter (Yellow Paper 4.4.1). */
function addToBloom(bloom: Uint8Array, value: Uint8Array): void {
  const hash = keccak256(value);
  for (let i = 0; i < 6; i += 2) {
    const bit = ((hash[i]! << 8) | hash[i + 1]!) & 2047;
    bloom[BLOOM_BYTES - 1 - (bit >> 3)]! |= 1 << (bit & 7);
  }
}

/** 2,048-bit filter of the logs' addresses and topics, 256 bytes. */
export function bloomOf(logs: readonly Log[]): Uint8Array {
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const log of logs) {
    addToBloom(bloom, log.address);
    for (const topic of log.topics) addToBloom(bloom, topic);
  }
  return bloom;
}

/** 0x5e || rlp([status, cumulative gas, bloom, logs]): the leaf of the receipts trie, and what the store keeps. */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  const logs = receipt.logs.map((log): RlpItem => [log.address, log.topics, log.data]);
  const payload = encodeRlp([rlpUint(receipt.status), rlpUint(receipt.cumulativeGasUsed), bloomOf(receipt.logs), logs]);
  const out = new Uint8Array(payload.length + 1);
  out[0] = TRANSACTION_TYPE;
  out.set(payload, 1);
  return out;
}

/** Inverse of `encodeReceipt`. @throws SeroError `receipt/*` or `rlp/*` */
export function decodeReceipt(bytes: Uint8Array): Receipt {
  const read = rlpReader("receipt");
  if (bytes[0] !== TRANSACTION_TYPE) throw new SeroError("receipt/type", "A receipt must be of type 0x5e.");
  const limits = { maxBytes: 16 * 1024 * 1024, maxItems: 1_000_000, maxDepth: 4 };
  const fields = read.list(decodeRlp(bytes.subarray(1), limits), "receipt", 4);
  const logs = read.list(fields[3], "logs").map((item): Log => {
    const log = read.list(item, "log", 3);
    return {
      address: read.bytes(log[0], "log address", 20) as EthAddress,
      topics: read.listOf(log[1], "topics", 0, 4).map((topic) => read.bytes(topic, "topic", 32)),
      data: read.bytes(log[2], "log data"),
    };
  });
  const bloom = read.bytes(fields[2], "bloom", BLOOM_BYTES);
  if (!bloomOf(logs).every((byte, i) => byte === bloom[i])) {
    throw new SeroError("receipt/bloom", "The bloom filter of a receipt is not that of its logs.");
  }
  return {
    status: read.small(fields[0], "status", 1) === 1 ? 1 : 0,
    cumulativeGasUsed: read.uint(fields[1], "cumulative gas", 8),
    logs,
  };
}

/** The bloom filter of a block: the union of its receipts'. */
export function bloomOfReceipts(receipts: readonly Receipt[]): Uint8Array {
  return bloomOf(receipts.flatMap((receipt) => receipt.logs));
}
