import { fromHex, toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BELL, createdBy, errorText, FORWARDER, forwarded } from "../helpers/contracts.js";
import { startTestNode, type TestNode } from "../helpers/node.js";
import { pseudonymAddress, type FakeCall, type FakePayment } from "../helpers/payment.js";

interface Frame {
  readonly type: string;
  readonly from: string;
  readonly to?: string;
  readonly value?: string;
  readonly gas: string;
  readonly gasUsed: string;
  readonly input: string;
  readonly output: string;
  readonly error?: string;
  readonly revertReason?: string;
  readonly sero?: { readonly step: string; readonly index: number };
  readonly calls?: readonly Frame[];
}

describe("traces", () => {
  let test: TestNode;
  let seed = 1;
  const bell = createdBy(pseudonymAddress(1), 0n);
  const forwarder = createdBy(pseudonymAddress(1), 1n);
  const callTracer = { tracer: "callTracer" };

  async function send(call: FakeCall, seal = true): Promise<FakePayment> {
    const payment = test.pay(seed++, { call });
    await test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    if (seal) await test.rpc("sero_sealBlock");
    return payment;
  }
  const trace = ({ txid }: FakePayment, options: object = {}): Promise<unknown> =>
    test.rpc("debug_traceTransaction", [toHex(txid), options]);

  beforeAll(async () => {
    test = await startTestNode();
    const calls = [BELL, FORWARDER].map((data) => ({ to: undefined, value: 0n, data }));
    await send({ pseudonym: 1, gasLimit: 500_000n, calls });
    expect(await test.rpc("eth_getCode", [toHex(forwarder)])).toBe(toHex(FORWARDER.subarray(9)));
  });
  afterAll(() => test.stop());

  it("show every message of a phase, nested, as it was in its block", async () => {
    const said = Uint8Array.of(1, 2, 3);
    // The slot that the traced one counts in was 0 before the block: only with those before it run again does it find 1.
    const first = await send({ pseudonym: 2, calls: [{ to: bell, value: 0n, data: said }] }, false);
    const second = await send({
      pseudonym: 3,
      calls: [
        { to: bell, value: 0n, data: said },
        { to: forwarder, value: 7n, data: forwarded(bell, said) },
      ],
    });
    const root = (await trace(second, callTracer)) as Frame;
    const receipt = (await test.rpc("eth_getTransactionReceipt", [toHex(second.txid)])) as { gasUsed: string };
    const tx = (await test.rpc("eth_getTransactionByHash", [toHex(second.txid)])) as { gas: string };
    expect(root).toMatchObject({
      type: "CALL",
      from: toHex(pseudonymAddress(3)),
      to: toHex(bell),
      input: "0x010203",
      output: "0x010203",
      gas: tx.gas,
      gasUsed: receipt.gasUsed,
    });
    expect(root.error).toBeUndefined();
    expect(root.calls?.map(({ sero, to }) => [sero?.step, sero?.index, to])).toEqual([
      ["call", 0, toHex(bell)],
      ["call", 1, toHex(forwarder)],
    ]);
    expect(root.calls?.[1]).toMatchObject({ value: "0x7", output: "0x010203" });
    expect(root.calls?.[1]?.calls).toMatchObject([
      { type: "CALL", from: toHex(forwarder), to: toHex(bell), value: "0x7", input: "0x010203", output: "0x010203" },
    ]);
    expect(await trace(second, { ...callTracer, tracerConfig: { onlyTopCall: true } })).not.toHaveProperty("calls");

    const steps = (await trace(second)) as { structLogs: { op: string; storage?: object; stack?: string[] }[] };
    const stores = steps.structLogs.filter(({ op }) => op === "SSTORE").map(({ storage }) => storage);
    const slot = "0".repeat(64);
    expect(stores).toEqual([2, 3].map((n) => ({ [slot]: n.toString(16).padStart(64, "0") })));
    const loads = steps.structLogs.filter(({ op }) => op === "SLOAD").map(({ storage }) => storage);
    expect(loads).toEqual([1, 2].map((n) => ({ [slot]: n.toString(16).padStart(64, "0") })));
    expect(steps).toMatchObject({ failed: false, returnValue: "0x010203", gas: Number(receipt.gasUsed) });
    const bare = (await trace(second, { disableStack: true, disableStorage: true, limit: 5 })) as typeof steps;
    expect(bare.structLogs).toHaveLength(5);
    expect(bare.structLogs[0]).not.toHaveProperty("stack");
    const before = (await trace(first, callTracer)) as Frame;
    expect(before.calls).toHaveLength(1);
  });

  it("show where a phase failed, and why, at every depth", async () => {
    const data = forwarded(bell, errorText("the bell is cracked"));
    const failed = await send({ pseudonym: 4, calls: [{ to: forwarder, value: 0n, data }] });
    const root = (await trace(failed, callTracer)) as Frame;
    const why = { error: "execution reverted", revertReason: "the bell is cracked" };
    expect(root).toMatchObject(why);
    expect(root.calls?.[0]).toMatchObject({ ...why, output: toHex(errorText("the bell is cracked")) });
    expect(root.calls?.[0]?.calls?.[0]).toMatchObject({ ...why, from: toHex(forwarder), to: toHex(bell) });
    expect(await trace(failed)).toMatchObject({
      failed: true,
      returnValue: toHex(errorText("the bell is cracked")),
    });
  });

  it("a creation is one, and a payment has nothing below it", async () => {
    const made = await send({ pseudonym: 5, calls: [{ to: undefined, value: 0n, data: BELL }] });
    expect(await trace(made, callTracer)).toMatchObject({
      type: "CREATE",
      to: toHex(createdBy(pseudonymAddress(5), 0n)),
      output: toHex(BELL.subarray(9)),
      calls: [{ type: "CREATE", input: toHex(BELL), sero: { step: "call", index: 0 } }],
    });
    const payment = test.pay(seed++);
    await test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    await test.rpc("sero_sealBlock");
    expect(await trace(payment, callTracer)).not.toHaveProperty("calls");
    expect(await trace(payment)).toMatchObject({ structLogs: [], failed: false });
  });

  it("tell what has not happened, too", async () => {
    const from = toHex(pseudonymAddress(6));
    const message = { from, to: toHex(forwarder), data: toHex(forwarded(bell, Uint8Array.of(9))) };
    const root = (await test.rpc("debug_traceCall", [message, "latest", callTracer])) as Frame;
    expect(root).toMatchObject({ output: "0x09", calls: [{ calls: [{ to: toHex(bell) }] }] });
    const phase = {
      from,
      calls: [
        { to: message.to, data: message.data },
        { to: toHex(bell), data: "0x" },
      ],
    };
    const failing = (await test.rpc("debug_traceCall", [phase, "latest", callTracer])) as Frame;
    expect(failing.calls?.map(({ error }) => error)).toEqual([undefined, "execution reverted"]);
  });

  it("E38: are bounded, say so, and leave the node as it was", async () => {
    // PUSH0 in a loop with POP: 300,000 steps with a million gas.
    const loop = fromHex("0x5b5f505f56");
    const root = await test.rpc("eth_blockNumber");
    const from = toHex(pseudonymAddress(6));
    await expect(
      test.rpc("debug_traceCall", [{ from, data: toHex(loop), gas: "0x100000" }, "latest"]),
    ).rejects.toMatchObject({ code: -32005, data: { code: "rpc/limit" } });
    const few = (await test.rpc("debug_traceCall", [
      { from, data: toHex(loop), gas: "0x10000" },
      "latest",
      { limit: 10 },
    ])) as { structLogs: unknown[] };
    expect(few.structLogs).toHaveLength(10);
    await expect(test.rpc("debug_traceTransaction", [toHex(new Uint8Array(32).fill(1))])).rejects.toMatchObject({
      code: -32001,
    });
    await expect(
      test.rpc("debug_traceCall", [{ data: "0x" }, "latest", { tracer: "{step: function() {}}" }]),
    ).rejects.toMatchObject({ code: -32602 });
    expect(await test.rpc("eth_blockNumber")).toBe(root);
  });
});
