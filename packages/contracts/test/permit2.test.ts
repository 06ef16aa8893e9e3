import {
  concat,
  hexToBytes,
  keccak256,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
  type Abi,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { PERMIT2, PERMIT2_ADDRESS } from "../src/index.js";
import { PUPPET, TEST_TOKEN } from "../src/test-contracts.js";
import { balanceOf, ERC20 } from "./helpers/assets.js";
import { CHAIN_ID, hex, person, type TestChain } from "./helpers/chain.js";
import { chainWithPredeploys } from "./helpers/predeploys.js";

describe("Permit2", () => {
  const abi = PERMIT2.abi as Abi;
  const account = privateKeyToAccount(`0x${"4c".repeat(32)}`);
  const owner = hexToBytes(account.address);
  const spender = person(3);
  const domain = { name: "Permit2", chainId: Number(CHAIN_ID), verifyingContract: hex(PERMIT2_ADDRESS) };
  const deadline = 10n ** 12n;

  async function setUp(): Promise<{ chain: TestChain; token: Uint8Array; target: `0x${string}` }> {
    const chain = await chainWithPredeploys();
    const token = await chain.deploy(TEST_TOKEN, ["T", "T", 18]);
    await chain.must(TEST_TOKEN.abi as Abi, token, "mint", [account.address, 1000n]);
    await chain.must(ERC20, token, "approve", [hex(PERMIT2_ADDRESS), 1000n], { from: owner });
    return { chain, token, target: hex(token) };
  }

  const call = (
    chain: TestChain,
    name: string,
    args: readonly unknown[],
    from = spender,
  ): ReturnType<TestChain["call"]> => chain.call(abi, PERMIT2_ADDRESS, name, args, { from });

  it("lets a signature give an allowance, in order of nonces", async () => {
    const { chain, token, target } = await setUp();
    const details = { token: target, amount: 50n, expiration: 1_000_000, nonce: 0 };
    const permit = { details, spender: hex(spender), sigDeadline: deadline };
    const signature = await account.signTypedData({
      domain,
      primaryType: "PermitSingle",
      types: {
        PermitSingle: [
          { name: "details", type: "PermitDetails" },
          { name: "spender", type: "address" },
          { name: "sigDeadline", type: "uint256" },
        ],
        PermitDetails: [
          { name: "token", type: "address" },
          { name: "amount", type: "uint160" },
          { name: "expiration", type: "uint48" },
          { name: "nonce", type: "uint48" },
        ],
      },
      message: permit,
    });
    const greedy = { ...permit, details: { ...details, amount: 51n } };
    expect((await call(chain, "permit", [account.address, greedy, signature])).error).toBe("InvalidSigner");
    expect((await call(chain, "permit", [account.address, permit, signature])).error).toBeUndefined();
    expect((await call(chain, "permit", [account.address, permit, signature])).error).toBe("InvalidNonce");
    expect(await chain.must(abi, PERMIT2_ADDRESS, "allowance", [account.address, target, hex(spender)])).toEqual([
      50n,
      1_000_000,
      1,
    ]);
    const take = [account.address, hex(spender), 30n, target];
    expect((await call(chain, "transferFrom", take)).error).toBeUndefined();
    expect((await call(chain, "transferFrom", take)).error).toBe("InsufficientAllowance");
    expect(await balanceOf(chain, token, spender)).toBe(30n);
    await call(chain, "lockdown", [[{ token: target, spender: hex(spender) }]], owner);
    expect((await call(chain, "transferFrom", [account.address, hex(spender), 1n, target])).error).toBe(
      "InsufficientAllowance",
    );
  });

  it.each([
    ["without", undefined],
    ["with", `0x${"ab".repeat(32)}`],
  ] as const)("lets a signature %s a witness be spent once, by the signed spender", async (_, witness) => {
    const { chain, token, target } = await setUp();
    const permitted = { token: target, amount: 50n };
    const fields = [
      { name: "permitted", type: "TokenPermissions" },
      { name: "spender", type: "address" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ] as const;
    const TokenPermissions = [
      { name: "token", type: "address" },
      { name: "amount", type: "uint256" },
    ] as const;
    const Order = [{ name: "id", type: "bytes32" }] as const;
    const message = { permitted, spender: hex(spender), nonce: 77n, deadline };
    const signature = await (witness === undefined
      ? account.signTypedData({
          domain,
          primaryType: "PermitTransferFrom",
          types: { PermitTransferFrom: fields, TokenPermissions },
          message,
        })
      : account.signTypedData({
          domain,
          primaryType: "PermitWitnessTransferFrom",
          types: {
            PermitWitnessTransferFrom: [...fields, { name: "witness", type: "Order" }],
            TokenPermissions,
            Order,
          },
          message: { ...message, witness: { id: witness } },
        }));
    const permit = { permitted, nonce: 77n, deadline };
    const details = { to: hex(person(6)), requestedAmount: 20n };
    const name = witness === undefined ? "permitTransferFrom" : "permitWitnessTransferFrom";
    const typeString = "Order witness)Order(bytes32 id)TokenPermissions(address token,uint256 amount)";
    const orderType = keccak256(new TextEncoder().encode("Order(bytes32 id)"));
    const more = witness === undefined ? [] : [keccak256(concat([orderType, witness])), typeString];
    const args = (changed = {}): unknown[] => [permit, { ...details, ...changed }, account.address, ...more, signature];
    expect((await call(chain, name, args(), person(4))).error).toBe("InvalidSigner");
    expect((await call(chain, name, args({ requestedAmount: 51n }))).error).toBe("InvalidAmount");
    expect((await call(chain, name, args())).error).toBeUndefined();
    expect(await balanceOf(chain, token, person(6))).toBe(20n);
    expect((await call(chain, name, args())).error).toBe("InvalidNonce");
  });

  const permissions = [
    { name: "token", type: "address" },
    { name: "amount", type: "uint256" },
  ] as const;

  it("takes several tokens under one signature, also in the short form of EIP-2098", async () => {
    const { chain, token, target } = await setUp();
    const permitted = [
      { token: target, amount: 50n },
      { token: target, amount: 60n },
    ];
    const signature = await account.signTypedData({
      domain,
      primaryType: "PermitBatchTransferFrom",
      types: {
        PermitBatchTransferFrom: [
          { name: "permitted", type: "TokenPermissions[]" },
          { name: "spender", type: "address" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
        TokenPermissions: permissions,
      },
      message: { permitted, spender: hex(spender), nonce: 5n, deadline },
    });
    const short = serializeCompactSignature(signatureToCompactSignature(parseSignature(signature)));
    const permit = { permitted, nonce: 5n, deadline };
    const to = (amounts: bigint[]): unknown[] =>
      amounts.map((requestedAmount) => ({ to: hex(person(6)), requestedAmount }));
    const take = async (amounts: bigint[], from = spender): Promise<string | undefined> =>
      (await call(chain, "permitTransferFrom", [permit, to(amounts), account.address, short], from)).error;
    expect(await take([50n, 60n], person(4))).toBe("InvalidSigner");
    expect(await take([50n])).toBe("LengthMismatch");
    expect(await take([50n, 61n])).toBe("InvalidAmount");
    expect(await take([0n, 60n])).toBeUndefined();
    expect(await balanceOf(chain, token, person(6))).toBe(60n);
    expect(await take([0n, 0n])).toBe("InvalidNonce");
  });

  it("gives several allowances by one signature, and asks contracts by ERC-1271", async () => {
    const { chain, target } = await setUp();
    const details = [
      { token: target, amount: 50n, expiration: 1_000_000, nonce: 0 },
      { token: hex(person(9)), amount: 7n, expiration: 1_000_000, nonce: 0 },
    ];
    const permit = { details, spender: hex(spender), sigDeadline: deadline };
    const signature = await account.signTypedData({
      domain,
      primaryType: "PermitBatch",
      types: {
        PermitBatch: [
          { name: "details", type: "PermitDetails[]" },
          { name: "spender", type: "address" },
          { name: "sigDeadline", type: "uint256" },
        ],
        PermitDetails: [
          { name: "token", type: "address" },
          { name: "amount", type: "uint160" },
          { name: "expiration", type: "uint48" },
          { name: "nonce", type: "uint48" },
        ],
      },
      message: permit,
    });
    expect((await call(chain, "permit", [account.address, permit, signature])).error).toBeUndefined();
    const allowed = (owner: string, token: string): Promise<unknown> =>
      chain.must(abi, PERMIT2_ADDRESS, "allowance", [owner, token, hex(spender)]);
    expect(await allowed(account.address, hex(person(9)))).toEqual([7n, 1_000_000, 1]);

    const signer = await chain.deploy(PUPPET);
    const zero = `0x${"00".repeat(20)}`;
    const sign = (answer: string): Promise<unknown> =>
      chain.must(PUPPET.abi as Abi, signer, "prepare", [zero, 0n, "0x", answer]);
    await sign("0xffffffff");
    expect((await call(chain, "permit", [hex(signer), permit, "0x"])).error).toBe("InvalidContractSignature");
    await sign("0x1626ba7e");
    expect((await call(chain, "permit", [hex(signer), permit, "0x"])).error).toBeUndefined();
    expect(await allowed(hex(signer), target)).toEqual([50n, 1_000_000, 1]);
  });
});
