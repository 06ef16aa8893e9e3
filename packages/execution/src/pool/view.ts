import {
  assetSlot,
  COIN,
  currentRootSlot,
  frontierFromSlots,
  knownRootSlot,
  leafCountSlot,
  nullifierSlot,
  POOL_ADDRESS,
  streamDigestSlot,
  turnstileSlot,
  type Anchor,
  type AssetId,
  type Frontier,
  type Nullifier,
} from "@sero/protocol";
import { wordToBigInt, type Account } from "../state/index.js";

/** What the Pool's storage says, read from a state or from a journal in the middle of a block. */
export interface PoolView {
  isSpent(nullifier: Nullifier): boolean;
  /** Number of the newest of the last 1,024 blocks that ended with this root; undefined if none did. */
  blockOfRoot(root: Anchor): bigint | undefined;
  /** How much of an asset may leave, base units. */
  turnstile(asset: AssetId): bigint;
  /** What a registered asset is: 1 a token, 2 a ticket; 0 for one that was never shielded. */
  assetKind(asset: AssetId): number;
  /** Any account, in the same state. */
  account(address: Uint8Array): Account | undefined;
  /** The Pool's own balance of the coin, base units. */
  balance(): bigint;
  currentRoot(): Anchor;
  leafCount(): bigint;
  /** 32 bytes. */
  streamDigest(): Uint8Array;
  frontier(): Frontier;
}

/** The part of a state or journal that a view reads. */
export interface PoolSource {
  account(address: Uint8Array): Account | undefined;
  storage(address: Uint8Array, slot: Uint8Array): Uint8Array;
}

/** The Pool as `source` has it; a journal's view follows its changes. */
export function poolView(source: PoolSource): PoolView {
  const word = (slot: Uint8Array): Uint8Array => source.storage(POOL_ADDRESS, slot);
  const number = (slot: Uint8Array): bigint => wordToBigInt(word(slot));
  const leafCount = (): bigint => number(leafCountSlot());
  return {
    isSpent: (nullifier) => number(nullifierSlot(nullifier)) !== 0n,
    blockOfRoot(root) {
      const stored = number(knownRootSlot(root));
      return stored === 0n ? undefined : stored - 1n;
    },
    turnstile: (asset) => number(turnstileSlot(asset)),
    assetKind: (asset) => word(assetSlot(asset))[11]!,
    account: (address) => source.account(address),
    balance: () => source.account(POOL_ADDRESS)?.balance ?? 0n,
    currentRoot: () => number(currentRootSlot()) as Anchor,
    leafCount,
    streamDigest: () => word(streamDigestSlot()),
    frontier: () => frontierFromSlots(leafCount(), word),
  };
}

/** Public totals of the Pool: what an audit starts from. */
export interface PoolTotals {
  /** Coin that may leave: genesis notes plus what was shielded, less what left. Base units. */
  readonly coin: bigint;
  /** Coin that the Pool's account holds. */
  readonly balance: bigint;
  /** Coin that somebody gave to the Pool without a note; nobody can take it out. Never negative in a sound state. */
  readonly surplus: bigint;
  readonly leafCount: bigint;
}

/** Reads the Pool's totals from a state. */
export function poolTotals(source: PoolSource): PoolTotals {
  const view = poolView(source);
  const coin = view.turnstile(COIN);
  const balance = view.balance();
  return { coin, balance, surplus: balance - coin, leafCount: view.leafCount() };
}
