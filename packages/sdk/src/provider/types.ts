import type { AssetId, ChainSpec, EthAddress } from "@sero/protocol";
import type { CallReport, CallRequest, PendingCall, PseudonymInfo, PublicAsset, TypedData } from "@sero/wallet/core";
import type { Hex, Json } from "./json.js";
import type { NodeAccess } from "./node.js";

/** An asset of the wallet's by what everybody calls it. */
export interface HeldAsset {
  readonly asset: AssetId;
  readonly kind: "coin" | "token" | "ticket" | "unknown";
  readonly token?: EthAddress | undefined;
  readonly id?: bigint | undefined;
}

/** What the provider uses of an open wallet. */
export interface ProviderWallet {
  readonly kind: string;
  readonly chain: { readonly spec: ChainSpec; readonly genesisHash: Uint8Array };
  position(): { readonly scanned: bigint };
  sync(): Promise<unknown>;
  balances(
    account?: number,
  ): readonly { readonly asset: AssetId; readonly spendable: bigint; readonly pending: bigint }[];
  assets(): readonly HeldAsset[];
  pseudonyms(): readonly PseudonymInfo[];
  newPseudonym(options: { label?: string; site?: string; account?: number }): Promise<PseudonymInfo>;
  prepareCall(request: CallRequest): Promise<{ readonly report: CallReport }>;
  /** `onTxid`: the transaction is durable and will be proved, sent, and sent again until it is mined or expired. */
  sendCall(
    prepared: { readonly report: CallReport },
    options: { readonly signal?: AbortSignal; readonly onTxid?: (txid: string) => void },
  ): Promise<unknown>;
  pendingCalls(): readonly PendingCall[];
  signMessage(pseudonym: EthAddress, message: string | Uint8Array): Uint8Array;
  signTypedData(pseudonym: EthAddress, typed: TypedData): Uint8Array;
}

/** What the user is asked. */
export type ConsentRequest =
  | {
      readonly kind: "transaction";
      readonly site: string;
      /** What will be public, what would stay on the pseudonym, and what to mind: show its sentences. */
      readonly report: CallReport;
    }
  | { readonly kind: "message"; readonly site: string; readonly pseudonym: Hex; readonly message: Uint8Array }
  | { readonly kind: "typed-data"; readonly site: string; readonly pseudonym: Hex; readonly typed: TypedData };

/** Asks the user; false: no. `signal`: whoever asked is gone, the question can be taken away. */
export type Consent = (request: ConsentRequest, signal: AbortSignal) => Promise<boolean>;

/** Who may ask, and as whom. */
export interface SessionOptions {
  /** The site's origin, or the script's name: by it the session's pseudonyms are found again. */
  readonly site: string;
  /** Pseudonyms that the session has. Default 1, or as many as `as` names. */
  readonly accounts?: number;
  /** Kept pseudonyms that the session has first: a wallet restored from its phrase knows them, and not the sites that they were made for. */
  readonly as?: readonly Hex[];
  /** Account of the wallet that pays. Default 0. */
  readonly account?: number;
  /** Index into the chain's price ladder, for everything that the session sends. Default 0. */
  readonly priceStep?: number;
  /** Assets that calls leave on the pseudonym instead of taking them back into notes. Default none. */
  readonly keep?: "all" | readonly PublicAsset[];
}

/** Something that went wrong after the answer was given. It is made good by itself, or the history will show what became of it. */
export type OnProblem = (problem: { readonly txid: string | undefined; readonly error: unknown }) => void;

/** Settings of a provider. */
export interface ProviderOptions {
  readonly wallet: ProviderWallet;
  readonly node: NodeAccess;
  readonly session: SessionOptions;
  readonly consent: Consent;
  readonly onProblem?: OnProblem;
  /** Shows the user where a batch stands (wallet_showCallsStatus). */
  readonly onShowCalls?: (txid: string) => void;
  /** Longest wait for money that is on its way, before a send is answered with an error. Libraries give up after 10 s. Default 7,000. */
  readonly fundsWaitMs?: number;
  /** Between two looks at the chain while something is under way. Default 2,000. */
  readonly pollMs?: number;
}

/** One request. */
export interface RequestArguments {
  readonly method: string;
  readonly params?: readonly unknown[] | Readonly<Record<string, unknown>> | undefined;
}

/** EIP-1193. */
export interface SeroProvider {
  /** @throws ProviderRpcError */
  request(request: RequestArguments, signal?: AbortSignal): Promise<Json>;
  on(event: string, listener: (value: never) => void): SeroProvider;
  removeListener(event: string, listener: (value: never) => void): SeroProvider;
  /** Addresses that the session acts as. */
  accounts(): readonly Hex[];
  /** Waits for proofs under way, and ends subscriptions. The wallet stays open. */
  close(): Promise<void>;
}
