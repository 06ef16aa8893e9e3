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

/** Areas whose errors speak of the request alone. Those of others name the node, files, or what the wallet has. */
const ABOUT_THE_REQUEST = /^(call|pseudonym|provider|amount)\//;

/**
 * What a site or script sees of an error. A `SeroError` about the request keeps its sentence, its code and values under `data`; a call that would
 * fail looks like a revert of any other node, so that libraries decode custom errors. Everything else is for the user alone: a node's address may
 * have a key in it, a path a name, and which money is missing depends on the single notes.
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
  if (code.startsWith("funds/")) return insufficient();
  const number = BY_CODE[code] ?? CODES.invalidInput;
  if (ABOUT_THE_REQUEST.test(code)) return new ProviderRpcError(number, message, { code, values: { ...values } });
  return new ProviderRpcError(number, `The wallet could not do this now (${code}). It has told its user why.`, {
    code,
  });
}

/** One answer for too little, too small and too many notes: which of them it is says how the money is divided. */
const insufficient = (): ProviderRpcError =>
  new ProviderRpcError(
    CODES.invalidInput,
    "insufficient funds: one transaction cannot bring this and its fee from what the wallet can spend now. Ask for less, or try again after the next block.",
    { code: "funds/insufficient" },
  );

/** Whether the user has to hear of a failure, since whoever asked was not told: it is not about the request. */
export const isForUser = (error: unknown): boolean =>
  !(error instanceof ProviderRpcError) &&
  !(
    error instanceof SeroError &&
    (ABOUT_THE_REQUEST.test(error.code) || /^(funds\/|wallet\/cancelled)/.test(error.code))
  );

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
