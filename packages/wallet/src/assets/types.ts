import type { AssetId, EthAddress } from "@sero/protocol";

/** The coin; an ERC-20; an item of an ERC-721; or an asset that no node has named a contract for. */
export type AssetKind = "coin" | "token" | "ticket" | "unknown";

/** An asset as the Pool registered it; `asset` is recomputed by the wallet from the rest, so a node cannot name a false contract. */
export interface RegisteredAsset {
  readonly asset: AssetId;
  readonly kind: "token" | "ticket";
  /** The contract. */
  readonly token: EthAddress;
  /** Of a ticket; 0 for tokens. */
  readonly id: bigint;
  /** Block that registered it. */
  readonly block: bigint;
}

/** What a contract says about itself: anything at all. As it was read, not made safe. */
export interface ContractMetadata {
  readonly name: string | undefined;
  readonly symbol: string | undefined;
  /** Undefined: none, or no number from 0 to MAX_DECIMALS. */
  readonly decimals: number | undefined;
  /** What was odd about it. */
  readonly faults: readonly MetadataFault[];
}

/** Why a contract's answer was not taken as it is. */
export type MetadataFault = "name" | "symbol" | "decimals" | "decimals-changed";

/** Why to look twice at an asset. */
export interface AssetWarning {
  readonly code: "unregistered" | "not-asked" | "imitates-coin" | "same-symbol" | "unsafe-characters" | "bad-metadata";
  readonly sentence: string;
}

/** An asset for people to read. Texts are safe to show in one line of a terminal or, escaped, on a page. */
export interface AssetInfo {
  readonly asset: AssetId;
  readonly kind: AssetKind;
  /** Undefined for the coin and for unknown assets. */
  readonly token: EthAddress | undefined;
  /** Of a ticket; 0 for all others. */
  readonly id: bigint;
  /** At most 64 characters. */
  readonly name: string | undefined;
  /** At most 16 characters. Anybody can choose any: two tokens with one symbol are told apart by their contracts only. */
  readonly symbol: string | undefined;
  /** Digits after the point in amounts; 0 for tickets, and for tokens that do not say. */
  readonly decimals: number;
  /** Symbol with the contract's whole address, and the ticket's id. */
  readonly label: string;
  readonly warnings: readonly AssetWarning[];
}
