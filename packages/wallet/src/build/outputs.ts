import {
  COIN,
  addressForChange,
  noteSeed,
  randomAddress,
  randomBytes,
  sealNote,
  type AccountKeys,
  type Address,
  type AssetId,
  type Nullifier,
  type SealedNote,
} from "@sero/protocol";
import type { PlannedBundle } from "../select/index.js";
import type { OwnedNote } from "../types.js";
import { shuffled, type RandomSource } from "./shuffle.js";
import type { Recipient } from "./types.js";

interface OutputPlan {
  readonly address: Address;
  readonly asset: AssetId;
  readonly value: bigint;
  readonly memoKey: Uint8Array;
  /** False for dummies: nobody reopens them. */
  readonly recoverable: boolean;
  /** Id of the payment or package that this is a part of; undefined for change and dummies. */
  readonly part: number | undefined;
}

/** An output, and what it is. */
export interface BuiltOutput extends SealedNote {
  /** Id of the payment or package that this is a part of; undefined for change and dummies. */
  readonly part: number | undefined;
}

/** Stands in `memoKeys` for a memo to ourselves, which all change opens. */
export const MEMO_TO_SELF = -1;

/** All of our change goes to one hidden address: its diversifier never leaves a ciphertext. */
const CHANGE_INDEX = 0n;

/**
 * A bundle's three outputs, sealed, in random order: payments, change to ourselves, dummies to fresh random addresses. `memoKeys`: by payment,
 * for those whose memo is in this transaction; everybody else gets a random key that opens nothing.
 */
export function buildOutputs(
  keys: AccountKeys,
  bundle: PlannedBundle<OwnedNote>,
  recipients: readonly Recipient[],
  memoKeys: ReadonlyMap<number, Uint8Array>,
  place: { readonly rk: Uint8Array; readonly nf0: Nullifier; readonly firstOutput: number },
  random: RandomSource = randomBytes,
): BuiltOutput[] {
  const plans: OutputPlan[] = [];
  for (const part of bundle.parts) {
    const recipient = recipients[part.id];
    if (recipient === undefined) continue;
    plans.push({
      address: recipient.address,
      asset: part.asset,
      value: part.amount,
      memoKey: memoKeys.get(part.id) ?? random(32),
      recoverable: true,
      part: part.id,
    });
  }
  for (const { asset, amount } of bundle.change)
    plans.push({
      address: addressForChange(keys, CHANGE_INDEX),
      asset,
      value: amount,
      memoKey: memoKeys.get(MEMO_TO_SELF) ?? random(32),
      recoverable: true,
      part: undefined,
    });
  while (plans.length < 3)
    plans.push({
      address: randomAddress(random),
      asset: COIN,
      value: 0n,
      memoKey: random(32),
      recoverable: false,
      part: undefined,
    });
  return shuffled(plans, random).map(({ address, asset, value, memoKey, recoverable, part }, i) => {
    const seed = noteSeed(random(32), keys.nk, place.nf0, place.firstOutput + i);
    const sealed = sealNote(
      { address, asset, value, seed, memoKey, ovk: recoverable ? keys.ovk : undefined, rk: place.rk },
      random,
    );
    return { ...sealed, part };
  });
}
