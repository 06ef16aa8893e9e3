import type { Abi } from "viem";
import { SeroError, equalBytes, toHex, type EthAddress, type TxId } from "@sero/protocol";
import { statusOf } from "../outbox/index.js";
import type { CallReceiptAnswer } from "../rpc/index.js";
import { scannedBlock } from "../scan/index.js";
import type { WalletContext } from "../wallet/context.js";
import { failureOf } from "./reason.js";
import type { CallOutcome } from "./types.js";

/**
 * What became of a transaction of ours: pending, or how its calls ended, and if they failed, why. Whether it is mined is read off the scanned
 * chain; the reason is asked of the node. `abi`: for the contracts' own errors. Throws wallet/no-payment, rpc/*.
 */
export async function callOutcome(context: WalletContext, txid: TxId, abi?: Abi): Promise<CallOutcome> {
  const { ledger } = context.state;
  const entry = context.outbox.find((candidate) => equalBytes(candidate.txid, txid));
  const sent = [...ledger.sent.values()].find((candidate) => equalBytes(candidate.txid, txid));
  if (entry === undefined && sent === undefined)
    throw new SeroError("wallet/no-payment", "This wallet has not sent such a transaction.");
  const pseudonym = sent?.pseudonym ?? entry?.draft.tx.call?.pseudonym;
  const open = { txid: toHex(txid), pseudonym, gasUsed: undefined, created: [], failure: undefined };
  if (sent === undefined && entry !== undefined) {
    const status = statusOf(entry, ledger, scannedBlock(context.state));
    if (status !== "mined") return { ...open, status, block: undefined, sentence: waitingSentence(status) };
  }
  const receipt = await context.client.receipt(txid);
  const block = sent?.block ?? receipt?.block;
  if (receipt === undefined)
    return {
      ...open,
      status: "pending",
      block,
      sentence: "It is mined, but the node has no receipt of it. Ask again.",
    };
  // What the scanned chain says of success goes before what the node says.
  const succeeded = sent === undefined ? receipt.status : (sent.call?.succeeded ?? true);
  return minedOutcome(toHex(txid), pseudonym, { ...receipt, status: succeeded }, abi);
}

function minedOutcome(
  txid: string,
  pseudonym: EthAddress | undefined,
  receipt: CallReceiptAnswer,
  abi: Abi | undefined,
): CallOutcome {
  const failure = receipt.status || receipt.failure === undefined ? undefined : failureOf(receipt.failure, [abi]);
  const base = { txid, pseudonym, block: receipt.block, gasUsed: receipt.gasUsed, created: receipt.created, failure };
  return receipt.status
    ? {
        ...base,
        status: "succeeded",
        sentence:
          pseudonym === undefined
            ? "It is mined."
            : "The calls succeeded; what came back is in the balance once synced.",
      }
    : {
        ...base,
        created: [],
        status: "failed",
        sentence: `${failure?.reason ?? "The calls failed."} The gas was paid, everything else that was brought came back.`,
      };
}

const waitingSentence = (status: "pending" | "undone" | "expired" | "conflicted"): string =>
  ({
    pending: "It is not mined yet.",
    undone: "A reorganisation took it back; it may still be mined again until it expires.",
    expired: "It expired without being mined. Nothing was paid.",
    conflicted:
      "Another transaction spent one of its notes or took its turn under the pseudonym, so it can never be mined. Nothing was paid.",
  })[status];
