import {
  COIN,
  SeroError,
  bindOf,
  memoChunksFor,
  packageIdOf,
  pseudonymDigest,
  randomBytes,
  randomChunk,
  randomScalar,
  randomizedKey,
  randomizedPoint,
  sealMemo,
  sign,
  signDigest,
  utf8,
  type AccountKeys,
  type Anchor,
  type AssetId,
  type BindContext,
  type Bundle,
  type CallPhase,
  type ChainSpec,
  type Commitment,
  type Nullifier,
  type PackageEntry,
  type PackageId,
  type Point,
  type SealedNote,
  type Transaction,
} from "@sero/protocol";
import type { SpendOutput, SpendWitness } from "@sero/circuits";
import type { PlannedTransaction } from "../select/index.js";
import type { OwnedNote } from "../types.js";
import { buildInputs, type BuiltInput } from "./inputs.js";
import { MEMO_TO_SELF, buildOutputs, type BuiltOutput } from "./outputs.js";
import { shuffled, type RandomSource } from "./shuffle.js";
import type { Draft, Recipient } from "./types.js";

/** What a transaction is made from. */
export interface DraftRequest {
  readonly keys: AccountKeys;
  readonly spec: Pick<ChainSpec, "chainId">;
  readonly context: BindContext;
  readonly plan: PlannedTransaction<OwnedNote>;
  /** By the ids in the plan. */
  readonly recipients: readonly Recipient[];
  /** Payments whose memo goes into this transaction. */
  readonly memosOf: ReadonlySet<number>;
  readonly expiry: bigint;
  readonly priceStep: number;
  /** The plan's bundles with their inputs, in order; absent: drawn at random. */
  readonly bundles?: readonly ArrangedBundle[];
  readonly call?: DraftCall | undefined;
  readonly packages?: readonly DraftPackage[];
  /** Sealed for ourselves, in the change. */
  readonly memoToSelf?: string | undefined;
}

/** A bundle of a plan whose nullifiers are known: nf[0] of the first names the one-time pseudonym and the returns. */
export interface ArrangedBundle {
  readonly planned: PlannedTransaction<OwnedNote>["bundles"][number];
  readonly inputs: readonly [BuiltInput, BuiltInput];
}

/** A call phase to sign, and the key of its pseudonym. */
export interface DraftCall {
  readonly phase: Omit<CallPhase, "signature">;
  /** secp256k1. Secret. */
  readonly secretKey: Uint8Array;
}

/** The part of the plan that becomes a package. */
export interface DraftPackage extends Pick<PackageEntry, "controller" | "onFailure"> {
  /** Its id in the plan. */
  readonly part: number;
}

/** The plan's bundles in random order, each with its inputs in random order. */
export const arrangeBundles = (
  keys: AccountKeys,
  plan: PlannedTransaction<OwnedNote>,
  random: RandomSource = randomBytes,
): ArrangedBundle[] =>
  shuffled(plan.bundles, random).map((planned) => ({
    planned,
    inputs: buildInputs(keys, planned.inputs, random),
  }));

/** Memo chunks of a transaction that carries these payments' memos (and one to ourselves): at least one, random if there is none. */
export function memoChunkCount(
  recipients: readonly Recipient[],
  ids: ReadonlySet<number>,
  memoToSelf?: string,
): number {
  let count = memoToSelf === undefined ? 0 : memoChunksFor(utf8(memoToSelf).length);
  for (const id of ids) {
    const memo = recipients[id]?.memo;
    if (memo !== undefined) count += memoChunksFor(utf8(memo).length);
  }
  return Math.max(1, count);
}

interface BundleParts extends ArrangedBundle {
  readonly alpha: bigint;
  readonly rk: Uint8Array;
  readonly rkPoint: Point;
  /** The bundle's one private asset. */
  readonly asset: AssetId;
}

/** Outputs of a transaction, with what its bundles are proved and signed with. Secret. */
interface MadeOutputs {
  readonly parts: readonly BundleParts[];
  readonly outputs: readonly (readonly BuiltOutput[])[];
  readonly memos: readonly (readonly Uint8Array[])[];
}

function makeOutputs(request: Omit<DraftRequest, "call">, random: RandomSource): MadeOutputs {
  const { keys, plan, recipients } = request;
  const parts = (request.bundles ?? arrangeBundles(keys, plan, random)).map((bundle): BundleParts => {
    const alpha = randomScalar(random);
    const { inputs, change, parts: paid, unshield } = bundle.planned;
    const asset =
      [...inputs, ...change, ...paid, ...(unshield === undefined ? [] : [unshield])]
        .map((item) => item.asset)
        .find((id) => id !== COIN) ?? COIN;
    return {
      ...bundle,
      alpha,
      rk: randomizedKey(keys.A, alpha),
      rkPoint: randomizedPoint(keys.A, alpha),
      asset,
    };
  });
  const nf0 = parts[0]?.inputs[0].nullifier ?? (0n as Nullifier);
  const memoKeys = new Map<number, Uint8Array>();
  const memos: Uint8Array[][] = [];
  for (const id of request.memosOf) {
    const memo = recipients[id]?.memo;
    if (memo === undefined) continue;
    const key = random(32);
    memoKeys.set(id, key);
    memos.push(sealMemo(key, memo));
  }
  if (request.memoToSelf !== undefined) {
    const key = random(32);
    memoKeys.set(MEMO_TO_SELF, key);
    memos.push(sealMemo(key, request.memoToSelf));
  }
  const outputs = parts.map((part, i) =>
    buildOutputs(keys, part.planned, recipients, memoKeys, { rk: part.rk, nf0, firstOutput: 3 * i }, random),
  );
  return { parts, outputs, memos };
}

/** A package that a draft of this request makes with the same source of randomness: known before the calls that hand it on are written. */
export interface DraftedPackage {
  readonly id: PackageId;
  readonly commitment: Commitment;
}

/** The packages of a draft, in the order of the request's. Throws as draftTransaction. */
export function draftedPackages(request: Omit<DraftRequest, "call">, random: RandomSource): DraftedPackage[] {
  const { parts, outputs } = makeOutputs(request, random);
  return (request.packages ?? []).map(({ part }) => {
    const index = outputIndexOf(part, outputs.flat());
    const nf0 = parts[Math.floor(index / 3)]?.inputs[0].nullifier;
    const commitment = outputs.flat()[index]?.commitment;
    if (nf0 === undefined || commitment === undefined)
      throw new SeroError("wallet/plan", "A package is no output of the plan.");
    return { id: packageIdOf(nf0, index, commitment), commitment };
  });
}

/**
 * Makes and signs a transaction. Each bundle has a fresh alpha, so no two bundles show the same key; the signatures cover everything but
 * anchor and proofs, which come last and can be made anew. `random`: of everything but the signatures.
 */
export function draftTransaction(request: DraftRequest, random: RandomSource = randomBytes): Draft {
  const { keys } = request;
  const { parts, outputs, memos } = makeOutputs(request, random);
  const unsigned: Transaction = {
    chainId: request.spec.chainId,
    expiry: request.expiry,
    priceStep: request.priceStep,
    anchor: 0n as Anchor,
    bundles: parts.map((part, i) => bundleOf(part, outputs[i] ?? [])),
    outputs: outputs.flat().map((output) => output.ciphertext),
    memos: memos.length === 0 ? [randomChunk(random)] : shuffled(memos, random).flat(2),
    call: request.call === undefined ? undefined : { ...request.call.phase, signature: new Uint8Array(65) },
    packages: packagesOf(request.packages ?? [], outputs.flat()),
  };
  const { bind, txid } = bindOf(unsigned, request.context);
  const tx: Transaction = {
    ...unsigned,
    bundles: unsigned.bundles.map((bundle, i) => ({
      ...bundle,
      signature: sign(keys.ask, parts[i]?.alpha ?? 0n, txid),
    })),
    call:
      request.call === undefined
        ? undefined
        : { ...request.call.phase, signature: signDigest(request.call.secretKey, pseudonymDigest(bind)) },
  };
  return {
    tx,
    txid,
    witnesses: parts.map((part, i) => witnessOf(keys, part, outputs[i] ?? [], tx.bundles[i] as Bundle)),
    inputs: parts.flatMap((part, bundle) =>
      part.inputs.flatMap(({ note }, input) =>
        note === undefined ? [] : [{ bundle, input, note: { leafIndex: note.leafIndex, commitment: note.commitment } }],
      ),
    ),
  };
}

const packagesOf = (packages: readonly DraftPackage[], outputs: readonly BuiltOutput[]): PackageEntry[] =>
  packages
    .map(({ part, controller, onFailure }): PackageEntry => {
      return { outputIndex: outputIndexOf(part, outputs), controller, onFailure };
    })
    .sort((a, b) => a.outputIndex - b.outputIndex);

/** Where the shuffle put a part that becomes a package. Throws wallet/plan if it is not a single output. */
function outputIndexOf(part: number, outputs: readonly BuiltOutput[]): number {
  const places = outputs.flatMap((output, index) => (output.part === part ? [index] : []));
  const [first] = places;
  if (first === undefined || places.length > 1)
    throw new SeroError("wallet/plan", "A package's contents must be one output of the plan.", {
      outputs: places.length,
    });
  return first;
}

function bundleOf(part: BundleParts, outputs: readonly SealedNote[]): Bundle {
  const [first, second] = part.inputs;
  return {
    circuit: 0,
    nullifiers: [first.nullifier, second.nullifier],
    commitments: outputs.map((output) => output.commitment) as unknown as [Commitment, Commitment, Commitment],
    pubCoin: part.planned.fee,
    pubAsset: part.planned.unshield?.asset ?? COIN,
    pubAmount: part.planned.unshield?.amount ?? 0n,
    rk: part.rk,
    signature: new Uint8Array(64),
    proof: new Uint8Array(256),
  };
}

function witnessOf(keys: AccountKeys, part: BundleParts, sealed: readonly SealedNote[], bundle: Bundle): SpendWitness {
  const outputs = sealed.map(({ inner, note }): SpendOutput => ({
    inner,
    asset: note.asset,
    value: note.value,
    blind: note.blind,
  }));
  const { nullifiers, commitments, pubCoin, pubAsset, pubAmount } = bundle;
  return {
    A: keys.A,
    nk: keys.nk,
    alpha: part.alpha,
    asset: part.asset,
    inputs: [part.inputs[0].spend, part.inputs[1].spend],
    outputs: outputs as unknown as SpendWitness["outputs"],
    statement: { anchor: 0n as Anchor, nullifiers, commitments, pubCoin, pubAsset, pubAmount, rk: part.rkPoint },
  };
}
