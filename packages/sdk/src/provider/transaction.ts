import { z } from "zod";
import { MAX_TRANSACTION_BYTES, fromHex } from "@sero/protocol";
import type { CallRequest, CallSpec } from "@sero/wallet/core";
import type { ProviderContext } from "./context.js";
import { badParams } from "./errors.js";
import { addressText, bytesText, maybe, quantityText, toAddress, type Hex } from "./json.js";
import { checkOwn } from "./session.js";

/** Schema: a transaction object of the Ethereum JSON-RPC. Fee fields are read and not followed: a session has one price for everything. */
export const transactionObject = z.looseObject({
  from: maybe(addressText),
  to: maybe(addressText),
  value: maybe(quantityText),
  data: maybe(bytesText),
  input: maybe(bytesText),
  gas: maybe(quantityText),
  nonce: maybe(quantityText),
  chainId: maybe(quantityText),
  accessList: maybe(z.array(z.unknown())),
  authorizationList: maybe(z.array(z.unknown())),
  blobs: maybe(z.array(z.unknown())),
  blobVersionedHashes: maybe(z.array(z.unknown())),
});

/** A parsed transaction object. */
export type TransactionObject = z.output<typeof transactionObject>;

/** Data of a transaction object. @throws ProviderRpcError where `data` and `input` differ */
export function dataOf({ data, input }: TransactionObject): Hex {
  if (data !== undefined && input !== undefined && data !== input)
    throw badParams("data and input differ. Give one of them.");
  return input ?? data ?? "0x";
}

/** @throws ProviderRpcError when calldata alone is more than a transaction may have */
export function checkSize(data: Hex): Hex {
  const bytes = (data.length - 2) / 2;
  if (bytes > MAX_TRANSACTION_BYTES)
    throw badParams(
      `The call has ${bytes} bytes of data; a transaction has at most ${MAX_TRANSACTION_BYTES} in all. Send less at a time.`,
    );
  return data;
}

/** The one call of a transaction object. */
export function callOf(tx: TransactionObject): CallSpec {
  const data = checkSize(dataOf(tx));
  if (tx.to === undefined && data === "0x")
    throw badParams("A transaction needs a receiver, or the code of a contract to create.");
  return {
    ...(tx.to === undefined ? {} : { to: toAddress(tx.to) }),
    value: tx.value ?? 0n,
    data: fromHex(data),
  };
}

/** What the wallet is asked for a transaction object. @throws ProviderRpcError 4100 for somebody else's `from` */
export function requestOf(context: ProviderContext, tx: TransactionObject): CallRequest {
  const { session } = context;
  const from = tx.from ?? session.addresses[0];
  if (from === undefined) throw badParams("Name the address that the transaction is from.");
  checkOwn(session, from);
  if (tx.chainId !== undefined && tx.chainId !== context.chainId)
    throw badParams(`The transaction is for chain ${tx.chainId}, this wallet is on chain ${context.chainId}.`);
  for (const field of ["authorizationList", "blobs", "blobVersionedHashes"] as const)
    if ((tx[field]?.length ?? 0) > 0) throw badParams(`This chain has no transactions with ${field}.`);
  return { ...commonOf(context), calls: [callOf(tx)], pseudonym: toAddress(from) };
}

/** What holds for all transactions of a session. */
export const commonOf = ({ session }: ProviderContext): Omit<CallRequest, "calls"> => ({
  account: session.account,
  priceStep: session.priceStep,
  site: session.site,
  ...(session.keep.length === 0 ? {} : { keep: session.keep }),
});
