import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startWatch, type Watch } from "../../src/load/watch.js";

interface Block {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly transactions: readonly string[];
}

const hashOf = (name: string): string => `0x${Buffer.from(name).toString("hex").padStart(64, "0")}`;

/** A chain from names of blocks, each with one transaction that is called as the block is. */
const chainOf = (...names: readonly string[]): Block[] =>
  names.map((name, i) => ({
    number: `0x${i.toString(16)}`,
    hash: hashOf(name),
    parentHash: i === 0 ? hashOf("none") : hashOf(names[i - 1]!),
    transactions: [name],
  }));

/** A node that serves whatever chain it is given. */
async function fakeNode(chain: Block[]): Promise<{ readonly port: number; chain: Block[]; readonly server: Server }> {
  const node = { port: 0, chain, server: createServer() };
  node.server.on("request", (request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const { method, params } = JSON.parse(text) as { method: string; params: string[] };
      const head = node.chain.at(-1)!;
      const named = { latest: head, finalized: node.chain[0] }[params[0] ?? ""];
      const block = named ?? node.chain.find(({ number, hash }) => number === params[0] || hash === params[0]);
      response.end(JSON.stringify({ result: method === "eth_blockNumber" ? head.number : (block ?? null) }));
    });
  });
  await new Promise<void>((resolve) => node.server.listen(0, "127.0.0.1", resolve));
  return Object.assign(node, { port: (node.server.address() as AddressInfo).port });
}

const open: { watch?: Watch; servers: Server[] } = { servers: [] };
afterEach(() => {
  open.watch?.stop();
  for (const server of open.servers.splice(0)) server.close();
});

async function watched(...chains: Block[][]) {
  const nodes = await Promise.all(chains.map(fakeNode));
  open.servers.push(...nodes.map(({ server }) => server));
  const watch = startWatch(nodes.map(({ port }) => port));
  open.watch = watch;
  return { nodes, watch };
}

describe("the watch over nodes", () => {
  it("counts what is in the chains of all nodes, and not what a reorganisation took back", async () => {
    const { nodes, watch } = await watched(chainOf("g", "a", "b"), chainOf("g", "a"));
    await expect.poll(() => watch.heads()).toEqual([2, 1]);
    expect(watch.minedEverywhere("a")).toBeGreaterThan(0);
    expect(watch.minedEverywhere("b")).toBeUndefined();
    nodes[1]!.chain = chainOf("g", "a", "b");
    await expect.poll(() => watch.minedEverywhere("b")).toBeGreaterThan(0);

    nodes[0]!.chain = chainOf("g", "x", "y", "z");
    await expect.poll(() => watch.heads()).toEqual([3, 2]);
    expect(["a", "b", "x"].map((txid) => watch.minedEverywhere(txid))).toEqual([undefined, undefined, undefined]);
    expect(watch.minedAt(0)).toBe(4);
    nodes[1]!.chain = chainOf("g", "x", "y", "z");
    await expect.poll(() => watch.minedEverywhere("x")).toBeGreaterThan(0);
  });

  it("takes for agreed what all have two blocks below the lowest head", async () => {
    const { nodes, watch } = await watched(chainOf("g", "a", "b", "c", "d"), chainOf("g", "a", "b", "c"));
    expect([...(await watch.agreed())]).toEqual([
      ["g", 0],
      ["a", 1],
    ]);
    nodes[1]!.chain = chainOf("g", "x", "b", "c");
    await expect(watch.agreed()).rejects.toThrow("different blocks at height 1");
  });
});
