import { SeroError } from "../errors.js";
import type { ChainSpec, GasSchedule } from "../chain/types.js";
import type { Call, Transaction } from "./types.js";

function dataGas(data: Uint8Array, gas: GasSchedule): bigint {
  let zeros = 0;
  for (const byte of data) if (byte === 0) zeros++;
  return BigInt(zeros) * gas.calldataZeroByte + BigInt(data.length - zeros) * gas.calldataNonZeroByte;
}

function callGas({ to, data }: Call, gas: GasSchedule): bigint {
  const base = gas.call + dataGas(data, gas);
  return to === undefined ? base + gas.create + BigInt(Math.ceil(data.length / 32)) * gas.initCodeWord : base;
}

/**
 * I, the gas of everything a transaction makes every node do outside the EVM (protocol, section 6): bundles with their outputs and
 * share of the tree, memo chunks, packages, and of a call phase its signature, calls, calldata and one amount per returned note.
 */
export function intrinsicGas(tx: Transaction, spec: Pick<ChainSpec, "gas">): bigint {
  const { gas } = spec;
  let sum = BigInt(tx.bundles.length) * gas.bundle;
  sum += BigInt(tx.memos.length) * gas.memoChunk;
  sum += BigInt(tx.packages.length) * gas.packageEntry;
  if (tx.call === undefined) return sum;
  sum += gas.callPhase;
  for (const call of tx.call.calls) sum += callGas(call, gas);
  for (const { inners } of tx.call.returns) sum += BigInt(inners.length) * gas.returnEntry;
  return sum;
}

/** The gas price of a transaction in base units: ladder[priceStep]. Throws `tx/price-step` if the ladder is shorter. */
export function priceOf(tx: Pick<Transaction, "priceStep">, spec: Pick<ChainSpec, "priceLadder">): bigint {
  const price = spec.priceLadder[tx.priceStep];
  if (price === undefined)
    throw new SeroError("tx/price-step", `This chain's price steps are 0 to ${spec.priceLadder.length - 1}.`, {
      priceStep: tx.priceStep,
    });
  return price;
}

/** I * price in base units: what a payment's public coins must sum to exactly, and what the proposer gets. Throws as `priceOf`. */
export const feeOf = (tx: Transaction, spec: Pick<ChainSpec, "gas" | "priceLadder">): bigint =>
  intrinsicGas(tx, spec) * priceOf(tx, spec);

/** C, the sum of all public coins as an unbounded integer, base units (never modulo r: two bundles must not cancel out). */
export const publicCoinOf = (tx: Pick<Transaction, "bundles">): bigint =>
  tx.bundles.reduce((sum, { pubCoin }) => sum + pubCoin, 0n);
