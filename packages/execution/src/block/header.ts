import {
  encodeRlp,
  decodeRlp,
  keccak256,
  rlpReader,
  rlpUint,
  type BlockHash,
  type EthAddress,
  type RlpItem,
} from "@sero/protocol";

/** Header fields that Cancun added; absent on Shanghai blocks. */
export interface CancunFields {
  readonly blobGasUsed: bigint;
  readonly excessBlobGas: bigint;
  /** 32 bytes. */
  readonly parentBeaconRoot: Uint8Array;
}

/** An Ethereum block header. Roots and hashes 32 bytes, gas in units, timestamp in seconds since 1970. No field is our own. */
export interface Header {
  readonly parentHash: BlockHash;
  /** keccak256(rlp([])): there are no ommers under proof of stake. */
  readonly ommersHash: Uint8Array;
  readonly feeRecipient: EthAddress;
  readonly stateRoot: Uint8Array;
  readonly transactionsRoot: Uint8Array;
  readonly receiptsRoot: Uint8Array;
  /** 256 bytes. */
  readonly logsBloom: Uint8Array;
  readonly difficulty: bigint;
  readonly number: bigint;
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  readonly timestamp: bigint;
  /** At most 32 bytes. */
  readonly extraData: Uint8Array;
  /** The mixHash field. */
  readonly prevRandao: Uint8Array;
  /** 8 bytes, zeros under proof of stake. */
  readonly nonce: Uint8Array;
  readonly baseFee: bigint;
  readonly withdrawalsRoot: Uint8Array;
  readonly cancun: CancunFields | undefined;
  /** Prague's commitment to what the block asks of the consensus layer (EIP-7685), 32 bytes; only with Cancun's fields. */
  readonly requestsHash: Uint8Array | undefined;
}

const SHANGHAI_FIELDS = 17;
const CANCUN_FIELDS = 20;
const PRAGUE_FIELDS = 21;

/** The header as an RLP structure, for its own bytes and as the first item of a block. */
export function headerItem(header: Header): RlpItem {
  const fields: RlpItem[] = [
    header.parentHash,
    header.ommersHash,
    header.feeRecipient,
    header.stateRoot,
    header.transactionsRoot,
    header.receiptsRoot,
    header.logsBloom,
    rlpUint(header.difficulty),
    rlpUint(header.number),
    rlpUint(header.gasLimit),
    rlpUint(header.gasUsed),
    rlpUint(header.timestamp),
    header.extraData,
    header.prevRandao,
    header.nonce,
    rlpUint(header.baseFee),
    header.withdrawalsRoot,
  ];
  const { cancun, requestsHash } = header;
  if (cancun !== undefined) {
    fields.push(rlpUint(cancun.blobGasUsed), rlpUint(cancun.excessBlobGas), cancun.parentBeaconRoot);
    if (requestsHash !== undefined) fields.push(requestsHash);
  }
  return fields;
}

/** RLP of a header (Yellow Paper 4.4.3, EIP-1559, EIP-4895, EIP-4844, EIP-4788, EIP-7685). */
export function encodeHeader(header: Header): Uint8Array {
  return encodeRlp(headerItem(header));
}

/**
 * Inverse of `encodeHeader`; accepts no other encoding of a header.
 *
 * @throws SeroError `header/*` or `rlp/*`
 */
export function decodeHeader(bytes: Uint8Array): Header {
  return headerFromItem(decodeRlp(bytes, { maxBytes: 1024, maxItems: PRAGUE_FIELDS + 1, maxDepth: 1 }));
}

/** A header from its decoded RLP structure. Byte strings are views of what was decoded. */
export function headerFromItem(item: RlpItem): Header {
  const read = rlpReader("header");
  const fields = read.listOf(item, "header fields", SHANGHAI_FIELDS, PRAGUE_FIELDS);
  const cancun = fields.length > SHANGHAI_FIELDS;
  const prague = fields.length > CANCUN_FIELDS;
  read.list(item, "header", prague ? PRAGUE_FIELDS : cancun ? CANCUN_FIELDS : SHANGHAI_FIELDS);
  return {
    parentHash: read.bytes(fields[0], "parent hash", 32) as BlockHash,
    ommersHash: read.bytes(fields[1], "ommers hash", 32),
    feeRecipient: read.bytes(fields[2], "fee recipient", 20) as EthAddress,
    stateRoot: read.bytes(fields[3], "state root", 32),
    transactionsRoot: read.bytes(fields[4], "transactions root", 32),
    receiptsRoot: read.bytes(fields[5], "receipts root", 32),
    logsBloom: read.bytes(fields[6], "logs bloom", 256),
    difficulty: read.uint(fields[7], "difficulty", 32),
    number: read.uint(fields[8], "number", 8),
    gasLimit: read.uint(fields[9], "gas limit", 8),
    gasUsed: read.uint(fields[10], "gas used", 8),
    timestamp: read.uint(fields[11], "timestamp", 8),
    extraData: read.bytes(fields[12], "extra data"),
    prevRandao: read.bytes(fields[13], "prevRandao", 32),
    nonce: read.bytes(fields[14], "nonce", 8),
    baseFee: read.uint(fields[15], "base fee", 32),
    withdrawalsRoot: read.bytes(fields[16], "withdrawals root", 32),
    cancun: cancun
      ? {
          blobGasUsed: read.uint(fields[17], "blob gas used", 8),
          excessBlobGas: read.uint(fields[18], "excess blob gas", 8),
          parentBeaconRoot: read.bytes(fields[19], "parent beacon root", 32),
        }
      : undefined,
    requestsHash: prague ? read.bytes(fields[20], "requests hash", 32) : undefined,
  };
}

/** keccak256 of the header's RLP: the block's hash. */
export function headerHash(header: Header): BlockHash {
  return keccak256(encodeHeader(header)) as BlockHash;
}
