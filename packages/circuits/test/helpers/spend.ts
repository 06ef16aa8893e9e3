import { createHash } from "node:crypto";
import type { AssetId, Commitment, Inner, MerklePath, NullifierKey, OwnerTag } from "@sero/protocol";
import {
  accountTag,
  addPoints,
  BASE8,
  bytesToBigInt,
  COIN,
  denseTree,
  DOMAINS,
  FIELD_ORDER,
  H,
  mulPoint,
  noteInner,
  nullifierOf,
  SUBGROUP_ORDER,
  TREE_DEPTH,
} from "@sero/protocol";
import type { SpendInput, SpendOutput, SpendWitness } from "../../src/index.js";

/** A field element that depends on `name` alone. */
export const element = (name: string): bigint =>
  BigInt(`0x${createHash("sha512").update(name).digest("hex")}`) % FIELD_ORDER;

/** The keys a spend needs. */
export interface Spender {
  readonly A: { readonly x: bigint; readonly y: bigint };
  readonly nk: NullifierKey;
}

export const spender = (name: string): Spender => ({
  A: mulPoint(BASE8, element(`${name} ask`) % SUBGROUP_ORDER),
  nk: element(`${name} nk`) as NullifierKey,
});

/** A made-up token. */
export const TOKEN = element("token") as AssetId;
/** Another one. */
export const OTHER_TOKEN = element("other token") as AssetId;

/** A note that `owner` can spend, without its place in the tree. */
export type OwnNote = Omit<SpendInput, "path">;

export const ownNote = (name: string, asset: AssetId, value: bigint): OwnNote => ({
  asset,
  value,
  d: createHash("sha256").update(`${name} d`).digest().subarray(0, 16),
  rho: element(`${name} rho`),
  blind: element(`${name} blind`),
});

export const ownerTagOf = ({ A, nk }: Spender, d: Uint8Array): OwnerTag =>
  H(DOMAINS.D_OWNER, accountTag(A, nk), bytesToBigInt(d)) as OwnerTag;

/** As the circuit computes it: of any value, in range or not. */
const commitment = (
  inner: Inner,
  { asset, value, blind }: Pick<SpendOutput, "asset" | "value" | "blind">,
): Commitment => H(DOMAINS.D_NOTE, inner, asset, value, blind) as Commitment;

export const commitmentOfOwn = (owner: Spender, note: OwnNote): Commitment =>
  commitment(noteInner(ownerTagOf(owner, note.d), note.rho), note);

export const output = (name: string, asset: AssetId, value: bigint): SpendOutput => ({
  inner: element(`${name} inner`) as Inner,
  asset,
  value,
  blind: element(`${name} blind`),
});

/** A path that leads nowhere, for dummies. */
export const nowhere = (leafIndex: bigint): MerklePath => ({
  leafIndex,
  siblings: Array.from({ length: TREE_DEPTH }, (_, level) => [
    element(`sibling ${level} 0`),
    element(`sibling ${level} 1`),
    element(`sibling ${level} 2`),
  ]),
});

/** What a test wants to spend; whatever it leaves out is a dummy, empty or nothing public. */
export interface SpendPlan {
  readonly owner?: Spender;
  readonly asset?: AssetId;
  readonly notes: readonly OwnNote[];
  readonly outputs: readonly SpendOutput[];
  readonly pubCoin?: bigint;
  readonly pubAsset?: AssetId;
  readonly pubAmount?: bigint;
  readonly alpha?: bigint;
  /** Other leaves in front of the notes' own. */
  readonly before?: number;
}

/** A true witness of the plan: real notes are put in a tree after `before` others, missing notes and outputs are dummies. Balances or not. */
export function spendWitness(plan: SpendPlan): SpendWitness {
  const owner = plan.owner ?? spender("alice");
  const alpha = plan.alpha ?? element("alpha") % SUBGROUP_ORDER;
  const before = plan.before ?? 5;
  const others = Array.from({ length: before }, (_, i) => element(`leaf ${i}`) as Commitment);
  const tree = denseTree([
    ...others,
    ...plan.notes.map((note) => commitmentOfOwn(owner, note)),
    element("last") as Commitment,
  ]);

  const inputs = [0, 1].map((i): SpendInput => {
    const note = plan.notes[i];
    if (note !== undefined) return { ...note, path: tree.path(BigInt(before + i)) };
    return { ...ownNote(`dummy ${i}`, COIN, 0n), path: nowhere(BigInt(1000 + i)) };
  });
  const outputs = [0, 1, 2].map((i) => plan.outputs[i] ?? output(`empty ${i}`, COIN, 0n));
  return {
    A: owner.A,
    nk: owner.nk,
    alpha,
    asset: plan.asset ?? COIN,
    inputs: inputs as unknown as SpendWitness["inputs"],
    outputs: outputs as unknown as SpendWitness["outputs"],
    statement: {
      anchor: tree.root,
      nullifiers: inputs.map((input) =>
        nullifierOf(owner.nk, commitmentOfOwn(owner, input), input.path.leafIndex),
      ) as unknown as SpendWitness["statement"]["nullifiers"],
      commitments: outputs.map((o) => commitment(o.inner, o)) as unknown as SpendWitness["statement"]["commitments"],
      pubCoin: plan.pubCoin ?? 0n,
      pubAsset: plan.pubAsset ?? COIN,
      pubAmount: plan.pubAmount ?? 0n,
      rk: addPoints(owner.A, mulPoint(BASE8, alpha)),
    },
  };
}

/** A spend in which everything happens at once: coin and a token in, change of both, some of both in public. */
export const richPlan: SpendPlan = {
  asset: TOKEN,
  notes: [ownNote("coin", COIN, 1000n), ownNote("token", TOKEN, 500n)],
  outputs: [output("payment", TOKEN, 300n), output("change", COIN, 900n), output("token change", TOKEN, 120n)],
  pubCoin: 100n,
  pubAsset: TOKEN,
  pubAmount: 80n,
};
