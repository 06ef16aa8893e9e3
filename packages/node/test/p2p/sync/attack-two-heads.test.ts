import { encodeHeader, headerHash, type Header } from "@sero/execution";
import { toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import {
  BLOCKS_PROTOCOL,
  decodeBlocksRequest,
  encodeBodyFrame,
  encodeHeadersFrame,
} from "../../../src/p2p/sync/wire.js";
import { BAN_POINTS, OFFENCE_POINTS } from "../../../src/p2p/host/settings.js";
import { PeerFault } from "../../../src/p2p/sync/ask.js";
import { openSyncPeers } from "../../../src/p2p/sync/peers.js";
import { fakeNetwork } from "../../helpers/peers.js";
import { growMany, openSyncer, type Syncer } from "./world.js";

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** A door that the test opens. */
function door() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** The headers with block `index` claiming gas that it does not use; those after it follow by hash. */
function spoilt(headers: readonly Header[], index: number): Header[] {
  const forged = headers.map((header, i) => (i === index ? { ...header, gasUsed: header.gasUsed + 1n } : header));
  for (let i = index + 1; i < forged.length; i++) {
    forged[i] = { ...forged[i]!, parentHash: headerHash(forged[i - 1]!) };
  }
  return forged;
}

describe("a head that is left while its blocks are on the way", () => {
  const open: Syncer[] = [];
  afterEach(async () => {
    for (const syncer of open.splice(0)) await syncer.stop();
  });

  /**
   * A node follows a first head and is given another, of a branch from genesis, while the first one's bodies are held back. Its only peer gives three
   * headers of the second branch, so that the two are not joined, and then the bodies of the first.
   */
  async function scene(forge: (first: readonly Header[]) => Header[]) {
    const network = fakeNetwork();
    const [full, node] = [await openSyncer(network, "full"), await openSyncer(network, "node")];
    open.push(full, node);
    const hashes = await growMany(full, 12);
    const first = forge(hashes.map((hash) => full.chain.get(hash)!.header));
    const second = await growMany(full, 40, 9, full.chain.finalized().hash);
    const [bodies, headers] = [door(), door()];
    let askedForBodies = false;
    const isFirst = new Map(first.map((header, i) => [toHex(headerHash(header)), i]));
    const isSecond = new Map(second.map((hash, i) => [toHex(hash), i]));
    const branch = second.map((hash) => full.chain.get(hash)!.header);
    const peer = network.host("peer", { headNumber: 40n });
    peer.answer(BLOCKS_PROTOCOL, { maxRequestBytes: 1 << 16, perPeer: 9, perMinute: 999 }, async function* (bytes) {
      const request = decodeBlocksRequest(bytes);
      if (request.kind === "headers") {
        const [a, b] = [isFirst.get(toHex(request.hash)), isSecond.get(toHex(request.hash))];
        if (b !== undefined && b !== 39) await headers.opened;
        const down = a === undefined ? branch.slice(0, (b ?? -1) + 1) : first.slice(0, a + 1);
        const most = b === 39 ? 3 : request.count;
        if (down.length > 0) yield encodeHeadersFrame(down.reverse().slice(0, most).map(encodeHeader));
        return;
      }
      for (const hash of request.hashes) {
        const i = isFirst.get(toHex(hash));
        if (i !== undefined) {
          askedForBodies = true;
          await bodies.opened;
        }
        yield encodeBodyFrame(full.store.body(i === undefined ? hash : hashes[i]!));
      }
    });
    network.connect(node.host, peer);
    node.name(headerHash(first[11]!));
    await until(() => askedForBodies);
    node.name(second[39]!, second[38]!);
    await until(() => node.store.environment.skeleton.getKeysCount() === 15);
    bodies.open();
    return { node, second, headers };
  }

  it("G50: nothing of a branch that was left becomes final because of what the new head calls final", async () => {
    const { node, second, headers } = await scene((first) => [...first]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(node.imports.filter(({ isFinal }) => isFinal)).toEqual([]);
    headers.open();
    await node.has(second[39]!);
    expect(node.lines.map(({ event }) => event)).not.toContain("sync/other-chain");
  });

  it("G50: an invalid block of a branch that was left condemns nothing of the new head", async () => {
    const { node, second, headers } = await scene((first) => spoilt(first, 4));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(node.condemned).toEqual([]);
    headers.open();
    await node.has(second[39]!);
    expect(node.condemned).toEqual([]);
  });
});

describe("a peer on another branch", () => {
  it("G50: is not banned for not having the bodies of ours, however long it is asked", async () => {
    const network = fakeNetwork();
    const [node, other] = [network.host("node"), network.host("other", { headNumber: 1_000n })];
    network.connect(node, other);
    let clock = 0;
    const peers = openSyncPeers(node, () => clock);
    for (let i = 0; i < 200; i++, clock += 31_000) await peers.ask({ body: 7n }, () => Promise.resolve(undefined));
    expect(node.penalties.length).toBeGreaterThan(0);
    const points = node.penalties.reduce((sum, { offence }) => sum + OFFENCE_POINTS[offence], 0);
    expect(points).toBeLessThan(BAN_POINTS / 2);
  });
});

describe("peers that say nothing", () => {
  it("G50: are asked again only after those that answer", async () => {
    const network = fakeNetwork();
    const node = network.host("node");
    const silent = ["silent-1", "silent-2", "silent-3"].map((name) => network.host(name, { headNumber: 1_000n }));
    const honest = network.host("honest", { headNumber: 1_000n });
    for (const peer of [...silent, honest]) network.connect(node, peer);
    let clock = 0;
    const peers = openSyncPeers(node, () => clock);
    let wasted = 0;
    for (let i = 0; i < 50; i++) {
      const answer = await peers.ask({}, async (peer) => {
        clock += peer === honest.id ? 200 : 30_000;
        if (peer === honest.id) return Promise.resolve(true);
        wasted++;
        throw new PeerFault("sync/slow", "minor");
      });
      expect(answer).toBe(true);
      clock += 31_000;
    }
    // Each once, before anybody was known.
    expect(wasted).toBe(3);
  });
});
