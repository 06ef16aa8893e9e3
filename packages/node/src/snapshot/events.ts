import {
  assetSlot,
  assetTicketIdSlot,
  bytesToBigInt,
  COIN,
  concatBytes,
  equalBytes,
  fieldToBytes,
  fromHex,
  isZeroBytes,
  packageControllerSlot,
  packageIdOf,
  packageSlot,
  POOL_ADDRESS,
  type SeroError,
  storageWord,
  toHex,
  type AssetId,
  type CompactBlock,
  type PackageId,
} from "@sero/protocol";
import { eventWord, type PoolEvent, type PoolEventName } from "../store/events.js";
import type { Store } from "../store/index.js";
import { forged } from "./format.js";

/**
 * Whether a block's events are those that its compact block tells of: an asset is registered with its first completed note, packages are made by
 * the transactions' outputs, released and sealed by the Pool's entries. Of handing on and repacking a compact block says nothing.
 *
 * @param isKnown whether an asset had completed notes in an earlier block
 * @throws SeroError `snapshot/forged`
 */
export function checkEventsOfBlock(
  block: CompactBlock,
  events: readonly PoolEvent[],
  isKnown: (asset: AssetId) => boolean,
): void {
  const places = new Map(block.transactions.map(({ txid }, index) => [toHex(txid), index]));
  let [place, logIndex] = [0, -1];
  for (const event of events) {
    const next = places.get(toHex(event.txid));
    if (next === undefined || next < place || event.logIndex <= logIndex) throw unlike(block.number);
    [place, logIndex] = [next, event.logIndex];
  }
  const expected = expectedEvents(block, isKnown);
  for (const [name, words] of Object.entries(TOLD) as [PoolEventName, readonly number[]][]) {
    const found = events
      .filter((event) => event.name === name)
      .map((event) => toHex(concatBytes(event.txid, ...words.map((index) => eventWord(event, index)))));
    const wanted = expected.get(name) ?? [];
    if (found.length !== wanted.length || found.some((one, i) => one !== wanted[i])) throw unlike(block.number);
  }
}

/** The words of events that compact blocks tell too. */
const TOLD: { readonly [name in PoolEventName]?: readonly number[] } = {
  registered: [0],
  created: [0, 2],
  released: [0, 1],
  sealed: [0, 2],
};

/** What a compact block tells of these events: txid and those words. */
function expectedEvents(block: CompactBlock, isKnown: (asset: AssetId) => boolean): Map<PoolEventName, string[]> {
  const expected = new Map<PoolEventName, string[]>();
  const expect = (name: PoolEventName, transaction: number | undefined, ...words: Uint8Array[]): void => {
    const txid = transaction === undefined ? new Uint8Array(32) : block.transactions[transaction]!.txid;
    const list = expected.get(name) ?? [];
    list.push(toHex(concatBytes(txid, ...words)));
    expected.set(name, list);
  };
  block.transactions.forEach(({ bundles, packages }, index) => {
    for (const output of packages) {
      const { nullifiers, outputs } = bundles[Math.floor(output / 3)]!;
      const { commitment } = outputs[output % 3]!;
      expect("created", index, packageIdOf(nullifiers[0], output, commitment), fieldToBytes(commitment));
    }
  });
  const fresh = new Set<AssetId>();
  for (const entry of block.entries) {
    if (entry.kind === "completed") {
      if (entry.asset === COIN || fresh.has(entry.asset) || isKnown(entry.asset)) continue;
      fresh.add(entry.asset);
      expect("registered", entry.transaction, fieldToBytes(entry.asset));
    } else if (entry.kind !== "repacked") {
      expect(entry.kind, entry.transaction, entry.id, fieldToBytes(entry.commitment));
    }
  }
  return expected;
}

/**
 * Whether what the events of all blocks come to is the Pool's state after the last: each asset's contract and number, and of each package
 * whether it is there, its commitment and controller. Reads what was imported; one call of `breathe` every so many blocks.
 *
 * @throws SeroError `snapshot/forged`, and what `breathe` throws
 */
export async function checkEventsAgainstState(store: Store, last: bigint, breathe: () => Promise<void>): Promise<void> {
  const word = (slot: Uint8Array): Uint8Array => store.base.storage(POOL_ADDRESS, slot);
  const live = new Map<string, { readonly commitment: Uint8Array; readonly controller: Uint8Array }>();

  function follow(event: PoolEvent, number: bigint): void {
    const [first, second, third] = [0, 1, 2].map((index) => eventWord(event, index)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const key = toHex(first);
    const before = live.get(key);
    if (event.name === "registered") {
      const asset = bytesToBigInt(first) as AssetId;
      const entry = word(assetSlot(asset));
      const token = concatBytes(new Uint8Array(12), entry.subarray(12));
      const expected = concatBytes(first, token, storageWord(BigInt(entry[11]!)), word(assetTicketIdSlot(asset)));
      if (entry[11] === 0 || !equalBytes(event.words, expected)) throw unlike(number);
    } else if (event.name === "created" || event.name === "sealed") {
      if (before || !isAddress(second)) throw unlike(number);
      live.set(key, { commitment: third, controller: second });
    } else if (event.name === "transferred") {
      if (!before || !equalBytes(before.controller, second) || !isAddress(third)) throw unlike(number);
      live.set(key, { commitment: before.commitment, controller: third });
    } else {
      // An id never comes back, so that what is gone once is gone in the end.
      const isGone = isZeroBytes(word(packageSlot(first as PackageId)));
      if (!before || !isGone) throw unlike(number);
      if (event.name === "released" && !equalBytes(before.commitment, second)) throw unlike(number);
      live.delete(key);
    }
  }

  for (let number = 0n; number <= last; number++) {
    const hash = store.canonicalHash(number);
    for (const event of hash ? store.events(hash) : []) follow(event, number);
    if (number % BREATH === 0n) await breathe();
  }
  for (const [key, { commitment, controller }] of live) {
    const id = fromHex(key) as PackageId;
    const isThere =
      equalBytes(word(packageSlot(id)), commitment) && equalBytes(word(packageControllerSlot(id)), controller);
    if (!isThere) throw unlike(last);
  }
}

const BREATH = 1_024n;

const isAddress = (word: Uint8Array): boolean => isZeroBytes(word.subarray(0, 12));

const unlike = (number: bigint): SeroError =>
  forged("its events of assets and packages are not those of its blocks and its state", { number: number.toString() });
