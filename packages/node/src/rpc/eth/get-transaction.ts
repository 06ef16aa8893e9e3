import { z } from "zod";
import { bodyOf, describe, findBlock } from "../blocks.js";
import type { RpcContext } from "../context.js";
import { transactionJson } from "../format.js";
import type { Json } from "../json.js";
import { defineMethod } from "../method.js";
import { blockNumberParam, hashParam, quantityParam, type BlockRef } from "../schemas.js";

/** A transaction by txid, mined or waiting with its proofs verified. */
export const ethGetTransactionByHash = defineMethod({
  name: "eth_getTransactionByHash",
  params: z.tuple([hashParam]),
  handle(context, [txid]) {
    const place = context.store.place(txid);
    if (place) return at(context, { kind: "number", number: place.number }, place.index);
    const waiting = context.mempool.get(txid)?.checked;
    return waiting ? transactionJson(context, describe(context, waiting.bytes, waiting.txid), undefined) : null;
  },
});

/** A transaction by its place in a block. */
export const ethGetTransactionByBlockHashAndIndex = defineMethod({
  name: "eth_getTransactionByBlockHashAndIndex",
  params: z.tuple([hashParam, quantityParam]),
  handle: (context, [hash, index]) => at(context, { kind: "hash", hash, requireCanonical: false }, Number(index)),
});

/** A transaction by its place in a block. */
export const ethGetTransactionByBlockNumberAndIndex = defineMethod({
  name: "eth_getTransactionByBlockNumberAndIndex",
  params: z.tuple([blockNumberParam, quantityParam]),
  handle: (context, [ref, index]) => at(context, ref, Number(index)),
});

function at(context: RpcContext, ref: BlockRef, index: number): Json {
  const block = findBlock(context, ref);
  if (!block) return null;
  const body = bodyOf(context, block);
  const bytes = body.transactions[index];
  const txid = body.txids[index];
  return bytes && txid ? transactionJson(context, describe(context, bytes, txid), { block, index }) : null;
}
