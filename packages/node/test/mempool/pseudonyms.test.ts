import { decodeBlock, headerHash } from "@sero/execution";
import { encodeTransaction, fromHex, toHex } from "@sero/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestNode, type TestNode } from "../helpers/node.js";
import { pseudonymAddress, type FakeCall, type FakePayment, type FakePaymentInput } from "../helpers/payment.js";
import { BAD_PROOF } from "../helpers/verifier.js";

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe("pseudonyms in the pool", () => {
  let test: TestNode;
  let seed: number;
  beforeEach(async () => {
    test = await startTestNode();
    seed = 1;
  });
  afterEach(() => test.stop());

  const make = (call: FakeCall, more: Partial<FakePaymentInput> = {}): FakePayment =>
    test.pay(seed++, { call, ...more });
  const submit = ({ bytes }: FakePayment): Promise<unknown> => test.node.context.mempool.submit(bytes, "x");
  const waits = ({ txid }: FakePayment): boolean => test.node.context.mempool.get(txid) !== undefined;
  const seal = (): Promise<unknown> => test.rpc("sero_sealBlock");

  it("one transaction of a pseudonym waits; a better price takes its place, the same or a worse one does not", async () => {
    const first = make({ pseudonym: 1 }, { priceStep: 1 });
    await submit(first);
    await expect(submit(make({ pseudonym: 1 }, { priceStep: 1 }))).rejects.toEqual(code("pool/pseudonym-busy"));
    await expect(submit(make({ pseudonym: 1 }, { priceStep: 0 }))).rejects.toEqual(code("pool/pseudonym-busy"));
    const other = make({ pseudonym: 2 });
    await submit(other);
    const better = make({ pseudonym: 1 }, { priceStep: 2 });
    await submit(better);
    expect([first, other, better].map(waits)).toEqual([false, true, true]);
    // With the very notes of what it replaces, too; but with nobody else's.
    const [note, theirs] = [better, other].map(({ tx }) => tx.bundles[0]!.nullifiers[0]);
    await expect(submit(make({ pseudonym: 1 }, { priceStep: 3, nullifier: theirs! }))).rejects.toEqual(
      code("pool/nullifier-held"),
    );
    const same = make({ pseudonym: 1 }, { priceStep: 3, nullifier: note! });
    await submit(same);
    expect([better, other, same].map(waits)).toEqual([false, true, true]);
    await seal();
    expect(test.node.context.mempool.size).toBe(0);
    expect(test.node.context.store.place(same.txid)).toBeDefined();
    expect(test.node.context.store.place(better.txid)).toBeUndefined();
  });

  it("C19: a false proof takes nobody's place, whatever price it names", async () => {
    const waiting = make({ pseudonym: 1 });
    await submit(waiting);
    const rival = make({ pseudonym: 1 }, { priceStep: 5, proofByte: BAD_PROOF });
    await expect(submit(rival)).rejects.toEqual(code("tx/proof"));
    expect(waits(waiting)).toBe(true);
  });

  it("F44: what another key signed is refused, and so is a nonce that is not the next", async () => {
    const { tx } = make({ pseudonym: 1 });
    const stolen = test.pay(seed++, { call: { pseudonym: 2 } });
    expect(toHex(stolen.tx.call!.pseudonym)).not.toBe(toHex(tx.call!.pseudonym));
    const forged = forge(stolen, tx.call!.signature);
    const before = test.verifier.checked();
    await expect(test.node.context.mempool.submit(forged, "x")).rejects.toEqual(code("tx/pseudonym-signature"));
    await expect(submit(make({ pseudonym: 1, nonce: 1n }))).rejects.toEqual(code("tx/nonce"));
    expect(test.verifier.checked()).toBe(before);
    await submit(make({ pseudonym: 1 }));
    await seal();
    await expect(submit(make({ pseudonym: 1 }))).rejects.toEqual(code("tx/nonce"));
    await submit(make({ pseudonym: 1, nonce: 1n }));
  });

  it("the pending count names the nonce after the one that waits", async () => {
    const account = toHex(pseudonymAddress(1));
    await submit(make({ pseudonym: 1 }));
    expect(await test.rpc("eth_getTransactionCount", [account, "pending"])).toBe("0x1");
    expect(await test.rpc("eth_getTransactionCount", [account, "latest"])).toBe("0x0");
    await seal();
    expect(await test.rpc("eth_getTransactionCount", [account, "pending"])).toBe("0x1");
    expect(await test.rpc("eth_getTransactionCount", [account])).toBe("0x1");
  });

  it("drops what waits once another's block used its nonce", async () => {
    const elsewhere = await startTestNode();
    try {
      const [stale, other] = [make({ pseudonym: 1 }), make({ pseudonym: 2 })];
      // In this order the other's anchor is found good first, and the stale one's is the same.
      for (const payment of [other, stale]) await submit(payment);
      await elsewhere.node.context.mempool.submit(make({ pseudonym: 1 }).bytes, "x");
      await elsewhere.rpc("sero_sealBlock");
      await follow(test, elsewhere);
      expect([stale, other].map(waits)).toEqual([false, true]);
    } finally {
      await elsewhere.stop();
    }
  });

  it("one that pays for itself may have no coin of the Pool's, if its own suffices; its rest goes into the Pool", async () => {
    const own = toHex(pseudonymAddress(2));
    const itself = (more: Partial<FakePaymentInput> = {}): FakePayment => make({ pseudonym: 2, coin: 0n }, more);
    await expect(submit(itself())).rejects.toEqual(code("tx/pseudonym-balance"));
    const value = 10n ** 15n;
    await submit(make({ pseudonym: 1, calls: [{ to: pseudonymAddress(2), value, data: new Uint8Array(0) }] }));
    await seal();
    expect(await test.rpc("eth_getBalance", [own])).toBe(`0x${value.toString(16)}`);
    const first = itself();
    await submit(first);
    await expect(submit(itself())).rejects.toEqual(code("pool/pseudonym-busy"));
    await expect(submit(make({ pseudonym: 2, coin: 0n, gasLimit: 5_000_000n }, { priceStep: 3 }))).rejects.toEqual(
      code("tx/pseudonym-balance"),
    );
    await seal();
    expect(waits(first)).toBe(false);
    expect(await test.rpc("eth_getTransactionReceipt", [toHex(first.txid)])).toMatchObject({ status: "0x1" });
    expect(await test.rpc("eth_getBalance", [own])).toBe("0x0");
  });

  it("blocks count intrinsic gas and gas limit: what does not fit waits for the next", async () => {
    const gasLimit = 5_000_000n;
    const [first, second] = [make({ pseudonym: 1, gasLimit }, { priceStep: 1 }), make({ pseudonym: 2, gasLimit })];
    for (const payment of [first, second]) await submit(payment);
    await seal();
    // The first used little of its limit, so the second fits behind it.
    expect([first, second].map(waits)).toEqual([false, false]);
    await expect(submit(make({ pseudonym: 3, gasLimit: 8_000_000n }))).rejects.toEqual(code("tx/gas"));
  });
});

/** The same transaction with another pseudonym's signature. */
function forge({ tx }: FakePayment, signature: Uint8Array): Uint8Array {
  return encodeTransaction({ ...tx, call: { ...tx.call!, signature } });
}

/** Gives a node the other's newest block as its head. */
async function follow(test: TestNode, other: TestNode): Promise<void> {
  const block = decodeBlock(fromHex((await other.rpc("debug_getRawBlock", ["latest"])) as string));
  const hash = headerHash(block.header);
  const { engine } = test.node.context;
  expect((await engine.newPayload({ hash, block })).status).toBe("VALID");
  const zero = new Uint8Array(32);
  await engine.forkchoiceUpdated({ head: hash, safe: zero, finalized: zero });
}
