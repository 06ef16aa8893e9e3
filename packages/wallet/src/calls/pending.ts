import { intrinsicGas, priceOf, type CallPhase, type TxId } from "@sero/protocol";
import { mayStillBeMined, statusOf } from "../outbox/index.js";
import { scannedBlock } from "../scan/index.js";
import type { WalletContext } from "../wallet/context.js";

/** A transaction with calls that is made and not mined: all of it that will be public about its calls. */
export interface PendingCall extends Pick<CallPhase, "pseudonym" | "nonce" | "calls"> {
  readonly txid: TxId;
  /** Intrinsic gas and the gas limit of the calls. */
  readonly gas: bigint;
  /** Base units of the coin for one gas. */
  readonly price: bigint;
  readonly expiry: bigint;
}

/** Transactions with calls of this copy of the wallet that may still be mined, oldest first; also those that are just being proved. */
export function pendingCalls({ outbox, state, secret }: WalletContext): readonly PendingCall[] {
  const scanned = scannedBlock(state);
  return outbox.flatMap((entry) => {
    const { call, expiry } = entry.draft.tx;
    if (call === undefined || !mayStillBeMined(statusOf(entry, state.ledger, scanned))) return [];
    const { pseudonym, nonce, calls } = call;
    const gas = intrinsicGas(entry.draft.tx, secret.chain.spec) + call.gasLimit;
    const price = priceOf(entry.draft.tx, secret.chain.spec);
    return [{ txid: entry.txid, pseudonym, nonce, calls, gas, price, expiry }];
  });
}
