import type { EVM } from "@ethereumjs/evm";
import type { AssetId, Call, EthAddress, ReturnEntry } from "@sero/protocol";
import type { Log } from "../block/index.js";

/** What a phase is made of, in its order. */
export type PhaseStep = "unshield" | "call" | "return";

/** Something that looks on while a phase runs: a tracer. It must change nothing. */
export interface PhaseObserver {
  /** Called once before step 5 with the EVM that it runs on; what it returns is called after step 6. */
  attach(evm: EVM): (() => void) | void;
  /** Called before each part of the phase. */
  step?(kind: PhaseStep, index: number): void;
}

/** An asset that leaves the Pool for the pseudonym. */
export interface Unshield {
  readonly asset: AssetId;
  /** The asset's smallest unit, 1 to 2^128 - 1. */
  readonly amount: bigint;
}

/** A call phase without what its transaction proves: what step 5 needs. */
export interface PhaseInput {
  readonly pseudonym: EthAddress;
  readonly unshields: readonly Unshield[];
  readonly calls: readonly Call[];
  readonly returns: readonly ReturnEntry[];
  readonly gasLimit: bigint;
  /** Base units a gas: GASPRICE. */
  readonly price: bigint;
}

/** Where and why a phase failed. */
export interface PhaseFailure {
  readonly step: PhaseStep;
  /** Place in the list of unshields, calls or returns. */
  readonly index: number;
  /** "revert", or the EVM's own word for it, e.g. "out of gas"; of returns also what the token did wrong. */
  readonly reason: string;
  /** What REVERT returned; empty for other failures. */
  readonly output: Uint8Array;
}

/** What one call did. */
export interface CallDetail {
  /** Before refunds. */
  readonly gasUsed: bigint;
  readonly output: Uint8Array;
  /** The contract's address, of a call that creates. */
  readonly created?: EthAddress;
  readonly logs: readonly Log[];
}

/** How a phase ended. */
export interface PhaseOutcome {
  /** Gas after refunds; at most the limit. */
  readonly gasUsed: bigint;
  /** In order; none after a failure. */
  readonly logs: readonly Log[];
  /** The calls that ended without failure, also those that a later failure took back. */
  readonly calls: readonly CallDetail[];
  readonly failure: PhaseFailure | undefined;
}
