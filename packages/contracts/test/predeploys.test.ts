import { createHash } from "node:crypto";
import {
  concat,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  hexToBytes,
  keccak256,
  type Abi,
} from "viem";
import { describe, expect, it } from "vitest";
import {
  CREATE2_PROXY_ADDRESS,
  DEPOSIT_CONTRACT,
  DEPOSIT_CONTRACT_ADDRESS,
  ERC1820_REGISTRY,
  ERC1820_REGISTRY_ADDRESS,
  MULTICALL3,
  MULTICALL3_ADDRESS,
  WRAPPED_COIN,
  WRAPPED_COIN_ADDRESS,
} from "../src/index.js";
import { PUPPET, TEST_TICKET, TEST_TOKEN } from "../src/test-contracts.js";
import { balanceOf, ERC20 } from "./helpers/assets.js";
import { CHAIN_ID, hex, person, type TestChain } from "./helpers/chain.js";
import { chainWithPredeploys } from "./helpers/predeploys.js";

describe("CREATE2 proxy", () => {
  const creation = encodeDeployData({ abi: TEST_TICKET.abi, bytecode: TEST_TICKET.bytecode, args: ["T", "T"] });

  it("creates at the address that salt and code give, once", async () => {
    const chain = await chainWithPredeploys();
    const salt = `0x${"5a".repeat(32)}` as const;
    const outcome = await chain.raw(CREATE2_PROXY_ADDRESS, hexToBytes(concat([salt, creation])));
    const from = hex(CREATE2_PROXY_ADDRESS);
    const expected = getContractAddress({ opcode: "CREATE2", from, salt, bytecode: creation });
    expect(hex(outcome.output)).toBe(expected.toLowerCase());
    expect((await chain.code(expected)).length).toBeGreaterThan(1000);
    expect((await chain.raw(CREATE2_PROXY_ADDRESS, hexToBytes(concat([salt, creation])))).ok).toBe(false);
  });

  it("reverts without a salt, and if the creation fails", async () => {
    const chain = await chainWithPredeploys();
    for (const data of [new Uint8Array(0), new Uint8Array(31), Uint8Array.of(...new Uint8Array(32), 0xfe)])
      expect((await chain.raw(CREATE2_PROXY_ADDRESS, data)).ok).toBe(false);
  });
});

describe("wrapped coin", () => {
  const abi = WRAPPED_COIN.abi as Abi;

  it("is worth as many coins as lie in it", async () => {
    const chain = await chainWithPredeploys();
    await chain.must(abi, WRAPPED_COIN_ADDRESS, "deposit", [], { value: 100n });
    await chain.transfer(WRAPPED_COIN_ADDRESS, 11n);
    expect(await chain.must(abi, WRAPPED_COIN_ADDRESS, "totalSupply")).toBe(111n);
    await chain.must(abi, WRAPPED_COIN_ADDRESS, "transfer", [hex(person(2)), 60n]);
    await chain.must(abi, WRAPPED_COIN_ADDRESS, "withdraw", [60n], { from: person(2) });
    expect(await chain.balance(person(2))).toBe(60n);
    expect((await chain.call(abi, WRAPPED_COIN_ADDRESS, "withdraw", [52n])).error).toBe("BalanceTooLow");
    const moved = await chain.call(abi, WRAPPED_COIN_ADDRESS, "transferFrom", [hex(person(0)), hex(person(2)), 1n], {
      from: person(2),
    });
    expect(moved.error).toBe("AllowanceTooLow");
    await chain.must(abi, WRAPPED_COIN_ADDRESS, "approve", [hex(person(2)), 5n]);
    await chain.must(abi, WRAPPED_COIN_ADDRESS, "transferFrom", [hex(person(0)), hex(person(2)), 5n], {
      from: person(2),
    });
    expect(await balanceOf(chain, WRAPPED_COIN_ADDRESS, person(2))).toBe(5n);
    expect(await chain.must(abi, WRAPPED_COIN_ADDRESS, "symbol")).toBe("WSERO");
  });

  it("can't be withdrawn twice by a contract that calls back", async () => {
    const chain = await chainWithPredeploys();
    const puppet = await chain.deploy(PUPPET);
    await chain.must(abi, WRAPPED_COIN_ADDRESS, "deposit", [], { value: 100n });
    const deposit = encodeFunctionData({ abi, functionName: "deposit" });
    await chain.must(PUPPET.abi as Abi, puppet, "perform", [hex(WRAPPED_COIN_ADDRESS), 10n, deposit], { value: 10n });
    const twice = encodeFunctionData({ abi, functionName: "withdraw", args: [20n] });
    const perform = [hex(WRAPPED_COIN_ADDRESS), 0n, twice];
    expect((await chain.call(PUPPET.abi as Abi, puppet, "perform", perform)).ok).toBe(false);
  });
});

describe("Multicall3", () => {
  const abi = MULTICALL3.abi as Abi;

  it("runs many calls, says which failed, and fails if one must not", async () => {
    const chain = await chainWithPredeploys();
    const token = await chain.deploy(TEST_TOKEN, ["T", "T", 18]);
    const target = hex(token);
    const good = encodeFunctionData({ abi: ERC20, functionName: "symbol" });
    const bad = encodeFunctionData({ abi: ERC20, functionName: "transfer", args: [hex(person(1)), 1n] });
    const value = (name: string, args: readonly unknown[], options = {}): Promise<unknown> =>
      chain.must(abi, MULTICALL3_ADDRESS, name, args, options);
    const results = (await value("aggregate3", [
      [
        { target, allowFailure: true, callData: good },
        { target, allowFailure: true, callData: bad },
      ],
    ])) as { success: boolean }[];
    expect(results.map(({ success }) => success)).toEqual([true, false]);
    const strict = [
      { target, callData: good },
      { target, callData: bad },
    ];
    expect((await chain.call(abi, MULTICALL3_ADDRESS, "aggregate", [strict])).ok).toBe(false);
    expect((await chain.call(abi, MULTICALL3_ADDRESS, "blockAndAggregate", [strict])).ok).toBe(false);
    expect(await value("tryAggregate", [false, strict])).toMatchObject([{ success: true }, { success: false }]);
    expect(await value("getChainId", [])).toBe(CHAIN_ID);
    expect(await value("getEthBalance", [hex(person(0))])).toBe(10n ** 24n);
    const pay = { target: hex(person(7)), allowFailure: false, value: 3n, callData: "0x" };
    await value("aggregate3Value", [[pay]], { value: 3n });
    expect(await chain.balance(person(7))).toBe(3n);
    expect((await chain.call(abi, MULTICALL3_ADDRESS, "aggregate3Value", [[pay]], { value: 4n })).ok).toBe(false);
  });
});

describe("ERC-1820 registry", () => {
  const abi = ERC1820_REGISTRY.abi as Abi;
  const zero = `0x${"00".repeat(20)}`;

  it("keeps who implements what for whom, under its manager", async () => {
    const chain = await chainWithPredeploys();
    const call = (name: string, args: readonly unknown[], from = person(0)): ReturnType<TestChain["call"]> =>
      chain.call(abi, ERC1820_REGISTRY_ADDRESS, name, args, { from });
    const hash = (await call("interfaceHash", ["ERC777TokensRecipient"])).value as string;
    expect(hash).toBe(keccak256(new TextEncoder().encode("ERC777TokensRecipient")));
    const me = hex(person(0));
    expect((await call("setInterfaceImplementer", [me, hash, me], person(1))).ok).toBe(false);
    expect((await call("setInterfaceImplementer", [zero, hash, me])).ok).toBe(true);
    expect(String((await call("getInterfaceImplementer", [me, hash])).value).toLowerCase()).toBe(me);
    const puppet = await chain.deploy(PUPPET);
    expect((await call("setInterfaceImplementer", [me, hash, hex(puppet)])).ok).toBe(false);
    await call("setManager", [me, hex(person(1))]);
    expect((await call("setInterfaceImplementer", [me, hash, zero])).ok).toBe(false);
    expect((await call("setInterfaceImplementer", [me, hash, zero], person(1))).ok).toBe(true);
    const ticket = await chain.deploy(TEST_TICKET, ["T", "T"]);
    const erc165 = (id: string): Promise<unknown> =>
      chain.must(abi, ERC1820_REGISTRY_ADDRESS, "getInterfaceImplementer", [hex(ticket), `${id}${"00".repeat(28)}`]);
    expect(String(await erc165("0x80ac58cd")).toLowerCase()).toBe(hex(ticket));
    expect(await erc165("0x12345678")).toBe(zero);
    expect((await call("updateERC165Cache", [hex(ticket), "0x80ac58cd"])).ok).toBe(true);
    expect(String(await erc165("0x80ac58cd")).toLowerCase()).toBe(hex(ticket));
  });
});

describe("deposit contract", () => {
  const abi = DEPOSIT_CONTRACT.abi as Abi;
  const sha = (...parts: Uint8Array[]): Uint8Array => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return new Uint8Array(hash.digest());
  };
  const zeros = (length: number): Uint8Array => new Uint8Array(length);
  const littleEndian = (value: bigint): Uint8Array => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    return bytes;
  };

  /** SSZ root of a list of at most 2^32 leaves, the plain way. */
  function listRoot(leaves: readonly Uint8Array[]): Uint8Array {
    let level = [...leaves];
    let empty = zeros(32);
    for (let depth = 0; depth < 32; depth++) {
      if (level.length % 2 === 1) level.push(empty);
      const above: Uint8Array[] = [];
      for (let i = 0; i < level.length; i += 2) above.push(sha(level[i]!, level[i + 1]!));
      level = above;
      empty = sha(empty, empty);
    }
    return sha(level[0] ?? empty, littleEndian(BigInt(leaves.length)), zeros(24));
  }

  const leafOf = (key: Uint8Array, credentials: Uint8Array, amount: bigint, signature: Uint8Array): Uint8Array =>
    sha(
      sha(sha(key, zeros(16)), credentials),
      sha(littleEndian(amount), zeros(24), sha(sha(signature.subarray(0, 64)), sha(signature.subarray(64), zeros(32)))),
    );

  it("has the root that everybody knows while it is empty, and the plain one after deposits", async () => {
    const chain = await chainWithPredeploys();
    const root = (): Promise<unknown> => chain.must(abi, DEPOSIT_CONTRACT_ADDRESS, "get_deposit_root");
    expect(await root()).toBe("0xd70a234731285c6804c2a4f56711ddb8c82c99740f207854891028af34e27e5e");
    const leaves: Uint8Array[] = [];
    for (let i = 1; i <= 5; i++) {
      const [key, credentials, signature] = [zeros(48).fill(i), zeros(32).fill(i + 1), zeros(96).fill(i + 2)];
      const gwei = 32_000_000_000n + BigInt(i);
      const leaf = leafOf(key, credentials, gwei, signature);
      const args = [hex(key), hex(credentials), hex(signature), hex(leaf)];
      const options = { value: gwei * 10n ** 9n };
      const outcome = await chain.call(abi, DEPOSIT_CONTRACT_ADDRESS, "deposit", args, options);
      expect(outcome.error).toBeUndefined();
      expect(outcome.logs).toMatchObject([
        { name: "DepositEvent", args: { amount: hex(littleEndian(gwei)), index: hex(littleEndian(BigInt(i - 1))) } },
      ]);
      leaves.push(leaf);
      expect(await root()).toBe(hex(listRoot(leaves)));
    }
    expect(await chain.must(abi, DEPOSIT_CONTRACT_ADDRESS, "get_deposit_count")).toBe(hex(littleEndian(5n)));
    const id = (name: string): Promise<unknown> =>
      chain.must(abi, DEPOSIT_CONTRACT_ADDRESS, "supportsInterface", [name]);
    expect([await id("0x01ffc9a7"), await id("0x85640907"), await id("0xffffffff")]).toEqual([true, true, false]);
  });

  it("refuses a wrong root, too little and odd amounts", async () => {
    const chain = await chainWithPredeploys();
    const [key, credentials, signature] = [zeros(48), zeros(32), zeros(96)];
    const leaf = leafOf(key, credentials, 32_000_000_000n, signature);
    const deposit = async (value: bigint, root = leaf, pubkey = key): Promise<boolean> => {
      const args = [hex(pubkey), hex(credentials), hex(signature), hex(root)];
      return (await chain.call(abi, DEPOSIT_CONTRACT_ADDRESS, "deposit", args, { value })).ok;
    };
    expect(await deposit(32n * 10n ** 18n, zeros(32))).toBe(false);
    expect(await deposit(32n * 10n ** 18n, leaf, zeros(47))).toBe(false);
    expect(await deposit(10n ** 18n - 1n)).toBe(false);
    expect(await deposit(32n * 10n ** 18n + 1n)).toBe(false);
    expect(await deposit(32n * 10n ** 18n)).toBe(true);
  });
});
