import { rmSync } from "node:fs";
import { toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { recomputedRoot } from "../../helpers/chain.js";
import { startTestNode, temporaryDirectory, testSpec, type TestNode } from "../../helpers/node.js";

const spec = testSpec();

describe("nodes on loopback", () => {
  const nodes: TestNode[] = [];
  const directories: string[] = [];
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.stop();
    for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
  });

  async function started(options: Parameters<typeof startTestNode>[0]): Promise<TestNode> {
    const node = await startTestNode({ spec, ...options });
    nodes.push(node);
    return node;
  }
  const listen = ["/ip4/127.0.0.1/tcp/0"];

  /** What a consensus client does that follows the network: it names head and finalized block, again and again. */
  async function followed(node: TestNode, source: TestNode): Promise<void> {
    const { chain } = source.node.context;
    for (;;) {
      const head = chain.head().hash;
      const state = { head, safe: chain.safe().hash, finalized: chain.finalized().hash };
      const { status } = await node.node.context.engine.forkchoiceUpdated(state);
      if (status.status === "VALID" && toHex(node.node.context.chain.head().hash) === toHex(head)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it("an emptied node catches up by block ranges, shows how far it is, and follows on", async () => {
    const full = await started({ p2p: { listen, bootstrap: [] } });
    for (let i = 0; i < 12; i++) {
      await full.rpc("eth_sendRawTransaction", [toHex(full.pay(i + 1).bytes)]);
      await full.rpc("sero_sealBlock", ["0x5"]);
    }
    const bootstrap = [...full.node.context.peers!.addresses()];
    const dataDir = temporaryDirectory();
    directories.push(dataDir);
    const fresh = await started({ dataDir, p2p: { listen, bootstrap }, sealer: undefined as never });
    expect(await fresh.rpc("eth_syncing")).toBe(false);
    const { chain } = full.node.context;
    const wanted = { head: chain.head().hash, safe: chain.safe().hash, finalized: chain.finalized().hash };
    const first = await fresh.node.context.engine.forkchoiceUpdated(wanted);
    expect(first.status.status).toBe("SYNCING");
    const shown = new Set<string>();
    const watch = setInterval(() => {
      const progress = fresh.node.context.sync!.progress();
      if (progress) shown.add(progress.highestBlock.toString());
    }, 1);
    await followed(fresh, full);
    clearInterval(watch);
    expect(shown).toContain("60");
    expect(await fresh.rpc("eth_syncing")).toBe(false);
    expect(await fresh.rpc("eth_blockNumber")).toBe("0x3c");
    const { store } = fresh.node.context;
    expect(toHex(recomputedRoot(store, fresh.node.context.chain))).toBe(toHex(chain.head().header.stateRoot));
    // Only what is not final has a layer.
    expect(store.layers()).toHaveLength(Number(chain.head().number - chain.finalized().number));
    await full.rpc("sero_sealBlock", ["0x3"]);
    await followed(fresh, full);
    expect(await fresh.rpc("eth_blockNumber")).toBe("0x3f");
    expect(full.node.context.peers!.points(fresh.node.context.peers!.id)).toBe(0);
  });

  it("without finality the head moves along with the blocks that come", async () => {
    const full = await started({ p2p: { listen, bootstrap: [] } });
    await full.rpc("sero_sealBlock", ["0x28"]);
    const bootstrap = [...full.node.context.peers!.addresses()];
    const fresh = await started({ p2p: { listen: [], bootstrap }, sealer: undefined as never });
    const { engine, chain } = fresh.node.context;
    const numbers: bigint[] = [];
    chain.onHead(({ head }) => void numbers.push(head.number));
    const zero = new Uint8Array(32);
    const { hash } = full.node.context.chain.head();
    await engine.forkchoiceUpdated({ head: hash, safe: zero, finalized: zero });
    while (toHex(chain.head().hash) !== toHex(hash)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(numbers.length).toBeGreaterThan(1);
    expect(numbers).toEqual([...numbers].sort((a, b) => Number(a - b)));
    expect(numbers.at(-1)).toBe(40n);
    expect(chain.finalized().number).toBe(0n);
    expect(fresh.node.context.store.layers()).toHaveLength(40);
  });
});
