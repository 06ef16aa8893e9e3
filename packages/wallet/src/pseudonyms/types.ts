import type { EthAddress } from "@sero/protocol";

/** A pseudonym of ours. */
export interface PseudonymInfo {
  readonly address: EthAddress;
  readonly kind: "one-time" | "kept";
  readonly account: number;
  readonly label: string | undefined;
  /** The site or contract that it is for. */
  readonly site: string | undefined;
  /** Seconds since 1970; undefined for one found again on the chain. */
  readonly createdAt: number | undefined;
  /** Mined transactions of ours under it. */
  readonly uses: number;
}

/** EIP-712 typed data as `eth_signTypedData_v4` takes it, parsed. */
export interface TypedData {
  readonly domain: Readonly<Record<string, unknown>>;
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly primaryType: string;
  readonly message: Readonly<Record<string, unknown>>;
}
