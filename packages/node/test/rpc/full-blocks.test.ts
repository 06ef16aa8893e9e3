import { rmSync } from "node:fs";
import type { TxId } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { encodePoolEvents, type PoolEvent } from "../../src/store/events.js";
import { openTestChain } from "../helpers/chain.js";
import { startTestNode, temporaryDirectory, testSpec } from "../helpers/node.js";

const directories: string[] = [];
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** So many of one kind, as a block full of them leaves them in the store. */
const many = (count: number, name: "registered" | "transferred"): PoolEvent[] =>
  Array.from({ length: count }, (_, logIndex) => ({
    name,
    txid: new Uint8Array(32).fill(1) as TxId,
    logIndex,
    words: new Uint8Array(32 * (name === "registered" ? 4 : 3)).fill(logIndex & 255),
  }));

describe("blocks full of registrations and packages", () => {
  it("D29: a single block is answered whole, whatever it holds; more blocks with too much are to be asked in smaller ranges", async () => {
    const dataDir = temporaryDirectory();
    directories.push(dataDir);
    const { chain, store, grow } = await openTestChain({ directory: dataDir });
    for (const count of [3_000, 3_000, 10_001]) {
      const { hash } = await grow(chain.head().hash, []);
      chain.setForkchoice({ head: hash, safe: undefined, finalized: undefined });
      const events = [...many(count, "registered"), ...many(count, "transferred")];
      store.environment.write(() => store.environment.events.putSync(hash, encodePoolEvents(events)));
    }
    await store.close();
    const node = await startTestNode({ dataDir, spec: testSpec() });
    for (const method of ["sero_assets", "sero_packages"]) {
      // Each block holds as many of the other kind, which have to be read too.
      const limit = { code: -32005, data: { code: "rpc/limit" } };
      await expect(node.rpc(method, ["0x1", "0x2"])).rejects.toMatchObject(limit);
      await expect(node.rpc(method, ["0x0", "0xffff"])).rejects.toMatchObject(limit);
      expect(await node.rpc(method, ["0x0", "0x1"])).toHaveLength(3_000);
      expect(await node.rpc(method, ["0x2", "0x2"])).toHaveLength(3_000);
      expect(await node.rpc(method, ["0x3", "0x3"])).toHaveLength(10_001);
      // What is behind the head does not count.
      expect(await node.rpc(method, ["0x3", "0x4"])).toHaveLength(10_001);
    }
    await node.stop();
  });
});
