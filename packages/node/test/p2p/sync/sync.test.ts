import { afterEach, describe, expect, it } from "vitest";
import { toHex } from "@sero/protocol";
import { recomputedRoot } from "../../helpers/chain.js";
import { temporaryDirectory } from "../../helpers/node.js";
import { fakeNetwork } from "../../helpers/peers.js";
import { growMany, openSyncer, type Syncer } from "./world.js";

describe("syncing from peers", () => {
  const open: Syncer[] = [];
  afterEach(async () => {
    for (const syncer of open.splice(0)) await syncer.stop();
  });
  const opened = async (...args: Parameters<typeof openSyncer>): Promise<Syncer> => {
    const syncer = await openSyncer(...args);
    open.push(syncer);
    return syncer;
  };

  it("an emptied node follows to the head; what is below the finalized block becomes final at once", async () => {
    const network = fakeNetwork();
    const [full, fresh] = [await opened(network, "full"), await opened(network, "fresh")];
    const hashes = await growMany(full, 90);
    network.connect(fresh.host, full.host);
    fresh.name(hashes[89]!, hashes[69]!);
    await fresh.has(hashes[89]!);
    expect(fresh.imports.map(({ number }) => number)).toEqual(hashes.map((_, i) => BigInt(i + 1)));
    expect(fresh.imports.filter(({ isFinal }) => isFinal)).toHaveLength(70);
    expect(fresh.chain.finalized().number).toBe(70n);
    expect(fresh.store.layers()).toHaveLength(20);
    fresh.chain.setForkchoice({ head: hashes[89]!, safe: undefined, finalized: undefined });
    expect(toHex(recomputedRoot(fresh.store, fresh.chain))).toBe(toHex(full.chain.head().header.stateRoot));
    expect(fresh.sync.progress()).toBeUndefined();
    expect(fresh.store.environment.skeleton.getKeysCount()).toBe(0);
    expect(full.host.penalties).toEqual([]);
    expect(fresh.host.penalties).toEqual([]);
  });

  it("goes on to heads that are named meanwhile, and across a reorganisation", async () => {
    const network = fakeNetwork();
    const [full, fresh] = [await opened(network, "full"), await opened(network, "fresh")];
    const first = await growMany(full, 40);
    network.connect(fresh.host, full.host);
    fresh.name(first[39]!);
    await fresh.has(first[9]!);
    const more = await growMany(full, 5);
    fresh.name(more[4]!);
    await fresh.has(more[4]!);
    const other = await growMany(full, 20, 7, first[29]!);
    fresh.name(other[19]!);
    await fresh.has(other[19]!);
    fresh.chain.setForkchoice({ head: other[19]!, safe: undefined, finalized: undefined });
    expect(toHex(recomputedRoot(fresh.store, fresh.chain))).toBe(toHex(full.chain.head().header.stateRoot));
  });

  it("goes on where it was after a stop in the middle of the headers", async () => {
    const network = fakeNetwork();
    const directory = temporaryDirectory();
    const full = await opened(network, "full");
    const hashes = await growMany(full, 60);
    const first = await openSyncer(network, "fresh", { directory });
    // Headers are there, bodies are not.
    full.store.environment.bodies.clearSync();
    network.connect(first.host, full.host);
    first.name(hashes[59]!);
    while (first.sync.progress()?.headersLeft !== 0n) await new Promise((resolve) => setTimeout(resolve, 10));
    while (first.store.environment.skeleton.getKeysCount() < 60)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await first.stop();
    const again = await opened(network, "fresh", { directory });
    expect(again.sync.progress()).toMatchObject({ currentBlock: 0n, highestBlock: 60n, headersLeft: 0n });
  });
});
