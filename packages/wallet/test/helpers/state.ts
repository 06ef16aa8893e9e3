import { createMPT, createMerkleProof } from "@ethereumjs/mpt";
import {
  POOL_ADDRESS,
  bigIntToBytes,
  currentRootSlot,
  encodeRlp,
  keccak256,
  leafCountSlot,
  rlpUint,
  streamDigestSlot,
  bytesToBigInt,
} from "@sero/protocol";

/** The Pool's state in a real Merkle-Patricia trie (of @ethereumjs/mpt, so that the wallet's verifier is held against another's prover). */
export interface PoolState {
  readonly root: Uint8Array;
  readonly accountProof: readonly Uint8Array[];
  readonly storageProof: readonly { readonly key: Uint8Array; readonly proof: readonly Uint8Array[] }[];
}

export async function poolState(root: bigint, leafCount: bigint, streamDigest: Uint8Array): Promise<PoolState> {
  const slots = [currentRootSlot(), leafCountSlot(), streamDigestSlot()];
  const values = [root, leafCount, bytesToBigInt(streamDigest)];
  const storage = await createMPT({ useKeyHashing: true });
  for (let i = 0; i < 20; i++) await storage.put(keccak256(Uint8Array.of(i)), encodeRlp(rlpUint(i + 1)));
  for (const [i, slot] of slots.entries()) {
    const value = values[i] ?? 0n;
    if (value !== 0n) await storage.put(slot, encodeRlp(rlpUint(value)));
  }
  const accounts = await createMPT({ useKeyHashing: true });
  for (let i = 0; i < 8; i++) await accounts.put(bigIntToBytes(BigInt(i + 1), 20), account(new Uint8Array(32)));
  await accounts.put(POOL_ADDRESS, account(storage.root()));
  return {
    root: accounts.root(),
    accountProof: await createMerkleProof(accounts, POOL_ADDRESS),
    storageProof: await Promise.all(slots.map(async (key) => ({ key, proof: await createMerkleProof(storage, key) }))),
  };
}

const account = (storageRoot: Uint8Array): Uint8Array =>
  encodeRlp([rlpUint(1), rlpUint(0), storageRoot, keccak256(new Uint8Array(0))]);
