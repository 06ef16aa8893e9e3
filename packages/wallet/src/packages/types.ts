import type { AssetId, Commitment, EthAddress, TxId } from "@sero/protocol";
import type { SealRequest } from "../calls/types.js";

/** What is inside a package, for those who know it. */
export interface PackageOpening {
  readonly asset: AssetId;
  readonly value: bigint;
  readonly inner: bigint;
  readonly blind: bigint;
  /** The contents are ours once the package is released. */
  readonly own: boolean;
  readonly memo: string | undefined;
  /** Text form of whom they are for; undefined when told by somebody else. */
  readonly address: string | undefined;
}

/** A package that concerns us: we control it, we sealed it, or its contents are for us or were told to us. */
export interface PackageInfo {
  /** 32 bytes. */
  readonly id: Uint8Array;
  readonly commitment: Commitment | undefined;
  /** Undefined: released, repacked, or not on the chain. */
  readonly controller: EthAddress | undefined;
  /** The controller is a pseudonym of ours. */
  readonly controlled: boolean;
  readonly contents: PackageOpening | undefined;
  readonly sentByUs: boolean;
  readonly txid: TxId | undefined;
  readonly block: bigint | undefined;
}

/** What `prepareSeal` takes: packages, without calls. */
export interface SealTransactionRequest {
  /** Each with its controller; absent: a pseudonym made for it with this label. */
  readonly contents: readonly SealRequest[];
  readonly account?: number;
  readonly priceStep?: number;
}

/** One output of a repack. */
export interface RepackOutput {
  /** Into the note tree, or into a new package. */
  readonly kind: "note" | "package";
  /** Text form; whose it is (in the end). */
  readonly address: string;
  /** Base units, above 0. */
  readonly amount: bigint;
  /** Default: the coin. */
  readonly asset?: AssetId;
  /** Of a package. Default: the pseudonym that repacks. */
  readonly controller?: EthAddress;
}

/** What `prepareRepack` takes. */
export interface RepackRequest {
  /** One or two packages that one kept pseudonym of ours controls and whose contents we know. */
  readonly ids: readonly Uint8Array[];
  /** At most 3; every asset's sum must be that of the inputs. What is left of it comes to us as a note if an output is free. */
  readonly outputs: readonly RepackOutput[];
  readonly account?: number;
  readonly priceStep?: number;
}
