import type { BlockHash, Inner } from "../types.js";

/** Gas prices of what a transaction makes every node do, by measured cost (docs/performance.md). */
export interface GasSchedule {
  /** One bundle: proof, signature, 2 nullifiers, 3 commitments with their share of the hashing at the block's end. At most 25,000. */
  readonly bundle: bigint;
  /** One 256-byte memo chunk with its overhead. */
  readonly memoChunk: bigint;
  readonly calldataZeroByte: bigint;
  readonly calldataNonZeroByte: bigint;
  /** A call phase as such: its pseudonym's signature and the pseudonym's account. */
  readonly callPhase: bigint;
  /** One call, before the EVM's own gas, which gasLimit pays. */
  readonly call: bigint;
  /** What creating costs on top of a call; EIP-2. */
  readonly create: bigint;
  /** One 32-byte word of creation code, or part of one; EIP-3860. */
  readonly initCodeWord: bigint;
  /** One inner of one entry of `returns`. */
  readonly returnEntry: bigint;
  readonly packageEntry: bigint;
}

/** A note that exists from genesis, its asset the coin, its blind 0. */
export interface GenesisNote {
  readonly inner: Inner;
  /** Base units. */
  readonly value: bigint;
}

/** A circuit that bundles may use, and when. Retiring one (`untilTime`) is how a broken circuit is cut off through the turnstile. */
export interface CircuitActivation {
  /** The `circuit` of a bundle. 0 is the spend circuit. */
  readonly number: number;
  /** Hash of the circuit's verifying key, 0x and 64 hex digits, on a real chain; undefined on development chains. */
  readonly keyHash: string | undefined;
  /** Block timestamp from which bundles may use it. */
  readonly fromTime: bigint;
  /** Block timestamp from which no bundle may use it any more; undefined: not retired. */
  readonly untilTime: bigint | undefined;
}

/**
 * Everything that makes a chain this chain. The fields from `circuits` on are its schedule, which upgrades extend; all others never change, and
 * their hash, the genesis id, stands in block 0.
 */
export interface ChainSpec {
  /** Goes into every key's HKDF label, e.g. "sero-dev". */
  readonly network: string;
  /** Human-readable part of addresses. */
  readonly hrp: string;
  readonly chainId: bigint;
  /** Development chains accept the development keys; their ids are listed in DEVELOPMENT_CHAIN_IDS. */
  readonly development: boolean;
  /** Seconds since 1970. */
  readonly genesisTime: bigint;
  readonly slotSeconds: number;
  readonly gasLimit: bigint;
  /** The header's constant baseFeePerGas. */
  readonly baseFee: bigint;
  /** Gas prices in base units, by priceStep. */
  readonly priceLadder: readonly bigint[];
  readonly gas: GasSchedule;
  /** Wallets use anchors of blocks whose number is a multiple of this. */
  readonly anchorStep: number;
  readonly genesisNotes: readonly GenesisNote[];
  /** By number, strictly increasing. */
  readonly circuits: readonly CircuitActivation[];
  /** Block timestamp from which call phases are valid; undefined: not active yet. */
  readonly callPhaseTime: bigint | undefined;
  /** Block timestamp from which packages are valid; undefined: not active yet. */
  readonly packagesTime: bigint | undefined;
  /** Block timestamp from which blocks are Cancun's (header fields, the parent's beacon root); undefined or left out: never. */
  readonly cancunTime?: bigint | undefined;
  /** The same for Prague (requests to the consensus layer, hashes of ancestors in state); not before Cancun. */
  readonly pragueTime?: bigint | undefined;
  /** The same for Osaka (a limit on a block's size); not before Prague. */
  readonly osakaTime?: bigint | undefined;
}

/** What `bind` takes from the chain besides the transaction. */
export interface BindContext {
  readonly genesisHash: BlockHash;
  readonly rulesId: Uint8Array;
}
