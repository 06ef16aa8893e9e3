import { describe, expect, it } from "vitest";
import type { Peer, PeerHost } from "../../../src/p2p/host/types.js";
import { addressOf, host, until } from "./hosts.js";

const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill);

async function collect(frames: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

async function pair(): Promise<readonly [PeerHost, PeerHost]> {
  const [a, b] = [await host(), await host()];
  await a.dial(addressOf(b));
  await until(() => b.peers().length === 1);
  return [a, b];
}

describe("hosts that talk", () => {
  it("shake hands and know each other's status", async () => {
    const [a, b] = await pair();
    expect(a.peers()).toMatchObject([{ id: b.id, outbound: true, status: { headNumber: 5n, chainId: 1337n } }]);
    expect(b.peers()).toMatchObject([{ id: a.id, outbound: false }]);
    expect((await b.refresh(a.id)).headNumber).toBe(5n);
  });

  it("answer requests with many frames, larger than a window", async () => {
    const [a, b] = await pair();
    b.answer("blocks/1", { maxRequestBytes: 10, perPeer: 2, perMinute: 60 }, async function* (request) {
      for (let i = 0; i < 20; i++) yield bytes(100_000, (request[0] ?? 0) + i);
    });
    const frames = await collect(
      a.request(b.id, "blocks/1", bytes(1, 3), { maxFrameBytes: 200_000, timeoutMs: 5_000 }),
    );
    expect(frames.length).toBe(20);
    expect(frames[19]).toEqual(bytes(100_000, 22));
  });

  it("send messages that need no answer", async () => {
    const [a, b] = await pair();
    const got: { message: Uint8Array; from: Peer }[] = [];
    b.receive("stem/1", { maxBytes: 300_000, perMinute: 1_000 }, (message, from) => got.push({ message, from }));
    for (let i = 0; i < 50; i++) await a.send(b.id, "stem/1", bytes(i === 7 ? 290_000 : 50, i));
    await until(() => got.length === 50);
    expect(got.map(({ message }) => message[0])).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(got[0]?.from.id).toBe(a.id);
  });

  it("gossip through a third", async () => {
    const [a, b] = await pair();
    const c = await host();
    await c.dial(addressOf(b));
    const got: Uint8Array[] = [];
    const topics = [a, b, c].map((one) =>
      one.topic("transactions/1", {
        maxBytes: 1_000,
        validate: async (message) => {
          if (one === c) got.push(message);
          return "accept";
        },
      }),
    );
    await until(() => a.peers().length === 1 && c.peers().length === 1 && b.peers().length === 2);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    // c learns of a from b, and may be its neighbour by now.
    expect(await topics[0]?.publish(bytes(100, 9))).toBeGreaterThan(0);
    await until(() => got.length === 1);
    expect(got[0]).toEqual(bytes(100, 9));
    expect(await topics[0]?.publish(bytes(100, 9))).toBe(0);
  });
});
