import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex } from "@sero/protocol";
import { encodeErrorResult, encodeFunctionData, type Abi, type AbiParameter } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { argumentsOf, methodOf, readArtifact, revertReason, signatureOf } from "../../src/abi/index.js";

const SELF = "0x00000000000000000000000000000000000000AA" as const;
const place = { self: SELF, slot: (i: number) => 1000n + BigInt(i) };
const values = (types: readonly string[], texts: readonly string[]): unknown[] =>
  argumentsOf(
    types.map((type): AbiParameter => ({ type })),
    texts,
    place,
  );
const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "nothing was thrown";
};

describe("a function's signature", () => {
  it("is read with types, or by its name from an ABI", () => {
    expect(signatureOf(methodOf("transfer(address to, uint256 amount)", undefined))).toBe("transfer(address,uint256)");
    expect(methodOf("balanceOf(address) returns (uint256)", undefined).outputs).toHaveLength(1);
    const abi = [
      methodOf("mint(uint256)", undefined),
      methodOf("f(uint256)", undefined),
      methodOf("f(bool)", undefined),
    ] as Abi;
    expect(signatureOf(methodOf("mint", abi))).toBe("mint(uint256)");
    expect(codeOf(() => methodOf("f", abi))).toBe("cli/method");
    expect(signatureOf(methodOf("f(bool)", abi))).toBe("f(bool)");
    expect(signatureOf(methodOf("g((uint256,address)[],bytes)", undefined))).toBe("g((uint256,address)[],bytes)");
  });
  it("that is none is refused with a sentence", () => {
    for (const text of ["transfer", "", "transfer(", "trans fer(uint256)", "f(uint257x)"])
      expect(codeOf(() => methodOf(text, undefined))).toBe("cli/method");
  });
});

describe("arguments", () => {
  it("are read by their types", () => {
    expect(values(["uint256", "int8", "bool", "string", "bytes"], ["12", "-128", "true", "hello", "0x00ff"])).toEqual([
      12n,
      -128n,
      true,
      "hello",
      "0x00ff",
    ]);
    expect(
      values(
        ["uint256[]", "address[2]"],
        ['[1, "0x10", 340282366920938463463374607431768211456]', `["me", "${SELF.toLowerCase()}"]`],
      ),
    ).toEqual([
      [1n, 16n, 1n << 128n],
      [SELF, SELF],
    ]);
    expect(values(["uint256", "uint256"], ["slot", "slot:3"])).toEqual([1000n, 1003n]);
  });
  it("of structs are JSON lists or objects", () => {
    const tuple = {
      type: "tuple",
      components: [
        { name: "a", type: "uint256" },
        { name: "b", type: "address" },
      ],
    } as AbiParameter;
    for (const text of ['{"a": 1, "b": "me"}', '["1", "me"]'])
      expect(argumentsOf([tuple], [text], place)).toEqual([{ a: 1n, b: SELF }]);
  });
  it("that their types don't take are refused", () => {
    for (const [type, text] of [
      ["uint8", "256"],
      ["uint256", "-1"],
      ["uint256", "1.5"],
      ["int8", "128"],
      ["address", "0x12"],
      ["address", "0xD8dA6BF26964aF9D7eEd9e03E53415D37aA96046"],
      ["bool", "1"],
      ["bytes4", "0x00"],
      ["bytes", "0x0"],
      ["uint256[2]", "[1]"],
      ["uint256[]", "1,2"],
    ] as const)
      expect(codeOf(() => values([type], [text]))).toBe("cli/argument");
    expect(codeOf(() => values(["uint256"], []))).toBe("cli/arguments");
  });
});

describe("why a contract refused", () => {
  const abi = [
    { type: "error", name: "TooLittle", inputs: [{ name: "got", type: "uint256" }] },
    { type: "error", name: "Error", inputs: [{ name: "message", type: "string" }] },
    { type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] },
  ] as const;
  it("is said in words", () => {
    const error = encodeErrorResult({ abi, errorName: "Error", args: ["too little"] });
    expect(revertReason(fromHex(error))).toBe("too little");
    expect(revertReason(fromHex(encodeErrorResult({ abi, errorName: "Panic", args: [17n] })))).toBe(
      "a sum or product was out of range",
    );
    const custom = fromHex(encodeErrorResult({ abi, errorName: "TooLittle", args: [5n] }));
    expect(revertReason(custom, [abi])).toBe("TooLittle(5)");
    expect(revertReason(custom)).toContain("no ABI at hand knows");
    expect(revertReason(new Uint8Array(0))).toContain("no reason");
  });
  it("D28: a reason can't write to the terminal", () => {
    const nasty = encodeErrorResult({ abi, errorName: "Error", args: ["\u001b[2Jgone\u202e"] });
    expect(revertReason(fromHex(nasty))).not.toMatch(/[\u001b\u202e]/);
  });
});

describe("a compiled contract's file", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sero-abi-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const write = async (content: unknown): Promise<string> => {
    const path = join(folder, "x.json");
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  it("is read as each tool writes it", async () => {
    const abi = [methodOf("f()", undefined)];
    for (const bytecode of ["0x6001", "6001", { object: "0x6001" }])
      expect((await readArtifact(await write({ abi, bytecode }))).bytecode).toEqual(Uint8Array.of(0x60, 1));
    const bare = await readArtifact(await write(abi));
    expect(bare.bytecode).toBeUndefined();
    expect(encodeFunctionData({ abi: bare.abi, functionName: "f" })).toHaveLength(10);
  });
  it("that is none is refused with a sentence", async () => {
    for (const content of ["", "{", "{}", { abi: 1 }, { abi: [], bytecode: "0x__$abc$__" }])
      await expect(readArtifact(await write(content))).rejects.toMatchObject({ code: "cli/artifact" });
    await expect(readArtifact(join(folder, "none.json"))).rejects.toMatchObject({ code: "cli/artifact" });
  });
});
