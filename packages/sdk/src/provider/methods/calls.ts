import { z } from "zod";
import { fromHex, toHex } from "@sero/protocol";
import type { CallRequest, CallSelf, CallSpec } from "@sero/wallet/core";
import type { ProviderContext } from "../context.js";
import { CODES, ProviderRpcError, badParams } from "../errors.js";
import { addressText, bytesText, quantity, quantityText, maybe, toAddress, type Hex, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { pendingOf } from "../pending.js";
import { agreeAndSend } from "../send.js";
import { checkOwn } from "../session.js";
import { checkSize, commonOf } from "../transaction.js";

/** Our own capability: the batch runs under a pseudonym that is used for it alone. */
const ONE_TIME = "oneTimePseudonym";
const MAX_CALLS = 32;

const capabilities = maybe(z.record(z.string(), z.looseObject({ optional: maybe(z.boolean()) })));

const call = z.looseObject({
  to: maybe(addressText),
  data: maybe(bytesText),
  value: maybe(quantityText),
  capabilities,
});

const batch = z.looseObject({
  version: z.string().max(16),
  id: maybe(z.string().min(1).max(4_096)),
  from: maybe(addressText),
  chainId: quantityText,
  atomicRequired: maybe(z.boolean()),
  calls: z.array(call).min(1).max(MAX_CALLS, `a batch has at most ${MAX_CALLS} calls`),
  capabilities,
});

type Batch = z.output<typeof batch>;

/** EIP-5792: every batch is one transaction, all of it or nothing. */
export const walletGetCapabilities = defineMethod({
  name: "wallet_getCapabilities",
  params: z.union([z.tuple([addressText]), z.tuple([addressText, z.array(quantityText)])]),
  handle(context, [address, chains]) {
    checkOwn(context.session, address);
    if (chains !== undefined && !chains.includes(context.chainId)) return {};
    return { [quantity(context.chainId)]: { atomic: { status: "supported" }, [ONE_TIME]: { supported: true } } };
  },
});

/**
 * EIP-5792. Without a `from`, or with the capability `oneTimePseudonym`, the batch runs under a fresh pseudonym that nothing ties to the session;
 * where the calls have to name it, the capability's `self` says which placeholder stands for it. With a `from` it runs as that.
 */
export const walletSendCalls = defineMethod({
  name: "wallet_sendCalls",
  params: z.tuple([batch]).rest(z.unknown()),
  async handle(context, [asked], signal) {
    checkBatch(context, asked);
    const { askedBatches, batches } = context;
    if (asked.id !== undefined) askedBatches.add(asked.id);
    try {
      const txid = await agreeAndSend(context, requestOf(context, asked), signal);
      const id = asked.id ?? txid;
      batches.set(id, txid);
      return { id, capabilities: {} };
    } finally {
      if (asked.id !== undefined) askedBatches.delete(asked.id);
    }
  },
});

function checkBatch(context: ProviderContext, { id, chainId, calls, capabilities: asked }: Batch): void {
  if (chainId !== context.chainId)
    throw new ProviderRpcError(CODES.unsupportedChainId, `This wallet is on chain ${context.chainId}, not ${chainId}.`);
  // Also while the first is being asked about: a site that tries again must not pay twice.
  if (id !== undefined && (context.batches.has(id) || context.askedBatches.has(id)))
    throw new ProviderRpcError(CODES.duplicateId, "There is a batch of this id already. Choose another one.");
  for (const wanted of [asked, ...calls.map((item) => item.capabilities)])
    for (const [name, { optional }] of Object.entries(wanted ?? {}))
      if (name !== ONE_TIME && optional !== true)
        throw new ProviderRpcError(
          CODES.unsupportedCapability,
          `This wallet does not have the capability ${name.slice(0, 64)}.`,
        );
}

function requestOf(context: ProviderContext, { from, calls, capabilities: asked }: Batch): CallRequest {
  const specs = calls.map(({ to, data, value }): CallSpec => ({
    ...(to === undefined ? {} : { to: toAddress(to) }),
    data: fromHex(checkSize(data ?? "0x")),
    value: value ?? 0n,
  }));
  const oneTime = asked?.[ONE_TIME];
  if (from !== undefined) checkOwn(context.session, from);
  if (from !== undefined && oneTime === undefined)
    return { ...commonOf(context), calls: specs, pseudonym: toAddress(from) };
  const self = oneTime === undefined ? undefined : selfOf(oneTime["self"]);
  const written = (me: CallSelf): CallSpec[] => specs.map((spec) => replaceSelf(spec, self, me));
  return { ...commonOf(context), calls: self === undefined ? specs : written, pseudonym: "one-time" };
}

/** A placeholder has to be one: a short number would be found in places that mean something else. */
function selfOf(value: unknown): Hex | undefined {
  if (value === undefined || value === null) return undefined;
  const parsed = addressText.safeParse(value);
  if (!parsed.success || /^0x0{16}/.test(parsed.data))
    throw badParams(
      "self is the address that stands for the one-time pseudonym in the calls: 20 bytes that occur nowhere else.",
    );
  return parsed.data;
}

function replaceSelf(spec: CallSpec, self: Hex | undefined, me: CallSelf): CallSpec {
  if (self === undefined || spec.data === undefined) return spec;
  const mine = toHex(me.pseudonym).slice(2);
  const data = fromHex(`0x${replaceBytes(toHex(spec.data).slice(2), self.slice(2), mine)}`);
  return spec.to !== undefined && toHex(spec.to) === self ? { ...spec, to: me.pseudonym, data } : { ...spec, data };
}

/** Replaces at whole bytes only. */
function replaceBytes(hex: string, what: string, by: string): string {
  for (let at = hex.indexOf(what); at >= 0; at = hex.indexOf(what, at + 1))
    if (at % 2 === 0) hex = hex.slice(0, at) + by + hex.slice(at + what.length);
  return hex;
}

const idParam = z.tuple([z.string().min(1).max(4_096)]);

function txidOf(context: ProviderContext, id: string): Hex {
  const txid = context.batches.get(id) ?? (/^0x[0-9a-f]{64}$/.test(id) ? (id as Hex) : undefined);
  if (txid === undefined) throw unknownBundle();
  return txid;
}

const unknownBundle = (): ProviderRpcError =>
  new ProviderRpcError(CODES.unknownBundle, "This wallet has sent no batch of this id.");

/** EIP-5792: 100 on its way, 200 done, 400 never sent to the end, 500 reverted as a whole. */
export const walletGetCallsStatus = defineMethod({
  name: "wallet_getCallsStatus",
  params: idParam,
  async handle(context, [id], signal) {
    const txid = txidOf(context, id);
    const receipt = (await context.node.request("eth_getTransactionReceipt", [txid], signal)) as Receipt | null;
    const common = { version: "2.0.0", id, chainId: quantity(context.chainId), atomic: true };
    if (receipt !== null) {
      const { logs, status, blockHash, blockNumber, gasUsed, transactionHash } = receipt;
      const shown = { logs, status, blockHash, blockNumber, gasUsed, transactionHash };
      return { ...common, status: status === "0x1" ? 200 : 500, receipts: [shown] };
    }
    if (pendingOf(context, txid) !== undefined) return { ...common, status: 100 };
    if (!context.batches.has(id)) throw unknownBundle();
    return { ...common, status: 400 };
  },
});

interface Receipt {
  readonly [name: string]: Json | undefined;
  readonly status: string;
}

/** EIP-5792: the wallet shows it to the user in its own way. */
export const walletShowCallsStatus = defineMethod({
  name: "wallet_showCallsStatus",
  params: idParam,
  handle(context, [id]) {
    context.onShowCalls(txidOf(context, id));
    return null;
  },
});
