import { bytesToBigInt, toHex } from "@sero/protocol";

// Error(string) and Panic(uint256), which Solidity reverts with.
const ERROR = "0x08c379a0";
const PANIC = "0x4e487b71";

/** Meanings of Solidity's panic codes (Solidity documentation, "Panic via assert and Error via require"). */
const PANICS: Readonly<Record<number, string>> = {
  0x01: "an assertion failed",
  0x11: "arithmetic overflow or underflow",
  0x12: "division by zero",
  0x21: "a value that the enum does not have",
  0x22: "badly encoded bytes in storage",
  0x31: "pop of an empty array",
  0x32: "index out of bounds",
  0x41: "too much memory",
  0x51: "call of an uninitialised function",
};

/**
 * What a contract said when it reverted, as text; undefined when it said nothing that can be read without its ABI. The text is the
 * contract's: characters that could fool a terminal or a reader are replaced.
 */
export function revertReason(output: Uint8Array): string | undefined {
  const selector = toHex(output.subarray(0, 4));
  if (selector === PANIC && output.length === 36) {
    const code = bytesToBigInt(output.subarray(4));
    return PANICS[Number(code)] ?? `panic ${toHex(output.subarray(4))}`;
  }
  if (selector !== ERROR || output.length < 68) return undefined;
  const length = bytesToBigInt(output.subarray(36, 68));
  if (bytesToBigInt(output.subarray(4, 36)) !== 32n || length > BigInt(output.length - 68)) return undefined;
  const text = new TextDecoder("utf-8").decode(output.subarray(68, 68 + Math.min(Number(length), MAX_TEXT)));
  return text.replace(UNSAFE, "\ufffd");
}

const MAX_TEXT = 1024;
/** Control characters, and the formatting ones that reorder or hide text (attack D28). */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
