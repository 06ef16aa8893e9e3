import { keccak256 } from "@sero/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestNode, type TestNode } from "../helpers/node.js";
import { BAD_PROOF } from "../helpers/verifier.js";

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe("checked without being taken in", () => {
  let test: TestNode;
  beforeEach(async () => {
    test = await startTestNode();
  });
  afterEach(() => test.stop());

  it("G48: what is only checked is seen by nobody; what is inserted afterwards is not verified again", async () => {
    const { mempool } = test.node.context;
    const news: unknown[] = [];
    mempool.onTransaction((entry) => news.push(entry));
    const payment = test.pay(1);
    const checked = await mempool.check(payment.bytes, "stem");
    expect(checked.txid).toEqual(payment.txid);
    expect([mempool.size, mempool.bytes, news.length, mempool.candidates(10n ** 9n).length]).toEqual([0, 0, 0, 0]);
    expect(mempool.get(payment.txid)).toBeUndefined();
    expect(mempool.verified(keccak256(payment.bytes))).toBeUndefined();
    // A rival of it is not told that there is one, and the same bytes are verified as if they had never been here.
    const rival = test.pay(2, { nullifier: payment.tx.bundles[0]!.nullifiers[0]! });
    expect((await mempool.check(rival.bytes, "probe")).txid).toEqual(rival.txid);
    const before = test.verifier.checked();
    expect((await mempool.check(payment.bytes, "probe")).txid).toEqual(payment.txid);
    expect(test.verifier.checked()).toBe(before + 1);
    expect(mempool.insertChecked(checked)).toEqual(payment.txid);
    expect(mempool.insertChecked(checked)).toEqual(payment.txid);
    expect([mempool.size, news.length, test.verifier.checked()]).toEqual([1, 1, before + 1]);
    expect(mempool.verified(keccak256(payment.bytes))).toBe(checked);
  });

  it("what became void since is not inserted; what this pool did not check never is", async () => {
    const { mempool } = test.node.context;
    const [payment, other] = [test.pay(1), test.pay(2)];
    const checked = await mempool.check(payment.bytes, "stem");
    const rival = test.pay(3, { nullifier: payment.tx.bundles[0]!.nullifiers[0]! });
    await mempool.submit(rival.bytes, "x");
    expect(() => mempool.insertChecked(checked)).toThrow(code("pool/nullifier-held") as Error);
    await test.rpc("sero_sealBlock");
    expect(() => mempool.insertChecked(checked)).toThrow(code("tx/spent") as Error);
    await expect(mempool.check(rival.bytes, "stem")).rejects.toEqual(code("pool/mined"));
    const foreign = await mempool.check(other.bytes, "stem");
    expect(() => mempool.insertChecked({ ...foreign })).toThrow(code("pool/unchecked") as Error);
  });

  it("C19: a false one is refused, and a copy of what waits is answered with what waits", async () => {
    const { mempool } = test.node.context;
    await expect(mempool.check(test.pay(1, { proofByte: BAD_PROOF }).bytes, "stem")).rejects.toEqual(code("tx/proof"));
    const payment = test.pay(1);
    await mempool.submit(payment.bytes, "x");
    const before = test.verifier.checked();
    const copy = await mempool.check(test.pay(1, { proofByte: 9 }).bytes, "stem");
    expect(copy.bytes).toEqual(payment.bytes);
    expect(mempool.insertChecked(copy)).toEqual(payment.txid);
    expect(test.verifier.checked()).toBe(before);
  });
});
