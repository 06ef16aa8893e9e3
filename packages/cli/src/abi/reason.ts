import { sanitizeName, toHex } from "@sero/protocol";
import { type Abi, decodeErrorResult } from "viem";

/** Numbers of Panic(uint256) that the Solidity documentation lists, in plain words. */
const PANICS: Readonly<Record<string, string>> = {
  1: "an assertion failed",
  17: "an arithmetic overflow",
  18: "a division by zero",
  33: "a value outside its enum",
  34: "damaged storage",
  49: "pop of an empty list",
  50: "an index outside its list",
  65: "too much memory asked for",
  81: "a call of an empty function pointer",
};

const shown = (value: unknown): string =>
  typeof value === "bigint"
    ? value.toString()
    : Array.isArray(value)
      ? `[${value.map(shown).join(", ")}]`
      : typeof value === "object" && value !== null
        ? `{${Object.entries(value)
            .map(([key, item]) => `${key}: ${shown(item)}`)
            .join(", ")}}`
        : sanitizeName(String(value), 200);

/**
 * Why a contract refused, in words: the text of `require` and `revert`, a panic's meaning, a custom error with its values where one of `abis`
 * knows it. What a contract says is its own word: it is made safe for a terminal.
 */
export const revertReason = (data: Uint8Array, abis: readonly Abi[] = []): string => {
  if (data.length === 0) return "the contract gave no reason";
  const hex = toHex(data) as `0x${string}`;
  for (const abi of [[] as Abi, ...abis]) {
    try {
      const { errorName, args } = decodeErrorResult({ abi, data: hex });
      const values: readonly unknown[] = args ?? [];
      if (errorName === "Error") return `"${shown(values[0])}"`;
      if (errorName === "Panic") return PANICS[String(values[0])] ?? `panic ${shown(values[0])}`;
      return `${sanitizeName(errorName, 80)}(${values.map(shown).join(", ")})`;
    } catch {
      // Not an error that this ABI knows; the next may.
    }
  }
  return `an error that no ABI at hand knows: ${hex.slice(0, 138)}${hex.length > 138 ? "…" : ""} (give its ABI with --abi)`;
};
