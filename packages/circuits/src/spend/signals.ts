import { bytesToBigInt, SeroError } from "@sero/protocol";
import type { PublicSignals, SpendInput, SpendStatement, SpendWitness } from "../types.js";
import type { CircuitSignals } from "../witness/index.js";

/** Levels of the note tree. */
const DEPTH = 16;

/** A statement's public inputs in the circuit's order: anchor, nf[2], cm[3], pubCoin, pubAsset, pubAmount, rk.x, rk.y. */
export function publicSignals(statement: SpendStatement): PublicSignals {
  const { anchor, nullifiers, commitments, pubCoin, pubAsset, pubAmount, rk } = statement;
  return [anchor, ...nullifiers, ...commitments, pubCoin, pubAsset, pubAmount, rk.x, rk.y];
}

/**
 * A spend's witness as the inputs of spend.circom. Says nothing about whether they satisfy it. Throws circuits/witness-shape when a
 * diversifier is not 16 bytes, a path not 16 levels of three siblings or a leaf index not below 2^32.
 */
export function witnessSignals(witness: SpendWitness): CircuitSignals {
  const { A, nk, alpha, asset, inputs, outputs, statement } = witness;
  for (const input of inputs) checkShape(input);
  return {
    anchor: [statement.anchor],
    nf: statement.nullifiers,
    cm: statement.commitments,
    pubCoin: [statement.pubCoin],
    pubAsset: [statement.pubAsset],
    pubAmount: [statement.pubAmount],
    rk: [statement.rk.x, statement.rk.y],
    A: [A.x, A.y],
    nk: [nk],
    alpha: [alpha],
    a: [asset],
    inAsset: inputs.map((input) => input.asset),
    inValue: inputs.map((input) => input.value),
    inD: inputs.map((input) => bytesToBigInt(input.d)),
    inRho: inputs.map((input) => input.rho),
    inBlind: inputs.map((input) => input.blind),
    inBits: inputs.flatMap((input) => leafBits(input.path.leafIndex)),
    inSiblings: inputs.flatMap((input) => input.path.siblings.flat()),
    outInner: outputs.map((output) => output.inner),
    outAsset: outputs.map((output) => output.asset),
    outValue: outputs.map((output) => output.value),
    outBlind: outputs.map((output) => output.blind),
  };
}

/** The 32 bits of a leaf index, least significant first: two a level, the leaf's own level first. */
function leafBits(leafIndex: bigint): bigint[] {
  return Array.from({ length: 2 * DEPTH }, (_, i) => (leafIndex >> BigInt(i)) & 1n);
}

function checkShape({ d, path }: SpendInput): void {
  if (d.length !== 16) {
    throw new SeroError("circuits/witness-shape", "A diversifier has 16 bytes.", { length: d.length });
  }
  if (path.siblings.length !== DEPTH || path.siblings.some((level) => level.length !== 3)) {
    throw new SeroError("circuits/witness-shape", "A path has 16 levels of three siblings.", {
      levels: path.siblings.length,
    });
  }
  if (path.leafIndex < 0n || path.leafIndex >> BigInt(2 * DEPTH) !== 0n) {
    throw new SeroError("circuits/witness-shape", "A leaf's index is below 2^32.");
  }
}
