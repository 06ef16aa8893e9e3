import type { Log, Receipt } from "@sero/execution";
import { decodeRlp, encodeRlp, rlpReader, rlpUint, type EthAddress, type RlpItem } from "@sero/protocol";

const LIMITS = { maxBytes: 64 * 1024 * 1024, maxItems: 2_000_000, maxDepth: 6 };

/** RLP list of [status, cumulative gas, logs] a receipt. The bloom filters are left out: 256 bytes each, computed again when asked for. */
export function encodeStoredReceipts(receipts: readonly Receipt[]): Uint8Array {
  return encodeRlp(
    receipts.map((receipt): RlpItem => [
      rlpUint(receipt.status),
      rlpUint(receipt.cumulativeGasUsed),
      receipt.logs.map((log): RlpItem => [log.address, log.topics, log.data]),
    ]),
  );
}

/** Inverse of `encodeStoredReceipts`. @throws SeroError `receipts/*` or `rlp/*` when the stored bytes are damaged */
export function decodeStoredReceipts(bytes: Uint8Array): Receipt[] {
  const read = rlpReader("receipts");
  return read.list(decodeRlp(bytes, LIMITS), "receipts").map((item): Receipt => {
    const [status, gas, logs] = read.list(item, "receipt", 3);
    return {
      status: read.small(status, "status", 1) === 1 ? 1 : 0,
      cumulativeGasUsed: read.uint(gas, "cumulative gas", 8),
      logs: read.list(logs, "logs").map((entry): Log => {
        const [address, topics, data] = read.list(entry, "log", 3);
        return {
          address: read.bytes(address, "log address", 20) as EthAddress,
          topics: read.listOf(topics, "topics", 0, 4).map((topic) => read.bytes(topic, "topic", 32)),
          data: read.bytes(data, "log data"),
        };
      }),
    };
  });
}
