import type { AssetId, Inner } from "@sero/protocol";
import { COIN, DOMAINS, H } from "@sero/protocol";
import type { CircuitSignals, RepackNote, RepackWitness } from "../../src/index.js";
import { element, TOKEN } from "./spend.js";

/** What is in a package, made up from its name. */
export const sealed = (name: string, asset: AssetId, value: bigint): RepackNote => ({
  inner: element(`${name} inner`) as Inner,
  asset,
  value,
  blind: element(`${name} blind`),
});

/** The commitment to it, whatever its value. */
export const sealOf = ({ inner, asset, value, blind }: RepackNote): bigint =>
  H(DOMAINS.D_NOTE, inner, asset, value, blind);

/** What a test repacks; missing packages are fillers, missing outputs notes of value 0. */
export interface RepackPlan {
  readonly packages: readonly RepackNote[];
  readonly outputs: readonly RepackNote[];
  /** The private asset. */
  readonly asset?: AssetId;
}

export const repackWitness = ({ packages, outputs }: RepackPlan): RepackWitness => ({
  ctx: element("context"),
  inputs: [packages[0], packages[1]],
  outputs: [0, 1, 2].map((i) => outputs[i] ?? sealed(`empty ${i}`, COIN, 0n)) as unknown as RepackWitness["outputs"],
});

/** The circuit's inputs for the plan, whether it is true or not: values out of range and assets that don't fit included. */
export function repackInputs(plan: RepackPlan): CircuitSignals {
  const { ctx, inputs, outputs } = repackWitness(plan);
  const filled = inputs.map((input) => input ?? { inner: 0n, asset: COIN, value: 0n, blind: 0n });
  return {
    ctx: [ctx],
    inCm: inputs.map((input) => (input === undefined ? 0n : sealOf(input))),
    outCm: outputs.map(sealOf),
    a: [plan.asset ?? COIN],
    inInner: filled.map(({ inner }) => inner),
    inAsset: filled.map(({ asset }) => asset),
    inValue: filled.map(({ value }) => value),
    inBlind: filled.map(({ blind }) => blind),
    outInner: outputs.map(({ inner }) => inner),
    outAsset: outputs.map(({ asset }) => asset),
    outValue: outputs.map(({ value }) => value),
    outBlind: outputs.map(({ blind }) => blind),
  };
}

/** Coin and a token in two packages, divided among three outputs. */
export const richRepack: RepackPlan = {
  asset: TOKEN,
  packages: [sealed("coin", COIN, 1000n), sealed("token", TOKEN, 500n)],
  outputs: [sealed("bid", TOKEN, 300n), sealed("all coin", COIN, 1000n), sealed("rest", TOKEN, 200n)],
};
