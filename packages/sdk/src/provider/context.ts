import type { Hex } from "./json.js";
import type { NodeAccess } from "./node.js";
import type { Session } from "./session.js";
import type { Consent, OnProblem, ProviderWallet } from "./types.js";

/** What every method works with. */
export interface ProviderContext {
  readonly wallet: ProviderWallet;
  readonly node: NodeAccess;
  readonly session: Session;
  /** @throws ProviderRpcError 4001 if whoever asked is gone, or the provider closed, before the user answered */
  readonly consent: Consent;
  /** @throws ProviderRpcError 4001 if whoever asked is gone, or the provider closed: then nothing must be sent any more */
  readonly checkThere: (signal: AbortSignal) => void;
  readonly onProblem: OnProblem;
  readonly onShowCalls: (txid: string) => void;
  readonly fundsWaitMs: number;
  readonly chainId: bigint;
  /** Scans what is new, if anything is. Several callers share one scan. */
  readonly refresh: () => Promise<void>;
  /** The same, for reads: an older state will do when the wallet is busy. */
  readonly refreshSoon: () => Promise<void>;
  /** Work that goes on after an answer was given. */
  readonly inBackground: (work: Promise<unknown>) => void;
  /** EIP-5792: which transaction a batch became, by the id that the site chose. */
  readonly batches: Map<string, Hex>;
  /** Ids of batches that the user is being asked about. */
  readonly askedBatches: Set<string>;
}
