import type { AssetId, Commitment } from "@sero/protocol";
import { COIN, noteCommitment, SeroError } from "@sero/protocol";
import type { PublicSignals, RepackNote, RepackWitness } from "../types.js";
import type { CircuitSignals } from "../witness/index.js";

/** What a filler is in the circuit's private inputs: nothing of it is looked at but that it is worth nothing and coin. */
const FILLER = { inner: 0n, asset: COIN, value: 0n, blind: 0n } as const;

/** The public commitments of a repack; 0 stands for a filler. */
export interface RepackCommitments {
  readonly inCm: readonly [bigint, bigint];
  readonly outCm: readonly [Commitment, Commitment, Commitment];
}

/** A repack's public inputs in the circuit's order: ctx, inCm[2], outCm[3]. */
export const repackPublicSignals = (
  ctx: bigint,
  inCm: RepackCommitments["inCm"],
  outCm: readonly [bigint, bigint, bigint],
): PublicSignals => [ctx, ...inCm, ...outCm];

/** The commitments that follow from what is in a repack's packages. Throws note/value when a value is not below 2^128. */
export function repackCommitments({ inputs, outputs }: RepackWitness): RepackCommitments {
  const commit = ({ inner, asset, value, blind }: RepackNote): Commitment => noteCommitment(inner, asset, value, blind);
  const [first, second] = inputs;
  return {
    inCm: [first === undefined ? 0n : commit(first), second === undefined ? 0n : commit(second)],
    outCm: [commit(outputs[0]), commit(outputs[1]), commit(outputs[2])],
  };
}

/**
 * A repack's witness as the inputs of repack.circom. Says nothing about whether it balances. Throws circuits/witness-shape when there are two
 * assets besides the coin, and note/value.
 */
export function repackSignals(witness: RepackWitness): CircuitSignals {
  const { inCm, outCm } = repackCommitments(witness);
  const inputs = witness.inputs.map((input) => input ?? FILLER);
  const { outputs } = witness;
  return {
    ctx: [witness.ctx],
    inCm,
    outCm,
    a: [privateAsset([...inputs, ...outputs].map(({ asset }) => asset))],
    inInner: inputs.map(({ inner }) => inner),
    inAsset: inputs.map(({ asset }) => asset),
    inValue: inputs.map(({ value }) => value),
    inBlind: inputs.map(({ blind }) => blind),
    outInner: outputs.map(({ inner }) => inner),
    outAsset: outputs.map(({ asset }) => asset),
    outValue: outputs.map(({ value }) => value),
    outBlind: outputs.map(({ blind }) => blind),
  };
}

/** The one asset among these besides the coin; the coin if there is none. */
function privateAsset(assets: readonly AssetId[]): AssetId {
  const others = [...new Set(assets.filter((asset) => asset !== COIN))];
  if (others.length > 1) {
    throw new SeroError(
      "circuits/witness-shape",
      "A repack holds coin and one other asset at most; use one repack for each asset.",
      { assets: others.length },
    );
  }
  return others[0] ?? COIN;
}
