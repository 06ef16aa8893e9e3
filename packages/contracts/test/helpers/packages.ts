import { bytesToBigInt, FIELD_ORDER, keccak256, mappingSlot, POOL_ADDRESS, POOL_LAYOUT } from "@sero/protocol";
import { concat, encodePacked, hexToBytes, keccak256 as keccakHex } from "viem";
import { CHAIN_ID, GENESIS_ID, hex, type TestChain } from "./chain.js";
import { standInKey, standInProof } from "./precompiles.js";

type Hex = `0x${string}`;

/** Writes a package into the registry as the state transition does for a transaction's `packages`. */
export async function plantPackage(chain: TestChain, id: Hex, cm: bigint, controller: Uint8Array): Promise<void> {
  const slot = mappingSlot(BigInt(id), POOL_LAYOUT.packages);
  const next = mappingSlot(BigInt(id), POOL_LAYOUT.packages);
  next[31]! += 1;
  if (next[31] === 0) throw new Error("choose another id: this test's arithmetic does not carry");
  await chain.setStorage(POOL_ADDRESS, slot, cm);
  await chain.setStorage(POOL_ADDRESS, next, bytesToBigInt(controller));
}

/** What `repack` is called with. */
export interface Repack {
  readonly ids: readonly [Hex, Hex];
  readonly outCms: readonly [bigint, bigint, bigint];
  readonly kinds: readonly [number, number, number];
  readonly controllers: readonly [Hex, Hex, Hex];
  readonly notes: readonly [Hex, Hex, Hex];
}

export const REPACK_KEY = standInKey(6, 0x52);

/** Registers the stand-in for the repack key and sets it as the chain's. */
export async function withRepackKey(chain: TestChain): Promise<void> {
  const outcome = await chain.pool("registerKey", [hex(REPACK_KEY), `0x${"00".repeat(64)}`]);
  if (!outcome.ok) throw new Error(outcome.error);
  const slot = new Uint8Array(32);
  slot[31] = 13;
  await chain.setStorage(POOL_ADDRESS, slot, bytesToBigInt(keccak256(REPACK_KEY)));
}

/** ctx as section 8 of the protocol says, written independently of the Solidity. */
export function repackContext(repack: Repack, sender: Uint8Array, chainId = CHAIN_ID, genesis = GENESIS_ID): bigint {
  const packed = concat([
    encodePacked(["string", "bytes32", "uint256"], ["SERO/repack/1", hex(genesis), chainId]),
    hex(POOL_ADDRESS),
    hex(sender),
    ...repack.ids,
    encodePacked(["uint256", "uint256", "uint256"], [...repack.outCms]),
    encodePacked(["uint256", "uint256", "uint256"], repack.kinds.map(BigInt) as [bigint, bigint, bigint]),
    ...repack.controllers,
    ...repack.notes.map((note) => keccakHex(note)),
  ]);
  return BigInt(keccakHex(packed)) % FIELD_ORDER;
}

/** A stand-in proof for the public inputs (ctx, inCm[2], outCm[3]). */
export const repackProof = (ctx: bigint, inCms: readonly [bigint, bigint], outCms: readonly bigint[]): Hex =>
  hex(standInProof(REPACK_KEY, [ctx, ...inCms, ...outCms]));

/** keccak256("SERO/package/2" || ctx || output number || cm). */
export const repackedId = (ctx: bigint, output: number, cm: bigint): Hex =>
  keccakHex(encodePacked(["string", "uint256", "uint256", "uint256"], ["SERO/package/2", ctx, BigInt(output), cm]));

/** A ciphertext's worth of bytes. */
export const note = (fill: number): Hex => hex(new Uint8Array(290).fill(fill));

export { hexToBytes };
