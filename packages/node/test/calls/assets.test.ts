import { POOL_ABI, SERO_TOKEN, WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import {
  assetIdOf,
  fieldToBytes,
  fromHex,
  POOL_ADDRESS,
  toHex,
  type EthAddress,
  type Inner,
  type ReturnEntry,
} from "@sero/protocol";
import { encodeDeployData, encodeFunctionData, maxUint256 } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkStore } from "../../src/chain/index.js";
import { BELL, createdBy, errorText } from "../helpers/contracts.js";
import { startTestNode, type TestNode } from "../helpers/node.js";
import {
  coinBack,
  pseudonymAddress,
  type FakeCall,
  type FakePayment,
  type FakePaymentInput,
} from "../helpers/payment.js";

interface Report {
  readonly ok: boolean;
  readonly failure: { readonly step: string; readonly index: number; readonly message: string | null } | null;
  readonly gasLimit: string;
  readonly intrinsicGas: string;
  readonly calls: readonly { readonly created: string | null; readonly logs: readonly unknown[] }[];
  readonly moved: readonly unknown[];
  readonly left: readonly unknown[];
  readonly suggested: readonly { readonly kind: string; readonly token: string | null; readonly count: number }[];
  readonly coinLeft: string;
}

const DEPOSIT = fromHex(encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "deposit" }));
const token = (address: EthAddress, inner: bigint): ReturnEntry => ({
  kind: "token",
  token: address,
  id: 0n,
  leave: false,
  inners: [inner as Inner],
});

describe("assets and simulation", () => {
  let test: TestNode;
  let seed = 1;
  beforeAll(async () => {
    test = await startTestNode();
  });
  afterAll(() => test.stop());

  async function send(call: FakeCall, more: Partial<FakePaymentInput> = {}): Promise<FakePayment> {
    const payment = test.pay(seed++, { call, ...more });
    await test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    await test.rpc("sero_sealBlock");
    const receipt = (await test.rpc("eth_getTransactionReceipt", [toHex(payment.txid)])) as {
      status: string;
      sero: { failure: unknown };
    };
    expect(receipt.sero.failure).toBeNull();
    return payment;
  }
  const simulate = (phase: object): Promise<Report> => test.rpc("sero_simulate", [phase]) as Promise<Report>;

  it("says what a phase moves, what it needs, and what would stay; a transaction made from it does just that", async () => {
    const from = toHex(pseudonymAddress(1));
    const wrapped = toHex(WRAPPED_COIN_ADDRESS);
    const calls = [{ to: wrapped, value: "0x64", data: toHex(DEPOSIT) }];
    const report = await simulate({ from, coin: "0x70", calls });
    expect(report).toMatchObject({ ok: true, failure: null, left: [], coinLeft: "0xc" });
    expect(report.suggested).toEqual([
      { kind: "coin", token: null, id: "0x0", count: 1 },
      { kind: "token", token: wrapped, id: "0x0", count: 1 },
    ]);
    // Without an entry for it, the token stays.
    const kept = await simulate({ from, coin: "0x70", calls, returns: [{ kind: "coin" }] });
    expect(kept.left).toEqual([{ kind: "token", token: wrapped, id: "0x0", balance: "0x64" }]);

    const done = await send({
      pseudonym: 1,
      gasLimit: BigInt(report.gasLimit),
      calls: [{ to: WRAPPED_COIN_ADDRESS, value: 0x64n, data: DEPOSIT }],
      returns: [coinBack(), token(WRAPPED_COIN_ADDRESS, 5n)],
    });
    const asset = toHex(fieldToBytes(assetIdOf(1, WRAPPED_COIN_ADDRESS, 0n)));
    const head = (await test.rpc("eth_blockNumber")) as string;
    expect(await test.rpc("sero_assets", ["0x0", head])).toEqual([
      { asset, kind: "token", token: wrapped, id: "0x0", block: head },
    ]);
    expect(await test.rpc("sero_assets", ["0x0", "0x0"])).toEqual([]);
    const gas = (await test.rpc("eth_getTransactionByHash", [toHex(done.txid)])) as { gas: string };
    expect(BigInt(gas.gas)).toBe(BigInt(report.intrinsicGas) + BigInt(report.gasLimit));
  });

  it("brings assets of the Pool along, and they come back", async () => {
    const from = toHex(pseudonymAddress(2));
    const wrapped = toHex(WRAPPED_COIN_ADDRESS);
    const withdraw = encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "withdraw", args: [40n] });
    const assets = [{ kind: "token", token: wrapped, amount: "0x64" }];
    const report = await simulate({ from, assets, calls: [{ to: wrapped, data: withdraw }] });
    expect(report).toMatchObject({ ok: true, coinLeft: "0x28" });
    expect(report.suggested).toHaveLength(2);
    const all = await simulate({
      from,
      assets: [{ kind: "token", token: wrapped, amount: "0x65" }],
      calls: [],
    });
    expect(all).toMatchObject({ ok: false, failure: { step: "unshield", index: 0 } });
    const asset = assetIdOf(1, WRAPPED_COIN_ADDRESS, 0n);
    await send(
      {
        pseudonym: 2,
        calls: [{ to: WRAPPED_COIN_ADDRESS, value: 0n, data: fromHex(withdraw) }],
        returns: [coinBack(), token(WRAPPED_COIN_ADDRESS, 6n)],
      },
      { assets: [{ asset, amount: 0x64n }] },
    );
    const turnstile = encodeFunctionData({ abi: POOL_ABI, functionName: "turnstile", args: [asset] });
    expect(BigInt((await test.rpc("eth_call", [{ to: toHex(POOL_ADDRESS), data: turnstile }])) as string)).toBe(0x3cn);
  });

  it("issues a token in one phase of two calls", async () => {
    const made = createdBy(pseudonymAddress(3), 0n);
    const deploy = encodeDeployData({
      ...SERO_TOKEN,
      args: ["Gold", "GOLD", 18, 1000n, maxUint256, toHex(pseudonymAddress(3)) as `0x${string}`],
    });
    const launch = encodeFunctionData({ abi: SERO_TOKEN.abi, functionName: "launch", args: [9n, "0x"] });
    const from = toHex(pseudonymAddress(3));
    const report = await simulate({ from, calls: [{ data: deploy }, { to: toHex(made), data: launch }] });
    expect(report).toMatchObject({ ok: true, failure: null });
    expect(report.calls.map(({ created }) => created)).toEqual([toHex(made), null]);
    await send({
      pseudonym: 3,
      gasLimit: BigInt(report.gasLimit),
      calls: [
        { to: undefined, value: 0n, data: fromHex(deploy) },
        { to: made, value: 0n, data: fromHex(launch) },
      ],
    });
    const head = (await test.rpc("eth_blockNumber")) as string;
    expect(await test.rpc("sero_assets", [head, head])).toMatchObject([{ kind: "token", token: toHex(made) }]);
  });

  it("a phase that fails is an answer; a request that makes no sense is an error", async () => {
    const from = toHex(pseudonymAddress(4));
    const bell = toHex(createdBy(pseudonymAddress(4), 0n));
    const report = await simulate({
      from,
      calls: [{ data: toHex(BELL) }, { to: bell, data: toHex(errorText("no")) }],
    });
    expect(report).toMatchObject({ ok: false, failure: { step: "call", index: 1, reason: "revert", message: "no" } });
    for (const bad of [
      {},
      { from, calls: Array.from({ length: 33 }, () => ({ to: bell })) },
      { from, calls: [{ to: "0x12" }] },
      { from, calls: [], returns: [{ kind: "token" }] },
      { from, calls: [], priceStep: 200 },
      { from, calls: [], assets: [{ kind: "coin", token: bell }] },
      { from, calls: [{ to: bell, data: `0x${"11".repeat(140_000)}` }] },
    ]) {
      await expect(test.rpc("sero_simulate", [bad])).rejects.toMatchObject({ code: -32602 });
    }
    // Gas is bounded by a block's, whatever is asked.
    const spin = await simulate({ from, calls: [{ data: "0x5b5f56" }], gas: "0xffffffffff" });
    expect(spin).toMatchObject({ ok: false, failure: { reason: "out of gas" } });
    expect(BigInt(spin.gasLimit) + BigInt(spin.intrinsicGas)).toBeLessThanOrEqual(test.node.context.spec.gasLimit);
  });

  it("E36: counts every asset again when it starts", async () => {
    const { store, chain } = test.node.context;
    await checkStore(store, chain);
  });

  it("names packages and what becomes of them, by ranges", async () => {
    const controller = pseudonymAddress(7);
    const payment = test.pay(seed++, { packages: [{ outputIndex: 1, controller, onFailure: "hold" }] });
    await test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    await test.rpc("sero_sealBlock");
    const head = (await test.rpc("eth_blockNumber")) as string;
    expect(await test.rpc("sero_packages", ["0x0", head])).toMatchObject([
      {
        event: "created",
        controller: toHex(controller),
        commitment: toHex(fieldToBytes(payment.tx.bundles[0]!.commitments[1])),
        block: head,
        transactionHash: toHex(payment.txid),
        logIndex: "0x0",
      },
    ]);
    expect(await test.rpc("eth_getTransactionByHash", [toHex(payment.txid)])).toMatchObject({
      sero: { call: null, packages: [{ outputIndex: "0x1", controller: toHex(controller), onFailure: "hold" }] },
    });
  });
});
