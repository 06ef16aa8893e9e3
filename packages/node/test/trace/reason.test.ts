import { fromHex } from "@sero/protocol";
import { encodeErrorResult, parseAbi, type Hex } from "viem";
import { describe, expect, it } from "vitest";
import { revertReason } from "../../src/trace/reason.js";

const abi = parseAbi(["error Error(string)", "error Panic(uint256)", "error PoolLocked()"]);
const said = (text: string): Uint8Array => bytes(encodeErrorResult({ abi, errorName: "Error", args: [text] }));
const bytes = (hex: Hex): Uint8Array => fromHex(hex);

describe("revert reasons", () => {
  it("are read from Error(string) and Panic(uint256), and from nothing else", () => {
    expect(revertReason(said("not enough"))).toBe("not enough");
    expect(revertReason(said(""))).toBe("");
    expect(revertReason(bytes(encodeErrorResult({ abi, errorName: "Panic", args: [0x11n] })))).toMatch(/overflow/);
    expect(revertReason(bytes(encodeErrorResult({ abi, errorName: "PoolLocked" })))).toBeUndefined();
    expect(revertReason(new Uint8Array(0))).toBeUndefined();
  });

  it("D28: cannot fool a terminal or a reader, nor be longer than they are worth", () => {
    expect(revertReason(said("a\u001b[2Jb\u202ec\u200bd\ne"))).toBe("a\ufffd[2Jb\ufffdc\ufffdd\ufffde");
    expect(revertReason(said("x".repeat(5000)))).toHaveLength(1024);
  });

  it("that lie about their length say nothing", () => {
    const text = said("hello");
    for (const at of [35, 67]) {
      const lie = Uint8Array.from(text);
      lie[at] = 0xff;
      expect(revertReason(lie)).toBeUndefined();
    }
    expect(revertReason(text.subarray(0, 60))).toBeUndefined();
  });
});
