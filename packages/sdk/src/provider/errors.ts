import { SeroError } from "@sero/protocol";
import type { Json } from "./json.js";

/** Numbers of errors that dApps and libraries look at: EIP-1193, EIP-1474, EIP-3085/3326, EIP-5792, JSON-RPC 2.0. */
export const CODES = {
  /** What geth answers for a revert; libraries decode `data` then. */
  reverted: 3,
  userRejected: 4001,
  unauthorized: 4100,
  unsupported: 4200,
  disconnected: 4900,
  unknownChain: 4902,
  unsupportedCapability: 5700,
  unsupportedChainId: 5710,
  duplicateId: 5720,
  unknownBundle: 5730,
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  invalidInput: -32000,
  rejected: -32003,
  limit: -32005,
} as const;

/** The error of EIP-1193: what a provider's `request` rejects with. */
export class ProviderRpcError extends Error {
  override readonly name = "ProviderRpcError";

  constructor(
    readonly code: number,
    message: string,
    readonly data?: Json,
  ) {
    super(message);
  }
}

const INTERNAL = "The wallet failed to answer this request. Its log says why.";

const BY_CODE: Readonly<Record<string, number>> = {
  "wallet/cancelled": CODES.userRejected,
  "rpc/unreachable": CODES.disconnected,
  "rpc/timeout": CODES.disconnected,
  "rpc/other-chain": CODES.disconnected,
};

/**
 * What a site or script sees of an error. A `SeroError` keeps its sentence, its code and values under `data`; a call that would fail looks
 * like a revert of any other node, so that libraries decode custom errors; anything else is ours to explain in a log, not the caller's to
 * read.
 */
export function providerError(error: unknown): ProviderRpcError {
  if (error instanceof ProviderRpcError) return error;
  if (!(error instanceof SeroError)) return new ProviderRpcError(CODES.internal, INTERNAL);
  const { code, message, values } = error;
  if (code === "call/would-fail") {
    const { output, reason } = values;
    // ethers and viem look for these two words.
    const text = `execution reverted: ${typeof reason === "string" ? reason : message}`;
    return new ProviderRpcError(CODES.reverted, text, typeof output === "string" ? output : "0x");
  }
  const data: Json = { code, values: { ...values } };
  if (code.startsWith("funds/"))
    return new ProviderRpcError(CODES.invalidInput, `insufficient funds: ${message}`, data);
  return new ProviderRpcError(BY_CODE[code] ?? CODES.invalidInput, message, data);
}

/** Whether nobody but the program itself is to blame, so that the failure belongs in a log. */
export const isUnexpected = (error: unknown): boolean =>
  !(error instanceof ProviderRpcError) && !(error instanceof SeroError);

/** A request that the session's pseudonyms may not make. */
export const unauthorized = (address: string): ProviderRpcError =>
  new ProviderRpcError(
    CODES.unauthorized,
    `This session does not act as ${address}. Use one of the addresses that eth_accounts gives.`,
  );

/** A method that this wallet does not have, with what to do instead. */
export const unsupported = (method: string, instead: string): ProviderRpcError =>
  new ProviderRpcError(CODES.unsupported, `This wallet does not do ${method}. ${instead}`);

/** Parameters that do not fit. */
export const badParams = (sentence: string): ProviderRpcError => new ProviderRpcError(CODES.invalidParams, sentence);

/** The user said no. */
export const rejected = (): ProviderRpcError => new ProviderRpcError(CODES.userRejected, "The user did not agree.");

/** Whoever asked is gone and has seen an error; then nothing must be sent any more. @throws ProviderRpcError 4001 */
export function checkThere(signal: AbortSignal): void {
  if (signal.aborted)
    throw new ProviderRpcError(
      CODES.userRejected,
      "The request was given up before the user agreed. Nothing was sent.",
    );
}
