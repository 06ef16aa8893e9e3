import { bigIntToBytes, bytesToBigInt } from "../bytes/index.js";
import { keccak256 } from "../hash/index.js";
import { SeroError } from "../errors.js";
import type { AssetId, EthAddress, Nullifier, PackageId } from "../types.js";

/** The Pool predeploy: 0x0000000000000000000000000000000000005e50. */
export const POOL_ADDRESS = bigIntToBytes(0x5e50n, 20) as EthAddress;

/**
 * The caller of the Pool's system entry points: 0xfffffffffffffffffffffffffffffffffffffffe, as in EIP-4788. No signature recovers
 * to it (nobody knows a key of it), and a pseudonym equal to it is invalid.
 */
export const SYSTEM_ADDRESS = bigIntToBytes((1n << 160n) - 2n, 20) as EthAddress;

/** Roots of this many last blocks are kept. */
export const ROOT_RING_SIZE = 1024n;

/** Numbers of the Pool's state variables, as a Solidity compiler lays them out (docs/protocol/pool-state.md). */
export const POOL_LAYOUT = {
  /** mapping(uint256 nullifier => uint256): 1 once spent. */
  nullifiers: 0n,
  /** uint256: root after the last block. */
  currentRoot: 1n,
  /** uint256: leaves appended so far. */
  leafCount: 2n,
  /** bytes32. */
  streamDigest: 3n,
  /** mapping(uint256 root => uint256): 1 + number of the newest block in the ring that ended with this root. */
  knownRoots: 4n,
  /** mapping(uint256 number mod 1024 => uint256 root). */
  rootRing: 5n,
  /** mapping(uint256 asset => uint256): how much of it may leave. */
  turnstile: 6n,
  /** mapping(uint256 asset => Asset { address token; uint8 kind; uint256 id }). */
  assets: 7n,
  /** mapping(address token => uint256 kind): 1 token, 2 ticket, fixed at the first shield. */
  tokenKinds: 8n,
  /** mapping(bytes32 id => Package { uint256 commitment; address controller }). 10 and 11 are unused. */
  packages: 9n,
  /** bytes32: the chain's genesis id. */
  genesisId: 12n,
  /** bytes32: the registered key of the repack circuit; 0 if the chain has none. */
  repackKeyId: 13n,
  /** mapping(bytes32 vkId => address): the account whose code is 0x00 and the key's bytes. */
  keyHolders: 14n,
  /** uint256[3][17] frontier, slots 32 to 82, after a gap for later variables. */
  frontier: 32n,
} as const;

/** A value or key of the EVM's storage: 32 bytes, big-endian. Throws `bytes/*` if it does not fit. */
export const storageWord = (value: bigint): Uint8Array => bigIntToBytes(value, 32);

/** Slot of a mapping's value as Solidity computes it: keccak256(key as 32 bytes || slot as 32 bytes). */
export const mappingSlot = (key: bigint, slot: bigint): Uint8Array => keccak256(storageWord(key), storageWord(slot));

/** Slot that holds 1 once `nullifier` is spent. */
export const nullifierSlot = (nullifier: Nullifier): Uint8Array => mappingSlot(nullifier, POOL_LAYOUT.nullifiers);

/** Slot of the root after the last block. */
export const currentRootSlot = (): Uint8Array => storageWord(POOL_LAYOUT.currentRoot);

/** Slot of the number of leaves. */
export const leafCountSlot = (): Uint8Array => storageWord(POOL_LAYOUT.leafCount);

/** Slot of the stream digest. */
export const streamDigestSlot = (): Uint8Array => storageWord(POOL_LAYOUT.streamDigest);

/** Slot that holds 1 + the number of the newest block in the ring that ended with `root`, or 0 for an unknown root. */
export const knownRootSlot = (root: bigint): Uint8Array => mappingSlot(root, POOL_LAYOUT.knownRoots);

/** Slot of the root after block `number`, shared with every 1,024th other block. */
export const rootRingSlot = (number: bigint): Uint8Array => mappingSlot(number % ROOT_RING_SIZE, POOL_LAYOUT.rootRing);

/** Slot of an asset's turnstile counter. */
export const turnstileSlot = (asset: AssetId): Uint8Array => mappingSlot(asset, POOL_LAYOUT.turnstile);

/** Slot of an asset's entry: the token's address in the low 20 bytes, the kind in the byte above; 0 if never shielded. */
export const assetSlot = (asset: AssetId): Uint8Array => mappingSlot(asset, POOL_LAYOUT.assets);

/** Slot of the id of an asset's entry: the one after `assetSlot`. */
export const assetTicketIdSlot = (asset: AssetId): Uint8Array => nextSlot(assetSlot(asset));

/** Slot of the kind that a token address got at its first shield: 1 token, 2 ticket, 0 none yet. */
export const tokenKindSlot = (token: EthAddress): Uint8Array =>
  mappingSlot(addressNumber(token), POOL_LAYOUT.tokenKinds);

/** Slot of a package's commitment; 0 if there is no package of this id (any more). */
export const packageSlot = (id: PackageId): Uint8Array => mappingSlot(bytesToBigInt(id), POOL_LAYOUT.packages);

/** Slot of a package's controller: the one after `packageSlot`. */
export const packageControllerSlot = (id: PackageId): Uint8Array => nextSlot(packageSlot(id));

/** Slot of the genesis id. */
export const genesisIdSlot = (): Uint8Array => storageWord(POOL_LAYOUT.genesisId);

/** Slot of the id of the repack circuit's key. */
export const repackKeyIdSlot = (): Uint8Array => storageWord(POOL_LAYOUT.repackKeyId);

/** Slot of the account that holds a registered verifying key; `vkId` is keccak256 of its bytes. */
export const keyHolderSlot = (vkId: Uint8Array): Uint8Array => mappingSlot(bytesToBigInt(vkId), POOL_LAYOUT.keyHolders);

/** Slot of the frontier's node `index` (0 to 2) at `level` (0, the leaves, to 16). Throws `pool/frontier-slot` outside. */
export function frontierSlot(level: number, index: number): Uint8Array {
  if (!Number.isInteger(level) || level < 0 || level > 16 || !Number.isInteger(index) || index < 0 || index > 2)
    throw new SeroError("pool/frontier-slot", "A frontier has levels 0 to 16 with nodes 0 to 2.", { level, index });
  return storageWord(POOL_LAYOUT.frontier + BigInt(3 * level + index));
}

const addressNumber = (address: Uint8Array): bigint => address.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function nextSlot(slot: Uint8Array): Uint8Array {
  const next = slot.slice();
  for (let i = next.length - 1; i >= 0; i--) {
    next[i] = (next[i]! + 1) & 0xff;
    if (next[i] !== 0) break;
  }
  return next;
}
