import {
  COIN,
  noteCommitment,
  noteInner,
  nullifierOf,
  ownerTagOf,
  randomBytes,
  randomizedPoint,
  rootFromPath,
  accountTag,
  verifySignature,
  type Commitment,
  type Inner,
} from "@sero/protocol";
import type { SpendWitness } from "@sero/circuits";
import type { Proving } from "../../src/index.js";

/** Stands in for the prover: checks everything that the circuit enforces, in plain code, and gives random bytes for a proof. Signatures are checked. */
export function checkingProving(onWitness: (witness: SpendWitness) => void = () => undefined): Proving {
  return {
    prove: async (witness) => {
      checkWitness(witness);
      onWitness(witness);
      return randomBytes(256);
    },
    check: async (items) => items.map(({ rk, message, signature }) => verifySignature(rk, message, signature)),
    close: async () => undefined,
  };
}

/** Throws unless the spend circuit would accept this (protocol, section 5). */
export function checkWitness({ A, nk, alpha, asset, inputs, outputs, statement }: SpendWitness): void {
  const expect = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`the circuit rejects this: ${what}`);
  };
  const acct = accountTag(A, nk);
  let coin = 0n;
  let other = 0n;
  const count = (noteAsset: bigint, value: bigint, sign: bigint): void => {
    expect(noteAsset === COIN || noteAsset === asset, "a third asset");
    expect(value >= 0n && value < 1n << 128n, "a value out of range");
    if (noteAsset === COIN) coin += sign * value;
    else other += sign * value;
  };
  inputs.forEach((input, i) => {
    const cm = noteCommitment(noteInner(ownerTagOf(acct, input.d), input.rho), input.asset, input.value, input.blind);
    expect(nullifierOf(nk, cm, input.path.leafIndex) === statement.nullifiers[i], "a nullifier");
    if (input.value !== 0n) expect(rootFromPath(cm, input.path) === statement.anchor, "membership");
    count(input.asset, input.value, 1n);
  });
  outputs.forEach((output, i) => {
    expect(
      noteCommitment(output.inner as Inner, output.asset, output.value, output.blind) ===
        (statement.commitments[i] as Commitment),
      "a commitment",
    );
    count(output.asset, output.value, -1n);
  });
  expect(coin === statement.pubCoin, "the coin's balance");
  expect(other === statement.pubAmount, "the asset's balance");
  const rk = randomizedPoint(A, alpha);
  expect(rk.x === statement.rk.x && rk.y === statement.rk.y, "rk");
}
