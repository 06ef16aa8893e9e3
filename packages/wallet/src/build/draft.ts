import {
  COIN,
  bindOf,
  memoChunksFor,
  randomBytes,
  randomChunk,
  randomScalar,
  randomizedKey,
  randomizedPoint,
  sealMemo,
  sign,
  utf8,
  type AccountKeys,
  type Anchor,
  type AssetId,
  type BindContext,
  type Bundle,
  type ChainSpec,
  type Commitment,
  type Nullifier,
  type Point,
  type SealedNote,
  type Transaction,
} from "@sero/protocol";
import type { SpendOutput, SpendWitness } from "@sero/circuits";
import type { PlannedTransaction } from "../select/index.js";
import type { OwnedNote } from "../types.js";
import { buildInputs, type BuiltInput } from "./inputs.js";
import { buildOutputs } from "./outputs.js";
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
}

/** Memo chunks of a transaction that carries these payments' memos: at least one, random if there is none. */
export function memoChunkCount(recipients: readonly Recipient[], ids: ReadonlySet<number>): number {
  let count = 0;
  for (const id of ids) {
    const memo = recipients[id]?.memo;
    if (memo !== undefined) count += memoChunksFor(utf8(memo).length);
  }
  return Math.max(1, count);
}

interface BundleParts {
  readonly inputs: readonly [BuiltInput, BuiltInput];
  readonly alpha: bigint;
  readonly rk: Uint8Array;
  readonly rkPoint: Point;
  readonly fee: bigint;
  readonly asset: AssetId;
  readonly planned: PlannedTransaction<OwnedNote>["bundles"][number];
}

/**
 * Makes and signs a transaction. Each bundle has a fresh alpha, so no two bundles show the same key; the signatures cover everything but
 * anchor and proofs, which come last and can be made anew.
 */
export function draftTransaction(request: DraftRequest, random: RandomSource = randomBytes): Draft {
  const { keys, plan, recipients } = request;
  const parts = shuffled(plan.bundles, random).map((planned): BundleParts => {
    const alpha = randomScalar(random);
    const asset =
      [...planned.inputs, ...planned.change, ...planned.parts].map((item) => item.asset).find((id) => id !== COIN) ??
      COIN;
    return {
      planned,
      inputs: buildInputs(keys, planned.inputs, random),
      alpha,
      rk: randomizedKey(keys.A, alpha),
      rkPoint: randomizedPoint(keys.A, alpha),
      fee: planned.fee,
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
  const outputs = parts.map((part, i) =>
    buildOutputs(keys, part.planned, recipients, memoKeys, { rk: part.rk, nf0, firstOutput: 3 * i }, random),
  );
  const unsigned: Transaction = {
    chainId: request.spec.chainId,
    expiry: request.expiry,
    priceStep: request.priceStep,
    anchor: 0n as Anchor,
    bundles: parts.map((part, i) => bundleOf(part, outputs[i] ?? [])),
    outputs: outputs.flat().map((output) => output.ciphertext),
    memos: memos.length === 0 ? [randomChunk(random)] : shuffled(memos, random).flat(),
    call: undefined,
    packages: [],
  };
  const { txid } = bindOf(unsigned, request.context);
  const tx: Transaction = {
    ...unsigned,
    bundles: unsigned.bundles.map((bundle, i) => ({
      ...bundle,
      signature: sign(keys.ask, parts[i]?.alpha ?? 0n, txid, random),
    })),
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

function bundleOf(part: BundleParts, outputs: readonly SealedNote[]): Bundle {
  const [first, second] = part.inputs;
  return {
    circuit: 0,
    nullifiers: [first.nullifier, second.nullifier],
    commitments: outputs.map((output) => output.commitment) as unknown as [Commitment, Commitment, Commitment],
    pubCoin: part.fee,
    pubAsset: COIN,
    pubAmount: 0n,
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
