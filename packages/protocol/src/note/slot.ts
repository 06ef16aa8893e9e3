import { diversifierAt } from "../address/diversifier.js";
import { ownerTagOf } from "../address/address.js";
import { slotRho, slotRhoOnchain, returnRho } from "../keys/slots.js";
import type { FullViewKey } from "../keys/account.js";
import type { AssetId, Inner, Nullifier, OwnerTag } from "../types.js";
import type { Note } from "./commitment.js";
import { noteInner } from "./commitment.js";

/** A one-time `inner` of one's own, which the chain may complete to a note with a public asset and value. */
export interface Slot {
  readonly d: Uint8Array;
  readonly ownerTag: OwnerTag;
  readonly rho: bigint;
  readonly inner: Inner;
}

/** What slots are made from. */
export type SlotKeys = Pick<FullViewKey, "dk" | "acct" | "rhoKey">;

/** Makes slots of one account. */
export interface SlotMaker {
  /** Receive slot `counter`, handed over out of band (and in the genesis of development chains). */
  receive(counter: bigint): Slot;
  /** Receive slot i handed over in the transaction whose first nullifier is nf[0]. */
  onchain(nf0: Nullifier, i: number): Slot;
  /** Slot of inner i of a transaction's returns. */
  returned(nf0: Nullifier, i: number): Slot;
}

/** A maker of many slots: their owner, diversifier 0, is computed once. */
export function slotMaker(keys: SlotKeys): SlotMaker {
  const d = diversifierAt(keys.dk, 0n);
  const ownerTag = ownerTagOf(keys.acct, d);
  const slotOf = (rho: bigint): Slot => ({ d, ownerTag, rho, inner: noteInner(ownerTag, rho) });
  return {
    receive: (counter) => slotOf(slotRho(keys.rhoKey, counter)),
    onchain: (nf0, i) => slotOf(slotRhoOnchain(keys.rhoKey, nf0, i)),
    returned: (nf0, i) => slotOf(returnRho(keys.rhoKey, nf0, i)),
  };
}

/** Receive slot `counter`, handed over out of band (and in the genesis of development chains). The owner is diversifier 0. */
export const receiveSlot = (keys: SlotKeys, counter: bigint): Slot => slotMaker(keys).receive(counter);

/** Receive slot i handed over in the transaction whose first nullifier is nf[0]. The owner is diversifier 0. */
export const receiveSlotOnchain = (keys: SlotKeys, nf0: Nullifier, i: number): Slot => slotMaker(keys).onchain(nf0, i);

/** Slot of inner i of a transaction's returns. The owner is diversifier 0. */
export const returnSlot = (keys: SlotKeys, nf0: Nullifier, i: number): Slot => slotMaker(keys).returned(nf0, i);

/** The note that the chain completed from a slot: blind is 0. */
export function completedNote(slot: Slot, asset: AssetId, value: bigint): Note {
  return { d: slot.d, ownerTag: slot.ownerTag, asset, value, rho: slot.rho, blind: 0n };
}
