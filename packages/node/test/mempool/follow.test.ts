import { decodeBlock, headerHash } from "@sero/execution";
import { fromHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { startTestNode, type TestNode } from "../helpers/node.js";

describe("the pool behind another's blocks", () => {
  const open: TestNode[] = [];
  afterEach(async () => {
    for (const test of open.splice(0)) await test.stop();
  });

  it("A9: what another's block spends leaves the pool, and the rest stays", async () => {
    const [own, other] = [await startTestNode(), await startTestNode()];
    open.push(own, other);
    const { mempool, engine, chain } = own.node.context;
    const [first, second, third] = [own.pay(1), own.pay(2), own.pay(3)];
    for (const { bytes } of [first, second, third]) await mempool.submit(bytes, "x");
    // Elsewhere the same notes went to somebody else, and the third payment was mined as it is.
    const rivals = [first, second].map(({ tx }, i) => other.pay(10 + i, { nullifier: tx.bundles[0]!.nullifiers[i]! }));
    for (const { bytes } of [rivals[0]!, rivals[1]!]) await other.node.context.mempool.submit(bytes, "x");
    const fourth = own.pay(4);
    await mempool.submit(fourth.bytes, "x");
    await other.node.context.mempool.submit(third.bytes, "x");
    await other.rpc("sero_sealBlock");
    const block = decodeBlock(fromHex((await other.rpc("debug_getRawBlock", ["latest"])) as string));
    const hash = headerHash(block.header);
    expect((await engine.newPayload({ hash, block })).status).toBe("VALID");
    const zero = new Uint8Array(32);
    await engine.forkchoiceUpdated({ head: hash, safe: zero as never, finalized: zero as never });
    expect(chain.head().hash).toEqual(hash);
    expect([first, second, third, fourth].map(({ txid }) => mempool.get(txid) !== undefined)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});
