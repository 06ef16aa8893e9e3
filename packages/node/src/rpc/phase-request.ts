import type { PhaseRequest, SuggestedReturn } from "@sero/execution";
import {
  intrinsicGas,
  MAX_ANY_IDS,
  MAX_BUNDLES,
  MAX_CALLS,
  MAX_RETURNS,
  MAX_TRANSACTION_BYTES,
  OUTPUTS_PER_BUNDLE,
  SeroError,
  type Anchor,
  type Call,
  type ChainSpec,
  type Commitment,
  type EthAddress,
  type Inner,
  type PackageId,
  type ReturnEntry,
} from "@sero/protocol";
import { z } from "zod";
import { addressParam, bytesParam, hashParam, quantityParam } from "./schemas.js";

const amountParam = quantityParam.refine((value) => value >> 128n === 0n, "an amount below 2^128");
const kindParam = z.enum(["token", "ticket"]);

const assetParam = z.object({
  kind: kindParam,
  token: addressParam,
  id: quantityParam.nullish(),
  amount: amountParam.nullish(),
});

const callParam = z.object({
  to: addressParam.nullish(),
  value: amountParam.nullish(),
  data: bytesParam.nullish(),
});

const returnParam = z.object({
  kind: z.enum(["coin", "token", "ticket"]),
  token: addressParam.nullish(),
  id: z.union([quantityParam, z.object({ any: countParam(MAX_ANY_IDS) })]).nullish(),
  leave: z.boolean().nullish(),
});

/** The object that sero_simulate and debug_traceCall take for a call phase. */
export const phaseParam = z.object({
  from: addressParam,
  nonce: quantityParam.nullish(),
  /** Brought besides the coin for gas; the calls' values if left out. */
  coin: amountParam.nullish(),
  assets: z.array(assetParam).max(MAX_BUNDLES).nullish(),
  calls: z.array(callParam).max(MAX_CALLS),
  returns: z.union([z.literal("infer"), z.array(returnParam).max(MAX_RETURNS)]).nullish(),
  /** Packages that the same transaction makes and the calls may hand on. */
  packages: z
    .array(z.object({ id: hashParam, commitment: quantityParam }))
    .max(MAX_BUNDLES * OUTPUTS_PER_BUNDLE)
    .nullish(),
  gas: quantityParam.nullish(),
  priceStep: countParam(255).nullish(),
  /** Whether to look for the least gas limit that suffices; else the one given is tried and no other. */
  find: z.boolean().nullish(),
});

/** What a caller wants tried out. */
export type PhaseParam = z.output<typeof phaseParam>;

/**
 * The simulation that a request describes, its gas at most what a block has left beside the transaction around it.
 *
 * @throws SeroError `rpc/params`
 */
export function phaseRequestOf(param: PhaseParam, spec: ChainSpec): PhaseRequest {
  const calls = param.calls.map(({ to, value, data }): Call => ({
    to: (to ?? undefined) as EthAddress | undefined,
    value: value ?? 0n,
    data: data ?? new Uint8Array(0),
  }));
  if (calls.reduce((sum, { data }) => sum + data.length, 0) > MAX_TRANSACTION_BYTES) {
    throw new SeroError("rpc/params", `The calls of one transaction have less than ${MAX_TRANSACTION_BYTES} bytes.`);
  }
  const returns = param.returns === "infer" || !param.returns ? "infer" : returnsOf(param.returns);
  const price = spec.priceLadder[param.priceStep ?? 0];
  if (price === undefined) {
    throw new SeroError("rpc/params", `This chain's price steps are 0 to ${spec.priceLadder.length - 1}.`);
  }
  const most = gasLeftBeside(calls, returns === "infer" ? [] : returns, spec);
  const gas = param.gas ?? most;
  return {
    pseudonym: param.from as EthAddress,
    ...(param.nonce !== null && param.nonce !== undefined && { nonce: param.nonce }),
    coin: param.coin ?? calls.reduce((sum, { value }) => sum + value, 0n),
    assets: (param.assets ?? []).map(({ kind, token, id, amount }) => ({
      kind,
      token: token as EthAddress,
      id: id ?? 0n,
      amount: amount ?? 1n,
    })),
    calls,
    returns,
    gasLimit: gas < most ? gas : most,
    price,
    ...(param.packages && {
      packages: param.packages.map(({ id, commitment }) => ({
        id: id as PackageId,
        commitment: commitment as Commitment,
      })),
    }),
    ...((param.find ?? true) && { find: "least-gas" as const }),
  };
}

/**
 * Intrinsic gas of the smallest transaction around a call phase: one bundle, one memo chunk.
 *
 * @param notes how many notes its returns may make
 */
export function intrinsicGasAround(calls: readonly Call[], notes: number, spec: ChainSpec): bigint {
  const entry: ReturnEntry = {
    kind: "coin",
    token: undefined,
    id: 0n,
    leave: false,
    inners: Array.from({ length: notes }, () => NOBODY),
  };
  const call = {
    pseudonym: new Uint8Array(20) as EthAddress,
    nonce: 0n,
    signature: new Uint8Array(65),
    gasLimit: 0n,
    calls,
    returns: [entry],
  };
  const rest = { chainId: spec.chainId, expiry: 0n, priceStep: 0, anchor: 0n as Anchor, outputs: [], packages: [] };
  return intrinsicGas({ ...rest, bundles: [], memos: [], call }, spec) + spec.gas.bundle + spec.gas.memoChunk;
}

/** How many notes entries of returns may make. */
export function notesOf(returns: readonly ReturnEntry[]): number {
  return returns.reduce((sum, { inners }) => sum + inners.length, 0);
}

/** An entry that does what a simulation suggests, with inners of no one. */
export function entryOf({ kind, token, id, count }: SuggestedReturn): ReturnEntry {
  return { kind, token, id, leave: false, inners: Array.from({ length: count }, () => NOBODY) };
}

/** A simulation's notes are thrown away: any inner does. */
const NOBODY = 1n as Inner;

function gasLeftBeside(calls: readonly Call[], returns: readonly ReturnEntry[], spec: ChainSpec): bigint {
  const left = spec.gasLimit - intrinsicGasAround(calls, Math.max(1, notesOf(returns)), spec);
  if (left > 0n) return left;
  throw new SeroError("rpc/params", "These calls alone need more gas than a block has. Make fewer or smaller ones.");
}

/** Entries with inners of no one: a simulation's notes are thrown away. The coin's comes first, as it must. */
function returnsOf(params: readonly z.output<typeof returnParam>[]): ReturnEntry[] {
  const entries = params.map(({ kind, token, id, leave }): ReturnEntry => {
    if ((kind === "coin") !== (token === null || token === undefined)) {
      throw new SeroError("rpc/params", "An entry of returns names a token, and the coin's names none.");
    }
    const count = typeof id === "object" && id !== null ? id.any : 1;
    return {
      kind,
      token: (token ?? undefined) as EthAddress | undefined,
      id: id ?? 0n,
      leave: leave ?? false,
      inners: Array.from({ length: count }, () => NOBODY),
    };
  });
  if (entries.some(({ kind }) => kind === "coin")) return entries;
  return [{ kind: "coin", token: undefined, id: 0n, leave: false, inners: [NOBODY] }, ...entries];
}

function countParam(most: number) {
  const inRange = z.number().int().nonnegative().max(most);
  return z.union([inRange, quantityParam.transform(Number).pipe(inRange)]);
}
