import { z } from "zod";
import { CODES, ProviderRpcError } from "../errors.js";
import { defineMethod } from "../method.js";
import { pendingNonce } from "../pending.js";
import { agreeAndSend } from "../send.js";
import { requestOf, transactionObject } from "../transaction.js";

/** Asks the user and answers with the txid as soon as he agreed; the proof comes after. */
export const ethSendTransaction = defineMethod({
  name: "eth_sendTransaction",
  params: z.tuple([transactionObject]).rest(z.unknown()),
  async handle(context, [tx], signal) {
    const request = requestOf(context, tx);
    const from = tx.from ?? context.session.addresses[0];
    if (tx.nonce !== undefined && from !== undefined) {
      const next = await pendingNonce(context, from, signal);
      if (tx.nonce !== next) {
        const what = tx.nonce < next ? "nonce too low" : "nonce too high";
        throw new ProviderRpcError(
          CODES.invalidInput,
          `${what}: the next nonce of ${from} is ${next}, not ${tx.nonce}. Leave it out, and the wallet counts.`,
        );
      }
    }
    return agreeAndSend(context, request, signal);
  },
});
