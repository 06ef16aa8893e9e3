import { decodeTransaction, feeOf, fromHex, toHex, type ChainSpec, type Transaction } from "@sero/protocol";
import { coins } from "../commands/amounts.js";
import type { JsonRpc } from "../io/json-rpc.js";

/** What everybody sees of a transaction: its decoded bytes, from the node. */
export const publicTransaction = async (rpc: JsonRpc, txid: string): Promise<Transaction> =>
  decodeTransaction(fromHex(await rpc.call<string>("eth_getRawTransactionByHash", [txid])));

const short = (x: bigint): string => `${x.toString(16).padStart(64, "0").slice(0, 12)}…`;

/** What the call phase of a transaction shows. */
const callLines = ({ call, bundles }: Transaction): string[] => {
  if (call === undefined) return [];
  const coin = bundles.reduce((sum, { pubCoin }) => sum + pubCoin, 0n);
  const assets = bundles.filter(({ pubAmount }) => pubAmount > 0n);
  return [
    `pseudonym ${toHex(call.pseudonym)}, with ${coins(coin)} for gas and values${assets.length === 0 ? "" : ` and ${assets.map(({ pubAmount }) => `${pubAmount} base units of a token`).join(", ")}`}`,
    ...call.calls.map(({ to, value, data }) =>
      to === undefined
        ? `creates a contract from ${data.length} bytes`
        : `calls ${toHex(to)}${data.length >= 4 ? ` ${toHex(data.subarray(0, 4))}` : ""}${value > 0n ? ` with ${coins(value)}` : ""}`,
    ),
    `what comes back: ${call.returns.map(({ kind, token }) => (token === undefined ? "the coin" : `a ${kind}`)).join(", ")}, to whom doesn't show`,
  ];
};

/** A transaction as the chain shows it, in plain lines. */
export const publicLines = (transaction: Transaction, spec: ChainSpec): string[] => {
  const { bundles, memos, packages } = transaction;
  return [
    transaction.call === undefined ? "somebody paid somebody something" : "somebody called contracts",
    ...callLines(transaction),
    ...(packages.length === 0
      ? []
      : [`${packages.length} of the outputs ${packages.length === 1 ? "is a sealed package" : "are sealed packages"}`]),
    `fee ${coins(feeOf(transaction, spec))}${transaction.call === undefined ? "" : " and the gas of the calls"}, ${bundles.length} bundle${bundles.length > 1 ? "s" : ""}, ${memos.length} memo chunk${memos.length > 1 ? "s" : ""}`,
    `nullifiers ${bundles.flatMap(({ nullifiers }) => nullifiers.map(short)).join(" ")}`,
    `commitments ${bundles.flatMap(({ commitments }) => commitments.map(short)).join(" ")}`,
  ];
};
