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

function slotOf(keys: SlotKeys, rho: bigint): Slot {
  const d = diversifierAt(keys.dk, 0n);
  const ownerTag = ownerTagOf(keys.acct, d);
  return { d, ownerTag, rho, inner: noteInner(ownerTag, rho) };
}

/** Receive slot `counter`, handed over out of band (and in the genesis of development chains). The owner is diversifier 0. */
export function receiveSlot(keys: SlotKeys, counter: bigint): Slot {
  return slotOf(keys, slotRho(keys.rhoKey, counter));
}

/** Receive slot i handed over in the transaction whose first nullifier is nf[0]. The owner is diversifier 0. */
export function receiveSlotOnchain(keys: SlotKeys, nf0: Nullifier, i: number): Slot {
  return slotOf(keys, slotRhoOnchain(keys.rhoKey, nf0, i));
}

/** Slot of inner i of a transaction's returns. The owner is diversifier 0. */
export function returnSlot(keys: SlotKeys, nf0: Nullifier, i: number): Slot {
  return slotOf(keys, returnRho(keys.rhoKey, nf0, i));
}

/** The note that the chain completed from a slot: blind is 0. */
export function completedNote(slot: Slot, asset: AssetId, value: bigint): Note {
  return { d: slot.d, ownerTag: slot.ownerTag, asset, value, rho: slot.rho, blind: 0n };
}
