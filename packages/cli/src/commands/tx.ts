import { decodeTransaction, feeOf, fieldToBytes, fromHex, SeroError, specFromJson, toHex } from "@sero/protocol";
import type { Context } from "../context.js";
import { jsonRpc } from "../io/json-rpc.js";
import { coins } from "./amounts.js";

interface ReceiptJson {
  readonly blockNumber: string;
  readonly blockHash: string;
}

/**
 * `sero tx`: what everybody can see of a transaction. Asking a node for a transaction tells that node that you care about it: ask your own.
 */
export const tx = async ({ output, nodeUrl }: Context, txid: string): Promise<void> => {
  if (!/^0x[0-9a-f]{64}$/i.test(txid)) {
    throw new SeroError("cli/txid", "A txid is 0x and 64 hexadecimal digits. `sero history` lists yours.");
  }
  output.note("The node learns that somebody here cares about this transaction: ask your own node only.");
  const rpc = jsonRpc(nodeUrl);
  const raw = await rpc.call<string | null>("eth_getRawTransactionByHash", [txid]);
  if (raw === null)
    throw new SeroError(
      "cli/no-transaction",
      "The node knows no such transaction. It may not have reached it yet, or it expired.",
    );
  const spec = specFromJson((await rpc.call<{ readonly spec: unknown }>("sero_chain", [])).spec);
  const bytes = fromHex(raw);
  const transaction = decodeTransaction(bytes);
  const receipt = await rpc.call<ReceiptJson | null>("eth_getTransactionReceipt", [txid]);
  const fee = feeOf(transaction, spec);
  const facts = {
    txid,
    block: receipt === null ? null : BigInt(receipt.blockNumber),
    bytes: bytes.length,
    fee,
    priceStep: transaction.priceStep,
    expiry: transaction.expiry,
    anchor: transaction.anchor,
    bundles: transaction.bundles.map(({ nullifiers, commitments }) => ({ nullifiers, commitments })),
    memoChunks: transaction.memos.length,
    hash: receipt === null ? null : receipt.blockHash,
  };
  output.result(
    facts,
    [
      `Transaction ${txid}`,
      receipt === null ? "  waiting for a block" : `  in block ${BigInt(receipt.blockNumber)}`,
      "",
      "What everybody sees:",
      `  fee            ${coins(fee)} (price step ${transaction.priceStep})`,
      `  bundles        ${transaction.bundles.length} (two notes in and three out each, some or all of them dummies)`,
      `  memo chunks    ${transaction.memos.length}`,
      `  anchor         ${transaction.anchor.toString(16).padStart(64, "0")}`,
      `  valid until    block ${transaction.expiry}`,
      `  size           ${bytes.length} bytes`,
      ...transaction.bundles.flatMap(({ nullifiers, commitments }) => [
        ...nullifiers.map((nullifier) => `  nullifier      ${toHex(fieldToBytes(nullifier))}`),
        ...commitments.map((commitment) => `  commitment     ${toHex(fieldToBytes(commitment))}`),
      ]),
      "",
      "What nobody sees: who paid, who was paid, what, how much, the memo.",
    ].join("\n"),
  );
};
