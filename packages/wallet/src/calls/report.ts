import type { Abi, AbiFunction } from "viem";
import { decodeFunctionData, getAbiItem, toFunctionSignature } from "viem/utils";
import { COIN, equalBytes, sanitizeName, toHex, walletExpiry, type EthAddress } from "@sero/protocol";
import { anchorBlockOf } from "../balance/index.js";
import { shapeBytes, shapeGas } from "../build/index.js";
import { usesOf } from "../pseudonyms/keep.js";
import type { SimulateReport, SimulatedReturn } from "../rpc/index.js";
import { scannedBlock } from "../scan/index.js";
import { viewOf } from "../wallet/context.js";
import type { Moves } from "./events.js";
import { amountOn } from "./held.js";
import { depositOf, phaseOf, valuesOf, type Fit, type Guess } from "./fit.js";
import type { CallJob } from "./job.js";
import { reportSentences } from "./sentences.js";
import type { CallFacts, CallFailure, CallReport, CallSpec, PublicAmount, ReturnFacts, StayFacts } from "./types.js";

/** How trying it out went. */
export interface Tried {
  readonly report: SimulateReport | undefined;
  readonly moves: Moves;
  readonly failure: CallFailure | undefined;
  readonly nonce: bigint;
}

/** The report on a settled plan. Asks the node whether the called contracts are there. */
export async function callReport(job: CallJob, guess: Guess, fitted: Fit, tried: Tried): Promise<CallReport> {
  const { context, spec, price } = job;
  const shape = job.hasPhase ? { ...fitted.shape, call: phaseOf(job, guess, fitted, tried.nonce) } : fitted.shape;
  const intrinsic = shapeGas(spec, shape);
  const calls = await Promise.all(fitted.specs.map((call, index) => factsOf(job, call, index, tried)));
  const before = await heldBefore(job, guess, fitted);
  const facts = {
    fee: intrinsic * price,
    gas: intrinsic + (job.hasPhase ? guess.gasLimit : 0n),
    priceStep: job.priceStep,
    bundles: fitted.bundles.length,
    memoChunks: fitted.shape.memoChunks,
    expiry: walletExpiry(scannedBlock(context.state)),
    anchorBlock: anchorBlockOf(viewOf(context)),
    bytes: shapeBytes(spec, shape),
  };
  const report = {
    pseudonym: job.hasPhase
      ? {
          address: fitted.pseudonym,
          kind: job.kept?.record === undefined ? ("one-time" as const) : ("kept" as const),
          label: job.kept?.record?.label,
          usedBefore: job.kept === undefined ? 0 : usesOf(context, fitted.pseudonym),
        }
      : undefined,
    calls,
    brings: bringsOf(guess),
    returns: guess.returns.map((entry) => returnFacts(entry, guess, tried, before)),
    stays: staysOf(tried, guess),
    packages: job.packages.length,
    gasLimit: guess.gasLimit,
    price,
    deposit: depositOf(job, guess),
    expectedFee: (intrinsic + (job.hasPhase ? (tried.report?.gasUsed ?? guess.gasLimit) : 0n)) * price,
    maxFee: facts.gas * price,
    facts,
    failure: tried.failure,
  };
  return { ...report, ...reportSentences(job, report, tried, fitted.plan) };
}

function bringsOf(guess: Guess): PublicAmount[] {
  const coin = valuesOf(guess.calls) + guess.coin;
  return [
    ...(coin === 0n ? [] : [{ asset: COIN, kind: "coin" as const, token: undefined, id: undefined, amount: coin }]),
    ...guess.assets.map(({ asset, publicAsset, amount }): PublicAmount => ({
      asset,
      kind: publicAsset.kind,
      token: publicAsset.token,
      id: publicAsset.kind === "ticket" ? publicAsset.id : undefined,
      amount,
    })),
  ];
}

/** Balances of returned tokens (hex) that lie there already: an entry takes in all that there is. A fresh pseudonym has none. */
async function heldBefore(
  { context, kept }: CallJob,
  { returns }: Guess,
  { pseudonym }: Fit,
): Promise<ReadonlyMap<string, bigint>> {
  const held = new Map<string, bigint>();
  for (const { kind, token } of kept === undefined ? [] : returns)
    if (kind === "token" && token !== undefined)
      held.set(toHex(token), await amountOn(context, pseudonym, { kind, token }));
  return held;
}

function returnFacts(
  { kind, token, id, leave }: SimulatedReturn,
  guess: Guess,
  tried: Tried,
  before: ReadonlyMap<string, bigint>,
): ReturnFacts {
  const facts = { kind, token, leave, id: kind === "ticket" ? id : undefined };
  if (tried.report?.ok !== true) return { ...facts, amount: undefined };
  if (kind === "coin") return { ...facts, amount: tried.report.coinLeft };
  if (token === undefined || kind === "ticket")
    return { ...facts, amount: typeof id === "bigint" ? 1n : BigInt(id.any) };
  const isIt = (other: EthAddress): boolean => toHex(other) === toHex(token);
  const brought = guess.assets.find(({ publicAsset }) => publicAsset.kind === "token" && isIt(publicAsset.token));
  const delta = tried.moves.tokens.find((move) => isIt(move.token))?.delta ?? 0n;
  return { ...facts, amount: (before.get(toHex(token)) ?? 0n) + (brought?.amount ?? 0n) + delta };
}

/** What no entry names stays; so does what an entry leaves. */
function staysOf({ report, moves }: Tried, guess: Guess): StayFacts[] {
  if (report?.ok !== true) return [];
  const left = report.left.map((entry): StayFacts => ({
    kind: entry.kind,
    token: entry.token,
    id: entry.kind === "ticket" ? entry.id : undefined,
    balance: entry.balance,
    onPurpose: true,
  }));
  const seen = new Set(left.map(({ kind, token, id }) => `${kind} ${toHex(token)} ${id ?? ""}`));
  const returned = (token: EthAddress): boolean =>
    guess.returns.some((entry) => entry.token !== undefined && !entry.leave && toHex(entry.token) === toHex(token));
  // Seen in events, named by no entry, and unknown to the node: most likely a contract that only pretends.
  const others = moves.tokens
    .filter(({ token, delta }) => delta > 0n && !returned(token) && !seen.has(`token ${toHex(token)} `))
    .map(({ token, delta }): StayFacts => ({ kind: "token", token, id: undefined, balance: delta, onPurpose: true }));
  return [...left, ...others];
}

async function factsOf(job: CallJob, call: CallSpec, index: number, tried: Tried): Promise<CallFacts> {
  const data = call.data ?? new Uint8Array(0);
  const { to } = call;
  const isNew =
    to !== undefined &&
    tried.report?.calls.slice(0, index).some(({ created }) => created !== undefined && equalBytes(created, to));
  const code =
    to === undefined || isNew === true ? undefined : await job.context.client.codeOf(to).catch(() => undefined);
  const method = to === undefined ? undefined : methodOf(data, call.abi);
  const ran = tried.report?.calls[index];
  return {
    to,
    creates: ran?.created,
    name: call.name === undefined ? undefined : sanitizeName(call.name),
    hasCode: isNew === true ? true : code === undefined ? undefined : code.length > 0,
    value: call.value ?? 0n,
    dataBytes: data.length,
    selector: to !== undefined && data.length >= 4 ? toHex(data.subarray(0, 4)) : undefined,
    signature: method?.signature,
    arguments: method?.arguments,
    gasUsed: ran?.gasUsed,
  };
}

/** The function that calldata calls, by its interface. */
function methodOf(
  data: Uint8Array,
  abi: Abi | undefined,
): { readonly signature: string; readonly arguments: readonly string[] } | undefined {
  if (abi === undefined || data.length < 4) return undefined;
  try {
    const { functionName, args } = decodeFunctionData({ abi, data: toHex(data) as `0x${string}` });
    const item = getAbiItem({ abi, name: toHex(data.subarray(0, 4)) as `0x${string}` }) as AbiFunction | undefined;
    return {
      signature: sanitizeName(item === undefined ? functionName : toFunctionSignature(item), 200),
      arguments: ((args ?? []) as readonly unknown[]).map((value) => sanitizeName(readable(value), 200)),
    };
  } catch {
    return undefined;
  }
}

const readable = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? item.toString() : item)) ?? "";
