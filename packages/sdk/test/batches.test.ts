import { describe, expect, it } from "vitest";
import { toHex, type EthAddress } from "@sero/protocol";
import { callsOf, openFake, refusal } from "./helpers/fake.js";

const CONTRACT = "0x00000000000000000000000000000000c0ffee01";

describe("batches (EIP-5792)", () => {
  const placeholder = "0x5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f";
  const data = `0xaabbccdd${"0".repeat(24)}${placeholder.slice(2)}`;
  const batch = (more: object): object => ({
    version: "2.0.0",
    chainId: "0x5e5e",
    atomicRequired: true,
    calls: [{ to: CONTRACT, data, value: "0x1" }, { to: CONTRACT }],
    ...more,
  });

  it("says what it can do", async () => {
    const { provider, me } = await openFake();
    const ask = (...params: unknown[]): Promise<unknown> =>
      provider.request({ method: "wallet_getCapabilities", params });
    expect(await ask(me)).toEqual({
      "0x5e5e": { atomic: { status: "supported" }, oneTimePseudonym: { supported: true } },
    });
    expect(await ask(me, ["0x1"])).toEqual({});
  });

  it("without a sender runs under a fresh pseudonym, with one as that; a placeholder stands for the fresh one", async () => {
    const { provider, wallet, me } = await openFake();
    const send = (more: object): Promise<unknown> => {
      wallet.pendingOnes.clear();
      return provider.request({ method: "wallet_sendCalls", params: [batch(more)] });
    };
    const first = (await send({})) as { id: string };
    expect(first.id).toBe(wallet.sent[0]);
    expect(wallet.requests[0]).toMatchObject({ pseudonym: "one-time" });
    await send({ from: me });
    expect(toHex(wallet.requests[1]?.pseudonym as EthAddress)).toBe(me);
    await send({ from: me, capabilities: { oneTimePseudonym: { self: placeholder } } });
    const asked = wallet.requests[2];
    expect(asked?.pseudonym).toBe("one-time");
    expect(asked && callsOf(asked).map((call) => toHex(call.data ?? new Uint8Array()))).toEqual([
      `0xaabbccdd${"0".repeat(24)}00000000000000000000000000000000000001ff`,
      "0x",
    ]);
    wallet.pendingOnes.clear();
    await provider.close();
  });

  it("tells where a batch stands", async () => {
    const shown: string[] = [];
    const { provider, wallet, node } = await openFake({ onShowCalls: (txid) => shown.push(txid) });
    const ask = (method: string, id: string): Promise<unknown> => provider.request({ method, params: [id] });
    await provider.request({ method: "wallet_sendCalls", params: [batch({ id: "mine" })] });
    expect(await ask("wallet_getCallsStatus", "mine")).toMatchObject({ id: "mine", status: 100, atomic: true });
    expect(await ask("wallet_showCallsStatus", "mine")).toBeNull();
    expect(shown).toEqual([wallet.sent[0]]);
    const receipt = {
      status: "0x1",
      logs: [],
      blockHash: "0x1",
      blockNumber: "0x1",
      gasUsed: "0x1",
      transactionHash: "0x2",
    };
    node.answers.set("eth_getTransactionReceipt", { ...receipt, from: "0x" });
    expect(await ask("wallet_getCallsStatus", "mine")).toMatchObject({ status: 200, receipts: [receipt] });
    node.answers.set("eth_getTransactionReceipt", { ...receipt, status: "0x0" });
    expect(await ask("wallet_getCallsStatus", wallet.sent[0] ?? "")).toMatchObject({ status: 500 });
    expect((await refusal(ask("wallet_getCallsStatus", "no such"))).code).toBe(5730);
    const again = provider.request({ method: "wallet_sendCalls", params: [batch({ id: "mine" })] });
    expect((await refusal(again)).code).toBe(5720);
    wallet.pendingOnes.clear();
    await provider.close();
  });

  it("what it cannot do it refuses", async () => {
    const { provider, wallet } = await openFake();
    const code = async (more: object): Promise<number> =>
      (await refusal(provider.request({ method: "wallet_sendCalls", params: [batch(more)] }))).code;
    expect(await code({ chainId: "0x1" })).toBe(5710);
    expect(await code({ capabilities: { paymasterService: { url: "x" } } })).toBe(5700);
    expect(await code({ calls: [] })).toBe(-32602);
    expect(
      await code({ capabilities: { oneTimePseudonym: { self: "0x0000000000000000000000000000000000000001" } } }),
    ).toBe(-32602);
    expect(wallet.sent).toEqual([]);
  });
});
