import { fromHex, specFromJson, type BlockHash, type TxId } from "@sero/protocol";
import { z } from "zod";
import { bytes, bytes32, quantity } from "./hex-schemas.js";
import type { ChainInfo, NodeHead, PoolProof, TreeState } from "./types.js";

// A storage key may come back as a number without leading zeros.
const slotKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/)
  .transform((text) => fromHex(`0x${text.slice(2).padStart(64, "0")}`));

/** Answer of sero_chain. */
export const chainAnswer = z
  .object({
    spec: z.record(z.string(), z.unknown()),
    genesisHash: bytes32,
    rulesId: bytes32,
    clientVersion: z.string().max(200),
  })
  .transform((answer): ChainInfo => ({
    ...answer,
    spec: specFromJson(answer.spec),
    genesisHash: answer.genesisHash as BlockHash,
  }));

const blockRef = z.object({ number: quantity });

/** Answer of sero_head. */
export const headAnswer = z
  .object({
    head: z.object({ number: quantity, hash: bytes32, timestamp: quantity }),
    finalized: blockRef.nullish(),
    leafCount: quantity,
    syncing: z.unknown(),
  })
  .transform((answer): NodeHead => ({
    ...answer.head,
    hash: answer.head.hash as BlockHash,
    leafCount: answer.leafCount,
    finalized: answer.finalized?.number,
    // As eth_syncing: false, or an object that tells how far it is.
    syncing: answer.syncing !== false && answer.syncing !== undefined && answer.syncing !== null,
  }));

/** Answer of sero_treeState. */
export const treeStateAnswer = z
  .object({ count: quantity, frontier: bytes, streamDigest: bytes32, root: quantity })
  .transform((answer): TreeState => ({
    leafCount: answer.count,
    frontier: answer.frontier,
    streamDigest: answer.streamDigest,
    root: answer.root,
  }));

const proofNodes = z.array(bytes).max(64);

/** Answer of sero_poolProof. */
export const poolProofAnswer = z
  .object({
    header: bytes,
    accountProof: proofNodes,
    storageProof: z.array(z.object({ key: slotKey, proof: proofNodes })).max(64),
  })
  .transform((answer): PoolProof => answer);

/** Answer of eth_sendRawTransaction. */
export const txidAnswer = bytes32.transform((hash) => hash as TxId);

/** A JSON-RPC reply. */
export const rpcReply = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});
