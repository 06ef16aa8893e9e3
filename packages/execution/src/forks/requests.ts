import { createHash } from "node:crypto";
import { DEPOSIT_CONTRACT_ADDRESS } from "@sero/contracts";
import { bytesToBigInt, concatBytes, equalBytes, fromHex, SeroError } from "@sero/protocol";
import type { Log } from "../block/index.js";
import { wordOf, wordToBigInt, type Journal } from "../state/index.js";
import {
  CONSOLIDATION_REQUESTS,
  EXCESS_INHIBITOR,
  WITHDRAWAL_REQUESTS,
  type SystemContract,
} from "./system-contracts.js";

/** EIP-6110: DepositEvent(bytes,bytes,bytes,bytes,bytes). */
const DEPOSIT_EVENT = fromHex("0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");
/** Where the five fields of a deposit's event begin, and how long they are. */
const DEPOSIT_FIELDS: readonly (readonly [offset: number, length: number])[] = [
  [160, 48],
  [256, 32],
  [320, 8],
  [384, 96],
  [512, 8],
];
const DEPOSIT_EVENT_BYTES = 576;

/** A queue of requests in a contract's storage: excess, count, head and tail in slots 0 to 3, entries from slot 4 on. */
interface Queue {
  readonly contract: SystemContract;
  /** Slots of an entry, the first its sender. */
  readonly slots: bigint;
  readonly target: bigint;
  readonly max: bigint;
  /** A request as the consensus layer reads it, from the sender's word and the others. */
  readonly read: (sender: Uint8Array, words: readonly Uint8Array[]) => Uint8Array;
}

const WITHDRAWALS: Queue = {
  contract: WITHDRAWAL_REQUESTS,
  slots: 3n,
  target: 2n,
  max: 16n,
  read: (sender, [first, second]) =>
    // The amount is kept as it was sent, big-endian, and handed on little-endian.
    concatBytes(sender.subarray(12), first!, second!.subarray(0, 16), second!.slice(16, 24).reverse()),
};

const CONSOLIDATIONS: Queue = {
  contract: CONSOLIDATION_REQUESTS,
  slots: 4n,
  target: 1n,
  max: 2n,
  read: (sender, words) => concatBytes(sender.subarray(12), ...words),
};

/**
 * What the block asks of the consensus layer (EIP-7685): type byte and data, by type, nothing for types without data. Takes withdrawals and
 * consolidations out of their queues as the contracts' code does when the system address calls it (EIP-7002, EIP-7251).
 *
 * @param logs of the block's transactions, in order
 * @throws SeroError `block/deposit` for a deposit's event of another layout, which the predeploy's code cannot emit
 */
export function takeRequests(journal: Journal, logs: readonly Log[]): Uint8Array[] {
  const data = [depositsOf(logs), dequeue(journal, WITHDRAWALS), dequeue(journal, CONSOLIDATIONS)];
  return data.flatMap((bytes, type) => (bytes.length === 0 ? [] : [concatBytes(Uint8Array.of(type), bytes)]));
}

/** The header's commitment to requests (EIP-7685): sha256 of the sha256 hashes of those that have data. */
export function requestsHashOf(requests: readonly Uint8Array[]): Uint8Array {
  const outer = createHash("sha256");
  for (const request of requests) {
    if (request.length > 1) outer.update(createHash("sha256").update(request).digest());
  }
  return Uint8Array.from(outer.digest());
}

function depositsOf(logs: readonly Log[]): Uint8Array {
  const deposits = logs.filter(
    ({ address, topics }) =>
      equalBytes(address, DEPOSIT_CONTRACT_ADDRESS) && topics[0] !== undefined && equalBytes(topics[0], DEPOSIT_EVENT),
  );
  return concatBytes(...deposits.map(({ data }) => depositOf(data)));
}

function depositOf(data: Uint8Array): Uint8Array {
  const wordAt = (at: number): bigint => bytesToBigInt(data.subarray(at, at + 32));
  const isUsual =
    data.length === DEPOSIT_EVENT_BYTES &&
    DEPOSIT_FIELDS.every(
      ([offset, length], i) => wordAt(32 * i) === BigInt(offset) && wordAt(offset) === BigInt(length),
    );
  if (!isUsual) throw new SeroError("block/deposit", "A deposit's event has a layout that EIP-6110 does not know.");
  return concatBytes(...DEPOSIT_FIELDS.map(([offset, length]) => data.subarray(offset + 32, offset + 32 + length)));
}

function dequeue(journal: Journal, { contract, slots, target, max, read }: Queue): Uint8Array {
  const { address } = contract;
  const get = (slot: bigint): bigint => wordToBigInt(journal.storage(address, wordOf(slot)));
  const set = (slot: bigint, value: bigint): void => journal.setStorage(address, wordOf(slot), wordOf(value));
  const [excess, count, head, tail] = [get(0n), get(1n), get(2n), get(3n)];
  const taken = tail - head < max ? tail - head : max;
  const requests: Uint8Array[] = [];
  for (let i = head; i < head + taken; i++) {
    const words = Array.from({ length: Number(slots) }, (_, j) =>
      journal.storage(address, wordOf(4n + i * slots + BigInt(j))),
    );
    requests.push(read(words[0]!, words.slice(1)));
  }
  const isEmpty = head + taken === tail;
  set(2n, isEmpty ? 0n : head + taken);
  if (isEmpty) set(3n, 0n);
  const sum = (excess === EXCESS_INHIBITOR ? 0n : excess) + count;
  set(0n, sum > target ? sum - target : 0n);
  set(1n, 0n);
  return concatBytes(...requests);
}
