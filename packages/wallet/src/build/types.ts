import type { BundleCheck, SpendWitness } from "@sero/circuits";
import type { Address, Anchor, AssetId, Commitment, MerklePath, Transaction, TxId } from "@sero/protocol";
import type { OwnedNote } from "../types.js";

/** What a transaction pays, checked and parsed. */
export interface Recipient {
  readonly address: Address;
  readonly asset: AssetId;
  /** Base units of the whole payment. */
  readonly amount: bigint;
  readonly memo: string | undefined;
}

/** A signed transaction but for its anchor and proofs, with what is needed to prove it now or again under a newer anchor. Secret. */
export interface Draft {
  /** Anchor 0, proofs empty. */
  readonly tx: Transaction;
  readonly txid: TxId;
  /** One a bundle; anchor 0 and paths of real inputs empty. */
  readonly witnesses: readonly SpendWitness[];
  /** Commitments of the real inputs, for their paths. */
  readonly inputs: readonly {
    readonly bundle: number;
    readonly input: number;
    readonly note: Pick<OwnedNote, "leafIndex" | "commitment">;
  }[];
}

/** The tree that proofs are made under. */
export interface AnchorView {
  /** Number of the block after which the tree had this root. */
  readonly block: bigint;
  readonly root: Anchor;
  path(leafIndex: bigint): MerklePath;
}

/** What makes and checks proofs; from @sero/circuits in Node, a stand-in in tests. */
export interface Proving {
  prove(
    witness: SpendWitness,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number) => void },
  ): Promise<Uint8Array>;
  check(items: readonly BundleCheck[]): Promise<readonly boolean[]>;
  close(): Promise<void>;
}

/** A finished transaction. */
export interface BuiltTransaction {
  readonly tx: Transaction;
  readonly txid: TxId;
  readonly bytes: Uint8Array;
  readonly commitments: readonly Commitment[];
}
