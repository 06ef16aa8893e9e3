import { decodeTransaction, feeOf, fromHex, type ChainSpec, type Transaction } from "@sero/protocol";
import { coins } from "../commands/amounts.js";
import type { JsonRpc } from "../io/json-rpc.js";

/** What everybody sees of a transaction: its decoded bytes, from the node. */
export const publicTransaction = async (rpc: JsonRpc, txid: string): Promise<Transaction> =>
  decodeTransaction(fromHex(await rpc.call<string>("eth_getRawTransactionByHash", [txid])));

const short = (x: bigint): string => `${x.toString(16).padStart(64, "0").slice(0, 12)}…`;

/** A transaction as the chain shows it, in plain lines. */
export const publicLines = (transaction: Transaction, spec: ChainSpec): string[] => {
  const { bundles, memos } = transaction;
  return [
    "somebody paid somebody something",
    `fee ${coins(feeOf(transaction, spec))}, ${bundles.length} bundle${bundles.length > 1 ? "s" : ""}, ${memos.length} memo chunk${memos.length > 1 ? "s" : ""}`,
    `nullifiers ${bundles.flatMap(({ nullifiers }) => nullifiers.map(short)).join(" ")}`,
    `commitments ${bundles.flatMap(({ commitments }) => commitments.map(short)).join(" ")}`,
  ];
};
