import { encodeHeader, headerHash } from "@sero/execution";
import { toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import {
  BLOCKS_PROTOCOL,
  decodeBlocksRequest,
  encodeBodyFrame,
  encodeHeadersFrame,
} from "../../../src/p2p/sync/wire.js";
import { recomputedRoot } from "../../helpers/chain.js";
import { fakeNetwork } from "../../helpers/peers.js";
import { growMany, openSyncer, type Syncer } from "./world.js";

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe("syncing branches", () => {
  const open: Syncer[] = [];
  afterEach(async () => {
    for (const syncer of open.splice(0)) await syncer.stop();
  });
  const opened = async (...args: Parameters<typeof openSyncer>): Promise<Syncer> => {
    const syncer = await openSyncer(...args);
    open.push(syncer);
    return syncer;
  };

  it("a long side branch becomes the chain, from where it leaves", async () => {
    const network = fakeNetwork();
    const [full, node] = [await opened(network, "full"), await opened(network, "node")];
    const first = await growMany(full, 20);
    network.connect(node.host, full.host);
    node.name(first[19]!, first[4]!);
    await node.has(first[19]!);
    node.chain.setForkchoice({ head: first[19]!, safe: undefined, finalized: undefined });
    const side = await growMany(full, 70, 9, first[6]!);
    node.name(side[69]!, side[39]!);
    await node.has(side[69]!);
    // What the consensus client calls final now was another branch's before.
    expect(toHex(node.chain.finalized().hash)).toBe(toHex(side[39]!));
    node.chain.setForkchoice({ head: side[69]!, safe: undefined, finalized: undefined });
    expect(node.chain.get(first[19]!)).toBeUndefined();
    expect(toHex(recomputedRoot(node.store, node.chain))).toBe(toHex(full.chain.head().header.stateRoot));
    expect(node.imports.length).toBe(20 + 70);
  });

  it("a head that leaves below what is final is not followed, and the operator is told", async () => {
    const network = fakeNetwork();
    const [full, node] = [await opened(network, "full"), await opened(network, "node")];
    const first = await growMany(full, 30);
    network.connect(node.host, full.host);
    node.name(first[29]!, first[20]!);
    await node.has(first[29]!);
    const side = await growMany(full, 40, 9, first[10]!);
    node.name(side[39]!);
    await until(() => node.lines.some(({ event }) => event === "sync/other-chain"));
    expect(node.store.environment.skeleton.getKeysCount()).toBe(0);
    // It is not tried again and again, and a head of the right chain is followed as before.
    const more = await growMany(full, 3, 3, first[29]!);
    node.name(more[2]!);
    await node.has(more[2]!);
    expect(node.lines.filter(({ event }) => event === "sync/other-chain")).toHaveLength(1);
    expect(full.host.penalties).toEqual([]);
  });

  it("an invalid block on the way: what descends from it is condemned, nobody is blamed", async () => {
    const network = fakeNetwork();
    const [full, node] = [await opened(network, "full"), await opened(network, "node")];
    const hashes = await growMany(full, 30);
    // A chain whose tenth block claims gas that it does not use; those after it follow by hash.
    const headers = hashes.map((hash) => full.chain.get(hash)!.header);
    const forged = headers.map((header, i) => (i === 10 ? { ...header, gasUsed: header.gasUsed + 1n } : header));
    for (let i = 11; i < forged.length; i++) forged[i] = { ...forged[i]!, parentHash: headerHash(forged[i - 1]!) };
    const byHash = new Map(forged.map((header, i) => [toHex(headerHash(header)), i]));
    const liar = network.host("liar", { headNumber: 30n });
    liar.answer(BLOCKS_PROTOCOL, { maxRequestBytes: 1 << 16, perPeer: 9, perMinute: 999 }, async function* (bytes) {
      const request = decodeBlocksRequest(bytes);
      if (request.kind === "headers") {
        const from = byHash.get(toHex(request.hash)) ?? -1;
        const down = forged
          .slice(0, from + 1)
          .reverse()
          .map(encodeHeader)
          .slice(0, 64);
        if (down.length > 0) yield await Promise.resolve(encodeHeadersFrame(down));
        return;
      }
      for (const hash of request.hashes) {
        const i = byHash.get(toHex(hash));
        yield encodeBodyFrame(i === undefined ? undefined : full.store.body(hashes[i]!));
      }
    });
    network.connect(node.host, liar);
    const head = headerHash(forged[29]!);
    node.name(head);
    await until(() => node.condemned.length > 0);
    expect(node.condemned[0]).toBe(toHex(head));
    expect(node.condemned).toHaveLength(19);
    expect(node.chain.get(hashes[9]!)).toBeDefined();
    expect(node.host.penalties).toEqual([]);
    expect(node.lines.map(({ event }) => event)).toContain("sync/invalid-block");
    await until(() => node.store.environment.skeleton.getKeysCount() === 0);
  });

  it("peers that have thrown bodies away are not asked for them; without another the operator is told what to do", async () => {
    const network = fakeNetwork();
    const pruned = await opened(network, "pruned", { status: { oldestBody: 11n, headNumber: 40n } });
    const [full, node] = [await opened(network, "full"), await opened(network, "node")];
    const hashes = await growMany(pruned, 40);
    await growMany(full, 40);
    pruned.chain.setForkchoice({ head: hashes[39]!, safe: hashes[19]!, finalized: hashes[19]! });
    pruned.store.prune(11n, 100);
    network.connect(node.host, pruned.host);
    node.name(hashes[39]!, hashes[29]!);
    await until(() => node.lines.some(({ event }) => event === "sync/pruned"));
    expect(node.lines.find(({ event }) => event === "sync/pruned")?.message).toContain("snapshot");
    expect(node.chain.get(hashes[0]!)).toBeUndefined();
    network.connect(node.host, full.host);
    await node.has(hashes[39]!);
    expect(node.host.penalties).toEqual([]);
  });

  it("waits for peers that come later, and for a block that they have not yet", async () => {
    const network = fakeNetwork();
    const [full, node] = [await opened(network, "full"), await opened(network, "node")];
    const hashes = await growMany(full, 10);
    const later = await full.grow(hashes[9]!, []);
    // The consensus client is ahead of the peer.
    const header = full.store.header(later.hash)!;
    full.store.environment.headers.removeSync(later.hash);
    node.name(later.hash);
    await new Promise((resolve) => setTimeout(resolve, 50));
    network.connect(node.host, full.host);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(node.chain.head().number).toBe(0n);
    full.store.environment.headers.putSync(later.hash, header);
    await node.has(later.hash);
    expect(node.host.penalties).toEqual([]);
  });
});
