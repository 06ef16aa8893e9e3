import { createBlock, createBlockFromRLP, createBlockHeaderFromRLP } from "@ethereumjs/block";
import { createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { keccak256, type BlockHash, type EthAddress } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import {
  bloomOf,
  decodeBlock,
  decodeBody,
  decodeHeader,
  decodeReceipt,
  EMPTY_OMMERS_HASH,
  encodeBlock,
  encodeBody,
  encodeHeader,
  encodeReceipt,
  headerHash,
  transactionsRoot,
  withdrawalsRoot,
  type Header,
  type Receipt,
} from "../../src/block/index.js";

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
const withdrawals = [0, 1, 300].map((i) => ({
  index: BigInt(i),
  validatorIndex: BigInt(i * 1000),
  address: filled(20, i & 255) as EthAddress,
  amount: 32_000_000_000n + BigInt(i),
}));
const header: Header = {
  parentHash: filled(32, 1) as BlockHash,
  ommersHash: EMPTY_OMMERS_HASH,
  feeRecipient: filled(20, 2) as EthAddress,
  stateRoot: filled(32, 3),
  transactionsRoot: transactionsRoot([]),
  receiptsRoot: filled(32, 5),
  logsBloom: filled(256, 0),
  difficulty: 0n,
  number: 7n,
  gasLimit: 8_000_000n,
  gasUsed: 25_000n,
  timestamp: 1_800_000_000n,
  extraData: filled(5, 9),
  prevRandao: filled(32, 6),
  nonce: filled(8, 0),
  baseFee: 7n,
  withdrawalsRoot: withdrawalsRoot(withdrawals),
  cancun: undefined,
  requestsHash: undefined,
};
const common = createCustomCommon({ chainId: 24158 }, Mainnet, { hardfork: Hardfork.Shanghai });

describe("block codecs", () => {
  it("hash headers and blocks as @ethereumjs/block does", () => {
    const theirs = createBlockHeaderFromRLP(encodeHeader(header), { common });
    expect(headerHash(header)).toEqual(theirs.hash());
    expect(theirs.serialize()).toEqual(encodeHeader(header));
    const block = { header, transactions: [], withdrawals };
    expect(createBlockFromRLP(encodeBlock(block), { common }).serialize()).toEqual(encodeBlock(block));
    const json = withdrawals.map((w) => ({ ...w, address: w.address }));
    expect(createBlock({ withdrawals: json }, { common }).withdrawals?.length).toBe(3);
  });

  it("come back from their bytes, with and without Cancun's fields", () => {
    expect(decodeHeader(encodeHeader(header))).toEqual(header);
    const later: Header = {
      ...header,
      cancun: { blobGasUsed: 0n, excessBlobGas: 0n, parentBeaconRoot: filled(32, 8) },
    };
    expect(decodeHeader(encodeHeader(later))).toEqual(later);
    const body = { transactions: [Uint8Array.of(0x5e, 1, 2), Uint8Array.of(0x5e)], withdrawals };
    expect(decodeBody(encodeBody(body))).toEqual(body);
    expect(decodeBlock(encodeBlock({ header, ...body }))).toEqual({ header, ...body });
  });

  it("E37: refuse headers with another number of fields, other lengths, bytes after the end", () => {
    const bytes = encodeHeader(header);
    expect(() => decodeHeader(new Uint8Array([...bytes, 0]))).toThrow();
    for (let cut = 0; cut < bytes.length; cut += 13) expect(() => decodeHeader(bytes.subarray(0, cut))).toThrow();
    expect(() => decodeHeader(encodeHeader({ ...header, nonce: filled(7, 0) }))).toThrow(/nonce/);
    const cancun = { blobGasUsed: 0n, excessBlobGas: 0n, parentBeaconRoot: filled(31, 8) };
    expect(() => decodeHeader(encodeHeader({ ...header, cancun }))).toThrow(/beacon/);
  });

  it("receipts of type 0x5e come back; blooms are Ethereum's", () => {
    const log = { address: filled(20, 4) as EthAddress, topics: [filled(32, 1), filled(32, 2)], data: filled(40, 3) };
    const receipt: Receipt = { status: 1, cumulativeGasUsed: 123n, logs: [log] };
    expect(decodeReceipt(encodeReceipt(receipt))).toEqual(receipt);
    const empty: Receipt = { status: 0, cumulativeGasUsed: 0n, logs: [] };
    expect(decodeReceipt(encodeReceipt(empty))).toEqual(empty);
    const set = [...bloomOf([log])].reduce((sum, byte) => sum + byte.toString(2).replace(/0/g, "").length, 0);
    expect(set).toBeGreaterThan(5);
    // Yellow Paper 4.4.1: each bit's number is the low 11 bits of a pair of bytes, counted from the filter's last bit.
    const hash = keccak256(log.address);
    const bit = ((hash[0]! << 8) | hash[1]!) % 2048;
    expect((bloomOf([log])[255 - (bit >> 3)]! >> (bit & 7)) & 1).toBe(1);
    const wrong = encodeReceipt(receipt);
    wrong[20]! ^= 1;
    expect(() => decodeReceipt(wrong)).toThrow();
  });
});
