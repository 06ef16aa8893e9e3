import {
  CIPHERTEXT_OFFSETS,
  decodeTransaction,
  intrinsicGas,
  isCanonicalX25519,
  priceOf,
  SeroError,
  valid,
  type Transaction,
  type Validity,
} from "@sero/protocol";
import type { Unshield } from "../phase/types.js";
import type { Rules, RulesAt } from "../transition/rules.js";
import { checkMoney } from "./money.js";
import { checkPseudonymName } from "./pseudonym.js";

/** A transaction that is well formed and pays for itself: what its bytes alone say, no curve or signature looked at. */
export interface TransactionDraft {
  readonly tx: Transaction;
  readonly bytes: Uint8Array;
  /** Intrinsic gas. */
  readonly gas: bigint;
  /** Intrinsic gas times price, base units: what the proposer gets in any case. */
  readonly fee: bigint;
  /** Base units a gas. */
  readonly price: bigint;
  /** C, the sum of the public coins, base units: of a payment the fee, of a call 0 or the fee and a deposit. */
  readonly coin: bigint;
  /** Assets that leave the Pool, summed by asset, in the order of their first bundle. */
  readonly unshields: readonly Unshield[];
  /** What it was checked against: under other rules it is another transaction, whose signatures are false. */
  readonly rulesAt: RulesAt;
}

/**
 * Steps 1 to 7 of validity (docs/protocol/state-transition.md): strict decoding, chain, circuits, what is active, money, gas, names, ephemeral
 * keys. About 30 microseconds for a payment; the state can be asked about the draft before a hundred more are spent on `completeDrafts`.
 *
 * @param timestamp of the block that the transaction is in or is to be in, seconds since 1970
 */
export function draftTransaction(rules: Rules, bytes: Uint8Array, timestamp: bigint): Validity<TransactionDraft> {
  return verdictOf(() => draftOf(rules, rules.at(timestamp), bytes));
}

/** What `check` returns, or the SeroError that it throws, as a value. */
export function verdictOf<T>(check: () => T): Validity<T> {
  try {
    return valid(check());
  } catch (error) {
    if (error instanceof SeroError) return { ok: false, error };
    throw error;
  }
}

function draftOf(rules: Rules, rulesAt: RulesAt, bytes: Uint8Array): TransactionDraft {
  const { spec } = rules;
  const tx = decodeTransaction(bytes);
  if (tx.chainId !== spec.chainId) {
    throw new SeroError("tx/chain-id", "This transaction is for another chain; make it anew for this one.", {
      chainId: tx.chainId.toString(),
      expected: spec.chainId.toString(),
    });
  }
  if (tx.call !== undefined && !rulesAt.callPhase) {
    throw new SeroError("tx/call-not-active", "Contract calls are not active yet on this chain; send a payment.");
  }
  if (tx.packages.length > 0 && !rulesAt.packages) {
    throw new SeroError("tx/packages-not-active", "Packages are not active yet on this chain; send a payment.");
  }
  for (const { circuit } of tx.bundles) {
    if (!rulesAt.circuits.has(circuit)) {
      throw new SeroError("tx/circuit", "This chain has no active circuit of that number.", { circuit });
    }
  }
  const gas = intrinsicGas(tx, spec);
  const price = priceOf(tx, spec);
  const money = checkMoney(tx, gas, price);
  if (gas + (tx.call?.gasLimit ?? 0n) > spec.gasLimit) {
    throw new SeroError("tx/gas", "This transaction needs more gas than a block has; make it smaller.", {
      gas: (gas + (tx.call?.gasLimit ?? 0n)).toString(),
      gasLimit: spec.gasLimit.toString(),
    });
  }
  if (tx.call !== undefined) checkPseudonymName(tx.call.pseudonym, rules.precompiles);
  tx.outputs.forEach((ciphertext, output) => {
    const { epk, viewTag } = CIPHERTEXT_OFFSETS;
    if (!isCanonicalX25519(ciphertext.subarray(epk, viewTag))) {
      throw new SeroError("tx/epk", "An output's ephemeral key is not canonical or has low order.", { output });
    }
  });
  return { tx, bytes, gas, price, rulesAt, ...money };
}
