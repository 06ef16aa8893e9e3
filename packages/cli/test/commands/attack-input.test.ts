import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { encodeErrorResult } from "viem";
import { SeroError } from "@sero/protocol";
import type { CallOutcome } from "@sero/wallet";
import { contractOf } from "../../src/commands/call.js";
import { checkOutcome, type SentCall } from "../../src/commands/prepared-call.js";
import { decimalsOf } from "../../src/commands/tokens.js";
import { EXIT, exitCodeOf } from "../../src/io/failure.js";
import { run } from "../../src/main.js";

const CONTRACT = `0x${"c0".repeat(20)}`;
let folder: string;
let node: Server;
let answer: unknown;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sero-input-"));
  node = createServer((_request, response) =>
    response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, ...(answer as object) })),
  );
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  node.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => vi.restoreAllMocks());

interface Said {
  readonly code: number;
  readonly error: { readonly code: string; readonly message: string; readonly values: Record<string, unknown> };
}

/** Runs a command with --json: its exit code and its one error. */
const refused = async (...args: string[]): Promise<Said> => {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => ((text += String(chunk)), true));
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
  const code = await run([...args, "--json", "--home", folder, "--node", url]);
  vi.restoreAllMocks();
  const { error } = JSON.parse(text) as { error?: Said["error"] };
  return { code, error: error ?? { code: "none", message: text, values: {} } };
};

const file = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

describe("bad input of calls", () => {
  it.each([
    [["call", "0x12", "f()"]],
    [["call", CONTRACT, "f"]],
    [["call", CONTRACT, "f(uint256)", "1", "2"]],
    [["call", CONTRACT, "f(uint256)", "-1"]],
    [["call", CONTRACT, "f(uint8)", "256"]],
    [["call", CONTRACT, "f(uint256[])", "{"]],
    [["call", CONTRACT, "f(uint256[])", "[".repeat(50_000)]],
    [["call", CONTRACT, "f(bytes)", "0x1"]],
    [["call", CONTRACT, "f((uint256,address))", "[1]"]],
    [["call", CONTRACT, "f(uint256)", "slot:999"]],
    [["call", CONTRACT, `f(${"(".repeat(5_000)}`]],
    [["call", CONTRACT, `f(${"uint256,".repeat(20_000)}uint256)`]],
    [["call", CONTRACT, "f()", "--data", "0x00"]],
    [["call", CONTRACT, "--data", "zz"]],
    [["call", CONTRACT, "f()", "--value", "1e3"]],
    [["view", CONTRACT, "f(nothing)"]],
    [["view", CONTRACT, "f()", "--from", "me"]],
    [["deploy", "/nowhere.json"]],
    [["deploy", "/"]],
  ])("G47: is wrong use, in one sentence: %j", async (args) => {
    const { code, error } = await refused(...args);
    expect(error.code).not.toBe("unexpected");
    expect(code, error.code).toBe(EXIT.usage);
    expect(error.message.length).toBeLessThan(600);
  });

  it("D28: files that only look like an ABI are refused with a sentence", async () => {
    const hostile: unknown[] = [
      [{ type: "function" }],
      [{ type: "function", name: "f" }],
      [{ type: "function", name: 7, inputs: [] }],
      [{ type: "function", name: "f", inputs: [{}] }],
      [{ type: "function", name: "f", inputs: [{ type: 7 }] }],
      [{ type: "function", name: "f", inputs: [{ type: "tuple", components: "no" }] }],
      [{ type: "function", name: "f", inputs: {} }],
      { abi: [{ type: "constructor" }], bytecode: "0x00" },
      { abi: [{ type: "constructor", inputs: 5 }], bytecode: "0x00" },
      { abi: 5 },
      "[".repeat(100_000),
      "null",
    ];
    for (const [i, content] of hostile.entries()) {
      const path = file(`abi-${i}.json`, content);
      for (const args of [
        ["call", CONTRACT, "f", "--abi", path],
        ["view", CONTRACT, "f", "--abi", path],
        ["deploy", path, "1"],
      ]) {
        const { code, error } = await refused(...args);
        expect(error.code, `${i} ${args[0]}: ${error.message}`).not.toBe("unexpected");
        if (args[0] !== "deploy") expect(code, `${i} ${args[0]}: ${error.code}`).toBe(EXIT.usage);
      }
    }
  });

  it("D28: a view's revert is the contract's refusal, in words, and safe to print", async () => {
    const text = "no\u001b[31m \u202emoney";
    const data = encodeErrorResult({
      abi: [{ type: "error", name: "Error", inputs: [{ type: "string", name: "" }] }],
      errorName: "Error",
      args: [text],
    });
    answer = { error: { code: 3, message: `execution reverted: ${text}`, data } };
    const { code, error } = await refused("view", CONTRACT, "f() returns (uint256)");
    expect(error.code).toBe("call/reverted");
    expect(code).toBe(EXIT.call);
    expect(error.message).not.toMatch(/[\u001b\u202e]/);
  });

  it("D28: whatever a lying node answers a view, it is one sentence", async () => {
    const answers: unknown[] = [
      { result: 5 },
      { result: null },
      {},
      { result: "zz" },
      { result: "0x1" },
      { result: `0x${"ff".repeat(32)}` },
      { error: { code: 3, message: "m", data: "zz" } },
      { error: { code: 3, message: "m", data: { code: 5 } } },
      { error: { code: 3, message: { a: 1 }, data: "0x08c379a0" } },
      { error: "no" },
    ];
    for (const one of answers) {
      answer = one;
      const { code, error } = await refused("view", CONTRACT, "f() returns (string)");
      expect(error.code, JSON.stringify(one)).not.toBe("unexpected");
      expect([EXIT.usage, EXIT.node, EXIT.call], `${JSON.stringify(one)} ${error.code}`).toContain(code);
    }
  });

  it("D27: an address with a wrong checksum is a typing mistake: nothing is sent or handed there", () => {
    const good = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    expect(contractOf(good)).toHaveLength(20);
    expect(contractOf(good.toLowerCase())).toHaveLength(20);
    expect(() => contractOf(good.replace("aA", "aa"))).toThrow(expect.objectContaining({ code: "cli/address" }));
  });

  it("D27: decimals of a token that the wallet never had are asked for, never guessed", async () => {
    const nodeUrl = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
    const token = contractOf(CONTRACT);
    answer = { result: `0x${"00".repeat(31)}06` };
    expect(await decimalsOf({ nodeUrl }, token)).toBe(6);
    for (const one of [
      { result: "0x" },
      { result: `0x${"ff".repeat(32)}` },
      { result: 6 },
      { error: { code: 3, message: "no" } },
    ]) {
      answer = one;
      await expect(decimalsOf({ nodeUrl }, token)).rejects.toMatchObject({ code: "cli/asset" });
    }
  });

  it("what is wrong with packages, pseudonyms, sweeps and hex is no fault of SERO's", () => {
    for (const code of [
      "bytes/hex",
      "package/not-ours",
      "package/unknown",
      "package/text",
      "package/sums",
      "pseudonym/unknown",
      "pseudonym/busy",
      "pseudonym/typed-data",
      "pseudonym/other-chain",
      "sweep/nothing",
      "circuits/artifacts",
    ])
      expect(exitCodeOf(new SeroError(code, "x")), code).not.toBe(EXIT.unexpected);
  });
});

describe("what became of a transaction", () => {
  const sent = (status: CallOutcome["status"]): SentCall => ({
    receipt: { txid: `0x${"11".repeat(32)}` } as SentCall["receipt"],
    outcome: { status, sentence: "So it is.", failure: undefined } as CallOutcome,
  });

  it("D30: is told by the exit code, too: one that never happened is not done", () => {
    const codeFor = (status: CallOutcome["status"]): number => {
      try {
        checkOutcome(sent(status));
        return EXIT.ok;
      } catch (error) {
        return exitCodeOf(error);
      }
    };
    expect(["succeeded", "pending"].map((status) => codeFor(status as CallOutcome["status"]))).toEqual([0, 0]);
    expect(codeFor("failed")).toBe(EXIT.call);
    expect(codeFor("conflicted")).toBe(EXIT.funds);
    expect(codeFor("expired")).toBe(EXIT.node);
    expect(codeFor("undone")).toBe(EXIT.node);
  });
});
