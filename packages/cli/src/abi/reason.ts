import { toHex } from "@sero/protocol";
import { revertReason as knownReason } from "@sero/wallet";
import type { Abi } from "viem";

/**
 * Why a contract refused, in words: the text of `require` and `revert`, a panic's meaning, a custom error with its values where one of `abis`
 * knows it. What a contract says is its own word: it is made safe for a terminal.
 */
export const revertReason = (data: Uint8Array, abis: readonly Abi[] = []): string => {
  if (data.length === 0) return "the contract gave no reason";
  const hex = toHex(data);
  return (
    knownReason(data, abis) ??
    `an error that no ABI at hand knows: ${hex.slice(0, 138)}${hex.length > 138 ? "…" : ""} (give its ABI with --abi)`
  );
};
