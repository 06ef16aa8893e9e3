import {
  assetIdOf,
  decodeTransaction,
  feeOf,
  fieldToBytes,
  fromHex,
  priceOf,
  publicCoinOf,
  sanitizeName,
  SeroError,
  specFromJson,
  toHex,
  type ChainSpec,
  type ReturnEntry,
  type Transaction,
} from "@sero/protocol";
import type { Context } from "../context.js";
import { jsonRpc } from "../io/json-rpc.js";
import { coins } from "./amounts.js";

interface FailureJson {
  readonly step: string;
  readonly index: number;
  readonly reason: string;
  readonly message: string | null;
}

interface ReceiptJson {
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly status: string;
  readonly gasUsed: string;
  readonly sero?: { readonly failure?: FailureJson | null } | null;
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
  const call = callFacts(transaction, spec, receipt);
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
    call,
    packages: transaction.packages.map(({ outputIndex, controller, onFailure }) => ({
      outputIndex,
      controller: controller ?? transaction.call?.pseudonym ?? null,
      onFailure,
    })),
    hash: receipt === null ? null : receipt.blockHash,
  };
  output.result(
    facts,
    [
      `Transaction ${txid}`,
      receipt === null ? "  waiting for a block" : `  in block ${BigInt(receipt.blockNumber)}`,
      "",
      "What everybody sees:",
      `  fee            ${coins(fee)} (price step ${transaction.priceStep})${call === null ? "" : ", and what the gas of its calls costs"}`,
      `  bundles        ${transaction.bundles.length} (two notes in and three out each, some or all of them dummies)`,
      `  memo chunks    ${transaction.memos.length}`,
      `  anchor         ${transaction.anchor.toString(16).padStart(64, "0")}`,
      `  valid until    block ${transaction.expiry}`,
      `  size           ${bytes.length} bytes`,
      ...facts.packages.map(
        ({ outputIndex, controller }) =>
          `  package        output ${outputIndex}${controller === null ? "" : `, controlled by ${toHex(controller)} at first`}`,
      ),
      ...(call === null ? [] : callLines(call)),
      ...transaction.bundles.flatMap(({ nullifiers, commitments }) => [
        ...nullifiers.map((nullifier) => `  nullifier      ${toHex(fieldToBytes(nullifier))}`),
        ...commitments.map((commitment) => `  commitment     ${toHex(fieldToBytes(commitment))}`),
      ]),
      "",
      call === null
        ? "What nobody sees: who paid, who was paid, what, how much, the memo."
        : "What nobody sees: who is behind the pseudonym, to whom things come back, and whether the transaction also paid somebody in hiding: whom, what, how much, the memo.",
    ].join("\n"),
  );
};

/** What a call phase shows. Amounts of coin in its base units, of assets in their smallest unit. */
interface CallPhaseFacts {
  readonly pseudonym: Uint8Array;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  /** Base units a gas. */
  readonly price: bigint;
  /** C less the fee: for gas and for the values of calls; 0 where the pseudonym pays from what lies on it. */
  readonly coin: bigint;
  readonly pseudonymPays: boolean;
  readonly assets: readonly (AssetFacts & { readonly amount: bigint })[];
  readonly calls: readonly CallFacts[];
  /** `notes`: into how many notes at most. */
  readonly returns: readonly (AssetFacts & { readonly leave: boolean; readonly notes: number })[];
  /** The rest is null while it waits for a block. */
  readonly status: "succeeded" | "failed" | null;
  /** Intrinsic gas and the phase's. */
  readonly gasUsed: bigint | null;
  /** All that it cost. */
  readonly cost: bigint | null;
  readonly failure: FailureJson | null;
}

interface CallFacts {
  /** Null creates a contract. */
  readonly to: Uint8Array | null;
  /** The four bytes that name a function; null where there are none. */
  readonly selector: Uint8Array | null;
  readonly value: bigint;
  readonly data: Uint8Array;
}

interface AssetFacts {
  readonly kind: ReturnEntry["kind"];
  /** Null for the coin. */
  readonly token: Uint8Array | null;
  readonly id: ReturnEntry["id"];
}

function callFacts(transaction: Transaction, spec: ChainSpec, receipt: ReceiptJson | null): CallPhaseFacts | null {
  const { call, bundles } = transaction;
  if (call === undefined) return null;
  const price = priceOf(transaction, spec);
  const coin = publicCoinOf(transaction);
  const gasUsed = receipt === null ? null : BigInt(receipt.gasUsed);
  return {
    pseudonym: call.pseudonym,
    nonce: call.nonce,
    gasLimit: call.gasLimit,
    price,
    coin: coin === 0n ? 0n : coin - feeOf(transaction, spec),
    pseudonymPays: coin === 0n,
    // Each public asset is that of one entry of returns, which says what its number stands for.
    assets: call.returns.flatMap(({ kind, token, id }) => {
      if (kind === "coin" || token === undefined || typeof id !== "bigint") return [];
      const asset = assetIdOf(kind === "token" ? 1 : 2, token, id);
      const amount = bundles.reduce((sum, { pubAsset, pubAmount }) => sum + (pubAsset === asset ? pubAmount : 0n), 0n);
      return amount === 0n ? [] : [{ kind, token, id, amount }];
    }),
    calls: call.calls.map(({ to, value, data }) => ({
      to: to ?? null,
      selector: to === undefined || data.length < 4 ? null : data.subarray(0, 4),
      value,
      data,
    })),
    returns: call.returns.map(({ kind, token, id, leave, inners }) => ({
      kind,
      token: token ?? null,
      id,
      leave,
      notes: inners.length,
    })),
    status: receipt === null ? null : BigInt(receipt.status) === 1n ? "succeeded" : "failed",
    gasUsed,
    cost: gasUsed === null ? null : gasUsed * price,
    failure: receipt?.sero?.failure ?? null,
  };
}

function callLines(call: CallPhaseFacts): string[] {
  const brought = call.pseudonymPays
    ? "no coin: the pseudonym pays from what lies on it"
    : `${coins(call.coin)} for gas and values`;
  return [
    `  pseudonym      ${toHex(call.pseudonym)}, its transaction number ${call.nonce}`,
    `  brings         ${brought}`,
    ...call.assets.map((asset) => `  brings         ${assetWords(asset, asset.amount)}`),
    ...call.calls.map((each) => `  calls          ${callWords(each)}`),
    `  returns        ${call.returns.length} ${call.returns.length === 1 ? "entry" : "entries"} of what comes back; how much of each shows too`,
    ...call.returns.map(
      (entry) =>
        `    ${entry.leave ? "stays on the pseudonym: " : ""}${entry.kind === "coin" ? "the coin that is left" : assetWords(entry)}`,
    ),
    `  status         ${call.status === null ? "not known before it is in a block" : call.status === "failed" ? `failed${failureWords(call.failure)}: all that the calls did was taken back` : "succeeded"}`,
    `  gas limit      ${call.gasLimit} for the calls, at ${coins(call.price)} each`,
    ...(call.gasUsed === null || call.cost === null
      ? []
      : [`  gas            ${call.gasUsed} in all, which cost ${coins(call.cost)}, the fee included`]),
  ];
}

function callWords({ to, value, data, selector }: CallFacts): string {
  const paid = value > 0n ? `, with ${coins(value)}` : "";
  if (to === null) return `creates a contract from ${data.length} bytes${paid}`;
  const what = selector === null ? "without a function" : `function ${toHex(selector)}`;
  return `${toHex(to)}, ${what}, ${data.length} bytes of calldata${paid}`;
}

function assetWords({ kind, token, id }: AssetFacts, amount?: bigint): string {
  const of = token === null ? "" : ` ${toHex(token)}`;
  if (kind === "token") return `${amount === undefined ? "" : `${amount} smallest units of `}token${of}`;
  return `${typeof id === "bigint" ? `ticket ${id}` : `up to ${id.any} tickets`} of${of}`;
}

/** Where a phase failed and why; the contract's own words are a quotation. */
function failureWords(failure: FailureJson | null): string {
  if (failure === null) return "";
  const where = sanitizeName(String(failure.step), 16);
  const why = sanitizeName(String(failure.message ?? failure.reason), 300);
  return ` at ${where} ${Number(failure.index) + 1} ("${why}")`;
}
