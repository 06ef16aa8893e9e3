import { AMOUNT_LIMIT, UINT64_LIMIT } from "../transaction/limits.js";
import { isField } from "../field/index.js";
import { SeroError } from "../errors.js";
import { DEVELOPMENT_CHAIN_IDS } from "./development-ids.js";
import { MAX_BUNDLE_GAS } from "./gas.js";
import type { ChainSpec, GasSchedule } from "./types.js";

const NETWORK = /^[a-z][a-z0-9-]{0,31}$/;
/** No digit 1, which separates the parts of a bech32m text, and none at all, so that nobody mistakes one. */
const HRP = /^[a-z]{1,16}$/;
const HASH = /^0x[0-9a-f]{64}$/;

const refuse = (field: string, needs: string): SeroError =>
  new SeroError("spec/invalid", `The chain spec's ${field} must be ${needs}.`, { field });

/** Throws unless low <= value <= high. */
function within(field: string, value: bigint, low: bigint, high: bigint): void {
  if (typeof value !== "bigint" || value < low || value > high)
    throw refuse(field, `an integer from ${low} to ${high}, not ${String(value)}`);
}

function whole(field: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) throw refuse(field, `${low} to ${high}, not ${value}`);
}

function checkGas(gas: GasSchedule): void {
  within("gas.bundle", gas.bundle, 1n, MAX_BUNDLE_GAS);
  for (const name of Object.keys(gas) as (keyof GasSchedule)[]) within(`gas.${name}`, gas[name], 0n, 0xffffffffn);
  if (gas.memoChunk === 0n) throw refuse("gas.memoChunk", "above 0, or blocks could be filled for nothing");
}

function checkPrices(spec: ChainSpec): void {
  within("baseFee", spec.baseFee, 0n, UINT64_LIMIT - 1n);
  whole("priceLadder's length", spec.priceLadder.length, 1, 64);
  spec.priceLadder.forEach((price, step) => {
    // Receipts say effectiveGasPrice = price, and no price below the header's base fee makes sense to the tools that read them.
    within(`priceLadder[${step}]`, price, spec.baseFee > 0n ? spec.baseFee : 1n, UINT64_LIMIT - 1n);
    if (step > 0 && price <= spec.priceLadder[step - 1]!) throw refuse("priceLadder", "strictly increasing");
  });
}

function checkGenesisNotes(spec: ChainSpec): void {
  whole("number of genesis notes", spec.genesisNotes.length, 0, 65_536);
  let sum = 0n;
  for (const { inner, value } of spec.genesisNotes) {
    if (!isField(inner)) throw refuse("genesis notes", "of inners below the field's order");
    within("genesis note's value", value, 1n, AMOUNT_LIMIT - 1n);
    sum += value;
  }
  within("sum of genesis notes", sum, 0n, AMOUNT_LIMIT - 1n);
}

function checkKeys(spec: ChainSpec): void {
  if (spec.development !== DEVELOPMENT_CHAIN_IDS.includes(spec.chainId))
    throw refuse("development flag", `true exactly for the chain ids ${DEVELOPMENT_CHAIN_IDS.join(", ")}`);
  whole("number of circuits", spec.circuits.length, 1, 256);
  spec.circuits.forEach(({ number, keyHash, fromTime, untilTime }, i) => {
    whole("circuit's number", number, i === 0 ? 0 : spec.circuits[i - 1]!.number + 1, 255);
    if (spec.development !== (keyHash === undefined))
      throw refuse("circuits' keyHash", "given on a real chain, and null on a development chain, whose keys are known");
    if (keyHash !== undefined && !HASH.test(keyHash))
      throw refuse("circuits' keyHash", "0x and 64 lower-case hex digits");
    within("circuit's fromTime", fromTime, 0n, UINT64_LIMIT - 1n);
    if (untilTime !== undefined) within("circuit's untilTime", untilTime, fromTime + 1n, UINT64_LIMIT - 1n);
  });
}

function checkForks(spec: ChainSpec): void {
  let before = 0n;
  let isOpen = true;
  for (const field of ["cancunTime", "pragueTime", "osakaTime"] as const) {
    const time = spec[field];
    if (time === undefined) {
      isOpen = false;
    } else {
      if (!isOpen) throw refuse(field, "absent while the fork before it has no time");
      within(field, time, before, UINT64_LIMIT - 1n);
      before = time;
    }
  }
}

/**
 * Checks that `spec` makes a chain that can run: names, ranges, an increasing price ladder at or above the base fee, gas within
 * its bounds, a supply below 2^128, and the development flag exactly on development ids. Throws `spec/invalid` naming the field.
 */
export function checkSpec(spec: ChainSpec): void {
  if (!NETWORK.test(spec.network)) throw refuse("network", "1 to 32 of a-z, 0-9 and -, beginning with a letter");
  if (!HRP.test(spec.hrp)) throw refuse("hrp", "1 to 16 lower-case letters");
  // Wallets and libraries hold chain ids in doubles.
  within("chainId", spec.chainId, 1n, BigInt(Number.MAX_SAFE_INTEGER));
  checkKeys(spec);
  within("genesisTime", spec.genesisTime, 0n, BigInt(Number.MAX_SAFE_INTEGER));
  whole("slotSeconds", spec.slotSeconds, 1, 3_600);
  within("gasLimit", spec.gasLimit, 1_000_000n, BigInt(Number.MAX_SAFE_INTEGER));
  checkPrices(spec);
  checkGas(spec.gas);
  // An anchor must still be in the window of 1,024 blocks when the transaction is mined.
  whole("anchorStep", spec.anchorStep, 1, 256);
  for (const field of ["callPhaseTime", "packagesTime"] as const) {
    const time = spec[field];
    if (time !== undefined) within(field, time, 0n, UINT64_LIMIT - 1n);
  }
  checkForks(spec);
  checkGenesisNotes(spec);
}
