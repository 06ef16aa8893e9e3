import { RPC } from "@libp2p/gossipsub/message";
import { forkSchedule, toHex } from "@sero/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PeerHost, PeerId } from "../../src/p2p/host/types.js";
import type { DandelionSettings } from "../../src/p2p/relay/index.js";
import { startTestNode, type TestNode } from "../helpers/node.js";
import { addressOf, cleanup, directory, host, until } from "./host/hosts.js";

/** Long enough for a look at a node while it stems, on a busy machine too. */
const HOP_MS = 1_200;

const hostOf = ({ node }: TestNode): PeerHost => {
  const { peers } = node.context;
  if (!peers) throw new Error("The node keeps to itself.");
  return peers;
};

/** A node that dials nobody by itself but `next`, so that a test knows who is connected to whom. */
async function node(next: PeerHost | undefined, dandelion: Partial<DandelionSettings> = {}): Promise<TestNode> {
  const made = await startTestNode({
    dataDir: directory(),
    p2p: {
      listen: ["/ip4/127.0.0.1/tcp/0"],
      bootstrap: next ? [addressOf(next)] : [],
      limits: { redialMs: 200, maxOutbound: next ? 1 : 0 },
      relay: {
        dandelion: { fluffProbability: 0, hopMs: [HOP_MS, HOP_MS], embargoMs: 1e9, epochMs: 1e9, ...dandelion },
      },
    },
  });
  cleanup(() => made.stop());
  return made;
}

interface Spy {
  readonly host: PeerHost;
  readonly stems: { readonly from: PeerId; readonly message: string }[];
  readonly gossip: { readonly from: PeerId; readonly message: string }[];
}

/** A host that writes down all that it is given, and passes nothing on. */
async function spyOn({ node: { context } }: TestNode): Promise<Spy> {
  const { genesisHash, spec } = context;
  const forkId = forkSchedule(spec, genesisHash).at(spec.genesisTime);
  const status = () => ({ headNumber: 0n, headHash: genesisHash, oldestBody: 0n, forkId });
  const made = await host({ genesisHash, chainId: spec.chainId, status });
  const spy: Spy = { host: made, stems: [], gossip: [] };
  made.receive("stem/1", { maxBytes: 200_000, perMinute: 1000 }, (message, { id }) => {
    spy.stems.push({ from: id, message: toHex(message) });
  });
  made.topic("transactions/1", {
    maxBytes: 200_000,
    async validate(message, { id }) {
      spy.gossip.push({ from: id, message: toHex(message) });
      return "ignore";
    },
  });
  return spy;
}

const knows = (test: TestNode, txid: Uint8Array): boolean => test.node.context.mempool.get(txid) !== undefined;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Gossip links are made once a second. */
const MESH_MS = 2_500;

afterEach(() => vi.restoreAllMocks());

describe("transactions among nodes on loopback", () => {
  it("G48: the node of a transaction's sender is not the one that makes it public, shows it to nobody before, and no message names a sender", async () => {
    const messages: { readonly from?: unknown; readonly seqno?: unknown; readonly signature?: unknown }[] = [];
    const encode = RPC.encode;
    vi.spyOn(RPC, "encode").mockImplementation((rpc) => {
      messages.push(...(rpc.messages ?? []));
      return encode(rpc);
    });
    // origin -> b -> c -> end -> origin; the end is a diffuser.
    const end = await node(undefined, { fluffProbability: 1 });
    const c = await node(hostOf(end));
    const b = await node(hostOf(c));
    const origin = await node(hostOf(b));
    const all = [origin, b, c, end];
    const spy = await spyOn(origin);
    for (const each of all) await spy.host.dial(addressOf(hostOf(each)));
    await until(
      () =>
        spy.host.peers().length === 4 &&
        hostOf(origin)
          .peers()
          .some(({ outbound }) => outbound),
    );
    await pause(MESH_MS);

    const filters = await Promise.all(all.map((each) => each.rpc("eth_newPendingTransactionFilter")));
    const tx = origin.pay(1, { call: { pseudonym: 1 } });
    const txid = toHex(tx.txid);
    expect(await origin.rpc("eth_sendRawTransaction", [toHex(tx.bytes)])).toBe(txid);
    const visible = async (each: TestNode, filter: unknown): Promise<unknown> => [
      await each.rpc("eth_getTransactionByHash", [txid]),
      await each.rpc("eth_getFilterChanges", [filter]),
      await each.rpc("eth_getTransactionCount", [toHex(tx.tx.call!.pseudonym), "pending"]),
      each.node.context.mempool.size,
      await each.rpc("eth_sendRawTransaction", [toHex(each.pay(2).bytes)]).then(() => "taken"),
    ];
    const hidden = [null, [], "0x0", 0, "taken"];
    expect(await visible(origin, filters[0])).toEqual(hidden);
    expect(await visible(b, filters[1])).toEqual(hidden);
    expect(spy.gossip).toEqual([]);

    await until(() => all.every((each) => knows(each, tx.txid)));
    await until(() => spy.gossip.some(({ message }) => message === toHex(tx.bytes)));
    const first = spy.gossip.find(({ message }) => message === toHex(tx.bytes));
    expect(first?.from).not.toBe(hostOf(origin).id);
    // Nobody dialled the spy: it is nobody's successor.
    expect(spy.stems).toEqual([]);
    expect(await origin.rpc("eth_getTransactionByHash", [txid])).toMatchObject({ hash: txid, blockNumber: null });
    expect(messages.length).toBeGreaterThan(0);
    for (const { from, seqno, signature } of messages)
      expect([from, seqno, signature]).toEqual([undefined, undefined, undefined]);
  });

  it("G48: what a spy as successor swallows is public when the embargo ends, and the stem message is the bytes alone", async () => {
    const b = await node(undefined);
    const spy = await spyOn(b);
    const origin = await node(spy.host, { hopMs: [1, 1], embargoMs: 5_000 });
    await hostOf(b).dial(addressOf(hostOf(origin)));
    await until(() => hostOf(origin).peers().length === 2);
    await pause(MESH_MS);
    const tx = origin.pay(1);
    await origin.rpc("eth_sendRawTransaction", [toHex(tx.bytes)]);
    await until(() => spy.stems.length === 1);
    expect(spy.stems).toEqual([{ from: hostOf(origin).id, message: toHex(tx.bytes) }]);
    await until(() => knows(b, tx.txid) && knows(origin, tx.txid), 40_000);
    expect(spy.stems).toHaveLength(1);
  });

  it("a transaction that came while nobody was connected is stemmed when an outbound peer comes", async () => {
    const origin = await node(undefined);
    const spy = await spyOn(origin);
    const tx = origin.pay(1);
    await origin.rpc("eth_sendRawTransaction", [toHex(tx.bytes)]);
    expect(knows(origin, tx.txid)).toBe(true);
    await hostOf(origin).dial(addressOf(spy.host));
    await until(() => spy.stems.length === 1);
    expect(spy.stems[0]?.message).toBe(toHex(tx.bytes));
    await pause(MESH_MS);
    expect(spy.gossip).toEqual([]);
  });

  it("G50: a peer that stems or gossips false transactions is banned by points; one that sends what is stale is not", async () => {
    const target = await node(undefined);
    const [bad, stale] = [await spyOn(target), await spyOn(target)];
    for (const { host: each } of [bad, stale]) await each.dial(addressOf(hostOf(target)));
    await until(() => hostOf(target).peers().length === 2);
    for (let i = 0; i < 4; i++) {
      await stale.host.send(hostOf(target).id, "stem/1", target.pay(10 + i, { anchor: 5n }).bytes);
    }
    for (let i = 0; i < 4; i++) {
      await bad.host
        .send(hostOf(target).id, "stem/1", target.pay(20 + i, { proofByte: 0xbd }).bytes)
        .catch(() => undefined);
    }
    await until(() => hostOf(target).peers().length === 1);
    expect(hostOf(target).peers()[0]?.id).toBe(stale.host.id);
    expect(hostOf(target).points(stale.host.id)).toBe(0);
  });
});
