import {
  bytesToBigInt,
  bigIntToBytes,
  concatBytes,
  equalBytes,
  keccak256,
  POOL_ADDRESS,
  utf8,
  type AssetId,
  type Commitment,
  type EthAddress,
  type Inner,
  type PackageId,
  type PoolEntry,
} from "@sero/protocol";
import { SeroError } from "@sero/protocol";
import type { Log } from "../block/index.js";
import { hexKey } from "../bytes/hex.js";

const topic = (signature: string): Uint8Array => keccak256(utf8(signature));

/** Topic 0 of the Pool's events about notes, assets and packages, as packages/contracts/solidity/pool/IPool.sol declares them. */
export const POOL_TOPICS = {
  noteCompleted: topic("NoteCompleted(uint256,uint256,uint256,bytes)"),
  packageReleased: topic("PackageReleased(bytes32,uint256)"),
  noteRepacked: topic("NoteRepacked(uint256,bytes)"),
  packageSealed: topic("PackageSealed(bytes32,uint256,address,bytes)"),
  packageCreated: topic("PackageCreated(bytes32,uint256,address)"),
  packageTransferred: topic("PackageTransferred(bytes32,address,address)"),
  packageRepacked: topic("PackageRepacked(bytes32)"),
  assetRegistered: topic("AssetRegistered(uint256,uint8,address,uint256)"),
} as const;

/** The numbered word of an event's data. */
const wordAt = (data: Uint8Array, index: number): Uint8Array => {
  const word = data.subarray(32 * index, 32 * index + 32);
  if (word.length !== 32) throw unreadable();
  return word;
};

/** A `bytes` value whose offset stands in the numbered word. */
function bytesAt(data: Uint8Array, index: number): Uint8Array {
  const offset = Number(bytesToBigInt(wordAt(data, index).subarray(24)));
  const length = Number(bytesToBigInt(data.subarray(offset + 24, offset + 32)));
  const value = data.slice(offset + 32, offset + 32 + length);
  if (value.length !== length) throw unreadable();
  return value;
}

/** Only the Pool's own code, part of the genesis block, writes these logs: one that can't be read is a fault of this program. */
const unreadable = (): SeroError =>
  new SeroError("pool/log", "A log of the Pool can't be read; this program and the Pool's code do not fit together.");

type Reader = (topics: readonly Uint8Array[], data: Uint8Array, transaction: number) => PoolEntry;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    hexKey(POOL_TOPICS.noteCompleted),
    (topics, data, transaction) => {
      const ciphertext = bytesAt(data, 2);
      return {
        kind: "completed",
        transaction,
        asset: bytesToBigInt(topics[1]!) as AssetId,
        inner: bytesToBigInt(wordAt(data, 0)) as Inner,
        value: bytesToBigInt(wordAt(data, 1)),
        ...(ciphertext.length === 0 ? {} : { ciphertext }),
      };
    },
  ],
  [
    hexKey(POOL_TOPICS.packageReleased),
    (topics, data, transaction) => ({
      kind: "released",
      transaction,
      id: topics[1]! as PackageId,
      commitment: bytesToBigInt(wordAt(data, 0)) as Commitment,
    }),
  ],
  [
    hexKey(POOL_TOPICS.noteRepacked),
    (_topics, data, transaction) => ({
      kind: "repacked",
      transaction,
      commitment: bytesToBigInt(wordAt(data, 0)) as Commitment,
      ciphertext: bytesAt(data, 1),
    }),
  ],
  [
    hexKey(POOL_TOPICS.packageSealed),
    (topics, data, transaction) => ({
      kind: "sealed",
      transaction,
      id: topics[1]! as PackageId,
      commitment: bytesToBigInt(wordAt(data, 0)) as Commitment,
      ciphertext: bytesAt(data, 1),
    }),
  ],
]);

/**
 * What the Pool's code says that it did: the entries of the compact block that the logs of one transaction make, in log order. Logs are
 * journaled, so a revert at any depth takes its notes back (attack F43). Logs of other addresses say nothing (attack F44).
 */
export function entriesOfLogs(logs: readonly Log[], transaction: number): PoolEntry[] {
  const entries: PoolEntry[] = [];
  for (const { address, topics, data } of logs) {
    if (topics[0] === undefined || !equalBytes(address, POOL_ADDRESS)) continue;
    const read = readers.get(hexKey(topics[0]));
    if (read !== undefined) entries.push(read(topics, data, transaction));
  }
  return entries;
}

/** The log of a package that the transition made from an output. */
export const packageCreatedLog = (id: PackageId, commitment: bigint, controller: EthAddress): Log => ({
  address: POOL_ADDRESS,
  topics: [POOL_TOPICS.packageCreated, id, concatBytes(new Uint8Array(12), controller)],
  data: bigIntToBytes(commitment, 32),
});

/** The log of a package that the transition released after the calls. */
export const packageReleasedLog = (id: PackageId, commitment: bigint): Log => ({
  address: POOL_ADDRESS,
  topics: [POOL_TOPICS.packageReleased, id],
  data: bigIntToBytes(commitment, 32),
});
