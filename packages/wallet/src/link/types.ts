import type { AssetId } from "@sero/protocol";

/** One recipient of a payment link. */
export interface LinkPayment {
  /** Text form, checked against the network. */
  readonly address: string;
  /** Base units, above 0; undefined: the payer chooses. */
  readonly amount: bigint | undefined;
  /** 0 for the coin. */
  readonly asset: AssetId;
  /** Goes to the recipient, sealed. */
  readonly memo: string | undefined;
  /** Who the address belongs to, for the payer's eyes. */
  readonly label: string | undefined;
  /** What the payment is for, for the payer's eyes. */
  readonly message: string | undefined;
}

/** A payment link: one or more recipients. */
export interface PaymentLink {
  readonly payments: readonly LinkPayment[];
}

/** Longest link that is read, in characters. */
export const MAX_LINK_CHARACTERS = 65_536;
/** Most recipients in one link. */
export const MAX_LINK_PAYMENTS = 100;
