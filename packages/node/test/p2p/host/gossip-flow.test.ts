import type { Stream } from "@libp2p/interface";
import { describe, expect, it } from "vitest";
import { openGossipFlow } from "../../../src/p2p/host/gossip-flow.js";
import type { PeerId } from "../../../src/p2p/host/types.js";

describe("the flow of gossip", () => {
  it("G50: a peer that takes nothing has 2 MiB waiting for it, whole frames, and small ones still go out", () => {
    const sent: number[] = [];
    const stream = {
      writeBufferLength: 0,
      send(data: Uint8Array) {
        sent.push(data.length);
        stream.writeBufferLength += data.length;
        return true;
      },
    };
    openGossipFlow().bound(stream as unknown as Stream);
    for (let i = 0; i < 100; i++) stream.send(new Uint8Array(100_000));
    expect(sent.length).toBe(20);
    stream.send(new Uint8Array(1_000));
    expect(sent.at(-1)).toBe(1_000);
    for (let i = 0; i < 10_000; i++) stream.send(new Uint8Array(1_000));
    expect(stream.writeBufferLength).toBeLessThanOrEqual(4 * 2 ** 20);
    stream.writeBufferLength = 0;
    stream.send(new Uint8Array(100_000));
    expect(sent.at(-1)).toBe(100_000);
  });

  it("G50: a stream is not held while it hands out what was kept back: libp2p would go on widening the window", async () => {
    let clock = 0;
    const calls: string[] = [];
    const listeners = new Map<string, (event: unknown) => void>();
    let handing = false;
    const stream = {
      status: "open",
      readStatus: "readable",
      addEventListener: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
      pause() {
        calls.push(handing ? "held within" : "held");
        stream.readStatus = "paused";
      },
      resume() {
        calls.push("released");
        stream.readStatus = "readable";
        handing = true;
        listeners.get("message")?.({ data: new Uint8Array(100_000) });
        handing = false;
      },
    };
    const flow = openGossipFlow(() => clock);
    flow.watch("a" as PeerId, stream as unknown as Stream);
    for (let i = 0; i < 84; i++) listeners.get("message")?.({ data: new Uint8Array(100_000) });
    await Promise.resolve();
    expect(calls).toEqual(["held"]);
    clock += 6;
    // A validation that ends looks at the stream, too.
    await flow.validate("a" as PeerId, 1, async () => undefined);
    await Promise.resolve();
    expect(calls).toEqual(["held", "released", "held"]);
  });

  it("G50: what is in validation is bounded even where the stream cannot be held, and room comes back", async () => {
    const flow = openGossipFlow();
    const id = "a" as PeerId;
    const done: (() => void)[] = [];
    const work = (): Promise<string> => new Promise((resolve) => done.push(() => resolve("done")));
    const all = Array.from({ length: 1_100 }, () => flow.validate(id, 10, work));
    expect(done.length).toBe(1_024);
    expect(await all[1_050]).toBeUndefined();
    for (const finish of done) finish();
    expect(await all[0]).toBe("done");
    await Promise.all(all);
    void flow.validate(id, 15 * 2 ** 20, work);
    expect(await flow.validate(id, 2 * 2 ** 20, work)).toBeUndefined();
    expect(await flow.validate("b" as PeerId, 10, async () => "other")).toBe("other");
  });
});
