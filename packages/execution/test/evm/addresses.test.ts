import { Address, generateAddress2, hexToBytes } from "@ethereumjs/util";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { toHex } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { evmCommon, openEvm } from "../../src/evm/index.js";
import { emptyState, openJournal } from "../../src/state/index.js";

const CHAIN = 24158n;
const evmOn = () => openEvm({ common: evmCommon(CHAIN), precompiles: [] }, openJournal(emptyState()), () => undefined);
const run = async (code: `0x${string}`, data = new Uint8Array(0), at?: Address): Promise<string> => {
  const evm = await evmOn();
  const to = at ?? new Address(new Uint8Array(20).fill(0x22));
  const { execResult } = await evm.runCall({ to, code: hexToBytes(code), data, gasLimit: 5_000_000n });
  expect(execResult.exceptionError).toBeUndefined();
  return toHex(execResult.returnValue);
};

describe("hashes inside the EVM", () => {
  // CALLDATASIZE 0 0 CALLDATACOPY; salt, size, offset, value; CREATE2; return it
  const create2 = (salt: string): `0x${string}` => `0x365f5f377f${salt}365f5ff55f5260205ff3`;

  it("CREATE2 makes EIP-1014's addresses", async () => {
    const zero = "00".repeat(32);
    const cafebabe = `${"00".repeat(28)}cafebabe`;
    const examples = [
      ["00".repeat(20), zero, "0x00", "4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38"],
      [`deadbeef${"00".repeat(16)}`, zero, "0x00", "b928f69bb1d91cd65274e3c79d8986362984fda3"],
      ["00000000000000000000000000000000deadbeef", cafebabe, "0x", undefined],
    ] as const;
    for (const [creator, salt, init, expected] of examples) {
      const at = new Address(hexToBytes(`0x${creator}`));
      const made = await run(create2(salt), Uint8Array.from(hexToBytes(init)), at);
      const address = toHex(generateAddress2(at.bytes, hexToBytes(`0x${salt}`), hexToBytes(init)));
      expect(made).toBe(`0x${"00".repeat(12)}${address.slice(2)}`);
      if (expected !== undefined) expect(address).toBe(`0x${expected}`);
    }
  });

  it("KECCAK256 is Keccak-256, of every length around its blocks", async () => {
    for (const length of [0, 1, 31, 32, 33, 135, 136, 137, 272, 5000, 20_000]) {
      const data = Uint8Array.from({ length }, (_, i) => (7 * i) & 255);
      // CALLDATASIZE 0 0 CALLDATACOPY CALLDATASIZE 0 KECCAK256; return it
      expect(await run("0x365f5f37365f205f5260205ff3", data)).toBe(toHex(keccak_256(data)));
    }
  });
});
