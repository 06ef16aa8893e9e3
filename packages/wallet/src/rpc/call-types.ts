import type { EthAddress } from "@sero/protocol";

/** An asset that a simulated phase brings. */
export interface SimulatedAsset {
  readonly kind: "token" | "ticket";
  readonly token: EthAddress;
  /** 0 for tokens. */
  readonly id: bigint;
  readonly amount: bigint;
}

/** An entry of `returns` without its inners. */
export interface SimulatedReturn {
  readonly kind: "coin" | "token" | "ticket";
  readonly token: EthAddress | undefined;
  readonly id: bigint | { readonly any: number };
  readonly leave: boolean;
}

/** A call phase to try at the newest block, without proofs or signatures. */
export interface SimulateRequest {
  readonly from: EthAddress;
  readonly nonce: bigint | undefined;
  /** Brought besides gas, base units. */
  readonly coin: bigint;
  readonly assets: readonly SimulatedAsset[];
  readonly calls: readonly { readonly to: EthAddress | undefined; readonly value: bigint; readonly data: Uint8Array }[];
  /** Undefined: the node works them out. */
  readonly returns: readonly SimulatedReturn[] | undefined;
  /** Undefined: as much as a block has room for. */
  readonly gas: bigint | undefined;
  readonly priceStep: number;
  /** Packages that the transaction makes. */
  readonly packages: readonly { readonly id: Uint8Array; readonly commitment: bigint }[];
}

/** An event, as contracts emit it. */
export interface EventLog {
  readonly address: EthAddress;
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
}

/** Why a phase failed, as the node says. */
export interface NodeFailure {
  readonly step: string;
  readonly index: number | undefined;
  readonly reason: string;
  readonly output: Uint8Array;
}

/** What a simulated phase did. */
export interface SimulateReport {
  readonly ok: boolean;
  readonly failure: NodeFailure | undefined;
  readonly gasUsed: bigint;
  /** The least gas limit that suffices, with unshields and returns. */
  readonly gasLimit: bigint;
  readonly calls: readonly {
    readonly gasUsed: bigint;
    readonly output: Uint8Array;
    readonly created: EthAddress | undefined;
    readonly logs: readonly EventLog[];
  }[];
  /** What would stay on the pseudonym. */
  readonly left: readonly {
    readonly kind: "token" | "ticket";
    readonly token: EthAddress;
    readonly id: bigint;
    readonly balance: bigint;
  }[];
  /** Assets that came near the pseudonym beyond those that the node asked about: `left` says nothing of them. */
  readonly unasked: number;
  /** Entries that the node found to bring everything back. */
  readonly suggested: readonly SimulatedReturn[];
  readonly coinLeft: bigint;
}

/** A mined transaction, as its receipt tells. */
export interface CallReceiptAnswer {
  readonly status: boolean;
  readonly block: bigint;
  readonly gasUsed: bigint;
  readonly created: readonly EthAddress[];
  readonly failure: NodeFailure | undefined;
  readonly logs: readonly EventLog[];
}

/** What happened to a package, as the Pool's events tell. */
export interface PackageEvent {
  readonly event: "created" | "transferred" | "released" | "repacked" | "sealed";
  readonly id: Uint8Array;
  readonly block: bigint;
  /** Of created and sealed. */
  readonly commitment: bigint | undefined;
  /** Who controls it afterwards: of created, sealed and transferred. */
  readonly controller: EthAddress | undefined;
}
