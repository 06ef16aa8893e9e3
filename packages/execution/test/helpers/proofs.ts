import type { Prover, SpendWitness } from "@sero/circuits";
import {
  COIN,
  decodePoint,
  encodeTransaction,
  noteInner,
  type AccountKeys,
  type Bundle,
  type DenseTree,
  type MerklePath,
} from "@sero/protocol";
import type { BundleSecrets, OwnNote, TestPayment } from "./payment.js";

/** Gives a test payment real proofs in place of its random bytes. `tree` is that of the anchor. */
export async function prove(payment: TestPayment, from: AccountKeys, tree: DenseTree, prover: Prover) {
  const bundles: Bundle[] = [];
  for (const [i, bundle] of payment.tx.bundles.entries()) {
    const witness = witnessOf(payment, bundle, payment.secrets[i]!, from, tree);
    bundles.push({ ...bundle, proof: await prover.prove(witness) });
  }
  const tx = { ...payment.tx, bundles };
  return { ...payment, tx, bytes: encodeTransaction(tx) };
}

function witnessOf(
  payment: TestPayment,
  bundle: Bundle,
  secrets: BundleSecrets,
  from: AccountKeys,
  tree: DenseTree,
): SpendWitness {
  const input = ({ note, leafIndex }: OwnNote) => {
    const { asset, value, d, rho, blind } = note;
    return { asset, value, d, rho, blind, path: value === 0n ? nowhere(leafIndex) : tree.path(leafIndex) };
  };
  const [in0, in1] = secrets.inputs.map(input);
  const [out0, out1, out2] = secrets.outputs.map(({ note }) => {
    const { ownerTag, rho, asset, value, blind } = note;
    return { inner: noteInner(ownerTag, rho), asset, value, blind };
  });
  const { nullifiers, commitments, pubCoin, pubAsset, pubAmount, rk } = bundle;
  return {
    A: from.A,
    nk: from.nk,
    alpha: secrets.alpha,
    asset: secrets.outputs.map(({ note }) => note.asset).find((asset) => asset !== COIN) ?? COIN,
    inputs: [in0!, in1!],
    outputs: [out0!, out1!, out2!],
    statement: {
      anchor: payment.tx.anchor,
      nullifiers,
      commitments,
      pubCoin,
      pubAsset,
      pubAmount,
      rk: decodePoint(rk),
    },
  };
}

/** A path for a dummy: membership is all that is waived. */
const nowhere = (leafIndex: bigint): MerklePath => ({
  leafIndex,
  siblings: Array.from({ length: 16 }, () => [1n, 2n, 3n] as const),
});
