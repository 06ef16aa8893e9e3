import type { Abi } from "viem";
import type { AssetId, EthAddress, Inner, PackageId, TxId } from "@sero/protocol";
import type { PaymentRequest, PublicFacts } from "../types.js";

/** An asset other than the coin by what everybody calls it. */
export type PublicAsset =
  | { readonly kind: "token"; readonly token: EthAddress }
  | { readonly kind: "ticket"; readonly token: EthAddress; readonly id: bigint };

/** An asset by its id in the Pool, or by contract (and ticket number). */
export type AssetRef = AssetId | PublicAsset;

/** One call. `to` undefined creates a contract from `data`. */
export interface CallSpec {
  readonly to?: EthAddress | undefined;
  /** Base units of the coin. Default 0. */
  readonly value?: bigint;
  /** Default none. */
  readonly data?: Uint8Array;
  /** The contract's interface, so that the report can say what is called and a failure why. */
  readonly abi?: Abi;
  /** What the user knows the contract as. */
  readonly name?: string;
}

/** What calls may need to know of their own transaction before they are written. */
export interface CallSelf {
  /** msg.sender of the calls. */
  readonly pseudonym: EthAddress;
  /** Receive slot i (0 to 127) of this transaction: an `inner` of ours that a contract may pay to later; found again after a restore. */
  slot(i: number): Inner;
  /** Id of the package that the request's `packages[i]` becomes. */
  packageId(i: number): PackageId;
}

/** Calls, or a pure function that writes them (it may be asked several times: a one-time pseudonym depends on the notes chosen). */
export type CallsOf = readonly CallSpec[] | ((self: CallSelf) => readonly CallSpec[]);

/** What a call phase brings from the shielded balance; public. */
export interface Brought {
  readonly asset: AssetRef;
  /** Base units; 1 for a ticket. */
  readonly amount: bigint;
}

/** Something to look for on the pseudonym after the calls, beyond what the simulation finds. */
export interface ExpectedReturn {
  readonly kind: "token" | "ticket";
  readonly token: EthAddress;
  /** A ticket's number, or so many tickets whose numbers are not known yet. Undefined for tokens. */
  readonly id?: bigint | { readonly any: number };
}

/** Hidden contents that a transaction locks into a package. */
export interface SealRequest {
  /** Who gets the contents once the package is released: an address of somebody's, or of our own. */
  readonly address: string;
  /** Base units, above 0. */
  readonly amount: bigint;
  /** Default: the coin. */
  readonly asset?: AssetId;
  readonly memo?: string;
  /** First controller, for a transaction without calls only (with calls it is the pseudonym). */
  readonly controller?: EthAddress;
  /** What becomes of it when the calls fail: it goes back to the pseudonym's hands, or is released to `address`. Default: hold. */
  readonly onFailure?: "hold" | "release";
}

/** What `prepareCall` takes. */
export interface CallRequest {
  readonly calls: CallsOf;
  /** Default 0. */
  readonly account?: number;
  /** Default: one that is used for this transaction only. An address: a kept one of ours. */
  readonly pseudonym?: "one-time" | EthAddress;
  /**
   * Default: what the simulation shows to be needed when everything held is lent to it. Coin listed here is brought besides the calls' values
   * and the gas.
   */
  readonly bring?: "infer" | readonly Brought[];
  /** Assets that success leaves on the pseudonym on purpose (votes, positions). "all": everything that comes in. */
  readonly keep?: "all" | readonly PublicAsset[];
  readonly expect?: readonly ExpectedReturn[];
  /** Index into the chain's price ladder. Default 0. */
  readonly priceStep?: number;
  /** Gas of the call phase. Default: what the simulation needed, with a margin. */
  readonly gasLimit?: bigint;
  /** Hidden payments in the same transaction. They stand even when the calls fail. */
  readonly payments?: readonly PaymentRequest[];
  readonly packages?: readonly SealRequest[];
  /**
   * Who pays: our shielded coin, or the coin that lies on the pseudonym (a named one). Then nothing is brought. For income of a pseudonym of ours
   * whose wallet holds no coin yet.
   */
  readonly payer?: "shielded" | "pseudonym";
  /** Makes again a transaction that a reorganisation undid, with a note that it also spent. */
  readonly replaces?: TxId;
  /** Sends what fails in the simulation too (then `gasLimit` has to be given). Default false. */
  readonly force?: boolean;
  /** Where the request comes from (an origin), for the report. */
  readonly site?: string;
}

/** One call as everybody will see it. */
export interface CallFacts {
  readonly to: EthAddress | undefined;
  /** Where a contract will be created. */
  readonly creates: EthAddress | undefined;
  readonly name: string | undefined;
  /** Undefined if the node could not say. */
  readonly hasCode: boolean | undefined;
  readonly value: bigint;
  readonly dataBytes: number;
  /** "0x" and 8 hex digits. */
  readonly selector: string | undefined;
  /** E.g. "transfer(address,uint256)"; undefined without an interface. */
  readonly signature: string | undefined;
  /** Decoded, safe to show. */
  readonly arguments: readonly string[] | undefined;
  readonly gasUsed: bigint | undefined;
}

/** An amount of an asset of the Pool, as everybody sees it. */
export interface PublicAmount {
  readonly asset: AssetId;
  readonly kind: "coin" | "token" | "ticket";
  readonly token: EthAddress | undefined;
  /** Tickets only. */
  readonly id: bigint | undefined;
  readonly amount: bigint;
}

/** One entry of `returns`. */
export interface ReturnFacts {
  readonly kind: "coin" | "token" | "ticket";
  readonly token: EthAddress | undefined;
  readonly id: bigint | { readonly any: number } | undefined;
  readonly leave: boolean;
  /** What the simulation saw come back; undefined if that could not be told. */
  readonly amount: bigint | undefined;
}

/** What stays on the pseudonym after success. */
export interface StayFacts {
  readonly kind: "token" | "ticket";
  readonly token: EthAddress;
  readonly id: bigint | undefined;
  readonly balance: bigint;
  readonly onPurpose: boolean;
}

/** Why calls fail, in the simulation or on the chain. */
export interface CallFailure {
  readonly step: "unshield" | "call" | "return" | "gas" | "other";
  /** Of the call or entry, from 0. */
  readonly index: number | undefined;
  /** In plain words, safe to show. */
  readonly reason: string;
  /** What the contract returned with the revert. */
  readonly output: Uint8Array;
}

/** Shown before anything is signed. */
export interface CallReport {
  readonly pseudonym:
    | {
        readonly address: EthAddress;
        readonly kind: "one-time" | "kept";
        readonly label: string | undefined;
        /** Mined transactions of ours under this pseudonym before this one: all of them are linked. */
        readonly usedBefore: number;
      }
    | undefined;
  readonly calls: readonly CallFacts[];
  /** Leaves the shielded balance for all to see; the coin without gas. */
  readonly brings: readonly PublicAmount[];
  readonly returns: readonly ReturnFacts[];
  readonly stays: readonly StayFacts[];
  readonly packages: number;
  readonly gasLimit: bigint;
  /** Base units of the coin for one gas. */
  readonly price: bigint;
  /** Coin that the pseudonym gets for gas and values; what is not used comes back. */
  readonly deposit: bigint;
  /** What it will cost if the chain is as it was in the simulation: I * price + gas used * price. */
  readonly expectedFee: bigint;
  /** The same if the whole gas limit is used. */
  readonly maxFee: bigint;
  readonly facts: PublicFacts;
  /** Undefined: the simulation went well. */
  readonly failure: CallFailure | undefined;
  readonly warnings: readonly string[];
  /** Plain sentences, warnings included. */
  readonly sentences: readonly string[];
}

/** What `sendCall` returns. */
export interface CallReceipt {
  readonly txid: string;
  readonly pseudonym: EthAddress | undefined;
  readonly expiry: bigint;
  readonly bytes: number;
  readonly proveMs: number;
}

/** What became of a transaction of ours with calls. */
export interface CallOutcome {
  readonly txid: string;
  readonly status: "pending" | "undone" | "expired" | "conflicted" | "succeeded" | "failed";
  readonly pseudonym: EthAddress | undefined;
  readonly block: bigint | undefined;
  /** I + what the phase used. */
  readonly gasUsed: bigint | undefined;
  readonly created: readonly EthAddress[];
  readonly failure: CallFailure | undefined;
  /** In one plain sentence. */
  readonly sentence: string;
}

/** What was found on a pseudonym of ours. */
export interface Leftover {
  readonly pseudonym: EthAddress;
  readonly label: string | undefined;
  readonly assets: readonly PublicAmount[];
  readonly unseen: Unseen;
}

/** What was not looked at on a pseudonym, and may lie there all the same: name it to have it looked at. */
export interface Unseen {
  /** Tokens and tickets that events tell of, beyond the most that are asked about. */
  readonly leftOut: number;
  /** Whether the node could not give all events, for it keeps none of old blocks or there are too many in one. */
  readonly eventsMissing: boolean;
}

/** Where to look for what lies on pseudonyms of ours. */
export interface LeftoverOptions {
  /** Of one account only. Default: all. */
  readonly account?: number;
  /** This one only: the node is asked about no other, and does not learn that they are one person's. */
  readonly pseudonym?: EthAddress;
  /** These only, besides the coin; no events are asked for. */
  readonly tokens?: readonly PublicAsset[];
}

/** How to take in what lies on a pseudonym. */
export interface SweepOptions {
  /** Whose it must be. Default: whichever account has it. */
  readonly account?: number;
  readonly priceStep?: number;
  /** Who pays the gas. Default: shielded. */
  readonly payer?: "shielded" | "pseudonym";
  /** These only, besides the coin. */
  readonly tokens?: readonly PublicAsset[];
}
