import {
  COIN,
  FIELD_ORDER,
  bytesToBigInt,
  noteCommitment,
  noteInner,
  nullifierOf,
  ownerTagOf,
  randomBytes,
  type AccountKeys,
  type MerklePath,
  type Nullifier,
  type Siblings,
} from "@sero/protocol";
import type { SpendInput } from "@sero/circuits";
import type { OwnedNote } from "../types.js";
import { shuffled, type RandomSource } from "./shuffle.js";

/** One of a bundle's two inputs. `note` is undefined for a dummy. */
export interface BuiltInput {
  readonly note: OwnedNote | undefined;
  readonly spend: SpendInput;
  readonly nullifier: Nullifier;
}

const NO_SIBLINGS: Siblings = [0n, 0n, 0n];

/** A path of empty siblings: what a dummy has for good, and a real input until it is proved. */
export const emptyPath = (leafIndex: bigint): MerklePath => ({
  leafIndex,
  siblings: Array.from({ length: 16 }, () => NO_SIBLINGS),
});

/** Two inputs from up to two notes, filled up with dummies, in random order. */
export function buildInputs(
  keys: AccountKeys,
  notes: readonly OwnedNote[],
  random: RandomSource = randomBytes,
): [BuiltInput, BuiltInput] {
  const real = notes.map((note): BuiltInput => {
    const { asset, value, d, rho, blind, leafIndex, commitment } = note;
    return {
      note,
      spend: { asset, value, d, rho, blind, path: emptyPath(leafIndex) },
      nullifier: nullifierOf(keys.nk, commitment, leafIndex),
    };
  });
  while (real.length < 2) real.push(dummyInput(keys, random));
  return shuffled(real, random).slice(0, 2) as [BuiltInput, BuiltInput];
}

/** A note of value 0 of our own at a random place: its nullifier is a function of random values and looks like any other. */
function dummyInput(keys: AccountKeys, random: RandomSource): BuiltInput {
  const d = random(16);
  const element = (): bigint => bytesToBigInt(random(64)) % FIELD_ORDER;
  const rho = element();
  const blind = element();
  const leafIndex = bytesToBigInt(random(4));
  const commitment = noteCommitment(noteInner(ownerTagOf(keys.acct, d), rho), COIN, 0n, blind);
  return {
    note: undefined,
    spend: { asset: COIN, value: 0n, d, rho, blind, path: emptyPath(leafIndex) },
    nullifier: nullifierOf(keys.nk, commitment, leafIndex),
  };
}
