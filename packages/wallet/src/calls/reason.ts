import type { Abi } from "viem";
import { decodeErrorResult } from "viem/utils";
import { sanitizeName, toHex } from "@sero/protocol";
import type { NodeFailure } from "../rpc/index.js";
import type { CallFailure } from "./types.js";

/** What Solidity's own checks mean by their number. */
const PANICS: Readonly<Record<string, string>> = {
  "1": "an assertion of the contract failed",
  "17": "a sum or product was out of range",
  "18": "a division by zero",
  "33": "a value that an enumeration does not have",
  "49": "an empty list was asked for its last element",
  "50": "an index beyond the end of a list",
  "65": "too much memory was asked for",
};

const STEPS = ["unshield", "call", "return", "gas"] as const;

/** A contract's words, on one line: a second one could pass for a sentence of the wallet's. */
const oneLine = (text: string): string => sanitizeName(text, 300);

/** A failure in plain words. `abis`: interfaces of the called contracts, by call, for their own errors. */
export function failureOf(failure: NodeFailure, abis: readonly (Abi | undefined)[] = []): CallFailure {
  const step = STEPS.find((known) => known === failure.step) ?? "other";
  const said = revertReason(failure.output, abis) ?? oneLine(failure.reason);
  return { step, index: failure.index, reason: sentenceOf(step, failure.index, said), output: failure.output };
}

function sentenceOf(step: CallFailure["step"], index: number | undefined, said: string): string {
  const what = said === "" ? "without a reason" : `with: ${said}`;
  const number = index === undefined ? "" : ` ${index + 1}`;
  switch (step) {
    case "unshield":
      return `Asset${number} could not be given to the pseudonym (its contract refused), ${what}.`;
    case "call":
      return `Call${number} failed ${what}.`;
    case "return":
      return `Entry${number} of what comes back could not be taken in (its contract refused), ${what}.`;
    case "gas":
      return `The gas limit does not suffice, ${what}.`;
    case "other":
      return `The calls failed ${what}.`;
  }
}

/** Reads a revert: Error(string), Panic(uint256), or an error of one of these interfaces. Undefined if none fits. */
export function revertReason(output: Uint8Array, abis: readonly (Abi | undefined)[]): string | undefined {
  if (output.length < 4) return undefined;
  for (const abi of [[], ...abis]) {
    if (abi === undefined) continue;
    try {
      const { errorName, args } = decodeErrorResult({ abi: abi as Abi, data: toHex(output) as `0x${string}` });
      const values = (args ?? []) as readonly unknown[];
      if (errorName === "Error") return oneLine(String(values[0]));
      if (errorName === "Panic") return PANICS[String(values[0])] ?? `an internal check (number ${String(values[0])})`;
      return oneLine(`${errorName}(${values.map(String).join(", ")})`);
    } catch {
      continue;
    }
  }
  return undefined;
}
