import {
  POOL_ADDRESS,
  SeroError,
  bigIntToBytes,
  currentRootSlot,
  equalBytes,
  leafCountSlot,
  streamDigestSlot,
  type BlockHash,
} from "@sero/protocol";
import type { PoolProof } from "../rpc/types.js";
import { readHeader, type HeaderFacts } from "./header.js";
import { storageNumber, storageRootOf, verifyTrieProof } from "./trie.js";

/** The Pool's state after a block, proved against that block's state root. */
export interface ProvedPool {
  readonly header: HeaderFacts;
  readonly root: bigint;
  readonly leafCount: bigint;
  /** 32 bytes. */
  readonly streamDigest: Uint8Array;
}

/** Checks a sero_poolProof answer for the block `hash`: header, account and the three slots. Throws proof/*. */
export function verifyPoolProof(proof: PoolProof, hash: BlockHash): ProvedPool {
  const header = readHeader(proof.header);
  if (!equalBytes(header.hash, hash))
    throw new SeroError(
      "proof/header",
      "The node proved the pool's state for another block than asked. Use another node.",
    );
  const account = verifyTrieProof(header.stateRoot, POOL_ADDRESS, proof.accountProof);
  if (account === undefined)
    throw new SeroError("proof/no-pool", "This chain has no pool. The node is not on a SERO chain.");
  const storageRoot = storageRootOf(account);
  const slot = (key: Uint8Array): bigint => {
    const entry = proof.storageProof.find((candidate) => equalBytes(candidate.key, key));
    if (entry === undefined)
      throw new SeroError(
        "proof/false",
        "The node left a part of the pool's state out of its proof. Use another node.",
      );
    return storageNumber(verifyTrieProof(storageRoot, key, entry.proof));
  };
  return {
    header,
    root: slot(currentRootSlot()),
    leafCount: slot(leafCountSlot()),
    streamDigest: bigIntToBytes(slot(streamDigestSlot()), 32),
  };
}
